"""«Изменения»: all that differs from the roll-up before."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts
from mailbot.rollup.workbook.table import Column, Item, fill


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    columns = [
        Column("Что изменилось", 26),
        Column("Муниципалитет", 22),
        Column("Организация", 48, "wrapped"),
        Column("Цифра", 18),
        Column("Было", 12, "figure"),
        Column("Стало", 12, "figure"),
    ]
    empty = "Это первая сводка: сравнивать не с чем." if facts.changes.since is None else "Изменений нет."
    fill(sheet, columns, _rows(facts), empty=empty)


def _rows(facts: Facts) -> Iterator[list[Item]]:
    changes = facts.changes
    titles = {field.name: field.title for field in facts.campaign.fields}
    for name in changes.answered:
        yield ["ответил впервые", name, None, None, None, None]
    for municipality, organisation in changes.organisations:
        yield ["новая организация", municipality, organisation, None, None, None]
    for change in changes.figures:
        field = titles.get(change.field, change.field)
        yield ["цифра изменилась", change.municipality, change.organisation, field, change.before, change.after]
    for municipality, withdrawn in changes.withdrawn:
        yield ["больше не учитывается", municipality, withdrawn, None, None, None]
