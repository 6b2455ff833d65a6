"""A campaign of fourteen days made of the labelled replies, and the ledger that a clerk would keep of it.

The ledger takes the figures from the labels and works out what stands by itself, from what was promised: nothing of
`mailbot.store` or `mailbot.rollup` is in it. From the reader it takes only what a label leaves open: whether a doubtful
letter was deferred, what the letters under review propose, and by which key an organisation is known.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.domain.interpretation import Interpretation
from tests.reading.samples import default_campaign, read
from tests.replies.score import row_key

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2021, 8, 6, 8, 0, tzinfo=MOSCOW)
DEADLINE = datetime(2021, 8, 17, 15, 0, tzinfo=MOSCOW)
DAYS = 14
ACCOUNTS = ("vk", "instagram", "ok")
FIELDS = (*ACCOUNTS, "total")
QUOTA = 30
EVERY = 6
INBOXES = ("bodies", "attachments", "second", "third", "fourth", "fifth")
"""What the campaign is drawn from; inboxes that come later change nothing here."""

REPLIES = Path(__file__).parents[1] / "replies"

Who = tuple[str, str | None]


@dataclass(frozen=True)
class Row:
    """A line of a reply: whose figures, the organisation as it is written, the figures and the split by audience."""

    who: Who
    name: str | None
    figures: dict[str, int]
    audience: dict[str, int]


@dataclass
class Letter:
    """A reply of the campaign: when the ministry's server had it, when and where mailbot finds it, and what it says.

    `twin_at` is when a copy of it turns up in another folder. `number` is given when it lands.
    """

    raw: bytes
    sent_at: datetime
    found_at: datetime
    folder: str
    kind: str
    status: str
    rows: tuple[Row, ...]
    proposed: tuple[Row, ...]
    twin_at: datetime | None = None
    number: int = 0
    decided: str = ""

    @property
    def address(self) -> str:
        """Who sent it."""
        return parseaddr(str(message_from_bytes(self.raw)["From"]))[1].casefold()

    def continues(self, earlier: Letter) -> bool:
        """Whether it answers the earlier one, or goes on in its thread."""
        mail, name = message_from_bytes(self.raw), str(message_from_bytes(earlier.raw)["Message-ID"]).strip()
        return name in f"{mail['In-Reply-To']} {mail['References']}"


@cache
def reading(raw: bytes) -> Interpretation:
    """What the reader makes of it; both databases are given the same reading."""
    return read(raw)


@cache
def campaign() -> tuple[Letter, ...]:
    """The letters, in the order in which mailbot finds them."""
    dice = random.Random(1708)
    letters = []
    for path in _chosen():
        label = json.loads(path.with_suffix(".json").read_text("utf-8"))
        raw = path.read_bytes()
        sent = _moment(dice)
        letters.append(_letter(raw, label, sent, dice))
        if dice.random() < 0.1:  # sent once more, as a mail of its own
            again = re.sub(rb"(?mi)^Message-ID:.*$", b"Message-ID: <again-%d@tatar.ru>" % len(letters), raw, count=1)
            if again != raw:
                letters.append(_letter(again, label, sent + timedelta(hours=dice.randint(2, 90)), dice))
    letters = _one_late(letters)
    letters += _corrections(letters, dice)
    return tuple(sorted(letters, key=lambda each: each.found_at))


def _chosen() -> list[Path]:
    """Every sixth labelled reply, and all corrections; scans take too long here, they are read elsewhere."""
    files = sorted(path for name in INBOXES for path in (REPLIES / name).glob("*.eml"))
    light = [
        path for path in files if not re.search(rb"(?i)image/|application/pdf|\.pdf|\.jpe?g|\.png", path.read_bytes())
    ]
    corrections = [p for p in light if json.loads(p.with_suffix(".json").read_text("utf-8"))["kind"] == "correction"]
    return sorted({*light[::EVERY], *corrections})


def _moment(dice: random.Random) -> datetime:
    """Some time from the evening before the first roll-up to the day of the last, more of them near the deadline."""
    return START - timedelta(hours=10) + timedelta(minutes=int(dice.triangular(0, DAYS * 24 * 60 - 900, 11 * 24 * 60)))


def _letter(raw: bytes, label: dict, sent: datetime, dice: random.Random) -> Letter:
    raw = _received(sent) + raw
    given = reading(raw)
    proposed = tuple(
        Row((r.municipality, r.key), r.organisation, {c.name: c.value for c in r.figures}, {c.name: c.value for c in r.audience})
        for r in given.reports
    )  # fmt: skip
    rows = _labelled(label, proposed) if given.status == label["expect"] == "accepted" else ()
    found = sent + timedelta(
        minutes=1 if dice.random() < 0.8 else dice.randint(60, 4000)
    )  # late: out of the spam folder
    twin = found + timedelta(minutes=dice.randint(5, 2000)) if dice.random() < 0.1 else None
    folder = "INBOX" if dice.random() < 0.9 else "Спам"
    status = "review" if given.status == "review" else label["expect"]
    return Letter(raw, sent.replace(microsecond=0), found, folder, given.kind.value, status, rows, proposed, twin)


def _received(sent: datetime) -> bytes:
    """The line of the ministry's server, which says when it had the letter."""
    stamp = sent.strftime("%a, %d %b %Y %H:%M:%S +0300")
    return b"Received: from mx.tatar.ru by mx.example.org; " + stamp.encode() + b"\r\n"


def _one_late(letters: list[Letter]) -> list[Letter]:
    """The municipality that wrote least answers only on the day after the deadline, whatever the dice said."""
    wrote: dict[str, set[int]] = defaultdict(set)
    for number, letter in enumerate(letters):
        for row in (*letter.rows, *letter.proposed):
            wrote[row.who[0]].add(number)
    told = {row.who[0] for letter in letters for row in letter.rows}
    late = wrote[min(told, key=lambda name: (len(wrote[name]), name))]
    return [_postponed(letter) if number in late else letter for number, letter in enumerate(letters)]


def _postponed(letter: Letter) -> Letter:
    sent = DEADLINE + timedelta(hours=20)
    _line, _end, rest = letter.raw.partition(b"\r\n")
    found = sent + timedelta(minutes=1)
    return replace(letter, raw=_received(sent) + rest, sent_at=sent, found_at=found, twin_at=None)


def _labelled(label: dict, proposed: tuple[Row, ...]) -> tuple[Row, ...]:
    """The label's rows; only the key by which each organisation is known is the reader's."""
    keys = {row_key(_as_label(row)): row.who for row in proposed}
    return tuple(
        Row(keys[row_key(row)], row["organisation"], row["figures"], row["audience"] or {}) for row in label["rows"]
    )


def _as_label(row: Row) -> dict:
    return {"municipality": row.who[0], "organisation": row.name, "figures": row.figures, "audience": row.audience}


def _corrections(letters: list[Letter], dice: random.Random) -> list[Letter]:
    """Some who answered for a whole municipality write later that one figure was wrong; so do two others, of others."""
    own = [(e, r) for e in letters if e.status == "accepted" for r in e.rows if r.who[1] is None and "vk" in r.figures]
    made = []
    for earlier, row in dice.sample(own, min(8, len(own))):
        figure = row.figures["vk"] + dice.choice((-1, 7, 40))
        sender = earlier.address if len(made) < 6 else f"roo{len(made)}@tatar.ru"  # the last two: somebody else
        head = f"From: {sender}\r\nMessage-ID: <c{len(made)}@tatar.ru>\r\nTo: monrt16@yandex.ru\r\n"
        head += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        text = f"{row.who[0]} муниципальный район. Исправление: ВКонтакте не {row.figures['vk']}, а {figure}.\r\n"
        if row.who[0] in ("Казань", "Набережные Челны"):
            text = text.replace("муниципальный район", "городской округ")
        rows = [{"municipality": row.who[0], "organisation": None, "figures": {"vk": figure}, "audience": None}]
        label = {"kind": "correction", "expect": "accepted", "rows": rows}
        made.append(
            _letter((head + text).encode(), label, earlier.sent_at + timedelta(hours=dice.randint(3, 70)), dice)
        )
    return made


@dataclass
class Account:
    """What the clerk knows of one respondent."""

    name: str
    figures: dict[str, int] = field(default_factory=dict)
    audience: dict[str, int] = field(default_factory=dict)
    letter: int = 0
    first: datetime | None = None
    latest: datetime | None = None
    authors: dict[str, list[Letter]] = field(default_factory=dict, repr=False)

    @property
    def people(self) -> int:
        """The stated total, else all that was counted in the networks."""
        return self.figures.get("total", sum(self.figures.get(name, 0) for name in ACCOUNTS))

    @property
    def quota(self) -> str:
        """Whether the thirty people are there."""
        counted = [self.figures[name] for name in ACCOUNTS if name in self.figures]
        if "total" in self.figures:
            counted = [self.figures["total"]]
        if counted and max(counted) >= QUOTA:
            return "есть"
        return "нет" if counted and sum(counted) < QUOTA else "сказать нельзя"


@dataclass
class Place:
    """A municipality on the clerk's page."""

    own: Account | None = None
    organisations: list[Account] = field(default_factory=list)
    to_review: int = 0
    corrections: int = 0

    def all(self) -> list[Account]:
        return [*([self.own] if self.own else []), *self.organisations]

    @property
    def first(self) -> datetime | None:
        return min((each.first for each in self.all() if each.first), default=None)

    def summed(self, name: str) -> int | None:
        given = [each.figures[name] for each in self.organisations if name in each.figures]
        return sum(given) if given else None

    def figure(self, name: str) -> int | None:
        """Its own word, else the sum."""
        return self.own.figures[name] if self.own and name in self.own.figures else self.summed(name)

    def partial(self, name: str) -> bool:
        """Whether the figure is a sum that lacks organisations."""
        mine = self.own is not None and name in self.own.figures
        return self.figure(name) is not None and not mine and any(name not in o.figures for o in self.organisations)

    @property
    def people(self) -> int:
        if self.own and "total" in self.own.figures:
            return self.own.figures["total"]
        if self.own and any(name in self.own.figures for name in ACCOUNTS):
            return sum(self.figure(name) or 0 for name in ACCOUNTS)
        return sum(each.people for each in self.organisations)

    @property
    def contradicts(self) -> bool:
        """Whether the organisations add up to more than the municipality says of itself."""
        said = self.own.figures if self.own else {}
        return any(name in said and (self.summed(name) or 0) > said[name] for name in FIELDS)


@dataclass
class Page:
    """The clerk's page of one moment."""

    accounts: dict[Who, Account]
    places: dict[str, Place]
    letters: int
    by_status: Counter[str]
    ignored_by_kind: Counter[str]
    folders: Counter[str]

    @property
    def answered(self) -> set[str]:
        return {name for name, place in self.places.items() if place.first}

    @property
    def people(self) -> int:
        return sum(place.people for place in self.places.values())

    def total(self, name: str) -> int:
        return sum(place.figure(name) or 0 for place in self.places.values())

    def gives(self, name: str) -> int:
        return sum(place.figure(name) is not None for place in self.places.values())

    def organisations(self) -> dict[Who, Account]:
        return {who: account for who, account in self.accounts.items() if who[1] is not None}


def page(letters: list[Letter], moment: datetime, names: list[str]) -> Page:
    """What stands at the moment, from all that was found by then."""
    here = [replace(each) for each in letters if each.found_at <= moment]
    accounts = _entered(here)
    places = {name: Place() for name in names}
    for (municipality, key), account in accounts.items():
        if key is None:
            places[municipality].own = account
        else:
            places[municipality].organisations.append(account)
    _count(places, here)
    folders = Counter(each.folder for each in here)
    folders.update(other(each.folder) for each in here if each.twin_at and each.twin_at <= moment)
    return Page(
        accounts, places, len(here), Counter(each.status for each in here),
        Counter(each.kind for each in here if each.status == "ignored"), folders,
    )  # fmt: skip


def _entered(here: list[Letter]) -> dict[Who, Account]:
    """The letters entered in order of time; one that crosses out somebody else's figures is laid aside for review."""
    accounts: dict[Who, Account] = {}
    for each in sorted(here, key=lambda one: (one.sent_at, one.number)):
        if each.status != "accepted":
            continue
        after = {row.who: _copy(accounts.get(row.who) or Account(row.name or row.who[0])) for row in each.rows}
        for row in each.rows:
            _enter(after[row.who], row, each)
        if not each.decided and any(_crosses_out(accounts[who], after[who], each) for who in after if who in accounts):
            each.status = "review"
            continue
        for row in each.rows:
            _sign(after[row.who], accounts.get(row.who), row, each)
        accounts |= after
    return accounts


def _copy(account: Account) -> Account:
    return replace(
        account, figures=dict(account.figures), audience=dict(account.audience), authors=dict(account.authors)
    )


def _crosses_out(old: Account, new: Account, letter: Letter) -> bool:
    """Whether the letter changes or drops a figure that others stand for; a split that it leaves out is no figure."""
    figures = {name for name, value in old.figures.items() if new.figures.get(name) != value}
    split = {name for name, value in old.audience.items() if new.audience.get(name, value) != value}
    return any(not any(_same(letter, author) for author in old.authors[name]) for name in figures | split)


def _same(letter: Letter, earlier: Letter) -> bool:
    """Whether a clerk would say that both came from one sender: the address, the thread, or the house's own domain."""
    domain = letter.address.partition("@")[2]
    own = domain == earlier.address.partition("@")[2] and domain not in default_campaign().shared_domains
    return letter.address == earlier.address or letter.continues(earlier) or own


def _sign(account: Account, before: Account | None, row: Row, letter: Letter) -> None:
    """The letter's sender stands for what it states: with those who said the same, or in their place."""
    now = account.figures | account.audience
    then = before.figures | before.audience if before else {}
    for name in row.figures | row.audience:
        others = account.authors.get(name, []) if then.get(name) == now[name] else []
        account.authors[name] = [*others, letter]
    account.authors = {name: account.authors[name] for name in now}


def other(folder: str) -> str:
    """Where a copy turns up."""
    return "Спам" if folder == "INBOX" else "INBOX"


def _enter(account: Account, row: Row, letter: Letter) -> None:
    """A report begins a new line; a correction crosses out what it gives, and what was said of the old figure."""
    if letter.kind != "correction":
        account.figures, account.audience = dict(row.figures), dict(row.audience)
    else:
        changed = {name for name, value in row.figures.items() if account.figures.get(name) != value}
        if changed & set(ACCOUNTS):
            account.figures.pop("total", None)
        if changed or any(account.audience.get(name) != value for name, value in row.audience.items()):
            account.audience = {}
        account.figures |= row.figures
        account.audience |= row.audience
    account.name, account.letter, account.latest = row.name or row.who[0], letter.number, letter.sent_at
    account.first = account.first or letter.sent_at


def _count(places: dict[str, Place], here: list[Letter]) -> None:
    speak: dict[str, dict[str, int]] = defaultdict(lambda: {"review": 0, "correction": 0})
    for each in here:
        if each.status == "review":
            for name in {row.who[0] for row in each.proposed}:
                speak[name]["review"] += 1
        if each.status == "accepted" and each.kind == "correction":
            for name in {row.who[0] for row in each.rows}:
                speak[name]["correction"] += 1
    for name, counts in speak.items():
        places[name].to_review, places[name].corrections = counts["review"], counts["correction"]
