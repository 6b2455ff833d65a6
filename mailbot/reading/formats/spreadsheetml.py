"""XML Spreadsheet 2003 (.xml, or .xls by name): what 1C and Excel 2003 save as a table of XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.office import workbooks
from mailbot.reading.office.packages import attribute, local_name, parse_xml
from mailbot.reading.office.workbooks import Style

if TYPE_CHECKING:
    from lxml.etree import _Element

_MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
_SAMPLE = 4096
_CODES = {
    "Percent": "0.00%", "Standard": "#,##0.00", "Fixed": "0.00", "General Number": "General", "Short Date": "d.m.yy",
    "General Date": "d.m.yy", "Medium Date": "d.m.yy", "Long Date": "d.m.yy", "Short Time": "h:mm", "Currency": "0.00",
}  # fmt: skip
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)")
_STRUCK = frozenset({"S", "Strike", "Del"})


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for XML whose root is a workbook of this kind."""
    head = data[:_SAMPLE]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<Workbook" in head and _MARK in head


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the visible sheets as tables."""
    root = parse_xml(attachment.data)
    styles = dict(_styles(root))
    sheets = [(_read_sheet(sheet, styles), ()) for sheet in root if _is_visible_sheet(sheet)]
    return workbooks.opened(attachment, "spreadsheetml", sheets, limits)


def _is_visible_sheet(element: _Element) -> bool:
    visible = next(iter(element.iter("{*}Visible")), None)
    return local_name(element) == "Worksheet" and (
        visible is None or visible.text not in {"SheetHidden", "SheetVeryHidden"}
    )


def _styles(root: _Element) -> Iterator[tuple[str, Style]]:
    for style in root.iter("{*}Style"):
        parts = {local_name(part): part for part in style}
        code = attribute(parts["NumberFormat"], "Format") if "NumberFormat" in parts else ""
        struck = "Font" in parts and attribute(parts["Font"], "StrikeThrough") == "1"
        yield attribute(style, "ID"), Style(_CODES.get(code, code), struck)


def _read_sheet(element: _Element, styles: dict[str, Style]) -> grids.Sheet:
    sheet = grids.Sheet(attribute(element, "Name"))
    table = next((part for part in element if local_name(part) == "Table"), None)
    row = column = -1
    for part in table if table is not None else ():
        kind = local_name(part)
        if kind == "Column":
            column = _place(part, column)
            last = min(column + _count(part, "Span"), grids.MAX_SHEET_COLUMNS)
            if attribute(part, "Hidden") == "1":
                sheet.hidden_columns.update(range(column, last + 1))
            column = last
        elif kind == "Row":
            row = _place(part, row)
            last = min(row + _count(part, "Span"), grids.MAX_SHEET_ROWS)
            if attribute(part, "Hidden") == "1":
                sheet.hidden_rows.update(range(row, last + 1))
            _read_row(part, row, sheet, styles)
            row = last
    return sheet


def _place(element: _Element, before: int) -> int:
    """Return the zero-based place of a row, column or cell: its Index, or the one after the last."""
    return _count(element, "Index") - 1 if attribute(element, "Index") else before + 1


def _count(element: _Element, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def _read_row(element: _Element, row: int, sheet: grids.Sheet, styles: dict[str, Style]) -> None:
    column = -1
    for cell in element:
        if local_name(cell) != "Cell":
            continue
        column = _place(cell, column)
        text = _shown(cell, styles.get(attribute(cell, "StyleID") or attribute(element, "StyleID"), workbooks.PLAIN))
        if text:
            sheet.cells[row, column] = text
        across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
        if across or down:
            sheet.merges.append((row, column, row + down, column + across))
        column += across


def _shown(cell: _Element, style: Style) -> str:
    data = next((part for part in cell if local_name(part) == "Data"), None)
    text = "" if data is None else "".join(_visible(data)).strip()
    kind = attribute(data, "Type") if data is not None else ""
    if not text:
        return grids.NOT_CACHED if attribute(cell, "Formula") and kind != "String" else ""
    if kind == "Number":
        try:
            return workbooks.shown_number(float(text), style)
        except ValueError:
            return text
    if kind == "DateTime":
        match = _DATE.match(text)
        text = f"{match.group(3)}.{match.group(2)}.{match.group(1)}" if match else text
    elif kind == "Boolean":
        text = workbooks.shown_truth(text == "1")
    return workbooks.shown_text(text, style)


def _visible(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        if local_name(part) not in _STRUCK:
            yield from _visible(part)
        yield part.tail or ""
