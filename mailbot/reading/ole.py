"""OLE compound files ([MS-CFB]): what is inside, read within bounds. The old Office formats and .msg live in them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from mailbot.reading import charset
from mailbot.reading.troubles import Damaged

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What olefile raises on bytes that break its expectations."""

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
    """Return the document's title from its properties, or "" where there is none that can be read."""
    try:
        properties = ole.get_metadata()
    except _BROKEN:  # properties are a nicety: a document without them is read all the same
        return ""
    stated = properties.title or b""
    codepage = f"cp{properties.codepage}" if isinstance(properties.codepage, int) and properties.codepage > 0 else ""
    return stated.strip("\0 ") if isinstance(stated, str) else charset.decode(stated.rstrip(b"\0 "), codepage).text


def stream(ole: Any, path: str) -> bytes:
    """Return a stream's bytes; raises `Damaged` where it is missing or broken off."""
    try:
        with ole.openstream(path) as opened:
            return bytes(opened.read())
    except _BROKEN as error:
        raise Damaged(DAMAGED) from error
