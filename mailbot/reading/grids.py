"""Grids of cells: column letters, merged ranges, hidden rows and columns, locators. Shared by all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.domain.document import Cell, Limits, Table
from mailbot.reading.troubles import TooLarge

MAX_SHEET_COLUMNS = 16_384
MAX_SHEET_ROWS = 1_048_576

NOT_CACHED = "#NOCACHE!"
"""Stands in a cell whose formula has no stored result: a person sees a figure there, we can't."""

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range, zero-based and inclusive."""


@lru_cache(maxsize=1024)
def column_letters(index: int) -> str:
    """Return the letters of a zero-based column.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the zero-based index of a column's letters; the reverse of `column_letters`."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


@dataclass(slots=True)
class Sheet:
    """A spreadsheet's sheet as read: shown texts by zero-based (row, column), and what hides or joins them."""

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def sheet_table(sheet: Sheet, file_name: str, limits: Limits) -> Table | None:
    """Return what a person sees of a sheet as a table, or None where that is nothing.

    Hidden rows and columns are left out. Runs of empty rows and columns fold into one, so that a far cell costs
    nothing; locators keep the true places: «svod.xlsx!Лист1!C7». Raises `TooLarge` over `limits.cells`.
    """
    shown, spanned = _spread(sheet, limits)
    rows = _with_gaps({row for row, _ in shown}, sheet.hidden_rows)
    columns = _with_gaps({column for _, column in shown}, sheet.hidden_columns)
    if len(rows) * len(columns) > limits.cells:
        raise TooLarge(f"на листе «{sheet.name}» слишком много ячеек")
    if not rows:
        return None
    locator = f"{file_name}!{sheet.name}" if sheet.name else file_name
    letters = [column_letters(column) for column in columns]
    get = shown.get
    return Table(
        rows=tuple(
            tuple(
                Cell(get((row, column), ""), f"{locator}!{letter}{row + 1}", (row, column) in spanned)
                for column, letter in zip(columns, letters, strict=True)
            )
            for row in rows
        ),
        locator=locator,
        title=sheet.name,
    )


def _spread(sheet: Sheet, limits: Limits) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Return the visible texts with merged ones copied over their ranges, and the positions that are such copies."""
    shown = {
        place: text
        for place, text in sheet.cells.items()
        if text and place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_columns
    }
    spanned: set[tuple[int, int]] = set()
    if not sheet.merges or not sheet.cells:
        return shown, spanned
    last_row = max(row for row, _ in sheet.cells)
    last_column = max(column for _, column in sheet.cells)
    budget = limits.cells
    for top, left, bottom, right in sheet.merges:
        text = sheet.cells.get((top, left))
        if not text:
            continue
        lowest, rightmost = min(bottom, last_row), min(right, last_column)
        budget -= (lowest - top + 1) * (rightmost - left + 1)
        if budget < 0:
            raise TooLarge(f"на листе «{sheet.name}» слишком много объединённых ячеек")
        places = [
            (row, column)
            for row in range(top, lowest + 1)
            if row not in sheet.hidden_rows
            for column in range(left, rightmost + 1)
            if column not in sheet.hidden_columns
        ]
        shown.update(dict.fromkeys(places, text))
        spanned.update(places[1:])
    return shown, spanned


def _with_gaps(used: Iterable[int], hidden: set[int]) -> list[int]:
    """Return the used indexes in order, with one empty one kept wherever visible ones lie between two of them."""
    kept: list[int] = []
    for index in sorted(used):
        if kept:
            gap = next((between for between in range(kept[-1] + 1, index) if between not in hidden), None)
            if gap is not None:
                kept.append(gap)
        kept.append(index)
    return kept


@dataclass(frozen=True, slots=True)
class Span:
    """A cell of a flowing table (docx, odt, rtf) with how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def span_table(
    rows: Sequence[Sequence[Span]], locator: str, limits: Limits, *, title: str = "", quote: int = 0
) -> Table | None:
    """Lay out rows of spanning cells as HTML does; returns None for a table without any cell.

    A cell's locator is «locator!B3». Spans are cut to the table's own extent; raises `TooLarge` over `limits.cells`.
    """
    grid: dict[tuple[int, int], tuple[str, bool]] = {}
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while (top, left) in grid:
                left += 1
            height = min(cell.rows, len(rows) - top)
            if height * cell.columns + len(grid) > limits.cells:
                raise TooLarge("таблица слишком велика")
            for r in range(top, top + height):
                for c in range(left, left + cell.columns):
                    grid.setdefault((r, c), (cell.text, (r, c) != (top, left)))
            left += cell.columns
    if not grid:
        return None
    width = max(column for _, column in grid) + 1
    if width * len(rows) > limits.cells:
        raise TooLarge("таблица слишком велика")
    return Table(
        rows=tuple(
            tuple(_placed(grid.get((r, c), ("", False)), f"{locator}!{column_letters(c)}{r + 1}") for c in range(width))
            for r in range(len(rows))
        ),
        locator=locator,
        title=title,
        quote=quote,
    )


def _placed(content: tuple[str, bool], locator: str) -> Cell:
    return Cell(content[0], locator, content[1])


def plain_table(rows: Sequence[Sequence[str]], place: Callable[[int, int], str], locator: str) -> Table:
    """Return a table without spans; short rows are padded; `place` gives a locator for zero-based row and column."""
    width = max((len(row) for row in rows), default=0)
    return Table(
        rows=tuple(
            tuple(Cell(row[c] if c < len(row) else "", place(r, c)) for c in range(width)) for r, row in enumerate(rows)
        ),
        locator=locator,
    )
