"""The workbook that comes back, against the one that was sent: which editable cells she changed, and to what.

Rows are found by their hidden key, wherever she sorted them to. What the sheet showed is taken from the mail as it was
sent, never from the file that came back; so a row says exactly what she changed. Read by openpyxl, which Excel's,
LibreOffice's and its own files go through alike; hidden and filtered rows count.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.desk.figures import MOST
from mailbot.desk.token import find_tokens
from mailbot.loading import loading
from mailbot.rollup.workbook.table import AMENDMENTS, DECISIONS, LISTS

REVIEW, ORGANISATIONS = "На проверку", "Организации"
KEY = "mailbot"
_DECISION = "Решение"
_MOST_ROWS, _MOST_COLUMNS = 20_000, 100
_MOST_BYTES = 200 * 1024 * 1024
_DECISIONS_OF = {REVIEW: DECISIONS, ORGANISATIONS: AMENDMENTS}
_SAYS_THE_SAME = {
    "принять": "принять", "принято": "принять", "да": "принять", "не отчет": "не отчёт", "не отчёт": "не отчёт",
    "отклонить": "не отчёт", "исправить": "исправить", "исправлено": "исправить", "исключить": "исключить",
}  # fmt: skip


class WorkbookError(Exception):
    """The file can't be taken for our workbook; the message is a Russian sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what stands in its hidden key, where it stands («лист «На проверку», строка 5»), its cells by heading."""

    key: tuple[Any, ...]
    place: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Book:
    """The rows of our two sheets, and the token that the hidden sheet carries. `faults` are told to her."""

    rows: Mapping[str, tuple[Row, ...]]
    tokens: tuple[str, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A row that she changed or decided about.

    `decision` is one of the sheet's, or "" where she gave none. `changed` has her new values of editable cells by
    heading: text, a whole number, or None where she emptied the cell. `faults` are Russian sentences on what can't be.
    """

    key: tuple[Any, ...]
    place: str
    decision: str
    changed: Mapping[str, str | int | None]
    faults: tuple[str, ...] = ()


def open_book(data: bytes) -> Book:
    """The workbook's rows. Raises `WorkbookError` for what is no workbook of ours, or too large to be one."""
    with loading:
        from openpyxl import load_workbook  # noqa: PLC0415 - heavy; loaded when a workbook comes back
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - as above

    _check_size(data)
    try:
        values = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        if LISTS not in values.sheetnames:
            raise WorkbookError("В книге нет служебного листа: верните ту книгу, что пришла со сводкой.")
        rows = {
            name: tuple(_rows(name, _grid(values[name]), _grid(formulas[name])))
            for name in (REVIEW, ORGANISATIONS)
            if name in values.sheetnames
        }
        about = [str(cell) for line in _grid(values[LISTS]) for cell in line[:2] if cell is not None]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise WorkbookError("Книга не читается: сохраните её как «Книга Excel (.xlsx)» и пришлите снова.") from error
    faults = tuple(f"Листа «{name}» в книге нет." for name in (REVIEW, ORGANISATIONS) if name not in rows)
    return Book(rows, tuple(token for text in about for token in find_tokens(text)), faults)


def edits(sent: Book, came: Book, sheet: str, fields: Mapping[str, str]) -> tuple[Edited, ...]:
    """The rows of a sheet that she changed or decided about, in the order in which they stand.

    `fields` are the campaign's fields: heading to name; those cells hold whole numbers.
    """
    before = {row.key: row for row in sent.rows.get(sheet, ())}
    found: list[Edited] = []
    seen: dict[tuple[Any, ...], Row] = {}
    for row in came.rows.get(sheet, ()):
        known = before.get(row.key)
        if known is None:
            found.append(Edited(row.key, row.place, "", {}, (_UNKNOWN_ROW,)))
        elif row.key in seen:
            if row.cells != seen[row.key].cells:
                found.append(Edited(row.key, row.place, "", {}, (f"Строка повторяет другую ({seen[row.key].place}).",)))
        else:
            seen[row.key] = row
            edited = _compared(known, row, sheet, fields)
            if edited.decision or edited.changed or edited.faults:
                found.append(edited)
    return tuple(found)


_UNKNOWN_ROW = "Строка добавлена или повреждена её служебная ячейка: программа не знает, к чему она относится."


def _compared(known: Row, row: Row, sheet: str, fields: Mapping[str, str]) -> Edited:
    changed: dict[str, str | int | None] = {}
    faults: list[str] = []
    for heading in ("Муниципалитет", "Организация"):
        text = _text(row.cells.get(heading))
        if text != _text(known.cells.get(heading)):
            changed[heading] = text or None
    for heading in fields:
        try:
            value, old = whole(row.cells.get(heading)), whole(known.cells.get(heading))
        except ValueError as error:
            faults.append(f"{heading}: {error}")
            continue
        if value != old:
            changed[heading] = value
    decision, fault = _decision(row.cells.get(_DECISION), sheet)
    if fault:
        faults.append(fault)
    return Edited(row.key, row.place, decision, changed, tuple(faults))


def whole(value: object) -> int | None:
    """A cell's whole number; None for an empty one. Raises ValueError with a Russian reason.

    >>> [whole(value) for value in (120, 120.0, " 1 250 ", "", None)]
    [120, 120, 1250, None, None]
    """
    if isinstance(value, str):
        text = re.sub(r"[\s\u00a0\u202f]+", "", value)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,12}(?:[.,]0+)?", text):
            raise ValueError(f"«{value.strip()[:40]}» — не целое число.")
        value = int(re.split(r"[.,]", text)[0])
    if value is None:
        return None
    if isinstance(value, bool | datetime) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"«{value}» — не целое число.")
    if not 0 <= value <= MOST:
        raise ValueError(f"«{int(value)}» — число вне пределов от 0 до {MOST}.")
    return int(value)


def _decision(value: object, sheet: str) -> tuple[str, str]:
    text = _text(value).casefold().strip(" .!")
    if not text:
        return "", ""
    meant = _SAYS_THE_SAME.get(text, text)
    if meant in _DECISIONS_OF[sheet]:
        return meant, ""
    return "", f"Решение «{_text(value)[:40]}» непонятно; можно: {', '.join(_DECISIONS_OF[sheet])}."


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _check_size(data: bytes) -> None:
    """Refuse what unpacks to more than a workbook of ours ever has (decompression bombs)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        raise WorkbookError(
            "Вложение — не книга .xlsx: сохраните её как «Книга Excel (.xlsx)» и пришлите снова."
        ) from None
    if unpacked > _MOST_BYTES:
        raise WorkbookError("Книга слишком велика.")


_Grid = list[tuple[Any, ...]]


def _grid(sheet: Any) -> _Grid:
    """The values of a sheet, as far as ours can go."""
    sheet.reset_dimensions()
    return list(sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True))


def _rows(name: str, values: _Grid, formulas: _Grid) -> Iterator[Row]:
    """The rows below the heads; a formula without its value (nobody has calculated it) stands as its own text."""
    if not values:
        return
    heads = [_text(head) for head in values[0]]
    if KEY not in heads:
        raise WorkbookError(f"На листе «{name}» нет служебного столбца: верните ту книгу, что пришла со сводкой.")
    column = heads.index(KEY)
    for number, (line, raw) in enumerate(zip(values[1:], formulas[1:], strict=False), start=2):
        cells = [given if shown is None and given is not None else shown for shown, given in _pairs(line, raw)]
        key = _key(cells[column] if column < len(cells) else None)
        if key is None and not any(_text(cell) for cell in cells[1:]):
            continue  # an empty row, or the sentence that nothing is to be checked
        yield Row(key or (), f"лист «{name}», строка {number}", dict(zip(heads, cells, strict=False)))


def _pairs(line: Sequence[Any], raw: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for place in range(max(len(line), len(raw))):
        yield line[place] if place < len(line) else None, raw[place] if place < len(raw) else None


def _key(value: object) -> tuple[Any, ...] | None:
    if not isinstance(value, str):
        return None
    try:
        parts = json.loads(value)
    except json.JSONDecodeError:
        return None
    return tuple(parts) if isinstance(parts, list) and all(isinstance(p, str | int | None) for p in parts) else None
