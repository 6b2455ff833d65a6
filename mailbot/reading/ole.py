"""OLE compound files ([MS-CFB]): what is inside, read within bounds. The old Office formats and .msg live in them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from mailbot.reading.troubles import Damaged

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = "файл повреждён или обрезан, прочитать его не удалось"


def open_ole(data: bytes) -> Any:
    """Open a compound file as an `olefile.OleFileIO` (a context manager); raises `Damaged` where its structure does not hold."""
    import olefile  # noqa: PLC0415 - loaded when the format is met

    opener: Any = olefile.OleFileIO
    try:
        return opener(BytesIO(data), raise_defects=olefile.DEFECT_FATAL)
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
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


def stream(ole: Any, path: str) -> bytes:
    """Return a stream's bytes; raises `Damaged` where it is missing or broken off."""
    try:
        with ole.openstream(path) as opened:
            return bytes(opened.read())
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise Damaged(DAMAGED) from error
