import struct
from pathlib import Path

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


def test_every_truncation_is_a_trouble_or_the_whole_text():
    whole = opened(LETTER, "ответ.doc").documents
    results = [opened(LETTER[:size], "ответ.doc") for size in range(0, len(LETTER), 397)]
    assert all(result.troubles or result.documents == whole for result in results)
    assert sum(bool(result.troubles) for result in results) > 30
