"""Excel 97 workbooks (.xls; also Excel 5 and 95), by xlrd, which knows hidden rows, fonts and number formats."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import StringIO
from typing import Any

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.office import blips, flow, ole, workbooks
from mailbot.reading.office.ole import DAMAGED, root_streams
from mailbot.reading.office.workbooks import Style
from mailbot.reading.troubles import Damaged, Protected

BIFF_MAGIC = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
"""Beginnings of workbooks without a compound file around them (Excel 2 to 5, some exporters)."""

_NUMBER_TYPES = (2, 3)
_TEXT, _TRUTH, _ERROR = 1, 4, 5
_DRAWINGS, _CONTINUE = 0xEB, 0x3C


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a compound file with a workbook's stream, or a bare one."""
    return data.startswith(BIFF_MAGIC) or bool({"workbook", "book"} & root_streams(data))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the visible sheets as tables, and pictures on sheets as children."""
    stream, title = _stream(attachment.data)
    book = _open(stream)
    try:
        styles = list(_styles(book))
        struck = [bool(font.struck_out) for font in book.font_list]
        sheets = [
            _read_sheet(sheet, styles, struck, book.datemode == 1) for sheet in book.sheets() if not sheet.visibility
        ]
    except _BROKEN as error:
        raise Damaged(DAMAGED) from error
    children = flow.picture_children(blips.pictures(b"".join(_drawings(stream))))
    return workbooks.opened(
        attachment, "xls", [(sheet, ()) for sheet in sheets], limits, title=title, children=children
    )


_BROKEN = (
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    NameError,
)
"""What xlrd raises on bytes that break its expectations."""


def _stream(data: bytes) -> tuple[bytes, str]:
    """Return the workbook's records and title; xlrd's own reader of compound files runs for ever on a looping chain."""
    if not data.startswith(ole.OLE_MAGIC):
        return data, ""
    with ole.open_ole(data) as container:
        return ole.stream(container, "Workbook" if container.exists("Workbook") else "Book"), ole.title(container)


def _drawings(stream: bytes) -> Iterator[bytes]:
    """Return the contents of the drawing records with those that continue them."""
    place, inside = 0, False
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        inside = kind == _DRAWINGS or (inside and kind == _CONTINUE)
        if inside:
            yield stream[place + 4 : place + 4 + size]
        place += 4 + size


def _open(stream: bytes) -> Any:
    from xlrd import biffh, book, formula  # noqa: PLC0415 - loaded when the format is met

    open_workbook: Any = book.open_workbook_xls
    try:
        return open_workbook(file_contents=stream, formatting_info=True, ragged_rows=True, logfile=StringIO())
    except biffh.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Protected("файл защищён паролем") from error
        raise Damaged(DAMAGED) from error
    except (formula.FormulaError, *_BROKEN) as error:
        raise Damaged(DAMAGED) from error


def _styles(book: Any) -> Iterator[Style]:
    for look in book.xf_list:
        known = book.format_map.get(look.format_key)
        font = book.font_list[look.font_index] if look.font_index < len(book.font_list) else None
        yield Style((known and known.format_str) or "", bool(font and font.struck_out))


def _read_sheet(source: Any, styles: list[Style], struck: list[bool], epoch_1904: bool) -> grids.Sheet:
    sheet = grids.Sheet(source.name)
    for row in range(source.nrows):
        for column, cell in enumerate(source.row(row)):
            style = (
                styles[cell.xf_index] if cell.xf_index is not None and cell.xf_index < len(styles) else workbooks.PLAIN
            )
            if cell.ctype == _TEXT:
                runs = source.rich_text_runlist_map.get((row, column), ())
                text = workbooks.shown_runs(cell.value, runs, struck, style)
            else:
                text = _value(cell.ctype, cell.value, style, epoch_1904=epoch_1904)
            if text:
                sheet.cells[row, column] = text
    sheet.hidden_rows = {row for row, info in source.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {column for column, info in source.colinfo_map.items() if info.hidden or info.width == 0}
    sheet.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in source.merged_cells]
    return sheet


def _value(kind: int, value: float, style: Style, *, epoch_1904: bool) -> str:
    if kind in _NUMBER_TYPES:
        return workbooks.shown_number(value, style, epoch_1904=epoch_1904)
    if kind == _TRUTH:
        return "" if style.struck else workbooks.shown_truth(value)
    if kind == _ERROR:
        return workbooks.ERRORS.get(int(value), "#ERROR!")
    return ""
