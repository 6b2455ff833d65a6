"""«Сообщения»: the log of messages, the newest first."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts, Letter
from mailbot.rollup.sections.account import KINDS, STATUSES
from mailbot.rollup.workbook.table import Column, Item, fill

_COLUMNS = [
    Column("№", 8, "figure"),
    Column("Получено", 17, "time"),
    Column("Отправитель", 24, "wrapped"),
    Column("Адрес", 24, "wrapped"),
    Column("Тема", 30, "wrapped"),
    Column("Что это", 14, "wrapped"),
    Column("Что с ним", 15, "wrapped"),
    Column("Муниципалитеты", 19, "wrapped"),
    Column("Вложения", 22, "wrapped"),
    Column("Папки", 11, "wrapped"),
    Column("Замечание", 30, "wrapped"),
]


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    fill(sheet, _COLUMNS, (_row(letter) for letter in facts.letters), empty="Писем пока нет.")


def _row(letter: Letter) -> list[Item]:
    return [
        letter.number,
        letter.sent_at,
        letter.sender,
        letter.address,
        letter.subject,
        {str(kind): words for kind, words in KINDS.items()}.get(letter.kind, ""),
        {str(status): words for status, words in STATUSES.items()}.get(letter.status, letter.status),
        ", ".join(letter.municipalities),
        ", ".join(letter.attachments),
        ", ".join(letter.folders),
        letter.remark,
    ]
