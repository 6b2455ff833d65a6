"""Columns whose headings tell nothing are told by what stands in them: names, networks, running numbers."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.reading.figures.cellgrid import FIGURE_COLUMNS, Grid, sole_label, sole_text
from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import STAFF, ColumnRole, Heading, subscribed
from mailbot.reading.figures.lexicon import Lexicon
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.text.fold import fold

_BARE_KIND = re.compile(
    r"^\s*(?:[мг][бак]?д?оу\s+)?(?:м[бак]?д?оу|сош|оош|нош|школа|гимназия|лицей|доу|д/с|детский\s+сад|детсад|колледж|техникум|сад|средняя\s+школа)\s*$"
)
_BARE_NUMBER = re.compile(r"^\s*(?:№|n|#)?\s*\d{1,4}\s*[а-я]?\s*$")


def told_by_contents(
    grid: Grid, first: int, headings: tuple[Heading, ...], lexicon: Lexicon, find_names: NameFinder
) -> tuple[Heading, ...]:
    """The headings with the roles of untold columns filled in from the rows from `first` on."""
    told: list[Heading] = []
    has_names = any(h.role is ColumnRole.ORGANISATION for h in headings)
    for column, heading in enumerate(headings):
        cells = [row[column] for row in grid[first:] if row[column].kind is not CellKind.EMPTY]
        titles = sum(sole_text(row) is row[column] for row in grid[first:])
        role = _role_of(heading, cells, titles, lexicon, find_names, has_names=has_names)
        has_names = has_names or role is ColumnRole.ORGANISATION
        told.append(heading if role is heading.role else replace(heading, role=role))
    return _without_contingents(grid[first:], _joined_names(grid, first, tuple(told)))


def _role_of(
    heading: Heading, cells: list[Content], titles: int, lexicon: Lexicon, find_names: NameFinder, *, has_names: bool
) -> ColumnRole:
    """A column's role by its cells, of which some are titles of sections, where its heading leaves it open."""
    if heading.role not in (ColumnRole.PLACE, ColumnRole.UNKNOWN, ColumnRole.NETWORK):
        return heading.role
    named = [bool(find_names(c.cell.text)) for c in cells]
    if heading.role is ColumnRole.PLACE and not has_names and sum(named) > len(cells) // 2:
        return ColumnRole.ORGANISATION
    if heading.role is ColumnRole.PLACE:
        return heading.role
    values = [c.number.value for c in cells if c.number]
    counted = values == list(range(1, len(values) + 1)) and len(values) >= max(1, len(cells) - titles - 2)
    if heading.role is ColumnRole.UNKNOWN and counted:
        return ColumnRole.ORDINAL
    networks = sum(sole_label(c, lexicon) is not None and not name for c, name in zip(cells, named, strict=True))
    if cells and networks >= max(2, len(cells) // 2):
        return ColumnRole.NETWORK
    if not has_names and any(c.kind is CellKind.TEXT for c in cells):
        return ColumnRole.ORGANISATION
    return heading.role


def _without_contingents(rows: Grid, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """«Детей 830 | ВК 38 | ОК 31»: a part is no greater than the whole, so these are all the children that there are.

    Only where the heading does not speak of subscribers, no row adds up, and most rows have such a number.
    """
    groups = [
        i
        for i, h in enumerate(headings)
        if h.role is ColumnRole.AUDIENCE and not h.within and not subscribed(fold(h.text))
    ]
    fields = [i for i, h in enumerate(headings) if h.role is ColumnRole.FIELD]
    compared: list[tuple[int, int, int]] = []
    for row in rows:
        parts = [n.value for i in groups if (n := row[i].number)]
        given = [n.value for i in fields if (n := row[i].number)]
        if parts and given:
            compared.append((sum(parts), max(parts), sum(given)))
    greater = [most for _, most, whole in compared if most > (whole if len(compared) > 1 else 2 * whole)]
    if not groups or len(greater) * 2 <= len(compared) or any(parts == whole for parts, _, whole in compared):
        return headings
    return tuple(replace(h, role=ColumnRole.OTHER, reason=STAFF) if i in groups else h for i, h in enumerate(headings))


def _joined_names(grid: Grid, first: int, headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """«СОШ» and «5» in two columns are one name: a number column beside bare kinds of organisation belongs to it."""
    for column, heading in enumerate(headings[:-1]):
        if heading.role is not ColumnRole.ORGANISATION:
            continue
        cells = [row[column] for row in grid[first:] if row[column].kind is CellKind.TEXT]
        bare = [c for c in cells if _BARE_KIND.match(fold(c.cell.text))]
        if not bare or len(bare) * 2 <= len(cells):
            continue
        for i in (column + 1, column - 1):
            if i >= 0 and headings[i].role not in FIGURE_COLUMNS and _is_numbered(grid, first, i):
                joined = replace(headings[i], role=ColumnRole.ORGANISATION, reason="")
                return (*headings[:i], joined, *headings[i + 1 :])
    return headings


def _is_numbered(grid: Grid, first: int, column: int) -> bool:
    values = [row[column].cell.text for row in grid[first:] if row[column].kind is not CellKind.EMPTY]
    numbered = [v for v in values if _BARE_NUMBER.match(fold(v))]
    return bool(numbered) and len(numbered) >= len(values) - 1
