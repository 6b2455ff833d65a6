import struct
from pathlib import Path

import pytest

from mailbot.reading.office.ole import open_ole
from mailbot.reading.office.ole import title as title_of
from tests.reading.formats.builders import code, compound, opened

LETTER = Path("tests/files/letter.doc").read_bytes()


def with_flags(flags: int) -> bytes:
    head = struct.pack("<HH", 0xA5EC, 0xC1) + bytes(6) + struct.pack("<H", flags)
    return compound({"WordDocument": head.ljust(5000, b"\0"), "0Table": b"x"})


def test_an_encrypted_document_is_protected():
    assert code(opened(with_flags(0x0100), "ответ.doc")) == "attachment_protected"


def test_an_ancient_document_is_unsupported():
    ancient = compound({"WordDocument": struct.pack("<HH", 0xA5DC, 0x65).ljust(5000, b"\0")})
    assert code(opened(ancient, "ответ.doc")) == "attachment_unsupported"


def test_tables_that_point_beyond_the_file_are_damage():
    assert code(opened(with_flags(0x0200), "ответ.doc")) == "attachment_damaged"
    broken = bytearray(with_flags(0))
    broken[512 + 0x9A + 8 * 33 : 512 + 0x9A + 8 * 33 + 8] = struct.pack("<II", 10, 1_000_000)
    assert code(opened(bytes(broken), "ответ.doc")) == "attachment_damaged"


def summary(title: bytes, kind: int = 30, codepage: int = 1251, count: int = 2) -> bytes:
    size = len(title) if kind == 30 else len(title) // 2
    properties = struct.pack("<IIIII", count, 1, 24, 2, 32) + struct.pack("<IHHII", 2, codepage, 0, kind, size) + title
    head = struct.pack("<HHI", 0xFFFE, 0, 0) + bytes(16) + struct.pack("<I", 1) + bytes(16) + struct.pack("<I", 48)
    return head + struct.pack("<I", len(properties) + 4) + properties


@pytest.mark.parametrize(
    ("properties", "title"),
    [
        (summary("Арский район\0".encode("cp1251")), "Арский район"),
        (summary("Арский район".encode(), codepage=65001), "Арский район"),
        (summary("Арск\0".encode("utf-16-le"), kind=31), "Арск"),
        (summary(b"x", kind=19), ""),
        (summary("Арск".encode("cp1251"), count=0xFFFFFFFF), "Арск"),
        (summary(b"x")[:50], ""),
        (b"", ""),
    ],
    ids=["ansi", "utf-8", "wide", "no text", "false count", "cut", "blank"],
)
def test_the_title_of_old_office_files(properties, title):
    with open_ole(compound({"\x05SummaryInformation": properties})) as container:
        assert title_of(container) == title


def test_a_file_without_properties_has_no_title():
    with open_ole(compound({"Workbook": b"x"})) as container:
        assert title_of(container) == ""


def test_every_truncation_is_a_trouble_or_the_whole_text():
    whole = opened(LETTER, "ответ.doc").documents
    results = [opened(LETTER[:size], "ответ.doc") for size in range(0, len(LETTER), 397)]
    assert all(result.troubles or result.documents == whole for result in results)
    assert sum(bool(result.troubles) for result in results) > 30
