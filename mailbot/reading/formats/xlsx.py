"""Excel workbooks (.xlsx, .xlsm; ECMA-376 part 1, strict and transitional), read by our own pass over the XML.

python-calamine is as fast, but cannot tell hidden rows and columns, struck-out text, percentages, error cells and
formulas without a stored result, and a far cell aborts its process. One sparse pass tells all of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Block, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.office import numberformat, workbooks
from mailbot.reading.office.packages import Package, Relation, attribute, local_name, part_names
from mailbot.reading.office.workbooks import Style
from mailbot.reading.troubles import Damaged

if TYPE_CHECKING:
    from lxml.etree import _Element

TRUE = frozenset({"1", "true", "on"})
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PRINT_CODE = re.compile(r'&(?:"[^"]*"|[LCRPNDTAFZBIUESXYG]|K[0-9A-F]{6}|\d+)')
_PLAIN_CODES = frozenset({"", "General", "@", "0", "#,##0"})
_EXACT_DIGITS = 15


_Text = tuple[str, str]
"""What a string shows in a cell whose font is not struck out, and in one whose font is: runs may have their own."""


@dataclass(frozen=True, slots=True)
class _Book:
    """What all sheets share."""

    strings: tuple[_Text, ...]
    styles: tuple[Style, ...]
    epoch_1904: bool


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zip that holds a workbook's XML."""
    return any(part.startswith("xl/") and part.endswith("workbook.xml") for part in part_names(data))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the visible sheets as tables, text boxes as paragraphs, and embedded pictures and files as children."""
    with Package(attachment.data, limits) as package:
        main = package.main_part("xl/workbook.xml")
        root = package.xml(main)
        if root is None:
            raise Damaged("в файле нет книги Excel")
        relations = package.relations(main)
        book = _open_book(package, root, relations)
        sheets: list[tuple[grids.Sheet, list[Block]]] = []
        running: list[str] = []
        children: list[Attachment] = []
        for title, part in _visible_sheets(root, relations):
            sheet_root = package.xml(part)
            if sheet_root is not None:
                boxes, embedded = workbooks.drawn_on(package, part, f"{attachment.name}!{title}")
                sheets.append((_read_sheet(sheet_root, title, book), boxes))
                running += _running(sheet_root)
                children += embedded
        return workbooks.opened(
            attachment, "xlsx", sheets, limits, running=running, title=package.title(), children=children
        )


def _open_book(package: Package, root: _Element, relations: dict[str, Relation]) -> _Book:
    parts = {relation.kind: relation.target for relation in relations.values()}
    strings = package.xml(parts.get("sharedStrings", "xl/sharedStrings.xml"))
    styles = package.xml(parts.get("styles", "xl/styles.xml"))
    properties = next((element for element in root if local_name(element) == "workbookPr"), None)
    return _Book(
        strings=tuple(_rich_text(item) for item in strings) if strings is not None else (),
        styles=tuple(_styles(styles)) if styles is not None else (),
        epoch_1904=properties is not None and properties.get("date1904") in TRUE,
    )


def _visible_sheets(root: _Element, relations: dict[str, Relation]) -> Iterator[tuple[str, str]]:
    for element in root.iter(f"{_namespace(root)}sheet"):
        relation = relations.get(attribute(element, "id"))
        if element.get("state", "visible") == "visible" and relation and relation.kind == "worksheet":
            yield element.get("name", ""), relation.target


def _namespace(root: _Element) -> str:
    return str(root.tag).rpartition("}")[0] + "}" if "}" in str(root.tag) else ""


def _styles(root: _Element) -> Iterator[Style]:
    space = _namespace(root)
    codes = dict(numberformat.BUILT_IN)
    for element in root.iter(f"{space}numFmt"):
        codes[_number(element.get("numFmtId"))] = element.get("formatCode", "")
    fonts = root.find(f"{space}fonts")
    struck = [_on(font.find(f"{space}strike")) for font in fonts] if fonts is not None else []
    formats = root.find(f"{space}cellXfs")
    for element in formats if formats is not None else ():
        font = _number(element.get("fontId"))
        yield Style(codes.get(_number(element.get("numFmtId")), ""), font < len(struck) and struck[font])


def _on(element: _Element | None) -> bool:
    return element is not None and element.get("val", "1") in TRUE


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _rich_text(item: _Element) -> _Text:
    """Return a string item's text without its struck-out runs and phonetic hints."""
    parts: list[str] = []
    own: list[str] = []
    for element in item:
        kind = local_name(element)
        if kind == "t":
            parts.append(element.text or "")
        elif kind == "r":
            settings = next((part for part in element if local_name(part) == "rPr"), None)
            if settings is None or not any(local_name(setting) == "strike" and _on(setting) for setting in settings):
                text = "".join(part.text or "" for part in element if local_name(part) == "t")
                parts.append(text)
                own.append(text if settings is not None else "")
    return _unescaped("".join(parts)), _unescaped("".join(own))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return text


def _read_sheet(root: _Element, title: str, book: _Book) -> grids.Sheet:
    sheet = grids.Sheet(title)
    space = _namespace(root)
    for element in root.iter(f"{space}col"):
        if element.get("hidden") in TRUE or element.get("width") == "0":
            first, last = _number(element.get("min")), _number(element.get("max"))
            sheet.hidden_columns.update(range(first - 1, min(last, grids.MAX_SHEET_COLUMNS)))
    data = root.find(f"{space}sheetData")
    row = -1
    for element in data if data is not None else ():
        row = _number(element.get("r")) - 1 if element.get("r") else row + 1
        if element.get("hidden") in TRUE or (element.get("ht") == "0" and element.get("customHeight") in TRUE):
            sheet.hidden_rows.add(row)
        _read_row(element, row, sheet, book)
    for element in root.iter(f"{space}mergeCell"):
        merge = _range(element.get("ref", ""))
        if merge:
            sheet.merges.append(merge)
    return sheet


def _read_row(element: _Element, row: int, sheet: grids.Sheet, book: _Book) -> None:
    column = -1
    for cell in element:
        reference = cell.get("r")
        column = _column(reference) if reference else column + 1
        if len(cell):
            text = _cell_text(cell, book)
            if text:
                sheet.cells[row, column] = text


def _column(reference: str) -> int:
    letters = reference.rstrip("0123456789").lstrip("$")
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise Damaged("в книге Excel неверный адрес ячейки")
    return grids.column_index(letters)


def _range(reference: str) -> grids.Merge | None:
    first, _, last = reference.partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if not start or not end:
        return None
    return (
        int(start.group(2)) - 1,
        grids.column_index(start.group(1)),
        int(end.group(2)) - 1,
        grids.column_index(end.group(1)),
    )


def _cell_text(cell: _Element, book: _Book) -> str:
    """Return what the cell shows: «35», «95 %», «16.08.2021», «#REF!», or `grids.NOT_CACHED`."""
    kind = cell.get("t", "n")
    value, formula, text = None, False, ("", "")
    for element in cell:
        name = str(element.tag).rpartition("}")[2]
        if name == "v":
            value = element.text or ""
        elif name == "f":
            formula = True
        elif name == "is":
            value, text = "", _rich_text(element)
    if formula and not value and kind != "str":
        return grids.NOT_CACHED
    if value is None:
        return ""
    place = _number(cell.get("s"))
    style = book.styles[place] if place < len(book.styles) else workbooks.PLAIN
    if kind in {"s", "str", "inlineStr"}:
        plain, struck = text if kind == "inlineStr" else _string(value, kind, book)
        return workbooks.shown_text(struck if style.struck else plain, Style(style.code))
    return _typed(value.strip(), kind, style, book)


def _string(value: str, kind: str, book: _Book) -> _Text:
    if kind != "s":
        return value, ""
    place = _number(value.strip())
    if place >= len(book.strings):
        raise Damaged("в книге Excel не хватает строк текста")
    return book.strings[place]


def _typed(value: str, kind: str, style: Style, book: _Book) -> str:
    if style.struck or not value:
        return ""
    if kind == "b":
        return workbooks.shown_truth(value in TRUE)
    if kind in {"e", "d"}:
        return _iso_date(value)
    if style.code in _PLAIN_CODES and value.isascii() and value.isdigit() and len(value) <= _EXACT_DIGITS:
        return value.lstrip("0") or "0"
    try:
        return workbooks.shown_number(float(value), style, epoch_1904=book.epoch_1904)
    except ValueError:
        return value


def _iso_date(value: str) -> str:
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", value)
    return f"{match.group(3)}.{match.group(2)}.{match.group(1)}" if match else value


def _running(root: _Element) -> list[str]:
    """Return the sheet's printed headers and footers without their codes («&C&"Arial"&P»)."""
    found = next((element for element in root if local_name(element) == "headerFooter"), None)
    return [_PRINT_CODE.sub(" ", element.text or "").strip() for element in found] if found is not None else []
