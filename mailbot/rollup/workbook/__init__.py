"""The workbook beside the mail (openpyxl): one module for each sheet, in an explicit tuple. Pure.

Importing this package loads openpyxl; whoever composes a roll-up does so at that moment, not before.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts
from mailbot.rollup.sections.standing import title
from mailbot.rollup.workbook.sheets import (
    below,
    changes,
    letters,
    municipalities,
    organisations,
    review,
    service,
    silent,
    summary,
)
from mailbot.rollup.workbook.table import LISTS, register_styles

SHEETS: tuple[tuple[str, str, Callable[[Worksheet, Facts], None]], ...] = (
    ("Сводка", "1B4F8A", summary.write),
    ("Муниципалитеты", "1B4F8A", municipalities.write),
    ("Организации", "C9A227", organisations.write),
    ("Не ответили", "B3261E", silent.write),
    ("Ниже квоты", "B3261E", below.write),
    ("На проверку", "C9A227", review.write),
    ("Изменения", "5F6B76", changes.write),
    ("Сообщения", "5F6B76", letters.write),
    (LISTS, "5F6B76", service.write),
)


def build(facts: Facts, token: str = "") -> bytes:
    """The workbook (.xlsx) that says the facts, every figure with the place that it comes from."""
    with _no_collection():
        return _build(facts, token)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave Python's collector of cyclic garbage out of it.

    A hundred thousand cells are made, and all of them are needed until the book is saved: to look through them for
    garbage again and again was a fifth of the time, and found none.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(facts: Facts, token: str) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    register_styles(book)
    for name, colour, write in SHEETS:
        sheet = book.create_sheet(name)
        sheet.sheet_properties.tabColor = colour
        write(sheet, facts)
    service.put_token(book[LISTS], token)
    book.properties.title = title(facts)
    book.properties.creator = "mailbot"
    book.properties.created = book.properties.modified = facts.moment.astimezone(UTC).replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
