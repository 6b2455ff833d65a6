"""«Не ответили»: who has not answered, and whether a letter of theirs waits for review."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts
from mailbot.rollup.russian import plain
from mailbot.rollup.sections.silent import left
from mailbot.rollup.workbook.table import Column, fill


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    columns = [Column("Муниципалитет", 30), Column("Писем на проверке", 14, "figure"), Column("Срок", 44, "wrapped")]
    when = plain(left(facts))
    fill(sheet, columns, ([m.name, m.to_review or None, when] for m in facts.silent), empty="Ответили все.")
