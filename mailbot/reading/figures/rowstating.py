"""One row of figures stated: each cell by its column, merged cells once, and what is no number to a person."""

from __future__ import annotations

import re

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Evidence, FindingCode
from mailbot.reading.figures.cellgrid import FIGURE_COLUMNS
from mailbot.reading.figures.cellrecorder import CellRecorder
from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import ColumnRole, Heading
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.measures import OWN_PAGE
from mailbot.reading.figures.shapes import Shape
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.grids import NOT_CACHED
from mailbot.reading.text.fold import fold

_PAGE = re.compile(r"(?:vk\.com|instagram\.com|ok\.ru|odnoklassniki\.ru)/[^\s?#)>\"]+")

Moment = tuple[int, int, int]

_SURNAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_PERSON = re.compile(
    rf"{_SURNAME}\s+(?:[А-ЯЁ]\.\s?[А-ЯЁ]?\.?|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+)|[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?\s?{_SURNAME}"
)
_TOLD_BY_COLUMN = {
    ColumnRole.ORDINAL: "running number",
    ColumnRole.ORGANISATION: "part of an organisation's name",
}
_UNIT = re.compile(r"\s*(?:чел|человек|кол-во|количество|подписчик\w*)\.?\s*")


class RowStater:
    """Writes the figures of a table's rows into `out`, from the top down."""

    def __init__(self, out: Extract, campaign: Campaign) -> None:
        self._out = out
        self._campaign = campaign
        self._total = campaign.total.name if campaign.total else ""
        self._record = CellRecorder(out)
        self._last: dict[
            int, tuple[str, Subject]
        ] = {}  # what each column's last cell of its own held, and whose it was

    def row(
        self,
        row: list[Content],
        shape: Shape,
        subject: Subject,
        label: Label | None,
        *,
        group: bool,
        order: Moment | None,
    ) -> None:
        """State a row's figures: `subject`'s, or where `group` a total over several; `label` is the row's own network."""
        counted = any(h.role is ColumnRole.VALUE for h in shape.headings)
        self.question_pages(row, shape, label)
        for column, (content, heading) in enumerate(zip(row, shape.headings, strict=True)):
            if heading.role not in FIGURE_COLUMNS:
                self._foreign(content, heading, subject, group=group)
                self.without_figure(content, heading)
            elif not group and content.cell.spanned and content.kind is CellKind.NUMBER:
                self._merged(content, subject, column)
            else:
                self._last[column] = (content.cell.text, subject)
                over_all = heading.role is ColumnRole.TOTAL and counted and label is not None and label.kind == "field"
                self._cell(content, heading, subject, None if over_all else label, group=group, order=order)

    def question_pages(self, row: list[Content], shape: Shape, label: Label | None) -> None:
        """The address of another page than the authority's, in a network's row or column: its followers are counted."""
        of_network = label is not None and label.kind == "field"
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.reason != OWN_PAGE and (of_network or heading.role is ColumnRole.FIELD):
                self._question_page(content.cell.text, content)

    def question_headings(self, shape: Shape, content: Content) -> None:
        """The same of a network's heading."""
        for heading in shape.headings:
            if heading.role is ColumnRole.FIELD:
                self._question_page(heading.text, content)

    def _question_page(self, text: str, content: Content) -> None:
        address = _PAGE.search(text.lower()) if "/" in text else None
        if address is None:
            return
        known = [link for field in self._campaign.fields for link in field.links if "/" in link]
        if not any(link in address.group() for link in known):
            message = f"Похоже, это подписчики другой страницы: {address.group()}"
            self._record.finding(FindingCode.FIGURES_NOT_OURS, message, content)

    def without_figure(self, content: Content, heading: Heading) -> None:
        """Roles for the numbers of a cell that is no figure's; a bare number that nothing tells is unexplained."""
        if heading.role is ColumnRole.UNKNOWN and content.kind is CellKind.NUMBER and not content.cell.spanned:
            self._record.unexplained(content)
        elif any(map(str.isdigit, content.cell.text)):
            role = heading.reason or _TOLD_BY_COLUMN.get(heading.role, "text")
            self._record.role(content, role, heading.text)

    def _foreign(self, content: Content, heading: Heading, subject: Subject, *, group: bool) -> None:
        """A number of an account that nobody asked for: stated, as totals may include it."""
        if heading.role is ColumnRole.FOREIGN and content.number and not content.cell.spanned:
            evidence = Evidence(locator=content.cell.locator, snippet=_snippet(content, subject, heading))
            self._out.statements.append(
                Statement(subject, "foreign", heading.name, content.number.value, evidence, group=group)
            )

    def _merged(self, content: Content, subject: Subject, column: int) -> None:
        """A cell merged down one organisation's rows counts once; one over several, or over networks, is a question."""
        if self._last.get(column) == (content.cell.text, subject):
            self._record.role(content, "a merged cell, counted once")
        else:
            message = f"Ячейка с числом {content.cell.text.strip()} объединена: непонятно, к чему оно относится"
            self._record.finding(FindingCode.NO_EXACT_FIGURE, message, content)

    def _cell(
        self,
        content: Content,
        heading: Heading,
        subject: Subject,
        label: Label | None,
        *,
        group: bool,
        order: Moment | None,
    ) -> None:
        kind, name = _counts(heading, label, self._total)
        if group and content.cell.text.strip() == NOT_CACHED:
            self._record.role(content, "a total that no program has computed yet", heading.text)
            return
        if content.kind is CellKind.ERROR or (content.kind is CellKind.TEXT and name):
            if not (_PERSON.fullmatch(content.cell.text.strip()) or _UNIT.fullmatch(fold(content.cell.text))):
                self._record.unclear(content, heading)
            return
        if content.kind is not CellKind.NUMBER or content.number is None:
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
                order=heading.order or order,
                vague=content.number.vague,
                doubtful=content.cell.doubtful,
                per_field=_within(heading, kind),
            )
        )
        self._record.role(content, f"figure: {name}" + (" (group total)" if group else ""), heading.text)


def _counts(heading: Heading, label: Label | None, total: str) -> tuple[str, str]:
    """What a cell counts: by its column, or by its row's network where the column is only «Количество»."""
    if label is not None and label.kind == "audience":
        return "audience", label.name
    if heading.role is ColumnRole.FIELD:
        return "field", heading.name
    if heading.role is ColumnRole.AUDIENCE:
        return "audience", heading.name
    if label is not None:
        return label.kind, label.name
    return "total", total


def _within(heading: Heading, kind: str) -> str:
    """The field that a group's number is a part of, or nothing where it is of the whole."""
    if kind != "audience":
        return ""
    return heading.name if heading.role is ColumnRole.FIELD else heading.within


def _snippet(content: Content, subject: Subject, heading: Heading) -> str:
    parts = [subject.organisation or subject.municipality or "", heading.text, content.cell.text.strip()]
    return " | ".join(" ".join(p.split()) for p in parts if p)[:200]
