"""Separated values (.csv, .tsv; RFC 4180 and what Excel makes of it): semicolon, tab, comma or bar, any charset."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.text import charset, textual
from mailbot.reading.troubles import Damaged, Empty, TooLarge

SEPARATORS = (";", "\t", "|", ",")
_NAMED = (".csv", ".tsv", ".tab")
_DECLARED = re.compile(r"sep=(.)\s*\n", re.IGNORECASE)
_SAMPLE = 65_536
_SURE_LINES = 3
_SURE_FIELDS = 3


def sniff(data: bytes, name: str) -> bool:
    """True for text that is named as such a table, or that is one: «Unicode text» of Excel has tabs and says .txt.

    Lines of prose have semicolons too, so those count only in all lines alike, with bare numbers between them.
    """
    if not textual.looks_like_text(data):
        return False
    if name.lower().endswith(_NAMED):
        return True
    lines = [line for line in charset.decode(data[:_SAMPLE]).text.splitlines() if line.strip()]
    tabs, most = Counter(line.count("\t") for line in lines).most_common(1)[0] if lines else (0, 0)
    if tabs >= _SURE_FIELDS - 1 and most >= max(_SURE_LINES, len(lines) / 2):
        return True
    counts = {line.count(";") for line in lines}
    fields = [field.strip() for line in lines for field in line.split(";")]
    sure = len(lines) >= _SURE_LINES and len(counts) == 1 and counts.pop() >= _SURE_FIELDS - 1
    return sure and sum(field.isdigit() for field in fields) * 3 >= len(fields)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return one table, a cell «name!B3» for the second field of the third line."""
    text, troubles = textual.decode(attachment.data, attachment.name, limits)
    declared = _DECLARED.match(text.lstrip("\ufeff"))
    sheet = grids.Sheet("")
    try:
        for row, fields in enumerate(_rows(text, declared.group(1) if declared else _separator(text))):
            if not (declared and row == 0):
                sheet.cells.update(
                    {(row, column): field.strip() for column, field in enumerate(fields) if field.strip()}
                )
            if len(sheet.cells) > limits.cells:
                raise TooLarge("в таблице слишком много ячеек")
    except csv.Error as error:
        raise Damaged("таблица CSV повреждена") from error
    table = grids.sheet_table(sheet, attachment.name, limits)
    if table is None:
        raise Empty("в таблице нет данных")
    return Opened((Document(attachment.name, "attachment", "csv", (table,)),), troubles=troubles)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(text.strip("\ufeff\0").splitlines(), delimiter=separator)


def _separator(text: str) -> str:
    """Return the separator by which the most lines fall into the same number of fields, the earlier one in a tie."""
    sample = text[:_SAMPLE]

    def agreement(separator: str) -> int:
        widths = Counter(len(fields) for fields in _rows(sample, separator) if len(fields) > 1)
        return max(widths.values(), default=0)

    return max(SEPARATORS, key=agreement)
