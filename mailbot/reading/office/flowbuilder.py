"""Builds a flow from a stream of paragraph, cell and row ends, as RTF and Word 97 files store them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailbot.reading.office import flow

_COLUMN_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class CellShape:
    """A cell of a row's layout: its right edge, and whether it goes on from the cell to the left or above."""

    right: int
    joins_left: bool = False
    joins_above: bool = False


@dataclass(frozen=True, slots=True)
class RowShape:
    """A row's layout: its left edge (in twips) and its cells."""

    left: int = 0
    cells: tuple[CellShape, ...] = ()


@dataclass(slots=True)
class _Level:
    """A table being built at one depth of nesting; depth 0 is the running text."""

    items: list[flow.Item] = field(default_factory=list)
    cells: list[tuple[flow.Item, ...]] = field(default_factory=list)
    rows: list[list[flow.EdgeCell]] = field(default_factory=list)


class FlowBuilder:
    """Collects text, and lays it out as paragraphs and tables when their ends come."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._aside: list[flow.Item] = []
        self._levels = [_Level()]

    def put(self, text: str) -> None:
        """Add text to the paragraph."""
        self._text.append(text)

    def add(self, items: Sequence[flow.Item]) -> None:
        """Add finished items (a text box, a footnote); they stand after the paragraph that is being collected."""
        self._aside += items

    def end_paragraph(self, depth: int) -> None:
        """Close the paragraph at a depth of table nesting (0 for none); deeper tables have ended before it."""
        self._close_tables(depth)
        level = self._level(depth)
        level.items.append("".join(self._text))
        level.items += self._aside
        self._text, self._aside = [], []

    def end_cell(self, depth: int) -> None:
        """Close a cell of the table at `depth` (1 or more)."""
        self.end_paragraph(depth)
        level = self._level(depth)
        level.cells.append(tuple(level.items))
        level.items = []

    def end_row(self, depth: int, shape: RowShape) -> None:
        """Close a row; where the shape knows fewer cells than there are, each cell is a column of its own."""
        self._close_tables(depth)
        level = self._level(depth)
        if any(level.items):
            level.cells.append(tuple(level.items))
        shapes: Sequence[CellShape] = shape.cells
        if len(shapes) < len(level.cells):
            shapes = [CellShape(shape.left + (number + 1) * _COLUMN_WIDTH) for number in range(len(level.cells))]
        row: list[flow.EdgeCell] = []
        left = shape.left
        for content, cell in zip(level.cells, shapes, strict=False):
            right = max(cell.right, left + 1)
            if cell.joins_left and row:
                row[-1] = replace(row[-1], right=right, content=row[-1].content + content)
            else:
                row.append(flow.EdgeCell(content, left, right, cell.joins_above))
            left = right
        if row:
            level.rows.append(row)
        level.cells, level.items = [], []

    def finish(self) -> list[flow.Item]:
        """Close what is open and return the flow."""
        if self._text or self._aside:
            self.end_paragraph(0)
        self._close_tables(0)
        return self._levels[0].items

    def _level(self, depth: int) -> _Level:
        while len(self._levels) <= depth:
            self._levels.append(_Level())
        return self._levels[depth]

    def _close_tables(self, depth: int) -> None:
        while len(self._levels) > depth + 1:
            inner = self._levels.pop()
            outer = self._levels[-1]
            if inner.rows:
                outer.items.append(flow.by_edges(inner.rows))
            for cell in inner.cells:
                outer.items += cell
            outer.items += inner.items
