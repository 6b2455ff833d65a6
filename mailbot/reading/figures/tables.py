"""Figures in tables: heads of several levels anywhere, totals as checksums, transposed and long forms, side by side.

A table is read as a person reads it: find the head, say what each column holds, then go down the rows and say what
each row is. Every number ends as a figure, as something told by its heading, or as unexplained.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Table
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.figures.bystanders import Bystanders, closes, is_average, is_sample, is_unclosed, tells_people
from mailbot.reading.figures.cellgrid import (
    FIGURE_COLUMNS,
    TOTAL_ROW,
    Grid,
    first_text,
    has_numbers,
    is_column_numbers,
    is_date,
    sole_label,
    sole_text,
    trimmed,
)
from mailbot.reading.figures.cellrecorder import CellRecorder
from mailbot.reading.figures.cells import CellKind, Content, content_of, is_ditto
from mailbot.reading.figures.columns import LOCALITY, ColumnRole, Heading, heading_of
from mailbot.reading.figures.labels import distinct
from mailbot.reading.figures.lexicon import Label, Lexicon, lexicon_of
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.figures.measures import begins_otherwise, title_of_another
from mailbot.reading.figures.rowstating import Moment, RowStater
from mailbot.reading.figures.rowsubjects import PlaceFinder, RowSubjects
from mailbot.reading.figures.shapes import Shape, ShapeFinder, beside
from mailbot.reading.figures.statements import Extract, Subject
from mailbot.reading.figures.tokens import dates
from mailbot.reading.intent import OTHER_SUBJECTS
from mailbot.reading.kept import remembered
from mailbot.reading.text.fold import fold

_DIRECTORY = re.compile(r"телефон|(?<![а-я])тел\.?(?![а-я])|справочник|контакт|адреса")
_OTHER_UNIT = re.compile(r"тыс\.?\s*руб\w*|(?<![а-я])руб(?:лей|\.)|в\s+процентах|(?<![а-я])экз\.")
_NUMBERED = re.compile(r"№\s*\d|\"")
_LETTERS = re.compile(r"^\s*[A-ZА-ЯЁ](?:\s+[A-ZА-ЯЁ])*\s*$")


_TITLE_LINE = 60  # characters of a line above a table that is its title and no sentence
_YES = re.compile(
    r"\s*(?:да|все|есть|имеется|[+✓✔v]|(?:все\s+)?подпис\w+|выполнен\w*|сделан\w*|готово|100\s*%)(?:\s+все)?[\s.!]*"
)


class TableReader:
    """Reads one table into statements."""

    def __init__(
        self, campaign: Campaign, find_names: NameFinder, find_place: PlaceFinder, *, one_of_several: bool = False
    ) -> None:
        self._one_of_several = one_of_several
        self._campaign = campaign
        self._lexicon: Lexicon = lexicon_of(campaign)
        self._names = find_names
        self._place = find_place
        self._rows_of = RowSubjects(self._lexicon, find_names, find_place)
        self._bystanders = Bystanders(self._lexicon, find_names, find_place)
        self._out = Extract()
        self._record = CellRecorder(self._out)
        self._stater = RowStater(self._out, campaign)
        self._base = Subject()
        self._titled = ""
        self._title_order: Moment | None = None

    def read(
        self, table: Table, inherited: tuple[Heading, ...] = (), announced: tuple[Label, ...] = (), above: str = ""
    ) -> tuple[Extract, tuple[Heading, ...]]:
        """The statements of `table`; and its headings, which a table that goes on elsewhere without a head inherits.

        `announced` is the order of networks that the words before the table told, `above` the line right above it.
        """
        grid = trimmed([[content_of(c) for c in row] for row in table.rows])
        if not grid:
            return self._out, ()
        self._titled = fold(table.title)
        self._question_title(table.title, grid[0][0])
        if len(above) < _TITLE_LINE and begins_otherwise(fold(above)):
            self._question_title(above, grid[0][0])
        named = self._names(table.title)
        if len(named) == 1:  # a sheet for each school
            self._base = named[0].subject
        elif (alone := self._name_alone(above)) is not None:
            self._base = alone
        grid = self._with_one_head(self._without_titles(_without_sheet_marks(grid)))
        moments = {d.order for d in dates(self._titled)}
        self._title_order = moments.pop() if len(moments) == 1 else None
        finder = ShapeFinder(self._lexicon, self._names, self._titled)
        headings: tuple[Heading, ...] = ()
        for part in finder.side_by_side(grid):
            rest = finder.upright(trimmed(part))
            while rest:
                shape = finder.find(rest, inherited, announced)
                cut = self._another_head(rest, shape) if shape else None
                known = len(self._out.statements)
                self._part(rest[:cut], shape)
                self._one_of_several = self._one_of_several or cut is not None
                if self._one_of_several:
                    self._settle_totals(known)
                headings = shape.headings if shape else ()
                rest = trimmed(rest[cut:]) if cut else []
        return self._out, headings

    def _name_alone(self, text: str) -> Subject | None:
        """The organisation that a line names and says no more than where it is: «2. МБОУ «СОШ №5», с. Кинер:»."""
        named = self._names(text)
        if len(named) != 1:
            return None
        before, after = text[: named[0].start], text[named[0].end :]
        worded = any(map(str.isalpha, before)) or (any(map(str.isalpha, after)) and not self._place(after))
        return None if worded else named[0].subject

    def _another_head(self, grid: Grid, shape: Shape) -> int | None:
        """The row where a second table with a head of its own begins, its columns in another order."""
        fields = [h.name if h.role is ColumnRole.FIELD else "" for h in shape.headings]
        for index in range(shape.first + 1, len(grid)):
            labels = [sole_label(c, self._lexicon) for c in grid[index]]
            names = [x.name if x is not None and x.kind == "field" else "" for x in labels]
            if self._repeats_head(grid[index]) and any(a != b for a, b in zip(names, fields, strict=True) if a):
                return index
        return None

    def _settle_totals(self, known: int) -> None:
        """One of several tables on a sheet: its totals are sums of its own rows, and then say no more."""
        statements = self._out.statements[known:]
        sums: Counter[tuple[str, str]] = Counter()
        for s in statements:
            if not s.group and s.subject.organisation:
                sums[s.kind, s.name] += s.value
        kept = [s for s in statements if not s.group or sums[s.kind, s.name] != s.value]
        self._out.statements[known:] = kept

    def _part(self, grid: Grid, shape: Shape | None) -> None:
        if shape is None:
            self._unread(grid)
            return
        for row in grid[: shape.first]:
            self._mark_row(row, "text above the table or its head")
        base, self._base = self._base, self._named_in_head(grid, shape) or self._base
        if unit := _OTHER_UNIT.search(self._titled):
            message = f"Единица измерения в таблице — не люди: «{unit.group()}»"
            self._record.finding(FindingCode.FIGURES_NOT_OURS, message, grid[0][0])
        self._stater.question_headings(shape, grid[0][0])
        fields = tuple(h.text for h in shape.headings if h.role is ColumnRole.FIELD)
        self._out.headed.append((self._titled, fields))
        self._out.beside |= beside(grid, shape)
        self._rows(grid, shape)
        self._base = base  # what one table's head names is not the next one's

    def _named_in_head(self, grid: Grid, shape: Shape) -> Subject | None:
        """The organisation that the head names where no row names one: «МБОУ «СОШ №5» | чел.», «ОО: | МБОУ «СОШ №5»».

        Where the head comes again further down, perhaps with a name that nobody here knows as one, a person must look.
        """
        head, rows = (
            [found for row in part for c in row if c.kind is CellKind.TEXT for found in self._names(c.cell.text)]
            for part in (grid[: shape.first], grid[shape.first :])
        )
        if rows or len({found.subject for found in head}) != 1:
            return None
        if any(map(self._repeats_head, grid[shape.first :])):
            self._record.stranger(head[0].subject.organisation or "", grid[0][0])
        return head[0].subject

    def _without_titles(self, grid: Grid) -> Grid:
        """Take off the rows above the table that hold one text only; they may name the organisation or the district."""
        index = 0
        while index < len(grid) - 1:
            texts = [c for c in grid[index] if c.kind is not CellKind.EMPTY and not c.cell.spanned]
            if (
                len(texts) != 1
                or texts[0].kind is not CellKind.TEXT
                or len(grid[0]) < 2
                or _is_field(sole_label(texts[0], self._lexicon), texts[0])
            ):
                break
            text = texts[0].cell.text
            self._titled += " " + fold(text)
            self._question_title(text, texts[0])
            named = self._names(text)
            if len(named) == 1:
                self._base = named[0].subject
            self._mark_row(grid[index], "text above the table or its head")
            index += 1
        return trimmed(grid[index:])

    def _with_one_head(self, grid: Grid) -> Grid:
        """Tables one below another, each under a network's name and with the same head: one with a column of networks."""
        titles = {
            i: c for i, row in enumerate(grid) if (c := sole_text(row)) and _is_field(sole_label(c, self._lexicon), c)
        }
        heads = {tuple(c.cell.text for c in row) for i in titles for row in grid[i + 1 : i + 2]}
        first = min(titles, default=0)
        if len(titles) < 2 or len(heads) != 1 or max(titles) + 1 == len(grid):
            return grid
        head = grid[first + 1]
        if has_numbers(head) or sole_text(head) is not None:
            return grid
        rows, title = [[content_of(replace(titles[first].cell, text="Соцсеть")), *head]], titles[first]
        for index in range(first, len(grid)):
            title = titles.get(index, title)
            is_data = index not in titles and index - 1 not in titles
            if is_data and any(c.kind is not CellKind.EMPTY for c in grid[index]):
                rows.append([title, *grid[index]])
        return rows

    def _question_title(self, title: str, content: Content) -> None:
        """A title that speaks of a plan, a growth or of who has not subscribed goes to a person."""
        if title_of_another(fold(title)):
            message = f"Похоже, в таблице не число подписавшихся: «{' '.join(title.split())[:120]}»"
            self._record.finding(FindingCode.FIGURES_NOT_OURS, message, content)

    def _rows(self, grid: Grid, shape: Shape) -> None:
        subject, section_place, section_label = self._base, None, self._network_of_sheet(shape)
        data = grid[shape.first :]
        groups = [self._group_of(row, shape) for row in data]
        matrix = len({label.name for label in groups if label}) > 1  # «Дом школьников» alone is no group of people
        heading = self._rows_of.heading_of_names(shape)
        strangers = self._strangers(data, shape, heading)
        blank = self._is_blank(data, shape)
        hanging = False  # whether the row above holds the beginning of a name
        for row, group in zip(data, groups, strict=True):
            name = self._rows_of.name_of(row, shape)
            total = self._is_total(row, name)
            counts = self._has_figures(row, shape)
            if self._is_set_aside(row, name, sums=total or group is not None, counts=counts, headed=bool(heading)):
                continue
            label = self._network_of(row, shape)
            order = _order_of(row, shape)
            if name is not None and is_date(name):
                name = None
            if not counts:
                section_place, section_label, subject = self._rows_of.section(
                    row, section_place, section_label, subject
                )
                self._words_alone(row, shape, name)
                hanging = is_unclosed(first_text(row))
                continue
            if matrix and (total or group):
                self._state(row, shape, subject, group or label, order)
                continue
            if total and blank:
                self._mark_row(row, "a sum of nothing")
                continue
            if total:
                self._state(row, shape, None, label or section_label, order)
                continue
            if name is not None:
                subject = self._rows_of.subject(row, shape, name, section_place, self._base)
                self._question_name(name, row[0], strangers | ({name} if hanging and closes(name) else set()))
                hanging = False
            elif not any(h.role is ColumnRole.NETWORK for h in shape.headings):
                place = self._rows_of.place_of(row, shape) or self._rows_of.place_of(row, shape, LOCALITY)
                subject = Subject(None, place or section_place) if place or section_place else self._base
                if subject == self._base and self._unnamed_total(row, grid, shape):
                    self._state(row, shape, None, label or section_label, order)
                    continue
            if subject.organisation or subject.municipality:
                self._out.subjects.append(subject)
            self._state(row, shape, subject, label or section_label, order)

    def _is_blank(self, data: Grid, shape: Shape) -> bool:
        """Whether it is a form that nobody has filled in: names without figures, and formulas that add up nothing to 0."""
        named = [row for row in data if self._organisation_of(row, shape)]
        counted = [row for row in data if self._has_figures(row, shape)]
        if (
            not named
            or not counted
            or not all(self._is_total(row, self._rows_of.name_of(row, shape)) for row in counted)
        ):
            return False
        if any(content.number and content.number.value for row in counted for content in self._figures_of(row, shape)):
            return False
        message = "Форма не заполнена: против названий ничего не стоит, а в итогах нули"
        self._record.finding(FindingCode.NO_EXACT_FIGURE, message, counted[0][0])
        return True

    @staticmethod
    def _figures_of(row: list[Content], shape: Shape) -> list[Content]:
        return [c for c, h in zip(row, shape.headings, strict=True) if h.role in FIGURE_COLUMNS]

    def _state(
        self, row: list[Content], shape: Shape, subject: Subject | None, label: Label | None, order: Moment | None
    ) -> None:
        """State a row's figures; without a subject they are a total over several respondents."""
        when = order or self._title_order
        self._stater.row(row, shape, subject or Subject(), label, group=subject is None, order=when)

    def _is_set_aside(self, row: list[Content], name: str | None, *, sums: bool, counts: bool, headed: bool) -> bool:
        """Whether a row is none of the table's figures: numbers of columns, a head once more, a norm, a growth."""
        if all(c.kind is CellKind.EMPTY for c in row) or is_column_numbers(row) or self._repeats_head(row):
            self._mark_row(row, "number of a column")
            return True
        if any(c.kind is CellKind.TEXT and is_sample(c.cell.text) for c in row):
            self._mark_row(row, "a sample of how to fill it in")
            return True
        if name is None:
            return False
        if is_average(name):
            self._mark_row(row, "an average or a growth")
            return True
        matter = self._bystanders.matter(name, headed=headed) if counts and not sums else ""
        if matter:
            self._mark_row(row, matter, name)
        return bool(matter)

    def _strangers(self, data: Grid, shape: Shape, heading: str) -> frozenset[str]:
        """The names of rows with figures that name no organisation."""
        named = [n for row in data if self._has_figures(row, shape) and (n := self._organisation_of(row, shape))]
        rest = [n for n in named if not self._bystanders.matter(n, headed=bool(heading))]
        return self._bystanders.strangers(rest, self._rows_of.is_label, heading)

    def _question_name(self, name: str, content: Content, strangers: frozenset[str]) -> None:
        """A name that is none, or several in one cell, goes to a person."""
        if name in strangers:
            self._record.stranger(name, content)
        elif self._bystanders.is_several(name):
            self._record.several(name, content)

    def _organisation_of(self, row: list[Content], shape: Shape) -> str | None:
        """What a row has where the names stand, unless it is a total, an average or a date."""
        name = self._rows_of.name_of(row, shape)
        if name is None or self._is_total(row, name) or is_average(name) or is_date(name):
            return None
        return name

    def _network_of_sheet(self, shape: Shape) -> Label | None:
        """The one network that the title tells for columns which name none: a sheet «ВК», a sheet «Инстаграм»."""
        if any(h.role in (ColumnRole.FIELD, ColumnRole.NETWORK) for h in shape.headings):
            return None
        if OTHER_SUBJECTS.search(self._titled):  # «Регистрация в Сферум (VK)»
            return None
        fields = distinct([x for x in self._lexicon.labels(self._titled) if x.kind == "field"])
        return fields[0] if len({x.name for x in fields}) == 1 else None

    def _network_of(self, row: list[Content], shape: Shape) -> Label | None:
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.NETWORK and (label := sole_label(content, self._lexicon)):
                return label
        return None

    def _group_of(self, row: list[Content], shape: Shape) -> Label | None:
        """The audience group that a row is for, where groups go down and networks across."""
        if not any(h.role in (ColumnRole.FIELD, ColumnRole.TOTAL, ColumnRole.VALUE) for h in shape.headings):
            return None
        first = next((c for c in row if c.kind is CellKind.TEXT), None)
        if first is None or self._names(first.cell.text):
            return None
        label = sole_label(first, self._lexicon)
        return label if label is not None and label.kind == "audience" else None

    @staticmethod
    def _is_total(row: list[Content], name: str | None) -> bool:
        """«Итого» where the names stand, or before it: «Итого | 12 школ»."""
        texts = (name or "", first_text(row))
        told = _says_total(texts[0]) or _says_total(texts[1])
        return told and not any(_NUMBERED.search(fold(text)) for text in texts)

    def _has_figures(self, row: list[Content], shape: Shape) -> bool:
        said = sole_text(row)
        if said is not None and not self._bystanders.counts_in_words(said.cell.text):
            return False  # «Дата заполнения: 13.08.2021» below the figures
        named = self._rows_of.name_of(row, shape) is not None
        return any(
            (h.role in FIGURE_COLUMNS and c.kind in (CellKind.NUMBER, CellKind.ERROR, CellKind.DASH))
            or (
                h.role in FIGURE_COLUMNS
                and c.kind is CellKind.TEXT
                and not c.cell.spanned
                and any(map(str.isdigit, c.cell.text))
                and (named or tells_people(c.cell.text))  # «Дата | 13.08.2021» in a form without names
            )
            for c, h in zip(row, shape.headings, strict=True)
        )

    def _unnamed_total(self, row: list[Content], grid: Grid, shape: Shape) -> bool:
        """A last line without a name whose numbers are the sums of the columns is their total."""
        above = [
            r
            for r in grid[shape.first : next(i for i, r in enumerate(grid) if r is row)]
            if (name := self._rows_of.name_of(r, shape)) and not self._is_total(r, name)
        ]
        checked = [
            (content.number.value, sum(n.value for r in above if (n := r[i].number)))
            for i, (content, heading) in enumerate(zip(row, shape.headings, strict=True))
            if heading.role in FIGURE_COLUMNS and content.number is not None
        ]
        return len(above) > 1 and bool(checked) and all(stated == summed for stated, summed in checked)

    def _repeats_head(self, row: list[Content]) -> bool:
        """A head repeated on the next page, or a further level of it."""
        labels = [x for c in row if (x := sole_label(c, self._lexicon)) and x.kind == "field"]
        return len({x.name for x in labels}) >= 2 and not any(c.kind is CellKind.NUMBER for c in row)

    def _words_alone(self, row: list[Content], shape: Shape, name: str | None) -> None:
        """Roles for a row without figures; what it tells of people in words goes to a person."""
        said = sole_text(row)
        if said is not None and self._bystanders.counts_in_words(said.cell.text):
            self._record.told_in_words(said)
            return
        self._stater.question_pages(row, shape, None)
        for content, heading in zip(row, shape.headings, strict=True):
            figure = heading.role in FIGURE_COLUMNS and not content.cell.spanned
            if name and figure and (_YES.fullmatch(fold(content.cell.text)) or is_ditto(content.cell.text)):
                self._record.unclear(content, heading)
            self._stater.without_figure(content, heading)

    def _mark_row(self, row: list[Content], role: str, reason: str = "") -> None:
        for content in row:
            if not content.cell.spanned and any(map(str.isdigit, content.cell.text)):
                self._record.role(content, role, reason)

    def _unread(self, grid: Grid) -> None:
        """A table with no figures in its head: what its columns don't tell, a list of telephones aside, is unexplained."""
        headings = [heading_of([c.cell.text], self._lexicon) for c in grid[0]]
        directory = _DIRECTORY.search(self._titled) is not None
        for row in grid:
            for content, heading in zip(row, headings, strict=True):
                if content.number is not None and content.kind is CellKind.NUMBER and not content.cell.spanned:
                    noise = (
                        content.cell.doubtful and "!таблица" not in content.cell.locator and content.number.value < 10
                    )
                    if noise:
                        self._record.role(content, "a mark that recognition took for a digit")
                    elif directory or heading.role is ColumnRole.OTHER:
                        self._record.role(content, heading.reason or "a directory of contacts", heading.text)
                    else:
                        self._record.unexplained(content)
                elif any(c.isdigit() for c in content.cell.text):
                    self._record.role(content, "text")


@remembered
def _says_total(text: str) -> bool:
    return TOTAL_ROW.search(fold(text)) is not None


def _order_of(row: list[Content], shape: Shape) -> Moment | None:
    """The date that a row's figures are for: the one cell beside them that is a date."""
    found = [
        moments[0].order
        for content, heading in zip(row, shape.headings, strict=True)
        if heading.role not in FIGURE_COLUMNS and is_date(content.cell.text) and (moments := dates(content.cell.text))
    ]
    return found[0] if len(found) == 1 else None


def _without_sheet_marks(grid: Grid) -> Grid:
    """A screen picture of a spreadsheet without its own marks: the row of letters above and the numbers at the side."""
    if not all(_LETTERS.match(c.cell.text) for c in grid[0] if c.kind is not CellKind.EMPTY) or len(grid) < 2:
        return grid
    rest = grid[1:]
    side = [row[0].number.value if row[0].number else None for row in rest]
    first = side[0]
    numbered = first is not None and side == list(range(first, first + len(side)))
    return trimmed([row[1:] for row in rest] if numbered else rest)


def _is_field(label: Label | None, content: Content) -> bool:
    """Whether a cell is a short heading of one network: a section of the table, no title above it."""
    return label is not None and label.kind == "field" and len(content.cell.text) < 40
