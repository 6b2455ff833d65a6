"""Blocks read in their order: lines of prose, tables, and tables that were drawn in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Paragraph
from mailbot.reading.figures.columns import Heading
from mailbot.reading.figures.layouts import draw_tables
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.prose import ProseReader
from mailbot.reading.figures.statements import Extract
from mailbot.reading.figures.tables import TableReader
from mailbot.reading.who.naming import Namer
from mailbot.reading.who.organisation_words import FORM, HEAD_AFTER_FORM

_OPEN_END = re.compile(r"(?:[\-–—,(]|\s(?:в|во|на|и|а|по|из|от|с|к|для|что|же))\s*$")
_GOES_ON = re.compile(
    r"\s*(?!\d{1,3}\s*[.)]\s)(?!(?:г|с|д|п|пос|пгт|рп|ул|тел|исх|инн|адрес)\.)(?:[а-яёәөүҗңһa-z\d(«\"]|[–—-]\s\d)"
)
_OPENING_MARK = re.compile(r"\s*[«„“\"]")
_OPEN_NAME = re.compile(r"[«„“][^«»“”„\"\n\t]*$")
_PIECE = r"(?:[^«»“”„\"\t:;\d]|№\s?\d{1,3}(?!\d)){0,80}"
_CLOSES = re.compile(rf"{_PIECE}(?:[«„“]{_PIECE})?[»”]")
_ADJECTIVE_LAST = re.compile(r"ое\s*$", re.IGNORECASE)
_LETTERHEAD = 200  # characters of a letterhead's line at most
_WRAPS = range(55, 101)  # characters at which mail clients break lines

Marked = tuple[Block, bool]
"""A block, and whether it is quoted: then it only tells what the answers between quoted blocks are about."""


def read_blocks(blocks: Sequence[Marked], campaign: Campaign, namer: Namer, *, draw: bool = True) -> Extract:
    """All statements of `blocks`; with `draw`, lines that draw a table are read as that table."""
    reader = ProseReader(campaign, namer.names)
    lines: list[Line] = []
    headings: tuple[Heading, ...] = ()
    drawn = _drawn(blocks, campaign, draw=draw)
    several = sum(not isinstance(block, Paragraph) and not quoted for block, quoted in drawn) > 1
    for block, quoted in drawn:
        if isinstance(block, Paragraph):
            lines.append(Line(block.text, block.locator, block.doubtful, quoted=quoted))
        elif not quoted:
            reader.read(unwrapped(lines))
            above = next((line.text for line in reversed(lines) if line.text.strip()), "")
            lines = []
            table = TableReader(campaign, namer.names, namer.place, one_of_several=several)
            found, headings = table.read(block, headings, reader.announced, above)
            reader.absorb(found)
    reader.read(unwrapped(lines))
    return reader.finish()


def _drawn(blocks: Sequence[Marked], campaign: Campaign, *, draw: bool) -> list[Marked]:
    """The blocks with tables in the place of the lines that draw them."""
    result: list[Marked] = []
    for quoted, run in groupby(blocks, key=lambda marked: marked[1]):
        plain = [block for block, _ in run]
        done = draw_tables(plain, lexicon_of(campaign)) if draw and not quoted else plain
        result.extend((block, quoted) for block in done)
    return result


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """Lines that belong together are one again.

    Those that a mail client broke at some 72 characters (the next goes on in lower case or a digit), and those of a
    letterhead over which an organisation's name is spread.
    """
    out: list[Line] = []
    physical = ""
    for line in lines:
        last = out[-1] if out else None
        apart = last is None or line.quoted or last.quoted
        if last is not None and not apart and (_is_broken(physical, line.text) or _is_one_name(last.text, line.text)):
            out[-1] = replace(last, text=last.text.rstrip() + " " + line.text.lstrip())
        else:
            out.append(line)
        physical = line.text
    return out


def _is_one_name(first: str, second: str) -> bool:
    """Whether a name begun on one line goes on on the next: a form, a form and a head or a quoted name, a quotation still open.

    «Муниципальное бюджетное / общеобразовательное учреждение / «Уруссинская средняя / общеобразовательная школа №3»».
    """
    if len(first) > _LETTERHEAD:
        return False
    if _ADJECTIVE_LAST.search(first) and any(m.start() < len(first) for m in FORM.finditer(f"{first} {second}")):
        return True
    forms = list(FORM.finditer(first))
    if forms and not first[forms[-1].end() :].strip():
        return _OPENING_MARK.match(second) is not None or HEAD_AFTER_FORM.match(second) is not None
    return _OPEN_NAME.search(first) is not None and _CLOSES.match(second) is not None


def _is_broken(first: str, second: str) -> bool:
    if len(first.rsplit("\n", 1)[-1]) not in _WRAPS or "\t" in first + second:
        return False
    if re.search(r"[»”]$", first):  # «… сети «ВКонтакте»» / «подписано 318», but no address after a name
        return re.match(r"\s*(?:[–—-]\s\d|[а-яё]{2,}\s)", second) is not None
    ends_open = _OPEN_END.search(first) or re.search(r"[а-яёәөүҗңһa-z]$", first)
    return bool(ends_open and _GOES_ON.match(second))


def joined(blocks: Iterable[Block]) -> str:
    """The text of blocks: paragraphs as lines, a table's rows as lines of cells."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines.extend(" | ".join(c.text for c in row if c.text and not c.spanned) for row in block.rows)
    return "\n".join(lines)
