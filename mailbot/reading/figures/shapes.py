"""The shape of a table: where its head ends, which way it lies, what each of its columns holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from mailbot.reading.figures.cellgrid import (
    FIGURE_COLUMNS,
    TOTAL_ROW,
    Grid,
    first_text,
    has_numbers,
    is_column_numbers,
    sole_label,
    sole_text,
)
from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import STAFF, ColumnRole, Heading, heading_of
from mailbot.reading.figures.contents import told_by_contents
from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.figures.measures import OWN_PAGE
from mailbot.reading.figures.tokens import dates
from mailbot.reading.text.fold import fold

_STAFFING = re.compile(r"(?<![а-я])штат|контингент|списочн|численност")


def _with_own_pages(headings: tuple[Heading, ...], top: list[Content]) -> tuple[Heading, ...]:
    """«Страница школы» above «ВК | Инст | ОК» stands over all three, also where nobody has merged its cell."""
    spread: list[Heading] = []
    for heading, above in zip(headings, top, strict=True):
        beside = bool(spread) and spread[-1].reason == OWN_PAGE and above.kind is CellKind.EMPTY
        is_own = beside and heading.role is ColumnRole.FIELD
        spread.append(replace(heading, role=ColumnRole.OTHER, name="", reason=OWN_PAGE) if is_own else heading)
    return tuple(spread)


def _levels(head: Grid) -> list[list[str]]:
    """The texts above each column, from the top down."""
    rows = [["" if has_numbers([c]) else c.cell.text for c in row] for row in head]
    for upper, lower in pairwise(rows):
        _spread(upper, lower)
    return [list(column) for column in zip(*rows, strict=True)]


def _spread(upper: list[str], lower: list[str]) -> None:
    """«ВК |  | ОК | » above «план | факт | план | факт»: each network stands over two columns, though nobody merged them."""
    groups: list[list[int]] = []
    for column, (over, under) in enumerate(zip(upper, lower, strict=True)):
        if over and under:
            groups.append([column])
        elif under and groups and groups[-1][-1] == column - 1:
            groups[-1].append(column)
    alike = {tuple(lower[column] for column in group) for group in groups}
    if len(groups) > 1 and len(alike) == 1:
        for first, *rest in groups:
            for column in rest:
                upper[column] = upper[first]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's head: the index of the first data row, and a heading for each column."""

    first: int
    headings: tuple[Heading, ...]


def beside(grid: Grid, shape: Shape) -> set[str]:
    """What stands in columns that hold no number, names aside: they count nothing, whatever their words speak of.

    «Примечание», «Комментарий», «Ссылка на страницу школы», «Ответственный за публикации», heading and cells. The first
    column tells what the rows are: «Страница школы | Подписчиков» over «ВК | 350» is of followers.
    """
    named = (ColumnRole.ORGANISATION, ColumnRole.PLACE, ColumnRole.NETWORK)
    found: set[str] = set()
    for column, heading in enumerate(shape.headings):
        cells = [row[column] for row in grid]
        counts = heading.role in FIGURE_COLUMNS or has_numbers(cells[shape.first :])
        if column and not counts and heading.role not in named:
            found.update(c.cell.text for c in cells if c.kind is CellKind.TEXT and not c.cell.spanned)
    return found


class ShapeFinder:
    """Finds the shape of a grid. `titled` is what stands above the table, folded; it may speak of subscription."""

    def __init__(self, lexicon: Lexicon, find_names: NameFinder, titled: str) -> None:
        self._lexicon = lexicon
        self._names = find_names
        self._titled = titled
        self._heads: dict[tuple[int, ...], Shape | None] = {}

    def find(self, grid: Grid, inherited: tuple[Heading, ...], announced: tuple[Label, ...]) -> Shape | None:
        """The shape of `grid`; of a table without a head by the table before it or by the words before it, or None."""
        shape = self.by_head(grid)
        if shape is None and inherited and len(inherited) == len(grid[0]):
            shape = Shape(0, inherited)
        return shape or self._announced_shape(grid, announced) or self._record_shape(grid)

    def upright(self, grid: Grid) -> Grid:
        """The grid with networks across: a transposed one is turned."""
        return [list(column) for column in zip(*grid, strict=True)] if self._is_transposed(grid) else grid

    def side_by_side(self, grid: Grid) -> list[Grid]:
        """Two tables on one sheet, left and right, each with its own column of names."""
        shape = self.by_head(grid)
        if shape is None:
            return [grid]
        names = [i for i, h in enumerate(shape.headings) if h.role is ColumnRole.ORGANISATION]
        counted = (ColumnRole.FIELD, ColumnRole.VALUE, ColumnRole.TOTAL)
        fields = [(h.role, h.name) for h in shape.headings if h.role in counted and h.order is None]
        if len(names) < 2 or len(fields) == len(set(fields)):
            return [grid]  # one column of names, or no network twice: one table
        starts = [0]
        seen_figures = False
        for column, heading in enumerate(shape.headings):
            if heading.role in FIGURE_COLUMNS:
                seen_figures = True
            elif heading.role in (ColumnRole.ORGANISATION, ColumnRole.ORDINAL) and seen_figures:
                starts.append(column)
                seen_figures = False
        ends = [*starts[1:], len(grid[0])]
        return [[row[s:e] for row in grid] for s, e in zip(starts, ends, strict=True)]

    def _is_transposed(self, grid: Grid) -> bool:
        """Networks down the side and respondents (or one column of numbers) across: rows and columns change places.

        The long form, an organisation over several lines and a network each, is not turned.
        """
        rows = [row for row in grid if sole_text(row) is None]  # a network alone in its row is a section
        columns = [[row[c] for row in rows] for c in range(min(3, len(grid[0])))]
        down = next((found for column in columns if len(set(found := self._fields(column))) >= 2), None)
        if down is None or any(len(set(self._fields(row))) >= 2 for row in grid):
            return False
        return len(down) == len(set(down))

    def _fields(self, cells: list[Content]) -> list[str]:
        """The networks that cells name and nothing else, in their order."""
        labels = [sole_label(c, self._lexicon) for c in cells]
        return [x.name for x in labels if x is not None and x.kind == "field"]

    def by_head(self, grid: Grid) -> Shape | None:
        """The head: the rows down to the first that holds data, and what they say of each column."""
        corners = (grid[0][0], grid[0][-1], grid[-1][0], grid[-1][-1])
        known = (len(grid), *map(id, corners))  # asked for more than once of a grid
        if known not in self._heads:
            self._heads[known] = self._head_of(grid)
        return self._heads[known]

    def _head_of(self, grid: Grid) -> Shape | None:
        for index, row in enumerate(grid):
            labels = [x for c in row if (x := sole_label(c, self._lexicon))]
            strong = [x for x in labels if x.kind in ("field", "total", "audience")]
            if not strong or TOTAL_ROW.match(fold(first_text(row))) or has_numbers(row) or self._is_particulars(row):
                continue
            if len({id(c.cell) for c in row if c.kind is CellKind.TEXT}) < 2 and index + 1 < len(grid) and len(row) > 2:
                continue  # a title over the whole width
            first = self._first_data_row(grid, index + 1)
            top = self._top_of_head(grid, index)
            headings = tuple(heading_of(levels, self._lexicon) for levels in _levels(grid[top:first]))
            headings = _with_own_pages(self._without_staff(headings), grid[top])
            if any(h.role in FIGURE_COLUMNS for h in headings):
                return Shape(first, told_by_contents(grid, first, headings, self._lexicon, self._names))
        return self._shape_of_values(grid) or self._shape_of_groups(grid)

    def _without_staff(self, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
        """Columns of pupils and teachers are a split only beside figures, or under a title that speaks of subscription."""
        beside = any(h.role in (ColumnRole.FIELD, ColumnRole.TOTAL) or h.within for h in headings)
        if beside or self._lexicon.on_topic(self._titled + " ".join(h.text for h in headings)):
            return headings
        return tuple(
            replace(h, role=ColumnRole.OTHER, reason=STAFF) if h.role is ColumnRole.AUDIENCE else h for h in headings
        )

    def _shape_of_values(self, grid: Grid) -> Shape | None:
        """A head with no network in it: «Наименование | Количество подписавшихся»."""
        for index, row in enumerate(grid):
            headings = tuple(heading_of([c.cell.text], self._lexicon) for c in row)
            roles = {h.role for h in headings}
            if (
                ColumnRole.VALUE in roles
                and roles & {ColumnRole.ORGANISATION, ColumnRole.PLACE, ColumnRole.NETWORK}
                and not has_numbers(row)
            ):
                first = self._first_data_row(grid, index + 1)
                return Shape(first, told_by_contents(grid, first, headings, self._lexicon, self._names))
        return None

    def _shape_of_groups(self, grid: Grid) -> Shape | None:
        """Groups of people down, one column of numbers, perhaps «Категория | Чел.» above and «Всего» below."""
        first = 0 if has_numbers(grid[0]) else 1
        if len(grid[0]) != 2 or any(row[1].kind not in (CellKind.NUMBER, CellKind.DASH) for row in grid[first:]):
            return None
        rest = [row for row in grid[first:] if not TOTAL_ROW.match(fold(row[0].cell.text))]
        labels = [sole_label(row[0], self._lexicon) for row in rest]
        groups = {x.name for x in labels if x is not None and x.kind == "audience"}
        above = self._titled + " ".join(fold(c.cell.text) for row in grid[:first] for c in row)
        if len(groups) < 2 or len(groups) != len(rest) or _STAFFING.search(above):
            return None
        return Shape(first, (Heading(ColumnRole.NETWORK), Heading(ColumnRole.VALUE, text=grid[0][1].cell.text)))

    def _first_data_row(self, grid: Grid, start: int) -> int:
        """The first row under a head: one with numbers, dashes or a name."""
        for index in range(start, len(grid)):
            row = grid[index]
            if is_column_numbers(row):
                continue
            if any(c.kind in (CellKind.NUMBER, CellKind.ERROR, CellKind.DASH) for c in row):
                return self._back_over_sections(grid, start, index)
            texts = [c for c in row if c.kind is CellKind.TEXT and not c.cell.spanned]
            if (
                texts
                and not any(sole_label(c, self._lexicon) or dates(c.cell.text) for c in texts)
                and any(self._names(c.cell.text) for c in texts)
            ):
                return index
        return len(grid)

    def _back_over_sections(self, grid: Grid, start: int, first: int) -> int:
        """Rows just above the data with one text over the width («Школы») are sections, not levels of the head."""
        index = first
        while (
            index > start
            and len({id(c.cell) if not c.cell.spanned else 0 for c in grid[index - 1] if c.kind is CellKind.TEXT} - {0})
            <= 1
        ):
            row = grid[index - 1]
            if any(sole_label(c, self._lexicon) for c in row) or all(c.kind is CellKind.EMPTY for c in row):
                break
            index -= 1
        return index

    def _top_of_head(self, grid: Grid, index: int) -> int:
        """The topmost row of the head that ends at `index`: rows above whose cells head these columns."""
        top = index
        while top > 0:
            above = grid[top - 1]
            texts = [c for c in above if c.kind in (CellKind.TEXT, CellKind.NUMBER)]  # «Не подписаны» is no nought here
            distinct = {c.cell.text for c in texts}
            if not texts or has_numbers(above) or (len(distinct) < 2 and len(texts) == len(above)):
                break
            if len(distinct) == 1 and len(texts) == 1 and texts[0].cell is above[0].cell:
                break
            if self._is_particulars(above):
                break
            top -= 1
        return top

    def _is_particulars(self, row: list[Content]) -> bool:
        """Whether a row above the head tells of whom the table is: «Наименование ОО: | МБОУ «СОШ №5»», «Директор: | …»."""
        texts = [c for c in row if c.kind is CellKind.TEXT and not c.cell.spanned]
        if len(texts) != 2 or sole_label(texts[1], self._lexicon):
            return False
        return texts[0].cell.text.rstrip().endswith(":") or bool(self._names(texts[1].cell.text))

    def _announced_shape(self, grid: Grid, announced: tuple[Label, ...]) -> Shape | None:
        """No head, but the words before the table told the order of its columns: «ВК, Инст, ОК»."""
        roles = {"field": ColumnRole.FIELD, "total": ColumnRole.TOTAL, "foreign": ColumnRole.FOREIGN}
        figures = tuple(Heading(roles[x.kind], x.name, text=x.name) for x in announced if x.kind in roles)
        lead = len(grid[0]) - len(figures)
        if len(figures) < 2 or lead not in (1, 2):
            return None
        if not all(c.kind in (CellKind.NUMBER, CellKind.DASH, CellKind.EMPTY) for row in grid for c in row[lead:]):
            return None
        names = (Heading(ColumnRole.ORDINAL),) * (lead - 1) + (Heading(ColumnRole.ORGANISATION),)
        return Shape(0, (*names, *figures))

    def _record_shape(self, grid: Grid) -> Shape | None:
        """No head, names and numbers only: «МБОУ … | 34» as one column of people, where the text around says so."""
        if (
            len(grid[0]) == 2
            and all(r[1].kind in (CellKind.NUMBER, CellKind.DASH, CellKind.EMPTY) for r in grid)
            and any(self._names(r[0].cell.text) for r in grid)
        ):
            return Shape(
                0, (Heading(ColumnRole.ORGANISATION), Heading(ColumnRole.VALUE, reason="people over all networks"))
            )
        return None
