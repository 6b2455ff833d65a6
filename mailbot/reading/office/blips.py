"""Pictures inside the binary Office formats ([MS-ODRAW] 2.2.23): found by the records that hold them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_BLIP = re.compile(rb"[\x1d\x1e\x2a]\xf0(.{4})", re.DOTALL)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff")
_HEAD = 64


def pictures(stream: bytes) -> Iterator[bytes]:
    """Return the PNG and JPEG pictures in a stream: a record's size, one or two digests, then the picture."""
    place = 0
    while match := _BLIP.search(stream, place):
        (size,) = struct.unpack("<I", match.group(1))
        body = stream[match.end() : match.end() + size]
        begins = min((at for magic in _MAGIC if (at := body[:_HEAD].find(magic)) >= 0), default=-1)
        place = match.end()
        if begins >= 0 and len(body) == size:
            yield body[begins:]
            place += size
