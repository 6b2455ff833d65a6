"""Windows metafiles (.emf, .wmf; [MS-EMF], [MS-WMF]), as embedded in documents: drawings, and sometimes tables.

A drawing without figures (a coat of arms in a letterhead) holds nothing to read, and is no trouble. Figures in one
are placed piece by piece, «3» beside «5», so they are told to a person, not read. A large bitmap is a child.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.troubles import Damaged, Unsupported

_EMF_MARK = b" EMF"
_PLACEABLE = b"\xd7\xcd\xc6\x9a"
_WMF_HEADS = (b"\x01\x00\x09\x00\x00\x03", b"\x02\x00\x09\x00\x00\x03", b"\x01\x00\x09\x00\x00\x01")
_EMF_TEXT_WIDE, _EMF_TEXT, _EMF_SMALL_TEXT = 84, 83, 108
_EMF_BITMAPS = {81: (48, 52, 56, 60), 80: (48, 52, 56, 60), 76: (84, 88, 92, 96), 77: (84, 88, 92, 96)}
"""Records that draw a bitmap: the places of the offsets and sizes of its header and its pixels."""

_WMF_TEXT, _WMF_TEXT_AT, _WMF_BITMAPS = 0x0521, 0x0A32, {0x0F43: 28, 0x0B41: 26, 0x0940: 22, 0x0D33: 24}
_SMALL_BITMAP = 20_000
_NO_RECTANGLE = 0x100
_EIGHT_BITS = 0x200
_WITH_RECTANGLE = 0x6
_MAX_RECORDS = 500_000
_DIGIT = re.compile(r"\d")


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for the headers of metafiles."""
    return data[40:44] == _EMF_MARK or data.startswith((_PLACEABLE, *_WMF_HEADS))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return large bitmaps as children; raises `Unsupported` for a drawing with figures."""
    texts: list[str] = []
    bitmaps: list[bytes] = []
    try:
        if attachment.data[40:44] == _EMF_MARK:
            _read_emf(attachment.data, texts, bitmaps)
        else:
            _read_wmf(attachment.data, texts, bitmaps)
    except (struct.error, IndexError) as error:
        raise Damaged("рисунок повреждён или обрезан") from error
    if any(_DIGIT.search(text) for text in texts):
        raise Unsupported("цифры вставлены в документ рисунком (метафайлом), программа их не читает")
    named = enumerate(bitmaps[: limits.parts], 1)
    return Opened(children=tuple(Attachment(f"рисунок {number}.bmp", bitmap, inline=True) for number, bitmap in named))


def _read_emf(data: bytes, texts: list[str], bitmaps: list[bytes]) -> None:
    for kind, record in _emf_records(data):
        if kind in {_EMF_TEXT_WIDE, _EMF_TEXT}:
            count, offset = struct.unpack_from("<II", record, 44)
            texts.append(_decoded(record, offset, count, wide=kind == _EMF_TEXT_WIDE))
        elif kind == _EMF_SMALL_TEXT:
            count, options = struct.unpack_from("<II", record, 16)
            start = 36 if options & _NO_RECTANGLE else 52
            texts.append(_decoded(record, start, count, wide=not options & _EIGHT_BITS))
        elif kind in _EMF_BITMAPS and len(record) > _SMALL_BITMAP:
            head, head_size, bits, bits_size = (struct.unpack_from("<I", record, at)[0] for at in _EMF_BITMAPS[kind])
            bitmaps.append(_bitmap(record[head : head + head_size] + record[bits : bits + bits_size], head_size))


def _emf_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    for _ in range(_MAX_RECORDS):
        if place + 8 > len(data):
            return
        kind, size = struct.unpack_from("<II", data, place)
        if size < 8:
            raise Damaged("рисунок повреждён или обрезан")
        yield kind, data[place : place + size]
        place += size


def _read_wmf(data: bytes, texts: list[str], bitmaps: list[bytes]) -> None:
    for kind, record in _wmf_records(data):
        if kind == _WMF_TEXT:
            (count,) = struct.unpack_from("<H", record, 6)
            texts.append(_decoded(record, 8, count, wide=False))
        elif kind == _WMF_TEXT_AT:
            count, options = struct.unpack_from("<HH", record, 10)
            start = 22 if options & _WITH_RECTANGLE else 14
            texts.append(_decoded(record, start, count, wide=False))
        elif kind in _WMF_BITMAPS and len(record) > _SMALL_BITMAP:
            body = record[_WMF_BITMAPS[kind] :]
            (head_size,) = struct.unpack_from("<I", body)
            bitmaps.append(_bitmap(body, head_size))


def _wmf_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 40 if data.startswith(_PLACEABLE) else 18
    for _ in range(_MAX_RECORDS):
        if place + 6 > len(data):
            return
        words, kind = struct.unpack_from("<IH", data, place)
        if words < 3:
            raise Damaged("рисунок повреждён или обрезан")
        yield kind, data[place : place + 2 * words]
        place += 2 * words


def _decoded(record: bytes, start: int, count: int, *, wide: bool) -> str:
    raw = record[start : start + count * (2 if wide else 1)]
    return raw.decode("utf-16-le", "replace") if wide else raw.decode("cp1251", "replace")


def _bitmap(content: bytes, head_size: int) -> bytes:
    """Return a .bmp file made of a bitmap's header (with its colours) and pixels."""
    bits, colours = struct.unpack_from("<H", content, 14)[0], struct.unpack_from("<I", content, 32)[0]
    table = 4 * (colours or (1 << bits if bits <= 8 else 0))
    start = 14 + max(head_size, 40 + table)
    return b"BM" + struct.pack("<IHHI", 14 + len(content), 0, 0, start) + content
