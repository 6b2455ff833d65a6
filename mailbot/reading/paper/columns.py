"""Tables without lines, and text in two columns: what belongs together by position alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.paper.cells import Box, is_figure
from mailbot.reading.paper.positions import Line

_GAP = 0.9  # in line heights: what separates two columns at least
_APART = 3.0  # in line heights: rows of one table lie closer
_MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Grid:
    """A table found by position: boxes without the width of their cells."""

    boxes: tuple[Box, ...]


Found = Line | Grid


def arrange(lines: Sequence[Line]) -> list[Found]:
    """Replace runs of lines that form a table by a grid; two columns of text are put one after the other.

    What cannot be told for certain (a text that reaches under two columns of figures) stays as lines with tabs.
    """
    found: list[Found] = []
    start = 0
    while start < len(lines):
        end = _run(lines, start)
        if end - start >= 2:
            found += _read_run(lines[start:end])
        else:
            end = start + 1
            found.append(lines[start])
        start = end
    return found


def _parts(line: Line) -> tuple[Line, ...]:
    return line.split(_GAP)


def _run(lines: Sequence[Line], start: int) -> int:
    """The end of the run of lines from `start` that stand in columns; at most one line between them is unbroken."""
    end = start
    for index in range(start, len(lines)):
        if index > start and lines[index].top - lines[index - 1].bottom > _APART * lines[index].height:
            break
        if len(_parts(lines[index])) > 1:
            end = index + 1
        elif index == start or index > end:
            break
    return end


def _read_run(lines: Sequence[Line]) -> list[Found]:
    rows = [_parts(line) for line in lines]
    columns = _columns(rows)
    start, end = _trimmed(rows, columns)
    grid = _grid(rows[start:end], columns) if 1 < len(columns) <= _MOST_COLUMNS else None
    if grid is not None and _holds_figures(grid):
        return [*lines[:start], grid, *lines[end:]]
    if len(columns) == 2 and all(len(row) <= 2 for row in rows):
        middle = (columns[0][1] + columns[1][0]) / 2
        left = [Line(part.words) for row in rows for part in row if part.right <= middle]
        right = [Line(part.words) for row in rows for part in row if part.left >= middle]
        if len(left) > 1 and len(right) > 1 and len(left) + len(right) == sum(map(len, rows)):
            return [*left, *right]
    return list(lines)


def _trimmed(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The first and the end of the rows, without those above and below that stand beside the columns."""
    fits = [all(any(_over(part, column) for column in columns) for part in row) for row in rows]
    start = next((i for i, fit in enumerate(fits) if fit), len(rows))
    end = len(rows) - next((i for i, fit in enumerate(reversed(fits)) if fit), 0)
    return start, end


def _over(part: Line, column: tuple[float, float]) -> bool:
    return part.left <= column[1] and part.right >= column[0]


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """The columns' left and right edges, from the rows that have the most parts.

    Rows with fewer parts may widen a column by a part that stands in that column alone.
    """
    most = max(map(len, rows))
    spans = _merged([(part.left, part.right) for row in rows if len(row) == most for part in row])
    if len(spans) != most:
        return spans
    for row in rows:
        for part in row:
            over = [span for span in spans if _over(part, span)]
            if len(over) == 1:
                spans = _merged([*spans, (part.left, part.right)])
    return spans


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The unions of overlapping spans, from left to right."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _grid(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]]) -> Grid | None:
    """The boxes of the parts; None where two parts of a line fall in one column."""
    boxes: list[Box] = []
    for index, row in enumerate(rows):
        taken: set[int] = set()
        for part in row:
            covered = [i for i, column in enumerate(columns) if _over(part, column)]
            if not covered or taken.intersection(covered):
                return None
            taken.update(covered)
            boxes.append(Box(index, covered[0], index, covered[-1], (part,)))
    return Grid(tuple(boxes))


def _holds_figures(grid: Grid) -> bool:
    """True where a column beside another one has figures in two rows at least."""
    counts: dict[int, int] = {}
    for box in grid.boxes:
        if box.left == box.right and box.left > 0 and is_figure(box.lines[0].text):
            counts[box.left] = counts.get(box.left, 0) + 1
    return max(counts.values(), default=0) > 1
