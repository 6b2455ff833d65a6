"""OLE compound files ([MS-CFB]): what is inside, read within bounds. The old Office formats and .msg live in them."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

from mailbot.reading.text import charset
from mailbot.reading.troubles import Damaged

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What olefile raises on bytes that break its expectations."""

_SUMMARY = "\x05SummaryInformation"
_CODEPAGE, _TITLE = 1, 2
_TEXT, _WIDE_TEXT, _UTF8 = 30, 31, 65001
_MOST_PROPERTIES = 100

DAMAGED = "файл повреждён или обрезан, прочитать его не удалось"


def open_ole(data: bytes) -> Any:
    """Open a compound file as an `olefile.OleFileIO` (a context manager); raises `Damaged` where it does not hold."""
    import olefile  # noqa: PLC0415 - loaded when the format is met

    opener: Any = olefile.OleFileIO
    try:
        return opener(BytesIO(data), raise_defects=olefile.DEFECT_FATAL)
    except _BROKEN as error:
        raise Damaged(DAMAGED) from error


def root_streams(data: bytes) -> frozenset[str]:
    """Return the folded names of the root's streams and storages, or nothing where `data` is no readable file."""
    if not data.startswith(OLE_MAGIC):
        return frozenset()
    try:
        with open_ole(data) as ole:
            return frozenset(str(entry.name).lower() for entry in ole.root.kids)
    except Damaged:
        return frozenset()


def title(ole: Any) -> str:
    """Return the document's title from its properties ([MS-OLEPS]), or "" where there is none that can be read.

    Properties are a nicety: a document without them is read all the same. olefile's own reader of them takes minutes
    over a false count.
    """
    if not ole.exists(_SUMMARY):
        return ""
    data = stream(ole, _SUMMARY)
    try:
        (start,) = struct.unpack_from("<I", data, 44)
        (count,) = struct.unpack_from("<I", data, start + 4)
        most = min(count, (len(data) - start - 8) // 8, _MOST_PROPERTIES)
        pairs = [struct.unpack_from("<II", data, start + 8 + 8 * number) for number in range(most)]
        places = {key: start + place for key, place in reversed(pairs)}
        return _text(data, places[_TITLE], places.get(_CODEPAGE))
    except (struct.error, KeyError):
        return ""


def _text(data: bytes, place: int, codepage_place: int | None) -> str:
    kind, size = struct.unpack_from("<II", data, place)
    if kind == _WIDE_TEXT:
        return data[place + 8 : place + 8 + 2 * size].decode("utf-16-le", "replace").strip("\0 ")
    codepage = struct.unpack_from("<H", data, codepage_place + 4)[0] if codepage_place else 0
    declared = "utf-8" if codepage == _UTF8 else f"cp{codepage}"
    return charset.decode(data[place + 8 : place + 8 + size].rstrip(b"\0 "), declared).text if kind == _TEXT else ""


def stream(ole: Any, path: str) -> bytes:
    """Return a stream's bytes; raises `Damaged` where it is missing or broken off."""
    try:
        with ole.openstream(path) as opened:
            return bytes(opened.read())
    except _BROKEN as error:
        raise Damaged(DAMAGED) from error
