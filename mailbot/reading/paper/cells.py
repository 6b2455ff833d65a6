"""Table cells made from lines: wrapped lines joined again, several figures in one cell kept apart, grids filled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailbot.domain.document import Cell, Table
from mailbot.reading.grids import column_letters
from mailbot.reading.paper.positions import Line, Passage, join
from mailbot.reading.paper.words import is_word

FIGURE = re.compile(r"[~≈<>=+-]?\s*\d[\d\s.,/]*(?:чел(?:овека?|\.)?|%|шт\.?)?", re.IGNORECASE)
"""What a cell of a column of figures holds; match the whole text."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell on the page: the rows and columns that it covers (first and last, zero-based) and its lines of words."""

    top: int
    left: int
    bottom: int
    right: int
    lines: tuple[Line, ...] = ()
    width: float = 0.0


def is_figure(text: str) -> bool:
    """True for a text that is one figure: «35», «1 250 чел.».

    >>> is_figure("35"), is_figure("1 250 чел."), is_figure("СОШ № 5")
    (True, True, False)
    """
    return FIGURE.fullmatch(text.strip()) is not None


def cell_passage(lines: Sequence[Line], width: float) -> Passage:
    """A cell's text: lines that were wrapped for want of room are joined, others are kept apart by a line break.

    `width` is the room that a line has in the cell. A word that fills it to the last letter was broken inside:
    «ВКонтак», «те» is «ВКонтакте».
    """
    text = ""
    previous: Line | None = None
    for line in lines:
        if previous is None:
            text = line.text
        elif _broken(previous, line, width):
            text += line.text
        elif _wrapped(previous, line, width):
            text = join(text, line.text)
        else:
            text += "\n" + line.text
        previous = line
    return Passage(text, any(line.doubtful for line in lines))


def to_table(boxes: Iterable[Box], locator: str, *, padding: float = 0.0) -> Table:
    """Place boxes in a grid; a merged one's text stands in each position. A cell's locator is «locator!B3»."""
    texts: dict[tuple[int, int], tuple[Passage, bool]] = {}
    rows = columns = 0
    for box in boxes:
        passage = cell_passage(box.lines, box.width - 2 * padding)
        for row in range(box.top, box.bottom + 1):
            for column in range(box.left, box.right + 1):
                texts.setdefault((row, column), (passage, (row, column) != (box.top, box.left)))
        rows, columns = max(rows, box.bottom + 1), max(columns, box.right + 1)
    nothing = (Passage(""), False)
    grid = []
    for row in range(rows):
        cells = []
        for column in range(columns):
            passage, spanned = texts.get((row, column), nothing)
            place = f"{locator}!{column_letters(column)}{row + 1}"
            cells.append(Cell(passage.text, place, spanned, passage.doubtful))
        grid.append(tuple(cells))
    return Table(tuple(grid), locator)


def split_rows(boxes: Sequence[Box]) -> list[Box]:
    """Cut rows that hold several figures under one another in each column of figures: no line was drawn between them.

    Only rows of unmerged cells are cut, where at least two columns (or the only one) agree in the number of figures.
    """
    by_row: dict[int, list[Box]] = {}
    for box in boxes:
        by_row.setdefault(box.top, []).append(box)
    result: list[Box] = []
    shift = 0
    for top in sorted(by_row):
        row = by_row[top]
        edges = [] if any(box.bottom > box.top for box in row) else _hidden_edges(row)
        for box in row:
            moved = replace(box, top=box.top + shift, bottom=box.bottom + shift)
            result += _cut(moved, edges) if edges else [moved]
        shift += len(edges)
    return result


def _hidden_edges(row: Sequence[Box]) -> list[float]:
    """Where a row of cells is to be cut; empty if it is one row."""
    stacks = [box.lines for box in row if box.lines and all(is_figure(line.text) for line in box.lines)]
    counts = {len(lines) for lines in stacks}
    if len(counts) != 1 or counts == {1}:
        return []
    if any(box.lines and len(box.lines) < max(counts) for box in row):
        return []
    return [line.top - 0.3 * line.height for line in stacks[0][1:]]


def _cut(box: Box, edges: Sequence[float]) -> list[Box]:
    pieces = []
    bounds = [float("-inf"), *edges, float("inf")]
    for index, (upper, lower) in enumerate(itertools.pairwise(bounds)):
        lines = tuple(line for line in box.lines if upper <= (line.top + line.bottom) / 2 < lower)
        pieces.append(replace(box, top=box.top + index, bottom=box.top + index, lines=lines))
    return pieces


def _broken(first: Line, second: Line, width: float) -> bool:
    """True where the first line is one word that filled the cell, and the second goes on with it."""
    start, rest = first.text, second.words[0].text
    if len(first.words) > 1 or not start[-1:].isalpha() or not rest[:1].islower():
        return False
    letter = second.words[0].width / max(1, len(rest))
    room = width - (first.right - first.left)
    return room < 2 * letter and (is_word(start + rest) or (room < letter and not is_word(start)))


def _wrapped(first: Line, second: Line, width: float) -> bool:
    """True where the second line's first word had no room at the end of the first; figures are never joined."""
    if is_figure(first.text) and is_figure(second.text):
        return False
    blank = 0.25 * second.height
    return first.right - first.left + blank + second.words[0].width > width - 0.5 * second.height
