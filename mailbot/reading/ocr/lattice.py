"""The drawn lines of a table in a picture, as a grid of cells, merged ones included."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.shapes import wide_shapes
from mailbot.reading.ocr.strokes import LEAST_HEIGHT, LEAST_WIDTH, LINE, LONG, THICK, bands, blocks, strokes

_SAME = 0.6  # in letter heights: pieces of line closer than this are one line
_DRAWN = 0.5  # of a cell's side: a line that is drawn so far separates
_FAR = 0.4  # of the table's width: a line so long belongs to the grid wherever it ends
_THIN = 0.45  # in letter heights: of a line beyond doubt
_BEYOND = 2.0  # in letter heights: lines that go on so far past the frame lead to cells that are not seen
_MOST_CELLS = 4000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: the rows and columns that it covers (first and last, zero-based), and its place in pixels."""

    top: int
    left: int
    bottom: int
    right: int
    box: tuple[int, int, int, int]
    """Left, upper, right and lower edge."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """A ruled table: its place in the picture (left, top, right, bottom), itself made straight, its cells in that.

    `is_open` where its lines go on beyond the outermost cells: the picture cuts it off there, or it has no frame.
    """

    box: tuple[int, int, int, int]
    picture: Gray
    lines: Gray
    cells: tuple[Cell, ...]
    is_open: bool = False


def find_tables(gray: Gray, letter: float) -> list[Lattice]:
    """The ruled tables of an evenly lit picture whose small letters are `letter` pixels high, from the top down.

    A table has at least two columns and two rows.
    """
    found: list[Lattice] = []
    for first, last in bands(gray, letter):
        tables = list(_tables_between(gray, first, last, letter))
        if any(_touches(table, first, last, gray.shape[0]) for table in tables):  # there is more of it than was thought
            return sorted(_tables_between(gray, 0, gray.shape[0], letter), key=lambda lattice: lattice.box[1])
        found += tables
    return sorted(found, key=lambda lattice: lattice.box[1])


def _touches(table: Lattice, first: int, last: int, height: int) -> bool:
    """True where a table ends with the rows that were looked at, though the page goes on."""
    _, top, _, bottom = table.box
    return (top <= first and first > 0) or (bottom >= last and last < height)


def _tables_between(gray: Gray, first: int, last: int, letter: float) -> Iterator[Lattice]:
    """The tables in some rows of the page."""
    band = gray[first:last]
    across, down = strokes(band, letter)
    for left, top, width, height in blocks(across, down, letter):
        if width < LEAST_WIDTH * letter or height < LEAST_HEIGHT * letter:
            continue
        part = (slice(top, top + height), slice(left, left + width))
        if len(_long_lines(across[part])) < 2 or not _long_lines(cv2.transpose(down[part])):
            continue  # a seal, a signature, lines to write on
        straight = _straightened(band[part], across[part], down[part], letter)
        cells, drawn, is_open = _cells(straight, letter)
        if _is_table(cells):
            box = (left, first + top, left + width, first + top + height)
            yield Lattice(box, straight, drawn, tuple(cells), is_open)


def _straightened(gray: Gray, across: Any, down: Any, letter: float) -> Gray:
    """The table seen straight on: its outermost long lines level and upright where they are; a margin of one letter."""
    height, width = gray.shape
    rows, columns = _long_lines(across), _long_lines(cv2.transpose(down))
    upper, lower = (rows[0], rows[-1]) if len(rows) > 1 else ((0.0, 0.0), (0.0, height - 1.0))
    left, right = (columns[0], columns[-1]) if len(columns) > 1 else ((0.0, 0.0), (0.0, width - 1.0))
    corners = np.array([_meeting(row, column) for row in (upper, lower) for column in (left, right)], np.float32)
    m = int(letter)
    level = [slope * width / 2 + offset + m for slope, offset in (upper, lower)]
    upright = [slope * height / 2 + offset + m for slope, offset in (left, right)]
    target = np.array([(x, y) for y in level for x in upright], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    size = (width + 2 * m, height + 2 * m)
    return np.asarray(cv2.warpPerspective(gray, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255), np.uint8)


def _long_lines(strokes: Any) -> list[tuple[float, float]]:
    """The slope and the offset of lines that go along most of the table, from the top down."""
    lines = []
    for left, top, inside in wide_shapes(strokes, LONG * strokes.shape[1]):
        filled = inside.sum(axis=0)
        thick = np.median(filled[filled > 0])
        plain = np.flatnonzero((filled > 0) & (filled <= 1.5 * thick))  # where no letter touches the line
        middles = (inside * np.arange(len(inside))[:, None]).sum(axis=0)[plain] / filled[plain]
        slope, offset = np.polyfit(plain + left, middles + top, 1)
        lines.append((float(slope), float(offset)))
    return sorted(lines, key=lambda line: line[1] + line[0] * strokes.shape[1] / 2)


def _meeting(row: tuple[float, float], column: tuple[float, float]) -> tuple[float, float]:
    """Where a line y = a x + b and a line x = c y + d meet."""
    (a, b), (c, d) = row, column
    x = (c * b + d) / (1 - a * c)
    return x, a * x + b


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line of the grid: where it lies, how thick it is, and from where to where it is drawn."""

    place: float
    spans: tuple[tuple[int, int], ...]
    thick: int

    def covers(self, start: float, end: float) -> bool:
        """True where the line is drawn along most of the way from `start` to `end`."""
        drawn = sum(max(0.0, min(end, last) - max(start, first)) for first, last in self.spans)
        return drawn > _DRAWN * (end - start)


def _cells(gray: Gray, letter: float) -> tuple[list[Cell], Gray, bool]:
    """The cells, the lines between them, and whether the lines go on beyond the cells."""
    across, down = strokes(gray, letter)
    rows = _rules(across, down, letter)
    columns = _rules(cv2.transpose(down), cv2.transpose(across), letter)
    drawn = np.maximum(_near(across, rows), _near(down.T, columns).T)
    if len(rows) < 2 or len(columns) < 2 or len(rows) * len(columns) > _MOST_CELLS:
        return [], drawn, False
    is_open = _go_beyond(rows, columns, letter) or _go_beyond(columns, rows, letter)
    return list(_merged(rows, columns)), drawn, is_open


def _go_beyond(rules: Sequence[_Rule], frame: Sequence[_Rule], letter: float) -> bool:
    """True where two lines at least run on past the first or the last of those that they cross."""
    first, last = frame[0].place - _BEYOND * letter, frame[-1].place + _BEYOND * letter
    before = sum(any(start < first for start, _ in rule.spans) for rule in rules)
    after = sum(any(end > last for _, end in rule.spans) for rule in rules)
    return max(before, after) > 1


def _near(strokes: Any, rules: Sequence[_Rule]) -> Gray:
    """The strokes that lie along the rules; others are letters', which are to be read."""
    kept = np.zeros_like(strokes)
    for rule in rules:
        reach = rule.thick / 2 + 2
        band = slice(max(0, int(rule.place - reach)), int(rule.place + reach) + 1)
        kept[band] = strokes[band]
    return np.asarray(kept, np.uint8)


def _rules(strokes: Any, crossing: Any, letter: float) -> list[_Rule]:
    """The grid's horizontal lines: strokes at about the same height are pieces of one.

    A stroke that neither runs far nor ends at a crossing line is a letter's, or a line under a word.
    """
    pieces = []
    reach = int(0.8 * letter)
    for left, top, inside in wide_shapes(strokes, LINE * letter):
        (height, width), sums = inside.shape, inside.sum(axis=1)
        area = int(sums.sum())
        right, place = left + width, top + float(sums @ np.arange(height)) / area
        if height > THICK * letter:  # a line that touches letters: the rows that it fills by itself
            filled = np.flatnonzero(sums > max(_DRAWN * width, 0.85 * sums.max()))
            if not 0 < len(filled) < THICK * letter:
                continue
            place, height, area = top + float(filled.mean()), len(filled), len(filled) * width
        band = crossing[max(0, int(place) - reach) : int(place) + reach]
        ends = (band[:, max(0, left - reach) : left + reach], band[:, max(0, right - reach) : right + reach])
        if all(end.any() for end in ends) or (width > _FAR * strokes.shape[1] and area < _THIN * letter * width):
            pieces.append((place, left, right, height))
    pieces.sort()
    groups: list[list[tuple[float, int, int, int]]] = []
    for piece in pieces:
        if groups and piece[0] - groups[-1][0][0] < _SAME * letter:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_rule(group) for group in groups]


def _rule(pieces: Sequence[tuple[float, int, int, int]]) -> _Rule:
    total = sum(end - start for _, start, end, _ in pieces)
    place = sum(place * (end - start) for place, start, end, _ in pieces) / total
    return _Rule(place, tuple((start, end) for _, start, end, _ in pieces), max(piece[3] for piece in pieces))


def _merged(rows: Sequence[_Rule], columns: Sequence[_Rule]) -> Iterator[Cell]:
    """The cells; where no line is drawn between two positions of the grid they are one."""
    taken: set[tuple[int, int]] = set()
    last_row, last_column = len(rows) - 1, len(columns) - 1
    for top, left in itertools.product(range(last_row), range(last_column)):
        if (top, left) in taken:
            continue
        right = left
        while right + 1 < last_column and not columns[right + 1].covers(rows[top].place, rows[top + 1].place):
            right += 1
        bottom = top
        while bottom + 1 < last_row and not rows[bottom + 1].covers(columns[left].place, columns[right + 1].place):
            bottom += 1
        taken.update(itertools.product(range(top, bottom + 1), range(left, right + 1)))
        box = (
            int(columns[left].place + columns[left].thick / 2),
            int(rows[top].place + rows[top].thick / 2),
            int(columns[right + 1].place - columns[right + 1].thick / 2),
            int(rows[bottom + 1].place - rows[bottom + 1].thick / 2),
        )
        yield Cell(top, left, bottom, right, box)


def _is_table(cells: Sequence[Cell]) -> bool:
    """True for more than a frame: two columns somewhere, and two rows."""
    return any(cell.left > 0 for cell in cells) and any(cell.top > 0 for cell in cells)
