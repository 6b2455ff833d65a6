"""Scans, photographs and screen pictures; the reading itself is `ocr.pictures`, loaded when a picture is met."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.troubles import Unsupported

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_APPLE = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True where the first bytes are those of JPEG, PNG, TIFF, GIF, BMP, WebP or HEIC."""
    return data.startswith(_SIGNATURES) or _is_webp(data) or _is_bitmap(data) or _is_apple(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return what is written on the picture; one without text gives a document without blocks."""
    if _is_apple(attachment.data):
        raise Unsupported("снимок в формате HEIC не читается; попросите прислать его в JPEG или PDF")
    from mailbot.reading.ocr.pictures import read_picture  # noqa: PLC0415 - heavy libraries

    return read_picture(attachment, limits)


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _is_bitmap(data: bytes) -> bool:
    """True for BMP: its reserved bytes are zero, which no text that begins with «BM» has."""
    return data[:2] == b"BM" and data[6:10] == bytes(4)


def _is_apple(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _APPLE
