import struct

from tests.reading.formats.builders import (
    code,
    document,
    opened,
    record,
    relations,
    rows,
    tables,
    wide,
    zipped,
)


def cell(column: int, content: bytes, style: int = 0) -> bytes:
    return struct.pack("<I", column) + style.to_bytes(3, "little") + b"\0" + content


def row(number: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def column(first: int, *, hidden: bool) -> bytes:
    return record(60, struct.pack("<IIIIH", first, first, 2560, 0, int(hidden)))


def xlsb(sheet: bytes, strings: bytes = b"", old: bytes = b"") -> bytes:
    font = struct.pack("<HH", 220, 0).ljust(30, b"\0")
    struck = struct.pack("<HH", 220, 8).ljust(30, b"\0")
    looks = b"".join(
        record(47, struct.pack("<HHH", 0, code, font).ljust(16, b"\0")) for code, font in ((0, 0), (9, 0), (0, 1))
    )
    styles = record(278) + record(43, font) + record(43, struck) + record(617) + looks + record(618) + record(279)
    sheets = b"".join(
        record(156, struct.pack("<II", hidden, number) + wide(f"rId{number}") + wide(f"Лист{number}"))
        for number, hidden in ((1, 0), (2, 1))
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(rId1="officeDocument xl/workbook.bin"),
            "xl/workbook.bin": record(131) + record(143) + sheets + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": relations(
                rId1="worksheet worksheets/sheet1.bin",
                rId2="worksheet worksheets/sheet2.bin",
                rId3="styles styles.bin",
                rId4="sharedStrings sharedStrings.bin",
            ),
            "xl/styles.bin": styles,
            "xl/sharedStrings.bin": record(159, struct.pack("<II", 2, 2)) + strings + record(160),
            "xl/worksheets/sheet1.bin": record(129) + record(145) + sheet + record(146) + record(130),
            "xl/worksheets/sheet2.bin": record(129) + record(145) + old + record(146) + record(130),
        }
    )


STRINGS = record(19, b"\0" + wide("Школа")) + record(
    19, b"\1" + wide("30 41") + struct.pack("<I", 2) + struct.pack("<HHHH", 0, 1, 3, 0)
)


def grid(sheet: bytes) -> list[list[str]]:
    (table,) = tables(document(xlsb(sheet, STRINGS), "svod.xlsb"))
    return rows(table)


def test_cells_of_every_kind():
    sheet = (
        row(0)
        + record(7, cell(0, struct.pack("<I", 0)))
        + record(2, cell(1, struct.pack("<i", 35 << 2 | 2)))
        + record(5, cell(2, struct.pack("<d", 0.95), style=1))
        + record(6, cell(3, wide("чел.")))
        + record(4, cell(4, b"\1"))
        + record(3, cell(5, b"\x17"))
        + record(9, cell(6, struct.pack("<d", 1250.0) + bytes(6)))
        + record(2, cell(7, struct.pack("<i", 3350 << 2 | 3)))
    )
    assert grid(sheet) == [["Школа", "35", "95 %", "чел.", "ИСТИНА", "#REF!", "1250", "33,5"]]


def test_short_cells_that_calamine_loses_are_read():
    sheet = row(0) + record(7, cell(0, struct.pack("<I", 0))) + record(13, bytes(4) + struct.pack("<i", 35 << 2 | 2))
    assert grid(sheet) == [["Школа", "35"]]


def test_hidden_and_struck_out_cells_are_gone():
    sheet = (
        column(1, hidden=True)
        + row(0)
        + record(2, cell(0, struct.pack("<i", 1 << 2 | 2)))
        + record(2, cell(1, struct.pack("<i", 99 << 2 | 2)))
        + record(7, cell(2, struct.pack("<I", 1)))
        + record(2, cell(3, struct.pack("<i", 77 << 2 | 2), style=2))
        + row(1, hidden=True)
        + record(2, cell(0, struct.pack("<i", 88 << 2 | 2)))
    )
    assert grid(sheet) == [["1", "41"]]


def test_merged_cells():
    sheet = (
        row(0) + record(7, cell(0, struct.pack("<I", 0))) + row(1) + record(2, cell(1, struct.pack("<i", 35 << 2 | 2)))
    )
    assert grid(sheet + record(176, struct.pack("<IIII", 0, 0, 0, 1))) == [["Школа", "^Школа"], ["", "35"]]


def test_records_that_run_over_the_end_are_damage():
    assert code(opened(xlsb(b"\x02\xff\x01", STRINGS), "svod.xlsb")) == "attachment_damaged"
    assert code(opened(xlsb(row(0) + record(7, cell(0, struct.pack("<I", 9)))), "svod.xlsb")) == "attachment_damaged"
