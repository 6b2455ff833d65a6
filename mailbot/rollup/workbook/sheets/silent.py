"""«Не ответили»: who has not answered, and whether a letter of theirs waits for review."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts
from mailbot.rollup.russian import plain
from mailbot.rollup.sections.silent import left
from mailbot.rollup.workbook.table import Column, Item, fill


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    columns = [
        Column("Муниципалитет", 24),
        Column("Организация", 60, "wrapped", hidden=not facts.silent_organisations, note="Из списка организаций."),
        Column("Писем на проверке", 14, "figure"),
        Column("Срок", 30, "wrapped"),
    ]
    when = plain(left(facts))
    rows: list[list[Item]] = [[m.name, None, m.to_review or None, when] for m in facts.silent]
    rows += [[municipality, organisation, None, when] for municipality, organisation in facts.silent_organisations]
    fill(sheet, columns, rows, empty="Ответили все.")
