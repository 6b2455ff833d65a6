"""Plain text: how characters are made equal, and how a text becomes one paragraph a line with its depth of quotation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mailbot.domain.document import Limits, Paragraph

_INVISIBLE = "".join(
    map(
        chr,
        [
            0xAD,
            0x34F,
            0x180E,
            *range(0x200B, 0x2010),
            *range(0x202A, 0x202F),
            *range(0x2060, 0x2070),
            0xFEFF,
            *range(0xFFF9, 0xFFFD),
        ],
    )
)
_TRANSLATION = (
    dict.fromkeys(map(ord, _INVISIBLE))
    | dict.fromkeys([*range(0xFE00, 0xFE10), 0x20E3])  # what makes a digit a keycap emoji
    | dict.fromkeys([0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x205F, 0x3000], " ")
    | dict.fromkeys([0x2007, 0x2008, 0x2009, 0x200A, 0x202F], "\xa0")  # narrow blanks separate thousands
    | dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n")
    | {0xFF10 + digit: str(digit) for digit in range(10)}
    | {0x1D7CE + i: str(i % 10) for i in range(50)}
    | {0x1F51F: "10"}
    | dict.fromkeys([0xF0A7, 0xF0B7, 0xF0D8, 0xF0FC], "•")  # Word's bullets, from its Symbol fonts
    | dict.fromkeys([*range(9), *range(0x0E, 0x20), 0x7F])
)
_OVERSTRUCK = re.compile("(?:[^\n][\u0335\u0336])+")
_LINE_ENDS = re.compile(r"\r+\n|\r")
_QUOTE = re.compile(r"^[ \t]{0,3}(?P<initials>[A-ZА-ЯЁ][A-Za-zА-Яа-яЁё]{0,3})?>")
_DEPTH = 50


def normalise_text(text: str) -> str:
    r"""Make equal what looks equal: NFC, line ends as LF, invisible characters and soft hyphens removed.

    No-break blanks of any width become U+00A0 and stay; keycap, full-width and mathematical digits become digits;
    letters struck out by a combining overlay are dropped with it.

    >>> normalise_text("ВК 3\ufe0f\u20e35\ufe0f\u20e3, всего 1\u202f250")
    'ВК 35, всего 1\xa0250'
    """
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    if "\u0336" in text or "\u0335" in text:
        text = _OVERSTRUCK.sub("", text)
    return unicodedata.normalize("NFC", text.translate(_TRANSLATION))


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its marks of quotation, and how many there were."""

    text: str
    quote: int


def unquote(line: str, initials: Collection[str] = ()) -> Line:
    """Take the marks of quotation off a line: «> », «>>», and «П> » for the given initials (The Bat!).

    >>> unquote(">> > ВК - 35"), unquote("ВК>30")
    (Line(text='ВК - 35', quote=3), Line(text='ВК>30', quote=0))
    """
    depth = 0
    while depth < _DEPTH and (mark := _QUOTE.match(line)) and (not mark["initials"] or mark["initials"] in initials):
        line = line[mark.end() :]
        depth += 1
    return Line(line[1:] if depth and line.startswith(" ") else line, depth)


def _initials(lines: Sequence[str]) -> frozenset[str]:
    """The initials that mark quotation: those before «>» in more than one line; one «ВК>30» is the sender's own."""
    marks = Counter(mark["initials"] for line in lines if (mark := _QUOTE.match(line)) and mark["initials"])
    return frozenset(initials for initials, count in marks.items() if count > 1)


def text_to_blocks(
    text: str, locator: str, *, flowed: bool = False, limits: Limits | None = None
) -> tuple[Paragraph, ...]:
    """One paragraph for each line that is not blank; tabs and inner runs of blanks stay, for tables in plain text.

    `locator` is what the paragraphs' own locators start with («body» gives «body:1»…). With `flowed` (RFC 3676) a line
    that ends in a blank goes on in the next one of the same depth. Text beyond `limits.text_chars` is left out.
    """
    limits = limits or Limits()
    raw_lines = normalise_text(text[: limits.text_chars]).split("\n")
    initials = _initials(raw_lines)
    lines = [unquote(line, initials) for line in raw_lines]
    if flowed:
        lines = _joined(lines)
    shown = [Line(line.text.rstrip(), line.quote) for line in lines if line.text.strip()]
    return tuple(Paragraph(line.text, f"{locator}:{i}", quote=line.quote) for i, line in enumerate(shown, 1))


def _joined(lines: list[Line]) -> list[Line]:
    """Join what format=flowed broke for transport; the signature's «-- » is no flowed line."""
    result: list[Line] = []
    open_line = False
    for line in lines:
        if open_line and result[-1].quote == line.quote and line.text != "-- ":
            result[-1] = Line(result[-1].text + line.text, line.quote)
        else:
            result.append(line)
        open_line = line.text.endswith(" ") and line.text != "-- "
    return result
