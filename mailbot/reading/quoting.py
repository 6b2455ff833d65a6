"""How mail programs introduce what they quote: attribution lines, header blocks, forward marks; Russian, English, Tatar.

Each is recognised by its parts (a date, a time, an address, a verb of writing, labelled lines), not by one program's
wording, so that a program that we have not met is read too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from mailbot.domain.document import Block, Paragraph, Table
from mailbot.domain.interpretation import Envelope

MarkKind = Literal["attribution", "header", "forward", "original", "end"]

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[а-яa-z]*\.?"
_DATE = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?[\s-]+{_MONTH}|\b{_MONTH}\s+\d{{1,2}}\b",
    re.I,
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]m\b)?", re.I)
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s*)?([+-])(\d{2}):?(\d{2})\b")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_VERB = re.compile(
    r"(?:\b(?:пишет|пишут|писал(?:и|а|\(а\)|\(-а\))?|написал(?:а|и|\(а\)|\(-а\)|/а)?|сообщил(?:а|\(а\))?|сообщает|wrote|writes|said"
    r"|яза|язды|язган|язган иде))\b[\s)]*(?P<after>.{0,80}):\s*$",
    re.I,
)
_YOU_WROTE = re.compile(r"^(?:.{0,60}\b)?(?:вы писали|вы написали|you wrote|сез яздыгыз|сез язган)\b.{0,80}$", re.I)
_START = re.compile(
    rf"^(?:on\b|в письме от|am\b|(?:пн|вт|ср|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|sun)[а-яa-z]*\.?,?\s|(?:понедельник|вторник|среда|"
    rf"четверг|пятница|суббота|воскресенье|дүшәмбе|сишәмбе|чәршәмбе|пәнҗешәмбе|җомга|шимбә|якшәмбе)|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|"
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}\s+{_MONTH}|\"?[\w.+-]+@[\w.-]+\s)",
    re.I,
)
_RULE = r"[-=_*–—~><8]{2,}"
_FORWARD = re.compile(
    rf"^(?:{_RULE}\s*)?(?:(?:начало\s+)?(?:пересылаемо|пересланно|переадресованно|перенаправленно)(?:е|го)\s+(?:сообщени[ея]|письм[оа])"
    rf"|(?:begin\s+)?forwarded\s+(?:message|by\b[^:]*)|переслано\s+[^:]{{0,80}}|җибәрелгән хат|яңадан җибәрелгән хат|"
    rf"(?:это\s+)?пересылаемое\s+сообщение)\s*:?\s*(?:{_RULE})?\s*:?$",
    re.I,
)
_ORIGINAL = re.compile(
    rf"^(?:{_RULE})\s*(?:исходное|оригинальное|первоначальное|original|initial)\s*(?:сообщение|письмо|message|e-?mail)\s*:?\s*(?:{_RULE})?(?P<rest>\s+(?:От|From)\s*:.*)?$"
    rf"|^{_RULE}\s*исходный текст сообщения\s*{_RULE}$",
    re.I,
)
_END_MARK = re.compile(
    rf"^(?:{_RULE}\s*)?(?:конец|завершение|end\s+of)\s+(?:пересылаемого|пересланного|переадресованного|исходного|forwarded|original)"
    rf"\s+(?:сообщения|письма|текста(?: сообщения)?|message)\s*(?:{_RULE})?\.?$",
    re.I,
)
_LABELS = {
    "from": ("от", "от кого", "from", "отправитель", "кемнән", "автор"),
    "date": (
        "отправлено",
        "sent",
        "дата",
        "date",
        "отправленные",
        "дата отправки",
        "послано",
        "дата и время",
        "җибәрелде",
        "вакыты",
    ),
    "to": ("кому", "to", "получатель", "получатели", "кемгә"),
    "cc": ("копия", "cc", "копии", "скрытая копия", "bcc", "күчермә"),
    "subject": ("тема", "subject", "тема письма", "темасы", "предмет"),
    "other": (
        "ответить",
        "reply-to",
        "важность",
        "importance",
        "вложения",
        "вложение",
        "attachments",
        "приоритет",
        "priority",
        "организация",
    ),
}
_LABEL_OF = {name: label for label, names in _LABELS.items() for name in names}
_LABELLED = re.compile(r"^\W{0,3}([А-Яа-яЁёӘәҖҗҢңӨөҮүҺһA-Za-z-]+(?: [а-яёәҗңөүһa-z]+){0,2})\s*:[\s*]*(.*)$")
_MOSCOW = timezone(timedelta(hours=3))
_LONGEST = 400
_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines that introduce (or end) quoted text: how many blocks they take, and what they tell of its sender."""

    kind: MarkKind
    length: int
    sender: Envelope | None = None
    to_you: bool = False
    """«Вы писали»: the addressee of the mail that quotes wrote it."""


def find_mark(blocks: Sequence[Block], at: int) -> Mark | None:
    """The mark that starts at block `at`, or None.

    >>> lines = ["09.08.2021, 14:32, \\"Пресс-служба\\" <monrt16@yandex.ru>:", "> Уважаемые коллеги!"]
    >>> find_mark([Paragraph(text, "") for text in lines], 0).sender.sender_address
    'monrt16@yandex.ru'
    """
    block = blocks[at]
    if isinstance(block, Table):
        return _header_table(block)
    text = block.text.strip()
    if len(text) > _LONGEST:
        return None
    if _END_MARK.match(text):
        return Mark("end", 1)
    if _FORWARD.match(text):
        return _with_sender(blocks, at, "forward")
    if original := _ORIGINAL.match(text):
        if original["rest"]:  # the first labelled line stands behind the rule
            first = Paragraph(original["rest"].strip(), block.locator, block.quote)
            header = _header_block([first, *blocks[at + 1 : at + 12]], 0)
            return Mark("original", header.length, header.sender) if header else Mark("original", 1)
        return _with_sender(blocks, at, "original")
    return _header_block(blocks, at) or _attribution(blocks, at)


def _with_sender(blocks: Sequence[Block], at: int, kind: MarkKind) -> Mark:
    """A mark together with the header block or attribution below it."""
    if at + 1 < len(blocks):
        block = blocks[at + 1]
        below = _header_block(blocks, at + 1) if isinstance(block, Paragraph) else _header_table(block)
        below = below or (_attribution(blocks, at + 1) if isinstance(block, Paragraph) else None)
        if below is not None:
            return Mark(kind, 1 + below.length, below.sender)
    return Mark(kind, 1)


def _label(block: Block) -> tuple[str, str] | None:
    if not isinstance(block, Paragraph) or not (match := _LABELLED.match(block.text.strip())):
        return None
    label = _LABEL_OF.get(match[1].casefold())
    return (label, match[2].strip()) if label else None


def _header_block(blocks: Sequence[Block], at: int) -> Mark | None:
    """Labelled lines («От:», «Кому:», «Тема:») that follow one another; a long value may go on in a next line."""
    first = _label(blocks[at])
    if first is None or first[0] in {"cc", "other"}:
        return None
    found: dict[str, str] = {}
    end = at
    last = ""
    while end < len(blocks) and end - at < 2 * _WINDOW + 4:
        block = blocks[end]
        labelled = _label(block)
        if labelled is not None:
            last = labelled[0]
            found.setdefault(last, labelled[1])
        elif last and _goes_on(blocks, end, found[last]):
            found[last] = f"{found[last]} {block.text}" if isinstance(block, Paragraph) else found[last]
        else:
            break
        end += 1
    if not ({"from", "date"} & found.keys()) or len(found.keys() - {"other"}) < 2 or not _plausible(found):  # noqa: PLR2004
        return None
    return Mark("header", end - at, _envelope(found))


def _goes_on(blocks: Sequence[Block], at: int, value: str) -> bool:
    """True where an unlabelled line continues the labelled one above: it is empty so far, or addresses go on."""
    block = blocks[at]
    if not isinstance(block, Paragraph) or at + 1 >= len(blocks):
        return False
    if value == "" and _label(blocks[at + 1]) is not None:
        return True
    return value.endswith((",", ";")) or (_label(blocks[at + 1]) is not None and bool(_ADDRESS.search(block.text)))


def _plausible(found: dict[str, str]) -> bool:
    """A header block names a sender or a time in a form that mail programs write; «От: 35 человек» is none."""
    stated = found.get("date", "")
    dated = bool(_DATE.search(stated)) or bool(_TIME.search(stated))
    return (
        dated
        or bool(_ADDRESS.search(found.get("from", "") + found.get("to", "")))
        or {"from", "to", "subject"} <= found.keys()
    )


def _header_table(table: Table) -> Mark | None:
    """A header block that the program laid out as a table of labels and values (Lotus Notes)."""
    found: dict[str, str] = {}
    for row in table.rows:
        cells = [cell.text for cell in row if not cell.spanned and cell.text]
        label = _LABEL_OF.get(cells[0].strip().rstrip(":").casefold()) if cells else None
        if label is None:
            return None
        found.setdefault(label, " ".join(cells[1:]))
    if not ({"from", "date"} & found.keys()) or len(found) < 2 or not _plausible(found):  # noqa: PLR2004 - two labels
        return None
    return Mark("header", 1, _envelope(found))


def _attribution(blocks: Sequence[Block], at: int) -> Mark | None:
    """A line (or up to four that were wrapped) saying when who wrote what follows."""
    first = blocks[at]
    if not isinstance(first, Paragraph):
        return None
    text = ""
    for length in range(1, _WINDOW + 1):
        if at + length > len(blocks):
            break
        block = blocks[at + length - 1]
        if not isinstance(block, Paragraph) or block.quote != first.quote or len(text) + len(block.text) > _LONGEST:
            break
        text = f"{text} {block.text}".strip()
        deeper = at + length < len(blocks) and blocks[at + length].quote > first.quote
        if _attributes(text, deeper=deeper):
            return Mark("attribution", length, _attributed(text), to_you=bool(_YOU_WROTE.match(text)))
        if (length == 1 and not _START.match(text)) or text.endswith((":", "!", "?")):
            break
        if length > 1 and _START.match(block.text.strip()):
            break  # what began above was the sender's own line
    return None


def _attributes(text: str, *, deeper: bool) -> bool:
    dated, timed, addressed = bool(_DATE.search(text)), bool(_TIME.search(text)), bool(_ADDRESS.search(text))
    verb = _VERB.search(text)
    if verb and (dated or timed or addressed or deeper):
        return True
    if _YOU_WROTE.match(text) and (dated or deeper):
        return True
    if not text.endswith(":"):
        return deeper and dated and timed and addressed
    if dated and timed and addressed:
        return True
    return deeper and bool(_START.match(text)) and (timed or addressed)


def _attributed(text: str) -> Envelope:
    address = _ADDRESS.search(text)
    if _YOU_WROTE.match(text):
        return Envelope(sender_address=address[0].lower() if address else "", date=stated_time(text))
    rest = _VERB.sub("", text)
    rest = re.sub(r"[<\[(]?(?:mailto:)?[\w.+-]+@[\w.-]+[>\])]?", " ", rest)
    time = list(_TIME.finditer(rest))
    if time and (len(rest) - time[-1].end()) > 3:  # noqa: PLR2004 - «14:32, Имя»
        rest = rest[time[-1].end() :]
    else:
        rest = _TIME.sub(" ", _DATE.sub(" ", rest))
    rest = re.sub(
        r"^[\s,.:]*(?:\(?(?:GMT|UTC|MSK)?\s*[+-]\d\d:?\d\d\)?)?[\s,]*(?:пользователь|от|from|г\.?)?\s+",
        " ",
        rest,
        flags=re.I,
    )
    name = re.sub(r"\s+", " ", rest).strip(" ,:;\"'«»<>()-")
    return Envelope(
        sender_name=name if re.search(r"[^\W\d_]{2}", name) else "",
        sender_address=address[0].lower() if address else "",
        date=stated_time(text),
    )


def _envelope(found: dict[str, str]) -> Envelope:
    sender = found.get("from", "")
    address = _ADDRESS.search(sender)
    name = re.sub(r"[<\[(]\s*(?:mailto:)?[^<>\[\]()]*@[^<>\[\]()]*[>\])]|<[^>]*>", " ", sender)
    name = _ADDRESS.sub(" ", name) if address else name
    return Envelope(
        sender_name=re.sub(r"\s+", " ", name).strip(" \"'«»,;*"),
        sender_address=address[0].lower() if address else "",
        recipients=tuple(found_address.lower() for found_address in _ADDRESS.findall(found.get("to", ""))),
        subject=found.get("subject", ""),
        date=stated_time(found.get("date", "")),
    )


def stated_time(text: str) -> datetime | None:
    """The time that a line states, in its own offset or, without one, in Moscow time; None where it states no day.

    >>> stated_time("Понедельник, 9 августа 2021, 14:32 +03:00 от Отдела").isoformat()
    '2021-08-09T14:32:00+03:00'
    """
    day = _day(text)
    if day is None:
        return None
    time = re.search(r"\b(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s*([ap])m\b)?", text, re.I)
    hour, minute = (int(time[1]), int(time[2])) if time else (0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "p" else 0)
    offset = _OFFSET.search(text)
    zone = _MOSCOW
    try:
        if offset:
            sign = -1 if offset[1] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
        return datetime(*day, hour, minute, tzinfo=zone)
    except ValueError:
        return None


def _day(text: str) -> tuple[int, int, int] | None:
    if iso := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    if dotted := re.search(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4}|\d\d)\b", text):
        return _year(dotted[3]), int(dotted[2]), int(dotted[1])
    if worded := re.search(rf"\b(\d{{1,2}})[\s-]+({_MONTH})[\s,]+(\d{{4}})", text, re.I):
        return int(worded[3]), _month(worded[2]), int(worded[1])
    if english := re.search(rf"\b({_MONTH})\s+(\d{{1,2}}),?\s+(\d{{4}})", text, re.I):
        return int(english[3]), _month(english[1]), int(english[2])
    return None


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004 - «21» is 2021


def _month(name: str) -> int:
    lower = name.lower()
    names = _MONTHS if lower[0] > "\x7f" else _MONTHS_EN
    return next(
        (
            i
            for i, start in enumerate(names, 1)
            if lower.startswith(start) and not (start == "ма" and lower.startswith("мар"))
        ),
        0,
    )
