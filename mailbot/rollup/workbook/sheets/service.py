"""The hidden sheet: which roll-up this workbook belongs to, and the lists behind the checks of editable cells."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts
from mailbot.rollup.workbook.cells import Value, at, put

FORMAT = 1
"""Changes when the columns that the service reads back change."""


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill and hide the sheet."""
    about: tuple[tuple[str, Value], ...] = (
        ("format", FORMAT),
        ("campaign", facts.campaign.name),
        ("date", facts.date.isoformat()),
        ("kind", facts.kind),
        ("made_at", facts.moment.isoformat()),
        ("fields", ",".join(field.name for field in facts.campaign.fields)),
    )
    for number, (key, value) in enumerate(about, start=1):
        put(at(sheet, number, 1), key)
        put(at(sheet, number, 2), value)
    put(at(sheet, 1, 4), "municipalities")
    for number, municipality in enumerate(facts.municipalities, start=2):
        put(at(sheet, number, 4), municipality.name)
    sheet.sheet_state = "hidden"


def put_token(sheet: Worksheet, token: str) -> None:
    """Add the roll-up's signed token below what is said about it."""
    row = next(number for number in range(1, sheet.max_row + 2) if at(sheet, number, 1).value is None)
    put(at(sheet, row, 1), "token")
    put(at(sheet, row, 2), token)
