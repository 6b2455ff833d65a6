"""Single compressed files: gzip, bzip2, xz (a .tar.gz is a tar in a gzip). The file inside is the one child."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Protocol

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.troubles import Damaged, TooLarge

_SUFFIXES = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
_GZIP_WINDOW = 31


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for the signatures of gzip, bzip2 and xz."""
    return data.startswith((b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00"))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the file inside as a child, named without the compression's suffix."""
    decompressor = _decompressor(attachment.data)
    try:
        data = decompressor.decompress(attachment.data, limits.unpacked_bytes + 1)
    except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
        raise Damaged("сжатый файл повреждён") from error
    if len(data) > limits.unpacked_bytes:
        raise TooLarge("после распаковки файл слишком велик")
    if not decompressor.eof:
        raise Damaged("сжатый файл обрезан")
    return Opened(children=(Attachment(_inner_name(attachment.name), data),))


def _decompressor(data: bytes) -> _Decompressor:
    if data.startswith(b"BZh"):
        return bz2.BZ2Decompressor()
    if data.startswith(b"\xfd"):
        return lzma.LZMADecompressor(memlimit=128 * 1024 * 1024)
    return zlib.decompressobj(wbits=_GZIP_WINDOW)


def _inner_name(name: str) -> str:
    base = name.rpartition("/")[2]
    for suffix, replacement in _SUFFIXES.items():
        if base.lower().endswith(suffix):
            return base[: -len(suffix)] + replacement
    return base
