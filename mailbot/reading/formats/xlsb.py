"""Binary Excel workbooks (.xlsb; [MS-XLSB]), read by our own pass over the records.

python-calamine loses the cells that some writers store in short form (BrtShort…), silently.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.domain.document import Attachment, Block, Limits, Opened
from mailbot.reading import grids
from mailbot.reading.office import numberformat, workbooks
from mailbot.reading.office.packages import DAMAGED, Package, part_names
from mailbot.reading.office.workbooks import Style
from mailbot.reading.troubles import Damaged

_ROW, _BLANK, _RK, _ERROR, _TRUTH, _REAL, _TEXT, _SHARED = range(8)
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_TRUTH, _FORMULA_ERROR = range(8, 12)
_SHORT_FIRST, _SHORT_LAST = 12, 18
_STRING_ITEM, _FONT, _FORMAT, _LOOK, _COLUMN, _RICH = 19, 43, 44, 47, 60, 62
_PROPERTIES, _SHEET, _MERGE, _LOOKS_BEGIN, _LOOKS_END = 153, 156, 176, 617, 618
_FORMULAS = {_FORMULA_TEXT: _TEXT, _FORMULA_REAL: _REAL, _FORMULA_TRUTH: _TRUTH, _FORMULA_ERROR: _ERROR}
_STRUCK_FONT = 0x8
_ROW_HIDDEN = 0x10
_MAX_RUNS = 10_000


_Text = tuple[str, list[tuple[int, int]]]
"""A text and its runs: where each starts, and the index of its font."""


@dataclass(slots=True)
class _Book:
    """What all sheets share."""

    strings: list[_Text] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)
    epoch_1904: bool = False


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zip that holds a binary workbook."""
    return "xl/workbook.bin" in part_names(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the visible sheets as tables, and embedded pictures and files as children."""
    with Package(attachment.data, limits) as package:
        try:
            return _read(attachment, package, limits)
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise Damaged(DAMAGED) from error


def _read(attachment: Attachment, package: Package, limits: Limits) -> Opened:
    main = package.main_part("xl/workbook.bin")
    relations = package.relations(main)
    parts = {relation.kind: relation.target for relation in relations.values()}
    book = _Book()
    _read_styles(package.read(parts.get("styles", "xl/styles.bin")) or b"", book)
    for kind, record in _records(package.read(parts.get("sharedStrings", "xl/sharedStrings.bin")) or b""):
        if kind == _STRING_ITEM:
            book.strings.append(_rich(record))
    sheets: list[tuple[grids.Sheet, list[Block]]] = []
    children: list[Attachment] = []
    for kind, record in _records(package.read(main) or b""):
        if kind == _PROPERTIES:
            book.epoch_1904 = bool(record[0] & 1)
        elif kind == _SHEET:
            hidden, _ = struct.unpack_from("<II", record)
            identifier, rest = _string(record, 8)
            title, _ = _string(record, rest)
            relation = relations.get(identifier)
            if not hidden and relation and relation.kind == "worksheet":
                boxes, embedded = workbooks.drawn_on(package, relation.target, f"{attachment.name}!{title}")
                sheets.append((_read_sheet(package.read(relation.target) or b"", title, book), boxes))
                children += embedded
    return workbooks.opened(attachment, "xlsb", sheets, limits, title=package.title(), children=children)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the records' types and contents ([MS-XLSB] 2.1.4); raises `Damaged` where one runs over the end."""
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        size = 0
        for shift in range(0, 28, 7):
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if place + size > len(data):
            raise Damaged(DAMAGED)
        yield kind, data[place : place + size]
        place += size


def _string(record: bytes, place: int) -> tuple[str, int]:
    """Return the wide string at `place`, and the place after it."""
    (length,) = struct.unpack_from("<I", record, place)
    end = place + 4 + 2 * length
    if end > len(record):
        raise Damaged(DAMAGED)
    return record[place + 4 : end].decode("utf-16-le", "replace"), end


def _rich(record: bytes) -> _Text:
    text, place = _string(record, 1)
    if not record[0] & 1:
        return text, []
    (count,) = struct.unpack_from("<I", record, place)
    runs = [struct.unpack_from("<HH", record, place + 4 + 4 * number) for number in range(min(count, _MAX_RUNS))]
    return text, [(start, font) for start, font in runs]


def _read_styles(data: bytes, book: _Book) -> None:
    codes = dict(numberformat.BUILT_IN)
    inside = False
    for kind, record in _records(data):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", record)[0]] = _string(record, 2)[0]
        elif kind == _FONT:
            book.struck.append(bool(record[2] & _STRUCK_FONT))
        elif kind in {_LOOKS_BEGIN, _LOOKS_END}:
            inside = kind == _LOOKS_BEGIN
        elif kind == _LOOK and inside:
            _, code, font = struct.unpack_from("<HHH", record)
            book.styles.append(Style(codes.get(code, ""), font < len(book.struck) and book.struck[font]))


def _read_sheet(data: bytes, title: str, book: _Book) -> grids.Sheet:
    sheet = grids.Sheet(title)
    row = column = -1
    for kind, record in _records(data):
        if kind == _ROW:
            row, column = struct.unpack_from("<I", record)[0], -1
            if record[11] & _ROW_HIDDEN:
                sheet.hidden_rows.add(row)
        elif kind <= _SHORT_LAST or kind == _RICH:
            short = _SHORT_FIRST <= kind <= _SHORT_LAST
            column = column + 1 if short else struct.unpack_from("<I", record)[0]
            head = 0 if short else 4
            style = int.from_bytes(record[head : head + 3], "little")
            text = _cell(kind - 11 if short else kind, record[head + 4 :], style, book)
            if text:
                sheet.cells[row, column] = text
        elif kind == _COLUMN:
            first, last, _, _, flags = struct.unpack_from("<IIIIH", record)
            if flags & 1:
                sheet.hidden_columns.update(range(first, min(last + 1, grids.MAX_SHEET_COLUMNS)))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<IIII", record)
            sheet.merges.append((top, left, bottom, right))
    return sheet


def _cell(kind: int, value: bytes, place: int, book: _Book) -> str:
    style = book.styles[place] if place < len(book.styles) else workbooks.PLAIN
    kind = _FORMULAS.get(kind, kind)
    if kind in {_TEXT, _RICH, _SHARED}:
        return workbooks.shown_runs(*_text(kind, value, book), book.struck, style)
    if kind in {_RK, _REAL}:
        number = struct.unpack_from("<d", value)[0] if kind == _REAL else _compressed(value)
        return workbooks.shown_number(number, style, epoch_1904=book.epoch_1904)
    if kind == _TRUTH:
        return "" if style.struck else workbooks.shown_truth(value[0])
    if kind == _ERROR:
        return workbooks.ERRORS.get(value[0], "#ERROR!")
    return ""


def _text(kind: int, value: bytes, book: _Book) -> _Text:
    if kind == _SHARED:
        return book.strings[int.from_bytes(value[:4], "little")]
    return _rich(value) if kind == _RICH else (_string(value, 0)[0], [])


def _compressed(value: bytes) -> float:
    """Return an RkNumber ([MS-XLSB] 2.5.122): 30 bits of an integer or of a double, perhaps in hundredths."""
    (raw,) = struct.unpack_from("<i", value)
    number = float(raw >> 2) if raw & 2 else float(struct.unpack("<d", struct.pack("<q", (raw & ~3) << 32))[0])
    return number / 100 if raw & 1 else number
