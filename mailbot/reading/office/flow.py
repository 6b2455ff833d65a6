"""Flowing documents (docx, doc, odt, rtf): lines and tables in reading order, made into blocks with locators."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.domain.document import Attachment, Block, Limits, Paragraph
from mailbot.reading.grids import Span, span_table
from mailbot.reading.troubles import TooLarge

_PICTURES = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"))
_SOFT_HYPHEN = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))


@dataclass(slots=True)
class FlowCell:
    """A table cell: its content, and how many columns and rows it covers."""

    content: tuple[Item, ...]
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class FlowTable:
    """A table as rows of cells; positions that a span covers from above or from the left are left out."""

    rows: tuple[tuple[FlowCell, ...], ...]


Item = str | FlowTable
"""A paragraph's text (line breaks split it) or a table."""


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell as a row stores it: `continues` where it is the lower part of a vertically merged one above."""

    content: tuple[Item, ...]
    columns: int = 1
    continues: bool = False


@dataclass(frozen=True, slots=True)
class EdgeCell:
    """A cell that is known by the positions of its edges on the page, in any unit."""

    content: tuple[Item, ...]
    left: int
    right: int
    continues: bool = False


EDGE_TOLERANCE = 60
"""Edges nearer than this (in twips, a millimetre) are one: word processors round."""


def joined(rows: Iterable[Sequence[RowCell]]) -> FlowTable:
    """Return a table in which cells that continue lengthen the cell above, if there is one in their column."""
    laid: list[tuple[FlowCell, ...]] = []
    above: dict[int, FlowCell] = {}
    for row in rows:
        cells: list[FlowCell] = []
        now: dict[int, FlowCell] = {}
        column = 0
        for cell in row:
            if cell.continues and column in above:
                now[column] = above[column]
                above[column].rows += 1
            else:
                now[column] = FlowCell(cell.content, cell.columns)
                cells.append(now[column])
            column += cell.columns
        above = now
        laid.append(tuple(cells))
    return FlowTable(tuple(laid))


def by_edges(rows: Sequence[Sequence[EdgeCell]]) -> FlowTable:
    """Return a table whose columns are found from the edges of all its cells."""
    edges: list[int] = []
    for edge in sorted({edge for row in rows for cell in row for edge in (cell.left, cell.right)}):
        if not edges or edge - edges[-1] > EDGE_TOLERANCE:
            edges.append(edge)

    def column(edge: int) -> int:
        return bisect.bisect_right(edges, edge + EDGE_TOLERANCE // 2) - 1

    laid = []
    for row in rows:
        cells: list[RowCell] = []
        place = 0
        for cell in row:
            left, right = column(cell.left), column(cell.right)
            if left > place:
                cells.append(RowCell((), left - place))
            cells.append(RowCell(cell.content, max(1, right - max(left, place)), cell.continues))
            place = max(right, place + 1)
        laid.append(cells)
    return joined(laid)


def to_blocks(items: Iterable[Item], name: str, limits: Limits) -> tuple[Block, ...]:
    """Return the blocks of a document: «name:12» for its twelfth block, «name!таблица 1!B3» for a cell.

    A table of one cell is a frame around its content, and gives way to it. A nested table follows the one around it.
    Raises `TooLarge` over `limits.text_chars` or `limits.cells`.
    """
    blocks: list[Block] = []
    tables = 0
    budget = limits.text_chars
    for item in _unframed(items):
        if isinstance(item, FlowTable):
            tables += 1
            rows = [[Span(cell_text(cell.content), cell.columns, cell.rows) for cell in row] for row in item.rows]
            budget -= sum(len(cell.text) for row in rows for cell in row)
            table = span_table(rows, f"{name}!таблица {tables}", limits)
            if table and any(cell.text for row in table.rows for cell in row):
                blocks.append(table)
            continue
        for line in lines(item):
            budget -= len(line)
            blocks.append(Paragraph(line, f"{name}:{len(blocks) + 1}"))
        if budget < 0:
            raise TooLarge("в документе слишком много текста")
    return tuple(blocks)


def lines(text: str) -> Iterator[str]:
    """Return the lines of a paragraph that have content, without invisible characters; tabs and blanks are kept."""
    for line in text.translate(_SOFT_HYPHEN).splitlines():
        if line.strip():
            yield line.rstrip()


def cell_text(content: Sequence[Item]) -> str:
    """Return a cell's own lines; its nested tables stand apart."""
    return "\n".join(line.strip() for item in content if isinstance(item, str) for line in lines(item))


def all_text(items: Iterable[Item]) -> str:
    """Return all lines, those of tables too, row by row: for headers and footers."""
    found: list[str] = []
    for item in items:
        if isinstance(item, str):
            found += lines(item)
        else:
            found += ["\t".join(filter(None, (all_text(cell.content) for cell in row))) for row in item.rows]
    return "\n".join(line for line in found if line)


def picture_children(pictures: Iterable[bytes]) -> tuple[Attachment, ...]:
    """Return the PNG and JPEG pictures of a document, each once, as attachments «рисунок 1.png»."""
    return tuple(
        Attachment(f"рисунок {number}.{kind}", picture, inline=True)
        for number, picture in enumerate(dict.fromkeys(pictures), 1)
        for magic, kind in _PICTURES
        if picture.startswith(magic)
    )


def _unframed(items: Iterable[Item]) -> Iterator[Item]:
    """Replace tables of one cell by their content, and put nested tables after the table that holds them."""
    for item in items:
        if isinstance(item, str):
            yield item
        elif len(item.rows) == 1 and len(item.rows[0]) == 1:
            yield from _unframed(item.rows[0][0].content)
        else:
            yield item
            for row in item.rows:
                for cell in row:
                    yield from _unframed(inner for inner in cell.content if isinstance(inner, FlowTable))
