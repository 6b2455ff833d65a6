"""Figures in tables: heads of several levels anywhere, totals as checksums, transposed and long forms, side by side.

A table is read as a person reads it: find the head, say what each column holds, then go down the rows and say what
each row is. Every number ends as a figure, as something told by its heading, or as unexplained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Cell, Table
from mailbot.domain.interpretation import Evidence, Finding, FindingCode, NumberRole, Severity
from mailbot.reading.figures.cells import CellKind, Content, content_of
from mailbot.reading.figures.columns import ColumnRole, Heading, heading_of
from mailbot.reading.figures.lexicon import Label, Lexicon, lexicon_of
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.figures.tokens import Role, dates, numbers
from mailbot.reading.fold import fold

Grid = list[list[Content]]
PlaceFinder = Callable[[str], str | None]

_TOTAL_ROW = re.compile(
    r"^\s*(?:и\s*того|итог\w*|всего|общ(?:ий|ее|ая)\s+(?:итог|кол|числ|сумм)|в\s*сумме|сумма|барлыгы|барысы|җәмгысе|total)(?![а-я])|(?:^|\s)(?:итого|всего)\s*[:.]?\s*$"
)
_FIGURE_COLUMNS = (ColumnRole.FIELD, ColumnRole.TOTAL, ColumnRole.AUDIENCE, ColumnRole.VALUE)
_KIND_ROW = re.compile(
    r"^\s*(?:в\s+т(?:ом|\.)\s*ч(?:исле|\.)?:?\s*)?(?:по\s+)?(?:школы?|школам|сош|оош|гимназии|лице[ий]|детские\s+сады|детским\s+садам|детсады|д/с|сады|доу|дошкольные.{0,40}|общеобразовательные.{0,40}|колледжи|техникумы|спо|учреждения\s+доп.{0,40}|дополнительное\s+образование|удо)\s*:?\s*$"
)


_BARE_KIND = re.compile(
    r"^\s*(?:м[бак]?д?оу|сош|оош|нош|школа|гимназия|лицей|доу|д/с|детский\s+сад|детсад|колледж|техникум|сад|средняя\s+школа)\s*$"
)


_DIRECTORY = re.compile(r"телефон|(?<![а-я])тел\.?(?![а-я])|справочник|контакт|адреса")
_OTHER_UNIT = re.compile(r"тыс\.?\s*руб\w*|(?<![а-я])руб(?:лей|\.)|в\s+процентах|(?<![а-я])экз\.")
_BARE_NUMBER = re.compile(r"^\s*(?:№|n|#)?\s*\d{1,4}\s*[а-я]?\s*$")


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table's head: the index of the first data row, and a heading for each column."""

    first: int
    headings: tuple[Heading, ...]


class TableReader:
    """Reads one table into statements."""

    def __init__(self, campaign: Campaign, find_names: NameFinder, find_place: PlaceFinder) -> None:
        self._campaign = campaign
        self._lexicon: Lexicon = lexicon_of(campaign)
        self._names = find_names
        self._place = find_place
        self._out = Extract()
        self._base = Subject()
        self._titled = ""
        self._announced: tuple[Label, ...] = ()
        self._row_order: tuple[int, int, int] | None = None

    def read(
        self, table: Table, inherited: tuple[Heading, ...] = (), announced: tuple[Label, ...] = ()
    ) -> tuple[Extract, tuple[Heading, ...]]:
        """The statements of `table`; and its headings, which a table that goes on elsewhere without a head inherits."""
        grid = _trimmed([[content_of(c) for c in row] for row in table.rows])
        if not grid:
            return self._out, ()
        headings: tuple[Heading, ...] = ()
        self._announced = announced
        self._titled = fold(table.title)
        grid = self._without_titles(grid)
        for part in self._side_by_side(grid):
            headings = self._part(part, inherited)
        return self._out, headings

    def _part(self, grid: Grid, inherited: tuple[Heading, ...]) -> tuple[Heading, ...]:
        grid = _trimmed(grid)
        if not grid:
            return ()
        if self._is_transposed(grid):
            grid = [list(column) for column in zip(*grid, strict=True)]
        shape = self._shape(grid)
        if shape is None and inherited and len(inherited) == len(grid[0]):
            shape = _Shape(0, inherited)
        if shape is None:
            shape = self._announced_shape(grid) or self._record_shape(grid)
        if shape is None:
            self._unread(grid)
            return ()
        self._head_numbers(grid[: shape.first])
        if unit := _OTHER_UNIT.search(self._titled):
            self._finding(
                FindingCode.FIGURES_NOT_OURS, f"Единица измерения в таблице — не люди: «{unit.group()}»", grid[0][0]
            )
        self._rows(grid, shape)
        return shape.headings

    def _without_titles(self, grid: Grid) -> Grid:
        """Take off the rows above the table that hold one text only; they may name the organisation or the district."""
        index = 0
        while index < len(grid) - 1:
            texts = [c for c in grid[index] if c.kind is not CellKind.EMPTY and not c.cell.spanned]
            if len(texts) != 1 or texts[0].kind is not CellKind.TEXT or len(grid[0]) < 2 or self._sole_field(texts[0]):
                break
            text = texts[0].cell.text
            self._titled += " " + fold(text)
            named = self._names(text)
            if len(named) == 1:
                self._base = named[0].subject
            self._mark_row(grid[index], "text above the table or its head")
            index += 1
        return _trimmed(grid[index:])

    def _sole_field(self, content: Content) -> bool:
        label = self._sole_label(content)
        return label is not None and label.kind == "field" and len(content.cell.text) < 40

    # -- shape --------------------------------------------------------------------------------------------------

    def _sole_label(self, content: Content) -> Label | None:
        """The network, total or group that a cell names and nothing else: «ВКонтакте, чел.»."""
        if content.kind is not CellKind.TEXT or len(content.cell.text) > 120:
            return None
        labels = self._lexicon.labels(content.cell.text)
        fields = {x.name for x in labels if x.kind == "field"}
        if len(fields) == 1:
            return next(x for x in labels if x.kind == "field")
        if not fields and labels:
            return labels[0]
        return None

    def _is_transposed(self, grid: Grid) -> bool:
        """Networks down the side and respondents (or one column of numbers) across: rows and columns change places."""
        down = max(
            (
                len({x.name for row in grid if (x := self._sole_label(row[c])) and x.kind == "field"})
                for c in range(min(3, len(grid[0])))
            ),
            default=0,
        )
        across = max(
            (len({x.name for cell in row if (x := self._sole_label(cell)) and x.kind == "field"}) for row in grid),
            default=0,
        )
        if down < 2 or across >= 2:
            return False
        column = next(
            c
            for c in range(len(grid[0]))
            if len({x.name for row in grid if (x := self._sole_label(row[c])) and x.kind == "field"}) >= 2
        )
        repeated = [x.name for row in grid if (x := self._sole_label(row[column])) and x.kind == "field"]
        if len(repeated) != len(set(repeated)):
            return False  # the long form: an organisation over several lines, a network each
        return True

    def _shape(self, grid: Grid) -> _Shape | None:
        """The head: the rows down to the first that holds data, and what they say of each column."""
        for index, row in enumerate(grid):
            labels = [x for c in row if (x := self._sole_label(c))]
            strong = [x for x in labels if x.kind in ("field", "total", "audience")]
            if not strong or _TOTAL_ROW.match(fold(_first_text(row))) or self._has_numbers(row):
                continue
            if len({id(c.cell) for c in row if c.kind is CellKind.TEXT}) < 2 and index + 1 < len(grid) and len(row) > 2:
                continue  # a title over the whole width
            first = self._first_data_row(grid, index + 1)
            top = self._top_of_head(grid, index)
            headings = tuple(
                heading_of(
                    [grid[r][c].cell.text for r in range(top, first) if grid[r][c].kind is not CellKind.NUMBER],
                    self._lexicon,
                )
                for c in range(len(row))
            )
            headings = self._without_staff(headings)
            if any(h.role in _FIGURE_COLUMNS for h in headings):
                return _Shape(first, self._tell_unknown(grid, first, headings))
        return self._shape_of_values(grid)

    def _without_staff(self, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
        """Columns of pupils and teachers are a split only beside figures, or under a title that speaks of subscription."""
        beside = any(h.role in (ColumnRole.FIELD, ColumnRole.TOTAL) or h.within for h in headings)
        if beside or self._lexicon.on_topic(self._titled + " ".join(h.text for h in headings)):
            return headings
        return tuple(
            replace(h, role=ColumnRole.OTHER, reason="number of staff or pupils")
            if h.role is ColumnRole.AUDIENCE
            else h
            for h in headings
        )

    def _shape_of_values(self, grid: Grid) -> _Shape | None:
        """A head with no network in it: «Наименование | Количество подписавшихся»."""
        for index, row in enumerate(grid):
            headings = tuple(heading_of([c.cell.text], self._lexicon) for c in row)
            roles = {h.role for h in headings}
            if (
                ColumnRole.VALUE in roles
                and roles & {ColumnRole.ORGANISATION, ColumnRole.PLACE, ColumnRole.NETWORK}
                and not self._has_numbers(row)
            ):
                first = self._first_data_row(grid, index + 1)
                return _Shape(first, self._tell_unknown(grid, first, headings))
        return None

    def _has_numbers(self, row: list[Content]) -> bool:
        """Whether a row holds bare numbers that are data: not a head."""
        return any(c.kind is CellKind.NUMBER for c in row)

    def _first_data_row(self, grid: Grid, start: int) -> int:
        """The first row under a head: one with numbers, dashes or a name."""
        for index in range(start, len(grid)):
            row = grid[index]
            if _is_column_numbers(row):
                continue
            if any(c.kind in (CellKind.NUMBER, CellKind.ERROR, CellKind.DASH) for c in row):
                return self._back_over_sections(grid, start, index)
            texts = [c for c in row if c.kind is CellKind.TEXT and not c.cell.spanned]
            if (
                texts
                and not any(self._sole_label(c) or dates(c.cell.text) for c in texts)
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
            if any(self._sole_label(c) for c in row) or all(c.kind is CellKind.EMPTY for c in row):
                break
            index -= 1
        return index

    def _top_of_head(self, grid: Grid, index: int) -> int:
        """The topmost row of the head that ends at `index`: rows above whose cells head these columns."""
        top = index
        while top > 0:
            above = grid[top - 1]
            texts = [c for c in above if c.kind is CellKind.TEXT]
            distinct = {c.cell.text for c in texts}
            if not texts or self._has_numbers(above) or (len(distinct) < 2 and len(texts) == len(above)):
                break
            if len(distinct) == 1 and len(texts) == 1 and texts[0].cell is above[0].cell:
                break
            top -= 1
        return top

    def _tell_unknown(self, grid: Grid, first: int, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
        """Columns whose heading says nothing are told by what stands in them: names, or 1, 2, 3."""
        told = []
        has_names = any(h.role is ColumnRole.ORGANISATION for h in headings)
        for column, heading in enumerate(headings):
            cells = [row[column] for row in grid[first:] if row[column].kind is not CellKind.EMPTY]
            if (
                heading.role is ColumnRole.PLACE
                and not has_names
                and sum(bool(self._names(c.cell.text)) for c in cells) > len(cells) // 2
            ):
                told.append(replace(heading, role=ColumnRole.ORGANISATION))
                has_names = True
                continue
            if heading.role not in (ColumnRole.UNKNOWN, ColumnRole.NETWORK):
                told.append(heading)
                continue
            values = [c.number.value for c in cells if c.number]
            if (
                heading.role is ColumnRole.UNKNOWN
                and len(values) >= 1
                and values == list(range(1, len(values) + 1))
                and len(values) >= len(cells) - 2
            ):
                told.append(replace(heading, role=ColumnRole.ORDINAL))
            elif cells and sum(self._sole_label(c) is not None and not self._names(c.cell.text) for c in cells) >= max(
                2, len(cells) // 2
            ):
                told.append(replace(heading, role=ColumnRole.NETWORK))
            elif not has_names and any(c.kind is CellKind.TEXT for c in cells):
                told.append(replace(heading, role=ColumnRole.ORGANISATION))
                has_names = True
            else:
                told.append(heading)
        return self._joined_names(grid, first, tuple(told))

    def _joined_names(self, grid: Grid, first: int, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
        """«СОШ» and «5» in two columns are one name: a number column beside bare kinds of organisation belongs to it."""
        for column, heading in enumerate(headings[:-1]):
            if heading.role is not ColumnRole.ORGANISATION:
                continue
            cells = [row[column] for row in grid[first:] if row[column].kind is CellKind.TEXT]
            bare = [c for c in cells if _BARE_KIND.match(fold(c.cell.text))]
            if not bare or len(bare) * 2 <= len(cells):
                continue
            for i in (column + 1, column - 1):
                values = (
                    [row[i].cell.text for row in grid[first:] if row[i].kind is not CellKind.EMPTY] if i >= 0 else []
                )
                numbered = [v for v in values if _BARE_NUMBER.match(fold(v))]
                if headings[i].role not in _FIGURE_COLUMNS and numbered and len(numbered) >= len(values) - 1:
                    joined = replace(headings[i], role=ColumnRole.ORGANISATION, reason="")
                    return (*headings[:i], joined, *headings[i + 1 :])
        return headings

    def _announced_shape(self, grid: Grid) -> _Shape | None:
        """No head, but the words before the table told the order of its columns: «ВК, Инст, ОК»."""
        roles = {"field": ColumnRole.FIELD, "total": ColumnRole.TOTAL, "foreign": ColumnRole.FOREIGN}
        figures = tuple(Heading(roles[x.kind], x.name, text=x.name) for x in self._announced if x.kind in roles)
        lead = len(grid[0]) - len(figures)
        if len(figures) < 2 or lead not in (1, 2):
            return None
        if not all(c.kind in (CellKind.NUMBER, CellKind.DASH, CellKind.EMPTY) for row in grid for c in row[lead:]):
            return None
        names = (Heading(ColumnRole.ORDINAL),) * (lead - 1) + (Heading(ColumnRole.ORGANISATION),)
        return _Shape(0, (*names, *figures))

    def _record_shape(self, grid: Grid) -> _Shape | None:
        """No head, names and numbers only: «МБОУ … | 34» as one column of people, where the text around says so."""
        if (
            len(grid[0]) == 2
            and all(r[1].kind in (CellKind.NUMBER, CellKind.DASH, CellKind.EMPTY) for r in grid)
            and any(self._names(r[0].cell.text) for r in grid)
        ):
            return _Shape(
                0, (Heading(ColumnRole.ORGANISATION), Heading(ColumnRole.VALUE, reason="people over all networks"))
            )
        return None

    def _side_by_side(self, grid: Grid) -> list[Grid]:
        """Two tables on one sheet, left and right, each with its own column of names."""
        shape = self._shape(grid)
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
            if heading.role in _FIGURE_COLUMNS:
                seen_figures = True
            elif heading.role in (ColumnRole.ORGANISATION, ColumnRole.ORDINAL) and seen_figures:
                starts.append(column)
                seen_figures = False
        ends = [*starts[1:], len(grid[0])]
        return [[row[s:e] for row in grid] for s, e in zip(starts, ends, strict=True)]

    # -- rows ---------------------------------------------------------------------------------------------------

    def _rows(self, grid: Grid, shape: _Shape) -> None:
        subject, section_place, section_label = self._base, None, None
        matrix = any(self._group_of(row, shape) for row in grid[shape.first :])
        for row in grid[shape.first :]:
            if all(c.kind is CellKind.EMPTY for c in row) or _is_column_numbers(row) or self._repeats_head(row, shape):
                self._mark_row(row, "number of a column")
                continue
            label = self._network_of(row, shape)
            name = self._name_of(row, shape)
            total = self._is_total(row, name)
            self._row_order = _order_of(row, shape)
            if name is not None and _is_date(name):
                name = None
            if not self._has_figures(row, shape):
                section_place, section_label, subject = self._section(row, section_place, section_label, subject)
                self._row_numbers(row, shape)
                continue
            if matrix and (total or self._group_of(row, shape)):
                self._state_row(row, shape, subject, self._group_of(row, shape) or label, group=False)
                continue
            if total:
                self._state_row(row, shape, Subject(), label or section_label, group=True)
                continue
            if name is not None:
                subject = self._subject(row, shape, name, section_place)
            elif not any(h.role is ColumnRole.NETWORK for h in shape.headings):
                place = self._place_of(row, shape)
                subject = Subject(None, place or section_place) if place or section_place else self._base
                if subject == self._base and self._unnamed_total(row, grid, shape):
                    self._state_row(row, shape, Subject(), label or section_label, group=True)
                    continue
            if subject.organisation or subject.municipality:
                self._out.subjects.append(subject)
            self._state_row(row, shape, subject, label or section_label, group=False)

    def _state_row(
        self, row: list[Content], shape: _Shape, subject: Subject, label: Label | None, *, group: bool
    ) -> None:
        for content, heading in zip(row, shape.headings, strict=True):
            self._state_cell(content, heading, subject, label, group=group)

    def _state_cell(
        self, content: Content, heading: Heading, subject: Subject, label: Label | None, *, group: bool
    ) -> None:
        if heading.role is ColumnRole.FOREIGN and content.number and not content.cell.spanned:
            evidence = Evidence(locator=content.cell.locator, snippet=_snippet(content, subject, heading))
            self._out.statements.append(
                Statement(subject, "foreign", heading.name, content.number.value, evidence, group=group)
            )
        if heading.role not in _FIGURE_COLUMNS:
            self._cell_numbers(content, heading)
            return
        kind, name = _counts(heading, label, self._campaign)
        if content.kind is CellKind.ERROR or (content.kind is CellKind.TEXT and name):
            self._unclear(content, heading)
            return
        if content.kind is not CellKind.NUMBER or content.number is None:
            return
        if content.cell.spanned and not group:
            self._role(content, "a merged cell, counted once")
            return
        if not name:
            self._unexplained(content)
            return
        if content.contradiction:
            self._finding(
                FindingCode.WORDS_MISMATCH, f"Цифрами и словами указано разное: «{content.contradiction}»", content
            )
        self._out.statements.append(
            Statement(
                subject=subject,
                kind=kind,  # type: ignore[arg-type]
                name=name,
                value=content.number.value,
                evidence=Evidence(locator=content.cell.locator, snippet=_snippet(content, subject, heading)),
                group=group,
                order=heading.order or self._row_order,
                vague=content.number.vague,
                doubtful=content.cell.doubtful,
                per_field=_within(heading, kind),
            )
        )
        self._role(content, f"figure: {name}" + (" (group total)" if group else ""), heading.text)

    def _network_of(self, row: list[Content], shape: _Shape) -> Label | None:
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.NETWORK and (label := self._sole_label(content)):
                return label
        return None

    def _group_of(self, row: list[Content], shape: _Shape) -> Label | None:
        """The audience group that a row is for, where groups go down and networks across."""
        if not any(h.role in (ColumnRole.FIELD, ColumnRole.TOTAL, ColumnRole.VALUE) for h in shape.headings):
            return None
        first = next((c for c in row if c.kind is CellKind.TEXT), None)
        if first is None or self._names(first.cell.text):
            return None
        label = self._sole_label(first)
        return label if label is not None and label.kind == "audience" else None

    def _name_of(self, row: list[Content], shape: _Shape) -> str | None:
        """The organisation's name as written: type and number in two columns are joined in the order of the columns."""
        parts: list[str] = []
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.ORGANISATION and content.kind in (CellKind.TEXT, CellKind.NUMBER):
                text = " ".join(content.cell.text.split())
                if text and text not in parts and not (content.kind is CellKind.NUMBER and not parts):
                    parts.append(text)
        return " ".join(parts) or None

    def _subject(self, row: list[Content], shape: _Shape, name: str, section_place: str | None) -> Subject:
        place = self._place_of(row, shape) or section_place
        named = self._names(name)
        if named:
            first = named[0]
            whole = len(named) == 1 and first.start <= 3
            text = first.subject.organisation if whole else name
            return Subject(text, first.subject.municipality or place)
        district = self._place(name)
        if district and not _KIND_ROW.match(fold(name)):
            return Subject(None, district)
        if _KIND_ROW.match(fold(name)):
            return Subject(name, place)
        if heading_of([name], self._lexicon).role in (*_FIGURE_COLUMNS, ColumnRole.NETWORK):
            return replace(self._base, municipality=self._base.municipality or place)
        return Subject(name, place)

    def _place_of(self, row: list[Content], shape: _Shape) -> str | None:
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.PLACE and content.kind is CellKind.TEXT:
                found: str | None = self._place(content.cell.text + " район") or self._place(content.cell.text)
                if found:
                    return found
        return None

    @staticmethod
    def _is_total(row: list[Content], name: str | None) -> bool:
        text = fold(name or _first_text(row))
        return bool(_TOTAL_ROW.search(text)) and not re.search(r"№\s*\d|\"", text)

    @staticmethod
    def _has_figures(row: list[Content], shape: _Shape) -> bool:
        return any(
            (h.role in _FIGURE_COLUMNS and c.kind in (CellKind.NUMBER, CellKind.ERROR, CellKind.DASH))
            or (
                h.role in _FIGURE_COLUMNS
                and c.kind is CellKind.TEXT
                and not c.cell.spanned
                and any(x.isdigit() for x in c.cell.text)
            )
            for c, h in zip(row, shape.headings, strict=True)
        )

    def _section(
        self, row: list[Content], place: str | None, label: Label | None, subject: Subject
    ) -> tuple[str | None, Label | None, Subject]:
        """A row with words only: a district, a network, or an organisation for the rows below it."""
        text = _first_text(row)
        sole = self._sole_label(next((c for c in row if c.kind is CellKind.TEXT), row[0]))
        if sole is not None and sole.kind == "field":
            return place, sole, Subject()
        named = self._names(text)
        if named:
            return place, label, named[0].subject
        found = self._place(text)
        return found or place, label, Subject() if found else subject

    def _unnamed_total(self, row: list[Content], grid: Grid, shape: _Shape) -> bool:
        """A last line without a name whose numbers are the sums of the columns is their total."""
        rows = grid[shape.first :]
        above = [r for r in rows[: next(i for i, r in enumerate(rows) if r is row)] if self._name_of(r, shape)]
        if len(above) < 2:
            return False
        sums = [
            sum(r[i].number.value for r in above if r[i].number and not self._is_total(r, self._name_of(r, shape)))  # type: ignore[union-attr]
            == (row[i].number.value if row[i].number else -1)  # type: ignore[union-attr]
            for i, h in enumerate(shape.headings)
            if h.role in _FIGURE_COLUMNS and row[i].kind is CellKind.NUMBER
        ]
        return bool(sums) and all(sums)

    def _repeats_head(self, row: list[Content], shape: _Shape) -> bool:
        """A head repeated on the next page, or a further level of it."""
        labels = [x for c in row if (x := self._sole_label(c)) and x.kind == "field"]
        return len({x.name for x in labels}) >= 2 and not any(c.kind is CellKind.NUMBER for c in row)

    # -- numbers that are no figures ------------------------------------------------------------------------------

    def _row_numbers(self, row: list[Content], shape: _Shape) -> None:
        for content, heading in zip(row, shape.headings, strict=True):
            self._cell_numbers(content, heading)

    def _cell_numbers(self, content: Content, heading: Heading) -> None:
        """Roles for the numbers of a cell that is no figure's; a bare number that nothing tells is unexplained."""
        if heading.role is ColumnRole.UNKNOWN and content.kind is CellKind.NUMBER and not content.cell.spanned:
            self._unexplained(content)
        elif any(c.isdigit() for c in content.cell.text):
            role = heading.reason or {
                ColumnRole.ORDINAL: "running number",
                ColumnRole.ORGANISATION: "part of an organisation's name",
            }.get(heading.role, "text")
            self._role(content, role, heading.text)

    def _head_numbers(self, rows: Sequence[list[Content]]) -> None:
        for row in rows:
            self._mark_row(row, "text above the table or its head")

    def _mark_row(self, row: list[Content], role: str) -> None:
        for content in row:
            if any(c.isdigit() for c in content.cell.text) and not content.cell.spanned:
                self._role(content, role)

    def _unread(self, grid: Grid) -> None:
        """A table with no figures in its head: what its columns don't tell, a list of telephones aside, is unexplained."""
        headings = [heading_of([c.cell.text], self._lexicon) for c in grid[0]]
        directory = _DIRECTORY.search(self._titled) is not None
        for row in grid:
            for content, heading in zip(row, headings, strict=True):
                if content.kind is CellKind.NUMBER and not content.cell.spanned:
                    if directory or heading.role is ColumnRole.OTHER:
                        self._role(content, heading.reason or "a directory of contacts", heading.text)
                    else:
                        self._unexplained(content)
                elif any(c.isdigit() for c in content.cell.text):
                    self._role(content, "text")

    def _unclear(self, content: Content, heading: Heading) -> None:
        """A figure's cell with words in it, or an error."""
        text = content.cell.text.strip()
        if content.kind is CellKind.ERROR:
            self._finding(FindingCode.NO_EXACT_FIGURE, f"В ячейке ошибка вместо числа: «{text}»", content)
            return
        if content.cell.spanned:
            return
        figures = [n for n in numbers(text) if n.role in (Role.FIGURE, Role.STAFF, Role.COUNT)]
        code = FindingCode.APPROXIMATE if any(n.vague for n in figures) else FindingCode.NO_EXACT_FIGURE
        self._finding(code, f"В столбце «{heading.text}» нет точного числа: «{text[:120]}»", content)

    def _unexplained(self, content: Content) -> None:
        self._role(content, "unexplained")
        self._finding(
            FindingCode.UNEXPLAINED_NUMBER,
            f"Непонятно, что означает число {content.cell.text.strip()} в таблице",
            content,
        )

    def _role(self, content: Content, role: str, reason: str = "") -> None:
        text = content.number.text if content.number else content.cell.text[:60]
        self._out.roles.append(NumberRole(text=text.strip(), locator=content.cell.locator, role=role, reason=reason))

    def _finding(self, code: FindingCode, message: str, content: Content) -> None:
        evidence = Evidence(locator=content.cell.locator, snippet=content.cell.text.strip()[:120])
        self._out.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=(evidence,)))


def _counts(heading: Heading, label: Label | None, campaign: Campaign) -> tuple[str, str]:
    """What a cell counts: by its column, or by its row's network where the column is only «Количество»."""
    total = campaign.total.name if campaign.total else ""
    if label is not None and label.kind == "audience":
        return "audience", label.name
    if heading.role is ColumnRole.FIELD:
        return "field", heading.name
    if heading.role is ColumnRole.AUDIENCE:
        return "audience", heading.name
    if label is not None and label.kind == "field":
        return "field", label.name
    if label is not None and label.kind in ("total", "audience"):
        return label.kind, label.name
    return "total", total


def _is_date(text: str) -> bool:
    """Whether a cell holds a date and nothing else but «на» or «по состоянию на»."""
    moments = dates(text)
    return len(moments) == 1 and not re.search(
        r"[а-яa-z]{4,}", re.sub(r"по\s+состоянию", "", fold(text[: moments[0].start] + text[moments[0].end :]))
    )


def _order_of(row: list[Content], shape: _Shape) -> tuple[int, int, int] | None:
    """The date that a row's figures are for: the one cell beside them that is a date."""
    found = [
        moments[0].order
        for content, heading in zip(row, shape.headings, strict=True)
        if heading.role not in _FIGURE_COLUMNS and _is_date(content.cell.text) and (moments := dates(content.cell.text))
    ]
    return found[0] if len(found) == 1 else None


def _within(heading: Heading, kind: str) -> str:
    """The field that a group's number is a part of, or nothing where it is of the whole."""
    if kind != "audience":
        return ""
    return heading.name if heading.role is ColumnRole.FIELD else heading.within


def _trimmed(grid: Grid) -> Grid:
    """The grid without rows and columns that are wholly empty, and without columns that only repeat a merged cell."""
    rows = [row for row in grid if any(c.kind is not CellKind.EMPTY for c in row)]
    if not rows:
        return []
    width = len(rows[0])
    keep = [
        i for i in range(width) if any(row[i].kind is not CellKind.EMPTY and not row[i].cell.spanned for row in rows)
    ]
    return [[row[i] for i in keep] for row in rows]


def _first_text(row: list[Content]) -> str:
    return next((c.cell.text for c in row if c.kind is CellKind.TEXT), "")


def _is_column_numbers(row: list[Content]) -> bool:
    """«1 | 2 | 3 | 4» under a head: the numbers of the columns."""
    values = [c.number.value if c.number else None for c in row if c.kind is not CellKind.EMPTY]
    return len(values) >= 3 and values == list(range(1, len(values) + 1))


def _snippet(content: Content, subject: Subject, heading: Heading) -> str:
    parts = [subject.organisation or subject.municipality or "", heading.text, content.cell.text.strip()]
    return " | ".join(" ".join(p.split()) for p in parts if p)[:200]


_ = Cell
