"""Figures in tables: heads of several levels anywhere, totals as checksums, transposed and long forms, side by side.

A table is read as a person reads it: find the head, say what each column holds, then go down the rows and say what
each row is. Every number ends as a figure, as something told by its heading, or as unexplained.
"""

from __future__ import annotations

import re
from collections import Counter

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Table
from mailbot.domain.interpretation import Evidence, FindingCode
from mailbot.reading.figures.bystanders import Bystanders
from mailbot.reading.figures.cellgrid import (
    FIGURE_COLUMNS,
    TOTAL_ROW,
    Grid,
    first_text,
    is_column_numbers,
    is_date,
    sole_label,
    sole_text,
    trimmed,
)
from mailbot.reading.figures.cellrecorder import CellRecorder
from mailbot.reading.figures.cells import CellKind, Content, content_of
from mailbot.reading.figures.columns import LOCALITY, ColumnRole, Heading, heading_of
from mailbot.reading.figures.labels import distinct
from mailbot.reading.figures.lexicon import Label, Lexicon, lexicon_of
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.figures.rowsubjects import PlaceFinder, RowSubjects
from mailbot.reading.figures.shapes import Shape, ShapeFinder
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.figures.tokens import dates
from mailbot.reading.grids import NOT_CACHED
from mailbot.reading.intent import OTHER_SUBJECTS
from mailbot.reading.text.fold import fold

_DIRECTORY = re.compile(r"телефон|(?<![а-я])тел\.?(?![а-я])|справочник|контакт|адреса")
_OTHER_UNIT = re.compile(r"тыс\.?\s*руб\w*|(?<![а-я])руб(?:лей|\.)|в\s+процентах|(?<![а-я])экз\.")
_LETTERS = re.compile(r"^\s*[A-ZА-ЯЁ](?:\s+[A-ZА-ЯЁ])*\s*$")


_AVERAGE = re.compile(
    r"\s*(?:прирост|динамика|разница|отклонение|изменение|рост(?![а-я])|добавил[оаи]с[ья]|(?:за\s+\S+\s+)?нов(?:ых|ые)(?:\s+подписч\w+)?(?![а-я])"
    r"|остал[оа]сь|не\s+хватает|(?:еще\s+)?не\s+подпис|отписал|макс(?:имум|\.)|рейтинг(?![а-я])|[+\-]\s*/\s*[+\-]|среднее(?![а-я])|в\s+среднем|средн\w+\s+(?:значени|показател|число|количеств)|уртача)"
)
_SURNAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_PERSON = re.compile(
    rf"{_SURNAME}\s+(?:[А-ЯЁ]\.\s?[А-ЯЁ]?\.?|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+)|[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?\s?{_SURNAME}"
)
_UNIT = re.compile(r"\s*(?:чел|человек|кол-во|количество|подписчик\w*)\.?\s*")


class TableReader:
    """Reads one table into statements."""

    def __init__(
        self, campaign: Campaign, find_names: NameFinder, find_place: PlaceFinder, *, one_of_several: bool = False
    ) -> None:
        self._one_of_several = one_of_several
        self._campaign = campaign
        self._lexicon: Lexicon = lexicon_of(campaign)
        self._names = find_names
        self._rows_of = RowSubjects(self._lexicon, find_names, find_place)
        self._bystanders = Bystanders(self._lexicon, find_names, find_place)
        self._out = Extract()
        self._record = CellRecorder(self._out)
        self._base = Subject()
        self._titled = ""
        self._row_order: tuple[int, int, int] | None = None
        self._title_order: tuple[int, int, int] | None = None

    def read(
        self, table: Table, inherited: tuple[Heading, ...] = (), announced: tuple[Label, ...] = ()
    ) -> tuple[Extract, tuple[Heading, ...]]:
        """The statements of `table`; and its headings, which a table that goes on elsewhere without a head inherits.

        `announced` is the order of networks that the words before the table told.
        """
        grid = trimmed([[content_of(c) for c in row] for row in table.rows])
        if not grid:
            return self._out, ()
        self._titled = fold(table.title)
        named = self._names(table.title)
        if len(named) == 1:  # a sheet for each school
            self._base = named[0].subject
        grid = self._without_titles(_without_sheet_marks(grid))
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
        if unit := _OTHER_UNIT.search(self._titled):
            message = f"Единица измерения в таблице — не люди: «{unit.group()}»"
            self._record.finding(FindingCode.FIGURES_NOT_OURS, message, grid[0][0])
        self._rows(grid, shape)

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
            named = self._names(text)
            if len(named) == 1:
                self._base = named[0].subject
            self._mark_row(grid[index], "text above the table or its head")
            index += 1
        return trimmed(grid[index:])

    def _rows(self, grid: Grid, shape: Shape) -> None:
        subject, section_place, section_label = self._base, None, self._network_of_sheet(shape)
        data = grid[shape.first :]
        groups = [self._group_of(row, shape) for row in data]
        matrix = len({label.name for label in groups if label}) > 1  # «Дом школьников» alone is no group of people
        heading = self._rows_of.heading_of_names(shape)
        named = [n for row in data if self._has_figures(row, shape) and (n := self._organisation_of(row, shape))]
        strangers = self._bystanders.strangers(
            [n for n in named if not self._bystanders.matter(n, headed=bool(heading))], self._rows_of.is_label, heading
        )
        for row, group in zip(data, groups, strict=True):
            if all(c.kind is CellKind.EMPTY for c in row) or is_column_numbers(row) or self._repeats_head(row):
                self._mark_row(row, "number of a column")
                continue
            label = self._network_of(row, shape)
            name = self._rows_of.name_of(row, shape)
            total = self._is_total(row, name)
            if name is not None and _AVERAGE.match(fold(name)):
                self._mark_row(row, "an average or a growth")
                continue
            counts = self._has_figures(row, shape)
            if (
                name
                and counts
                and not (total or group)
                and (matter := self._bystanders.matter(name, headed=bool(heading)))
            ):
                self._mark_row(row, matter, name)
                continue
            self._row_order = _order_of(row, shape)
            if name is not None and is_date(name):
                name = None
            if not counts:
                section_place, section_label, subject = self._rows_of.section(
                    row, section_place, section_label, subject
                )
                self._words_alone(row, shape)
                continue
            if matrix and (total or group):
                self._state_row(row, shape, subject, group or label, group=False)
                continue
            if total:
                self._state_row(row, shape, Subject(), label or section_label, group=True)
                continue
            if name is not None:
                subject = self._rows_of.subject(row, shape, name, section_place, self._base)
                if name in strangers:
                    self._record.stranger(name, row[0])
            elif not any(h.role is ColumnRole.NETWORK for h in shape.headings):
                place = self._rows_of.place_of(row, shape) or self._rows_of.place_of(row, shape, LOCALITY)
                subject = Subject(None, place or section_place) if place or section_place else self._base
                if subject == self._base and self._unnamed_total(row, grid, shape):
                    self._state_row(row, shape, Subject(), label or section_label, group=True)
                    continue
            if subject.organisation or subject.municipality:
                self._out.subjects.append(subject)
            self._state_row(row, shape, subject, label or section_label, group=False)

    def _organisation_of(self, row: list[Content], shape: Shape) -> str | None:
        """What a row has where the names stand, unless it is a total, an average or a date."""
        name = self._rows_of.name_of(row, shape)
        if name is None or self._is_total(row, name) or _AVERAGE.match(fold(name)) or is_date(name):
            return None
        return name

    def _state_row(
        self, row: list[Content], shape: Shape, subject: Subject, label: Label | None, *, group: bool
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
        if heading.role not in FIGURE_COLUMNS:
            self._cell_numbers(content, heading)
            return
        kind, name = _counts(heading, label, self._campaign)
        if group and content.cell.text.strip() == NOT_CACHED:
            self._record.role(content, "a total that no program has computed yet", heading.text)
            return
        if content.kind is CellKind.ERROR or (content.kind is CellKind.TEXT and name):
            if not (_PERSON.fullmatch(content.cell.text.strip()) or _UNIT.fullmatch(fold(content.cell.text))):
                self._record.unclear(content, heading)
            return
        if content.kind is not CellKind.NUMBER or content.number is None:
            return
        if content.cell.spanned and not group:
            self._record.role(content, "a merged cell, counted once")
            return
        if not name:
            self._record.unexplained(content)
            return
        if content.contradiction:
            self._record.finding(
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
                order=heading.order or self._row_order or self._title_order,
                vague=content.number.vague,
                doubtful=content.cell.doubtful,
                per_field=_within(heading, kind),
            )
        )
        self._record.role(content, f"figure: {name}" + (" (group total)" if group else ""), heading.text)

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
        text = fold(name or first_text(row))
        return bool(TOTAL_ROW.search(text)) and not re.search(r"№\s*\d|\"", text)

    def _has_figures(self, row: list[Content], shape: Shape) -> bool:
        said = sole_text(row)
        if said is not None and not self._bystanders.counts_in_words(said.cell.text):
            return False  # «Дата заполнения: 13.08.2021» below the figures
        return any(
            (h.role in FIGURE_COLUMNS and c.kind in (CellKind.NUMBER, CellKind.ERROR, CellKind.DASH))
            or (
                h.role in FIGURE_COLUMNS
                and c.kind is CellKind.TEXT
                and not c.cell.spanned
                and any(x.isdigit() for x in c.cell.text)
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

    def _words_alone(self, row: list[Content], shape: Shape) -> None:
        """Roles for a row without figures; numbers of people that it tells in words go to a person."""
        said = sole_text(row)
        if said is not None and self._bystanders.counts_in_words(said.cell.text):
            self._record.told_in_words(said)
            return
        for content, heading in zip(row, shape.headings, strict=True):
            self._cell_numbers(content, heading)

    def _cell_numbers(self, content: Content, heading: Heading) -> None:
        """Roles for the numbers of a cell that is no figure's; a bare number that nothing tells is unexplained."""
        if heading.role is ColumnRole.UNKNOWN and content.kind is CellKind.NUMBER and not content.cell.spanned:
            self._record.unexplained(content)
        elif any(c.isdigit() for c in content.cell.text):
            role = heading.reason or {
                ColumnRole.ORDINAL: "running number",
                ColumnRole.ORGANISATION: "part of an organisation's name",
            }.get(heading.role, "text")
            self._record.role(content, role, heading.text)

    def _mark_row(self, row: list[Content], role: str, reason: str = "") -> None:
        for content in row:
            if any(c.isdigit() for c in content.cell.text) and not content.cell.spanned:
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


def _order_of(row: list[Content], shape: Shape) -> tuple[int, int, int] | None:
    """The date that a row's figures are for: the one cell beside them that is a date."""
    found = [
        moments[0].order
        for content, heading in zip(row, shape.headings, strict=True)
        if heading.role not in FIGURE_COLUMNS and is_date(content.cell.text) and (moments := dates(content.cell.text))
    ]
    return found[0] if len(found) == 1 else None


def _within(heading: Heading, kind: str) -> str:
    """The field that a group's number is a part of, or nothing where it is of the whole."""
    if kind != "audience":
        return ""
    return heading.name if heading.role is ColumnRole.FIELD else heading.within


def _snippet(content: Content, subject: Subject, heading: Heading) -> str:
    parts = [subject.organisation or subject.municipality or "", heading.text, content.cell.text.strip()]
    return " | ".join(" ".join(p.split()) for p in parts if p)[:200]


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
