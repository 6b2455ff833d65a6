"""Pages to a document's blocks: running heads set aside, paragraphs and tables in reading order, with locators."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.domain.document import Block, Limits, Paragraph
from mailbot.reading.paper.cells import Box, split_rows, to_table
from mailbot.reading.paper.columns import Grid, arrange
from mailbot.reading.paper.joining import Laid, join_tables
from mailbot.reading.paper.positions import Line, paragraphs
from mailbot.reading.troubles import TooLarge

_EDGE = 0.12  # of a page's height: where running heads and feet stand
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:[-–—]\s*)?(?:(?:стр|страница|лист|page)\.?\s*)?(\d{1,3})(?:\s*(?:из|/|of)\s*\d{1,3})?(?:\s*[-–—])?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table whose lines are drawn: its edges on the page, and its cells."""

    top: float
    bottom: float
    boxes: tuple[Box, ...]
    padding: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page: lines of words outside of ruled tables, and these tables. `number` counts from 1."""

    number: int
    height: float
    lines: tuple[Line, ...]
    tables: tuple[Ruled, ...] = ()


Place = Callable[[int], str]
"""The locator of a page by its number: «письмо.pdf!стр. 2»."""


def to_blocks(pages: Sequence[Page], place: Place, limits: Limits) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks of all pages and the texts that run at their heads and feet.

    A table that goes on over pages becomes one. Raises `TooLarge` over `limits.cells` or `limits.text_chars`.
    """
    running = _running(pages)
    items: list[Paragraph | Laid] = []
    for page in pages:
        kept = [line for line in page.lines if not _runs(line, page, running)]
        items += _page_items(page, kept, place(page.number))
    blocks = tuple(item.table if isinstance(item, Laid) else item for item in join_tables(items))
    _check(blocks, limits)
    texts = dict.fromkeys(line.text for page in pages for line in page.lines if _runs(line, page, running))
    return blocks, tuple(text for text in texts if not _PAGE_NUMBER.fullmatch(text.strip()))


def _page_items(page: Page, lines: Sequence[Line], place: str) -> Iterator[Paragraph | Laid]:
    paragraph = tables = 0
    edge = max((line.right for line in page.lines), default=0.0)
    for part in _in_order(page, lines):
        if isinstance(part, list):
            for passage in paragraphs(part, edge):
                paragraph += 1
                yield Paragraph(passage.text, f"{place}:{paragraph}", doubtful=passage.doubtful)
        else:
            tables += 1
            yield _laid(part, page, f"{place}!таблица {tables}")


def _in_order(page: Page, lines: Sequence[Line]) -> Iterator[list[Line] | Ruled | Grid]:
    """Runs of lines, ruled tables and tables without lines, from the top of the page down."""
    rest = list(lines)
    for table in sorted(page.tables, key=lambda table: table.top):
        above = [line for line in rest if line.top < table.top]
        rest = [line for line in rest if line.top >= table.top]
        yield from _text(above)
        yield table
    yield from _text(rest)


def _text(lines: Sequence[Line]) -> Iterator[list[Line] | Grid]:
    run: list[Line] = []
    for found in arrange(lines):
        if isinstance(found, Line):
            run.append(found)
            continue
        if run:
            yield run
        run = []
        yield found
    if run:
        yield run


def _laid(found: Ruled | Grid, page: Page, locator: str) -> Laid:
    boxes, padding = (split_rows(found.boxes), found.padding) if isinstance(found, Ruled) else (list(found.boxes), 0.0)
    table = to_table(boxes, locator, padding=padding)
    tops: dict[int, float] = {}
    for box in boxes:
        for line in box.lines[:1]:
            tops[box.top] = min(tops.get(box.top, line.top), line.top)
    edges = tuple(tops.get(row, -1.0) for row in range(len(table.rows)))
    return Laid(table, page.number, edges)


def _running(pages: Sequence[Page]) -> frozenset[str]:
    """The texts, without their figures, that stand at the head or foot of more than one page."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({_DIGITS.sub("#", line.text) for line in page.lines if _at_edge(line, page)})
    return frozenset(text for text, count in counts.items() if count > 1)


def _runs(line: Line, page: Page, running: frozenset[str]) -> bool:
    if not _at_edge(line, page):
        return False
    number = _PAGE_NUMBER.fullmatch(line.text.strip())
    if number is not None and int(number[1]) == page.number and page.number > 1:
        return True
    return _DIGITS.sub("#", line.text) in running


def _at_edge(line: Line, page: Page) -> bool:
    return line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height


def _check(blocks: Sequence[Block], limits: Limits) -> None:
    cells = chars = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            chars += len(block.text)
            continue
        cells += sum(len(row) for row in block.rows)
        chars += sum(len(cell.text) for row in block.rows for cell in row if not cell.spanned)
    if cells > limits.cells or chars > limits.text_chars:
        raise TooLarge("в документе слишком много текста")
