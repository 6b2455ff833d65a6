"""The public views as files: CSV for programs, a workbook for people."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from mailbot.store import views
from mailbot.store.columns import UtcDateTime

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CELL_CHARS: Final = 32_767
_WIDTHS: Final = {"subject": 40, "explanation": 60, "snippet": 40, "organisation": 40, "stated_name": 40, "place": 30}


def export_csv(session: Session, folder: Path, names: Sequence[str] = views.VIEW_NAMES) -> list[Path]:
    """Write each view to «NAME.csv» in `folder`; returns the files.

    UTF-8, commas, a head line; times in ISO 8601 with their zone; null is empty. Text that a spreadsheet would take for
    a formula gets an apostrophe before it. Raises `KeyError` for a name that is no public view.
    """
    files = []
    for view in _chosen(session, names):
        file = folder / f"{view.name}.csv"
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow([column.name for column in view.columns])
            writer.writerows([_plain(value) for value in row] for row in views.rows(session, view))
        files.append(file)
    return files


def export_xlsx(session: Session, file: Path, names: Sequence[str] = views.VIEW_NAMES, zone: tzinfo = UTC) -> Path:
    """Write the views to one workbook, a sheet each; heads say in a comment what the column means.

    Excel's times have no zone: they are those of `zone`, which the head names. Text is text, never a formula.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - heavy; loaded when something is exported

    book = Workbook(write_only=True)
    for view in _chosen(session, names):
        sheet = book.create_sheet(view.name)
        sheet.freeze_panes = "A2"
        for number, column in enumerate(view.columns):
            sheet.column_dimensions[_letter(number)].width = _WIDTHS.get(column.name, max(12, len(column.name) + 4))
        sheet.append(_heads(sheet, view, zone))
        count = 1
        for row in views.rows(session, view):
            sheet.append([_cell(sheet, value, zone) for value in row])
            count += 1
        sheet.auto_filter.ref = f"A1:{_letter(len(view.columns) - 1)}{count}"
    book.save(file)
    return file


def _chosen(session: Session, names: Sequence[str]) -> Iterator[views.View]:
    known = {view.name: view for view in views.definitions(views.active_fields(session))}
    return iter([known[name] for name in names])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _heads(sheet: WriteOnlyWorksheet, view: views.View, zone: tzinfo) -> list[Cell]:
    from openpyxl.comments import Comment  # noqa: PLC0415 - heavy; loaded when something is exported

    heads = []
    for column in view.columns:
        is_time = isinstance(column.label.type, UtcDateTime)
        cell = _cell(sheet, f"{column.name} ({zone})" if is_time else column.name, zone)
        cell.comment = Comment(column.comment, "mailbot")
        heads.append(cell)
    return heads


def _cell(sheet: WriteOnlyWorksheet, value: Any, zone: tzinfo) -> Cell:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - heavy; loaded when something is exported

    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(zone).replace(tzinfo=None))
        cell.number_format = "DD.MM.YYYY HH:MM:SS"
        return cell
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value=_NO_XML.sub("", value)[:_CELL_CHARS])
    cell.data_type = "s"  # «=1+1» is what somebody wrote, not what we compute
    return cell


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - heavy; loaded when something is exported

    return get_column_letter(number + 1)
