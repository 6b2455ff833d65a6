"""The same answer in another wrapping gives the same reports; one digit changed in one of two sources gives a review.

Deterministic: the variants come from a seeded generator, over two thousand in all, and none may be accepted wrong.
"""

from __future__ import annotations

import base64
import quopri
import random
from collections import Counter
from email.header import Header
from pathlib import Path

import pytest

from mailbot.domain.document import Limits, Paragraph
from mailbot.domain.interpretation import Interpretation, Status
from mailbot.reading.message.mail import decode
from tests.reading.samples import default_campaign, message, read, rows
from tests.replies.score import row_key

REPLIES = Path(__file__).parents[1] / "replies" / "bodies"
LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SIGNATURE = "\n\n-- \nС уважением,\nспециалист Иванова А.А.\nтел. 8 (843) 294-11-22, каб. 305\n"
QUOTE = "\n\n09.08.2021 14:32, Пресс-служба МОиН РТ пишет:\n" + "\n".join(
    "> " + line for line in default_campaign().letter.splitlines()
)


def keys(interpretation: Interpretation) -> Counter[tuple[object, ...]]:
    """The reports as values in which case and punctuation of names don't count."""
    return Counter(
        row_key({"municipality": m, "organisation": o, "figures": f, "audience": a})
        for m, o, f, a in rows(interpretation)
    )


def plain_texts() -> list[tuple[str, str, str, str]]:
    """(name, text, sender, subject) of the labelled replies that are read from plain paragraphs and accepted."""
    found = []
    for path in sorted(REPLIES.glob("*.eml")):
        mail = decode(path.read_bytes(), Limits())
        blocks = [b for body in mail.bodies for b in body.blocks]
        if mail.attachments or not blocks or not all(isinstance(b, Paragraph) for b in blocks):
            continue
        text = "\n".join("> " * b.quote + b.text for b in blocks if isinstance(b, Paragraph))
        sender = f"{Header(mail.envelope.sender_name, 'utf-8').encode()} <{mail.envelope.sender_address}>"
        found.append((path.stem, text, sender, mail.envelope.subject))
    return found


def wrapped(
    text: str,
    sender: str,
    subject: str,
    *,
    charset: str = "utf-8",
    transfer: str = "base64",
    logo: bool = False,
) -> bytes:
    """A message made by hand, so that the test and not a library decides how it is encoded."""
    body = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace")
    coded = {
        "base64": lambda: base64.encodebytes(body),
        "quoted-printable": lambda: quopri.encodestring(body),
        "8bit": lambda: body,
    }[transfer]()
    part = (
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n".encode() + coded
    )
    head = (
        f"From: {sender}\r\nTo: monrt16@yandex.ru\r\nSubject: {Header(subject, 'utf-8').encode()}\r\n"
        "Message-ID: <variant@example.ru>\r\nDate: Mon, 16 Aug 2021 10:00:00 +0300\r\nMIME-Version: 1.0\r\n"
    ).encode()
    if not logo:
        return head + part
    picture = (
        b"Content-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: inline\r\n\r\n" + base64.encodebytes(LOGO)
    )
    mixed = b'Content-Type: multipart/related; boundary="bound"\r\n\r\n'
    return head + mixed + b"--bound\r\n" + part + b"\r\n--bound\r\n" + picture + b"\r\n--bound--\r\n"


VARIANTS = {
    "cp1251": {"charset": "windows-1251", "transfer": "8bit"},
    "koi8": {"charset": "koi8-r", "transfer": "8bit"},
    "quoted-printable": {"transfer": "quoted-printable"},
    "8bit": {"transfer": "8bit"},
    "cp1251 base64": {"charset": "windows-1251", "transfer": "base64"},
    "logo": {"logo": True},
}
CHANGES = {
    "signature": lambda t: t + SIGNATURE,
    "letter quoted": lambda t: t + QUOTE,
    "е for ё": lambda t: t.replace("ё", "е").replace("Ё", "Е"),
    "upper case": str.upper,
    "greeting": lambda t: "Здравствуйте, уважаемые коллеги!\n" + t,
    "blank lines": lambda t: t.replace("\n", "\n\n"),
    "carriage": lambda t: t + "\n\nОтправлено из мобильной Яндекс Почты",
}


@pytest.fixture(scope="module")
def originals() -> list[tuple[str, str, str, str, Interpretation]]:
    base = [(n, t, f, s, read(wrapped(t, f, s))) for n, t, f, s in plain_texts()]
    return [item for item in base if item[4].status is Status.ACCEPTED]


def test_there_is_enough_to_vary(originals):
    assert len(originals) >= 60


@pytest.mark.parametrize("variant", VARIANTS)
def test_another_wrapping_gives_the_same_reports(originals, variant):
    for name, text, sender, subject, original in originals:
        charset = VARIANTS[variant].get("charset", "utf-8")
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue  # Tatar letters are in no one-byte charset
        answer = read(wrapped(text, sender, subject, **VARIANTS[variant]))
        assert keys(answer) == keys(original), name
        assert answer.status is original.status, (name, answer.findings)


@pytest.mark.parametrize("change", CHANGES)
def test_words_around_change_nothing(originals, change):
    deferred = 0
    for name, text, sender, subject, original in originals:
        answer = read(wrapped(CHANGES[change](text), sender, subject))
        if answer.status is Status.ACCEPTED:
            assert keys(answer) == keys(original), name
        else:
            assert answer.status is Status.REVIEW, name
            deferred += 1
    assert deferred <= len(originals) // 10


SCHOOLS = [f"{kind} №{n}" for kind in ("СОШ", "Гимназия", "Лицей", "Детский сад") for n in range(1, 30)]
HEADS = {
    "vk": ["ВК", "ВКонтакте", "VK", "vk.com", "Подписчики ВК", "Кол-во подписчиков ВКонтакте"],
    "instagram": ["Инстаграм", "Instagram", "Инста", "Подписчики Инстаграм", "insta"],
    "ok": ["ОК", "Одноклассники", "OK", "Однокл.", "Подписались в Одноклассниках"],
}
LINES = [
    "{org} – ВК {vk}, Инстаграм {instagram}, ОК {ok}",
    "{org}: вк-{vk}, инст-{instagram}, ок-{ok}",
    "{org} (ВКонтакте – {vk} чел., Instagram – {instagram} чел., Одноклассники – {ok} чел.)",
    "{org}\nВК: {vk}\nИнстаграм: {instagram}\nОК: {ok}\n",
    "{org} — {vk} (ВК), {instagram} (Инст.), {ok} (ОК)",
]


def sample(rng: random.Random) -> dict[str, dict[str, int]]:
    """Two to six schools with their figures."""
    chosen = rng.sample(SCHOOLS, rng.randint(2, 6))
    return {org: {f: rng.randint(0, 160) for f in HEADS} for org in chosen}


def table_of(data: dict[str, dict[str, int]], rng: random.Random, totals: dict[str, dict[str, int]] | None) -> str:
    """An HTML table with its columns and rows in any order, perhaps transposed, numbered, with a total line.

    The total line is the sum of `totals`, which may be other data than the rows'.
    """
    fields = rng.sample(list(HEADS), 3)
    head = [rng.choice(["Организация", "Наименование ОО", "Школа"]), *(rng.choice(HEADS[f]) for f in fields)]
    body = [[org, *(str(data[org][f]) for f in fields)] for org in data]
    rng.shuffle(body)
    if totals:
        line = ["Итого", *(str(sum(d[f] for d in totals.values())) for f in fields)]
        body.insert(rng.choice([0, len(body)]), line)
    table = [head, *body]
    if rng.random() < 0.25:
        table = [list(column) for column in zip(*table, strict=True)]
    elif rng.random() < 0.5:
        table = [["№ п/п", *head], *([str(i), *row] for i, row in enumerate(body, 1))]
    rows_html = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    return f"<p>Арский район, количество подписавшихся</p><table border=1>{rows_html}</table>"


def expected(data: dict[str, dict[str, int]]) -> Counter[tuple[object, ...]]:
    return Counter(
        row_key({"municipality": "Арский", "organisation": o, "figures": f, "audience": None}) for o, f in data.items()
    )


@pytest.mark.parametrize("seed", range(10))
def test_tables_in_any_shape(seed):
    rng = random.Random(seed)
    accepted = 0
    for _ in range(60):
        data = sample(rng)
        answer = read(message("таблица ниже", html=table_of(data, rng, data if rng.random() < 0.5 else None)))
        if answer.status is Status.ACCEPTED:
            assert keys(answer) == expected(data)
            accepted += 1
    assert accepted >= 57


@pytest.mark.parametrize("seed", range(5))
def test_lists_in_any_wording(seed):
    rng = random.Random(1000 + seed)
    accepted = 0
    for _ in range(60):
        data = sample(rng)
        form = rng.choice(LINES)
        text = "Арский район\n" + "\n".join(form.format(org=org, **figures) for org, figures in data.items())
        answer = read(message(text))
        if answer.status is Status.ACCEPTED:
            assert keys(answer) == expected(data), text
            accepted += 1
    assert accepted >= 57


@pytest.mark.parametrize("seed", range(5))
def test_a_digit_changed_in_a_table_with_totals_is_never_accepted(seed):
    rng = random.Random(2000 + seed)
    for _ in range(60):
        data = sample(rng)
        changed = {org: dict(figures) for org, figures in data.items()}
        changed[rng.choice(list(data))][rng.choice(list(HEADS))] += rng.choice([1, 9, 10, 100])
        answer = read(message("таблица ниже", html=table_of(changed, rng, data)))
        assert answer.status is Status.REVIEW, changed


@pytest.mark.parametrize("seed", range(5))
def test_body_and_table_that_disagree_are_never_accepted(seed):
    rng = random.Random(3000 + seed)
    for _ in range(40):
        figures = {f: rng.randint(30, 900) for f in HEADS}
        other = dict(figures)
        other[rng.choice(list(HEADS))] += rng.choice([1, 9, 10, 100])
        lead = "<p>По Арскому району подписано: ВКонтакте – {vk}, Instagram – {instagram}, Одноклассники – {ok}.</p>"
        cells = "<tr><td>ВК</td><td>{vk}</td></tr><tr><td>Инстаграм</td><td>{instagram}</td></tr><tr><td>ОК</td><td>{ok}</td></tr>"
        same = read(message("см.", html=lead.format(**figures) + f"<table>{cells.format(**figures)}</table>"))
        assert same.status is Status.ACCEPTED
        assert rows(same) == [("Арский", None, figures, {})]
        differs = read(message("см.", html=lead.format(**figures) + f"<table>{cells.format(**other)}</table>"))
        assert differs.status is Status.REVIEW


@pytest.mark.parametrize("seed", range(5))
def test_a_stated_total_that_is_no_sum_is_never_accepted(seed):
    rng = random.Random(4000 + seed)
    for _ in range(40):
        figures = {f: rng.randint(0, 400) for f in HEADS}
        total = sum(figures.values())
        form = rng.choice(
            [
                "Арский район: ВК {vk}, Инстаграм {instagram}, ОК {ok}, всего {total}",
                "Арский район\nВсего: {total}\nв том числе:\nВК - {vk}\nИнстаграм - {instagram}\nОК - {ok}",
                "Арский район: ВК {vk} + Инст {instagram} + ОК {ok} = {total}",
                "Арский район. Итого {total} чел. (ВК – {vk}, Инстаграм – {instagram}, ОК – {ok})",
            ]
        )
        right = read(message(form.format(total=total, **figures)))
        assert right.status is Status.ACCEPTED, form.format(total=total, **figures)
        assert rows(right) == [("Арский", None, figures | {"total": total}, {})]
        wrong = read(message(form.format(total=total + rng.choice([1, -1, 10, 100]), **figures)))
        assert wrong.status is Status.REVIEW
