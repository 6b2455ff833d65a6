"""A campaign of random replies, and what a clerk with a ledger would make of them: independent of the store's own code.

`Reply` is what reached the mailbox; `standing` and the functions after it are written straight from what was promised
(a later reply replaces the earlier one, a correction only what it gives…), with nothing of `mailbot.store` in them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

ACCOUNTS = ("vk", "instagram", "ok")
FIGURES = (*ACCOUNTS, "total")
AUDIENCE = ("teachers", "parents")
QUOTA = 30


@dataclass(frozen=True)
class Row:
    """What a reply says of one respondent."""

    municipality: str
    organisation: str | None
    values: dict[str, int]


@dataclass(frozen=True)
class Reply:
    """A reply: when the server had it, what it is, what became of it, and its rows."""

    sent_at: datetime
    kind: str
    status: str
    rows: tuple[Row, ...]


def random_replies(seed: int, municipalities: list[str], start: datetime, how_many: int) -> list[Reply]:
    """Replies of a campaign, in the order in which they arrive here (not that of their times)."""
    dice = random.Random(seed)
    return [_random_reply(dice, municipalities, start) for _ in range(how_many)]


def _random_reply(dice: random.Random, municipalities: list[str], start: datetime) -> Reply:
    place = dice.choice(municipalities)
    names: list[str | None] = [f"Школа № {number}" for number in range(1, 7)] + ["Ёлочка", "ёлочка-2", "Sad", None]
    rows = [Row(place, name, _random_values(dice)) for name in dice.sample(names, dice.choice((1, 1, 2, 3)))]
    if dice.random() < 0.1:
        rows.append(Row(dice.choice([other for other in municipalities if other != place]), None, _random_values(dice)))
    return Reply(
        sent_at=start + timedelta(hours=dice.randrange(60)),
        kind=dice.choices(("report", "correction"), (3, 1))[0],
        status=dice.choices(("accepted", "review", "ignored"), (6, 1, 1))[0],
        rows=tuple(rows),
    )


def _random_values(dice: random.Random) -> dict[str, int]:
    given = dice.sample(ACCOUNTS, dice.choice((1, 2, 3, 3)))
    values = {name: dice.choice((0, 5, 12, 29, 30, 35)) for name in ACCOUNTS if name in given}
    if dice.random() < 0.3:
        values["total"] = dice.choice((10, 29, 30, 60))
    if dice.random() < 0.2:
        values = {"total": dice.choice((29, 30, 31))}
    if dice.random() < 0.2:
        values |= {"teachers": dice.randrange(9), "parents": dice.randrange(9)}
    return values


@dataclass
class Entry:
    """A line of the clerk's ledger: where a respondent stands."""

    values: dict[str, int]
    replies: list[tuple[int, datetime]]


def standing(replies: list[Reply]) -> dict[tuple[str, str | None], Entry]:
    """The ledger after all replies; a reply's number is its place in `replies`, from 1."""
    ledger: dict[tuple[str, str | None], Entry] = {}
    for number, reply in sorted(enumerate(replies, 1), key=lambda item: (item[1].sent_at, item[0])):
        if reply.status != "accepted":
            continue
        for row in reply.rows:
            entry = ledger.setdefault((row.municipality, row.organisation), Entry({}, []))
            entry.values = _corrected(entry.values, row.values) if reply.kind == "correction" else dict(row.values)
            entry.replies.append((number, reply.sent_at))
    return ledger


def _corrected(old: dict[str, int], new: dict[str, int]) -> dict[str, int]:
    """Cross out what no longer holds, then write the new figures in."""
    kept = dict(old)
    account_changed = any(old.get(name) != new[name] for name in ACCOUNTS if name in new)
    anything_changed = any(old.get(name) != value for name, value in new.items())
    if account_changed:
        kept.pop("total", None)
    if account_changed or anything_changed:
        for name in AUDIENCE:
            kept.pop(name, None)
    return kept | new


def bounds(values: dict[str, int]) -> tuple[int | None, int | None]:
    """How many people there are at the least and at the most."""
    accounts = [values[name] for name in ACCOUNTS if name in values]
    if "total" in values:
        return values["total"], values["total"]
    return (max(accounts), sum(accounts)) if accounts else (None, None)


def verdict(values: dict[str, int]) -> str:
    """Whether an organisation has its thirty people."""
    least, most = bounds(values)
    if least is None or most is None:
        return "no data"
    return "met" if least >= QUOTA else "missed" if most < QUOTA else "cannot tell"
