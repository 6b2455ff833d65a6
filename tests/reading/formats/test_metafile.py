import struct

import pytest

from tests.reading.formats.builders import code, opened


def emf_text(down: int, across: int, text: str) -> bytes:
    content = text.encode("utf-16-le")
    body = bytes(28) + struct.pack("<iiIIIiiiiI", across, down, len(text), 76, 0, 0, 0, 0, 0, 0) + content
    body += bytes(-len(body) % 4)
    return struct.pack("<II", 84, len(body) + 8) + body


def emf(*records: bytes) -> bytes:
    header = (struct.pack("<II", 1, 88) + bytes(32) + b" EMF").ljust(88, b"\0")
    return header + b"".join(records) + struct.pack("<IIIII", 14, 20, 0, 0, 20)


def wmf(*records: bytes) -> bytes:
    return (
        b"\xd7\xcd\xc6\x9a"
        + bytes(18)
        + b"\x01\x00\x09\x00\x00\x03"
        + bytes(12)
        + b"".join(records)
        + struct.pack("<IH", 3, 0)
    )


def wmf_record(kind: int, body: bytes) -> bytes:
    body += bytes(len(body) % 2)
    return struct.pack("<IH", 3 + len(body) // 2, kind) + body


def dib(pixels: int) -> bytes:
    return struct.pack("<IiiHHIIiiII", 40, 200, 200, 1, 8, 0, pixels, 0, 0, 2, 0) + bytes(8) + b"\x01" * pixels


def test_figures_in_a_drawing_are_told_not_read():
    text = "ВК".encode("cp1251")
    plain = wmf_record(0x0521, struct.pack("<H", len(text)) + text + struct.pack("<hh", 10, 0))
    at = wmf_record(0x0A32, struct.pack("<hhHH", 10, 50, 1, 0) + b"3")
    boxed = wmf_record(0x0A32, struct.pack("<hhHH4h", 20, 50, 2, 4, 0, 0, 0, 0) + b"36")
    small = struct.pack("<II", 108, 48) + struct.pack("<iiII", 0, 0, 2, 0x300) + bytes(12) + b"35" + bytes(10)
    for data in (emf(emf_text(20, 50, "3")), emf(small), wmf(plain, at), wmf(boxed)):
        assert code(opened(data, "image1")) == "attachment_unsupported"
    for data in (emf(emf_text(10, 0, "Школа")), wmf(plain)):
        assert opened(data, "image1").troubles == ()


def test_a_drawing_holds_nothing_and_is_no_trouble():
    result = opened(emf(struct.pack("<II", 27, 16) + bytes(8)), "герб.emf")
    assert (result.documents, result.children, result.troubles) == ((), (), ())


@pytest.mark.parametrize("pixels", [40_000, 100])
def test_a_large_bitmap_is_a_picture_of_its_own(pixels):
    picture = dib(pixels)
    body = bytes(40) + struct.pack("<IIII", 80, 48, 128, pixels) + bytes(16) + picture
    in_emf = struct.pack("<II", 81, len(body) + 8) + body
    in_wmf = wmf_record(0x0F43, bytes(22) + picture)
    for data in (emf(in_emf), wmf(in_wmf)):
        children = opened(data, "image1").children
        if pixels < 1000:
            assert children == ()
        else:
            assert children[0].data[:2] == b"BM"
            assert struct.unpack_from("<I", children[0].data, 10)[0] == 14 + 40 + 8
            assert children[0].data[14:62] == picture[:48]


def test_broken_metafiles():
    assert code(opened(emf(struct.pack("<II", 27, 0)), "a.emf")) == "attachment_damaged"
    assert code(opened(wmf(struct.pack("<IH", 0, 9)), "a.wmf")) == "attachment_damaged"
    assert code(opened(emf(emf_text(1, 1, "x")[:20].ljust(24, b"\0")), "a.emf")) == "attachment_damaged"
