"""A rectangular grid from cells that span rows and columns, as HTML and word processors write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.domain.document import Cell

_MAX_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell as written: its text and how many rows and columns it covers (0 rows: to the end)."""

    text: str
    rows: int = 1
    columns: int = 1


def column_letter(index: int) -> str:
    """The letter of a column, counted from 0: A, B, … Z, AA.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def grid(rows: Sequence[Sequence[Placed]], locator: str, max_cells: int) -> tuple[tuple[Cell, ...], ...]:
    """Lay cells out in a rectangle. A spanning cell's text stands in every place that it covers, marked `spanned` in
    all but the first. Spans end with the rows that there are, at 300 columns and at `max_cells`; empty rows go.

    >>> [[c.text for c in row] for row in grid([[Placed("ВК", columns=2)], [Placed("1"), Placed("2")]], "body:1", 9)]
    [['ВК', 'ВК'], ['1', '2']]
    """
    rows = [row for row in rows if row]
    taken: list[dict[int, tuple[str, bool]]] = [{} for _ in rows]
    room = max_cells
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while c in taken[r]:
                c += 1
            height = min(cell.rows or len(rows), len(rows) - r)
            width = min(cell.columns or 1, _width_left(cell, c))
            if width <= 0 or room < height * width:
                break
            room -= height * width
            for dr in range(height):
                for dc in range(width):
                    taken[r + dr].setdefault(c + dc, (cell.text, bool(dr or dc)))
            c += width
    width = max((max(row) + 1 for row in taken if row), default=0)
    if width * len(rows) > max_cells:
        return ()
    return tuple(
        tuple(Cell(*_at(row, c, f"{locator}!{column_letter(c)}{r}")) for c in range(width))
        for r, row in enumerate(taken, 1)
    )


def _width_left(cell: Placed, column: int) -> int:
    """How wide a cell may be: the columns up to the limit; a span wider than that is taken for one column."""
    left = _MAX_COLUMNS - column
    return 1 if cell.columns > _MAX_COLUMNS and left > 0 else left


def _at(row: dict[int, tuple[str, bool]], column: int, locator: str) -> tuple[str, str, bool]:
    text, spanned = row.get(column, ("", False))
    return text, locator, spanned
