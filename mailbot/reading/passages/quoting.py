"""How mail programs introduce what they quote: attribution lines, header blocks, forward marks; Russian, English, Tatar.

Each is recognised by its parts (a date, a time, an address, a verb of writing, labelled lines), not by one program's
wording, so that a program that we have not met is read too; and by having no other parts, so that a person's own
«на Ваше письмо от 09.08.2021 сообщаем:» is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mailbot.domain.document import Block, Paragraph, Table
from mailbot.domain.interpretation import Envelope
from mailbot.reading.passages.headerlines import ADDRESS, header_block, header_table
from mailbot.reading.passages.stated import DATE, MONTH, TIME, stated_time
from mailbot.reading.text.worded import Begun

MarkKind = Literal["attribution", "header", "forward", "original", "end"]

_VERB = Begun(
    r"\b(?:пишет|пишут|(?:на)?писал(?:и|а|\(а\)|\(-а\)|/а)?|wrote|writes|schrieb|яза|язды|язган(?: иде)?)\b\)?(?P<after>.{0,90}):\s*$",
    "swнпя",
    ignore_case=True,
)
_YOU_WROTE = re.compile(
    r"^(?P<before>.{0,70}?)\b(?:вы (?:на)?писали|you wrote|сез яз(?:ган|дыгыз|асыз))\b(?P<after>.{0,70}?)[:,]?\s*$",
    re.IGNORECASE,
)
_START = re.compile(
    rf"^(?:on\b|в письме от|в сообщении от|в ответ на письмо от|am\b"
    rf"|(?:пн|вт|ср|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|sun)[а-яa-z]*\.?,?\s"
    rf"|(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)\b"
    rf"|(?:дүшәмбе|сишәмбе|чәршәмбе|пәнҗешәмбе|җомга|шимбә|якшәмбе)\b"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\s+{MONTH}|\"?[\w.+-]+@[\w.-]+\s)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:г|года?|в|во|от|на|at|on|of|the|date|from|письме|сообщении|mon|tue|wed|thu|fri|sat|sun|mondays?|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|gmt|utc|msk|мск|am|pm"
    r"|ел|елның|following|след(?:ующее|\.)?|москва|санкт|петербург|следующее)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_RULE = r"[-=_*–—~><8]{2,}"
_FORWARD = re.compile(
    rf"^(?:{_RULE}\s*)?(?:(?:начало\s+)?(?:пересылаемо|пересланно|переадресованно|перенаправленно)(?:е|го)\s+(?:сообщени[ея]|письм[оа])"
    rf"|(?:begin\s+)?forwarded\s+message|(?:яңадан\s+)?җибәрелгән\s+хат|это\s+пересылаемое\s+сообщение)\s*:?\s*(?:{_RULE})?\s*:?$"
    rf"|^{_RULE}\s*(?:переслано|переадресовано|forwarded\s+by)\b[^:]{{0,80}}(?:\d\d:\d\d)?(?::\d\d)?\s*(?:{_RULE})?$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    rf"^{_RULE}\s*(?:исходное|оригинальное|первоначальное|original|initial)\s*(?:сообщение|письмо|message|e-?mail)\s*:?\s*(?:{_RULE})?"
    rf"(?P<rest>\s+(?:От|From)\s*:.*)?$|^{_RULE}\s*исходный\s+текст\s+сообщения\s*{_RULE}$",
    re.IGNORECASE,
)
_END_MARK = re.compile(
    rf"^(?:{_RULE}\s*)?(?:конец|завершение|end\s+of)\s+(?:пересылаемого|пересланного|переадресованного|исходного|forwarded|original)"
    rf"\s+(?:сообщения|письма|текста(?:\s+сообщения)?|message)\s*(?:{_RULE})?\.?$",
    re.IGNORECASE,
)
_SENDER_LEAD = re.compile(
    r"^[\s,.:]*(?:\(?(?:GMT|UTC|MSK)?\s*[+-]\d\d:?\d\d\)?)?[\s,]*(?:пользователь|от|from|г\.?)?\s+", re.IGNORECASE
)
_BRACKETED_ADDRESS = re.compile(r"[<\[(]?(?:mailto:)?[\w.+-]+@[\w.-]+[>\])]?")
_LONGEST = 400
_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines that introduce (or end) quoted text: how many blocks they take, and what they tell of its sender.

    `to_you` is true for «Вы писали»: the addressee of the mail that quotes wrote it.
    """

    kind: MarkKind
    length: int
    sender: Envelope | None = None
    to_you: bool = False


def find_mark(blocks: Sequence[Block], at: int) -> Mark | None:
    """The mark that starts at block `at`, or None.

    >>> lines = ['09.08.2021, 14:32, "Пресс-служба" <monrt16@yandex.ru>:', "Уважаемые коллеги!"]
    >>> find_mark([Paragraph(text, "") for text in lines], 0).sender.sender_address
    'monrt16@yandex.ru'
    """
    block = blocks[at]
    if isinstance(block, Table):
        return _headed(blocks, at)
    text = block.text.strip()
    if len(text) > _LONGEST:
        return None
    if _END_MARK.match(text):
        return Mark("end", 1)
    if _FORWARD.match(text):
        return _with_sender(blocks, at, "forward")
    if original := _ORIGINAL.match(text):
        return _original(blocks, at, original["rest"])
    return _headed(blocks, at) or _attribution(blocks, at)


def _original(blocks: Sequence[Block], at: int, rest: str | None) -> Mark:
    """«-----Исходное сообщение-----»; the first labelled line may stand behind it in the same line."""
    if not rest:
        return _with_sender(blocks, at, "original")
    first = Paragraph(rest.strip(), blocks[at].locator, blocks[at].quote)
    found = header_block([first, *blocks[at + 1 : at + 12]], 0)
    return Mark("original", found.length, found.sender) if found else Mark("original", 1)


def _headed(blocks: Sequence[Block], at: int) -> Mark | None:
    block = blocks[at]
    found = header_table(block) if isinstance(block, Table) else header_block(blocks, at)
    return Mark("header", found.length, found.sender) if found else None


def _with_sender(blocks: Sequence[Block], at: int, kind: MarkKind) -> Mark:
    """A mark together with the header block or attribution below it."""
    below = None
    if at + 1 < len(blocks):
        below = _headed(blocks, at + 1) or _attribution(blocks, at + 1)
    return Mark(kind, 1 + below.length, below.sender) if below else Mark(kind, 1)


def _attribution(blocks: Sequence[Block], at: int) -> Mark | None:
    """A line (or up to four that were wrapped) saying when who wrote what follows."""
    first = blocks[at]
    text = ""
    for length in range(1, _WINDOW + 1):
        block = blocks[at + length - 1] if at + length <= len(blocks) else None
        if not isinstance(block, Paragraph) or block.quote != first.quote or len(text) + len(block.text) > _LONGEST:
            return None
        line = block.text.strip()
        if length > 1 and _START.match(line):
            return None  # what began above was the sender's own line
        text = f"{text} {line}".strip()
        deeper = at + length < len(blocks) and blocks[at + length].quote > first.quote
        if _attributes(text, deeper=deeper):
            return Mark("attribution", length, _attributed(text), to_you=bool(_YOU_WROTE.match(text)))
        if (length == 1 and not _START.match(text)) or text.endswith((":", "!", "?")):
            return None
    return None


def _attributes(text: str, *, deeper: bool) -> bool:
    """Whether a line says when who wrote; `deeper`: what follows is marked as quoted."""
    if you := _YOU_WROTE.match(text):
        dated = deeper or bool(DATE.search(text))
        return dated and _says_only_when(you["before"]) and _says_only_when(you["after"])
    if (verb := _VERB.search(text)) and _says_only_when(verb["after"]):
        return deeper or bool(DATE.search(text) or TIME.search(text) or ADDRESS.search(text))
    announced = text.endswith(":")
    if not announced and not deeper:  # nearly all lines: they are looked at no further
        return False
    timed, addressed = bool(TIME.search(text)), bool(ADDRESS.search(text))
    if timed and addressed and DATE.search(text):
        return True
    return announced and deeper and bool(_START.match(text)) and (timed or addressed)


def _says_only_when(text: str) -> bool:
    """True for text that holds nothing but dates, times, addresses and the words between them."""
    rest = text
    for pattern in (_BRACKETED_ADDRESS, DATE, TIME, _FILLER):
        rest = pattern.sub(" ", rest)
    return not _LETTERS.search(rest)


def _attributed(text: str) -> Envelope:
    address = ADDRESS.search(text)
    when = stated_time(text)
    sender = address[0].lower() if address else ""
    if _YOU_WROTE.match(text):
        return Envelope(sender_address=sender, date=when)
    rest = _BRACKETED_ADDRESS.sub(" ", _VERB.pattern.sub("", text).rstrip(": "))
    times = list(TIME.finditer(rest))
    if times and _LETTERS.search(rest[times[-1].end() :]):
        rest = rest[times[-1].end() :]
    else:
        rest = TIME.sub(" ", DATE.sub(" ", rest))
    name = re.sub(r"\s+", " ", _SENDER_LEAD.sub(" ", rest)).strip(" ,:;\"'«»<>()-")
    return Envelope(
        sender_name=name if re.search(r"[^\W\d_]{2}", name) else "",
        sender_address=sender,
        date=when,
    )
