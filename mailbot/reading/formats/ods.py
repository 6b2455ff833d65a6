"""OpenDocument spreadsheets (.ods; ODF 1.2 part 1, chapter 9), read by our own pass over the XML.

The file holds what each cell shows, so that formats need no work; repetition counts are never expanded when empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.office import numberformat, opendocument, workbooks
from mailbot.reading.office.opendocument import OpenDocument, count_of
from mailbot.reading.office.packages import Package, attribute, local_name
from mailbot.reading.troubles import TooLarge

if TYPE_CHECKING:
    from lxml.etree import _Element

ROW_GROUPS = frozenset({"table-row-group", "table-rows", "table-header-rows"})
COLUMN_GROUPS = frozenset({"table-column-group", "table-columns", "table-header-columns"})
_NUMBER = re.compile(r"\d[\d.,\s]*\d|\d")


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zipped OpenDocument spreadsheet."""
    return opendocument.is_kind(data, "spreadsheet")


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the visible sheets as tables, and embedded pictures as children."""
    with Package(attachment.data, limits) as package:
        document = opendocument.open_document(package, "spreadsheet")
        sheets = [
            (_read_sheet(table, document, limits), ())
            for table in document.body
            if local_name(table) == "table" and not document.styles.drops("table", attribute(table, "style-name"))
        ]
        children = package.embedded(opendocument.pictures(package))
        title = opendocument.title_of(package)
        return workbooks.opened(attachment, "ods", sheets, limits, title=title, children=children)


def _read_sheet(table: _Element, document: OpenDocument, limits: Limits) -> grids.Sheet:
    sheet = grids.Sheet(attribute(table, "name"))
    column = 0
    column_styles: dict[int, str] = {}
    for element in _within(table, "table-column", COLUMN_GROUPS):
        last = min(column + count_of(element, "number-columns-repeated"), grids.MAX_SHEET_COLUMNS)
        if attribute(element, "visibility") in {"collapse", "filter"}:
            sheet.hidden_columns.update(range(column, last))
        style = attribute(element, "default-cell-style-name")
        if document.styles.drops("table-cell", style):
            column_styles.update(dict.fromkeys(range(column, last), style))
        column = last
    row = 0
    for element in _within(table, "table-row", ROW_GROUPS):
        repeated = count_of(element, "number-rows-repeated")
        hidden = attribute(element, "visibility") in {"collapse", "filter"}
        cells = list(_cells(element, column_styles, document, limits))
        if cells and not hidden:
            if len(sheet.cells) + len(cells) * repeated > limits.cells:
                raise TooLarge(f"на листе «{sheet.name}» слишком много ячеек")
            for place in range(row, row + repeated):
                for column, text, merge in cells:
                    sheet.cells[place, column] = text
                    if merge:
                        sheet.merges.append((place, column, place + merge[0] - 1, column + merge[1] - 1))
        elif hidden and repeated <= grids.MAX_SHEET_ROWS:
            sheet.hidden_rows.update(range(row, row + repeated))
            sheet.merges += [(row, c, row + m[0] - 1, c + m[1] - 1) for c, _, m in cells if m]
            sheet.cells.update({(row, c): text for c, text, m in cells if m})
        row += repeated
    return sheet


def _within(element: _Element, kind: str, groups: frozenset[str]) -> Iterator[_Element]:
    for child in element:
        name = local_name(child)
        if name == kind:
            yield child
        elif name in groups:
            yield from _within(child, kind, groups)


def _cells(
    row: _Element, column_styles: dict[int, str], document: OpenDocument, limits: Limits
) -> Iterator[tuple[int, str, tuple[int, int] | None]]:
    """Return the row's cells that show something: column, text, and how many rows and columns a merged one covers."""
    column = 0
    row_style = attribute(row, "default-cell-style-name")
    for cell in row:
        kind = local_name(cell)
        if kind not in {"table-cell", "covered-table-cell"}:
            continue
        repeated = count_of(cell, "number-columns-repeated")
        style = attribute(cell, "style-name") or row_style or column_styles.get(column, "")
        text = "" if kind != "table-cell" or document.styles.drops("table-cell", style) else _shown(cell, document)
        if text:
            if repeated > limits.cells:
                raise TooLarge("в таблице слишком много ячеек")
            height, width = count_of(cell, "number-rows-spanned"), count_of(cell, "number-columns-spanned")
            merge = (height, width) if height > 1 or width > 1 else None
            for place in range(column, column + repeated):
                yield place, text, merge
        column += repeated


def _shown(cell: _Element, document: OpenDocument) -> str:
    """Return what a cell shows; numbers without separators of thousands, dates and percentages as everywhere."""
    frames: list[_Element] = []
    lines = [
        opendocument.text_of(child, document.styles, frames)
        for child in cell
        if local_name(child) in {"p", "h", "list"}
    ]
    text = "\n".join(lines).strip()
    kind, value = attribute(cell, "value-type"), attribute(cell, "value")
    if not text and attribute(cell, "formula") and kind in {"", "float"} and not value:
        return grids.NOT_CACHED
    if kind == "boolean" and attribute(cell, "boolean-value"):
        return workbooks.shown_truth(attribute(cell, "boolean-value") == "true")
    if kind == "date":
        return _date(attribute(cell, "date-value"), text)
    if kind in {"float", "percentage", "currency"} and value:
        return _number(text, value, percent=kind == "percentage")
    return text


def _date(value: str, text: str) -> str:
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?", value)
    if not match:
        return text
    time = match.group(4)
    return f"{match.group(3)}.{match.group(2)}.{match.group(1)}" + (f" {time}" if time and time != "00:00" else "")


def _number(text: str, value: str, *, percent: bool) -> str:
    """Return the shown text with its number written plainly: «1 250 чел.» is «1250 чел.», «95,0%» is «95,0 %»."""
    try:
        number = float(value) * (100 if percent else 1)
    except ValueError:
        return text
    if not text:
        return numberformat.show_plain(number) + (" %" if percent else "")
    found = _NUMBER.search(text)
    if found and number == int(number):
        plain = str(abs(int(number)))
        if re.sub(r"\D", "", found.group()).rstrip("0") == plain.rstrip("0"):
            text = text[: found.start()] + plain + text[found.end() :]
    elif found and found.group().count(".") == 1:
        text = text[: found.start()] + found.group().replace(".", ",") + text[found.end() :]
    return re.sub(r"\s*%", " %", text).strip()
