"""Compound files that no format claims: objects embedded in documents, encrypted Office files, broken ones, others."""

from __future__ import annotations

import struct

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.office import ole
from mailbot.reading.office.ole import DAMAGED, OLE_MAGIC, root_streams
from mailbot.reading.text import charset
from mailbot.reading.troubles import Damaged, Protected, Unsupported

_WRAPPED = ("package", "contents")
"""Streams that are an embedded file themselves: an Office document, a PDF."""

_NATIVE = "\x01ole10native"
_SILENT = frozenset({"catalog", "equation native"})
"""Streams of files that hold nothing to read: Windows' pictures of pictures (Thumbs.db), a formula."""


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for every compound file; comes after the formats that live in them."""
    return data.startswith(OLE_MAGIC)


def read(attachment: Attachment, limits: Limits) -> Opened:  # noqa: ARG001 - no larger than what it came in
    """Return the file that an embedded object is made of as a child; raises what is wrong with other files."""
    streams = root_streams(attachment.data)
    if "encryptedpackage" in streams:
        raise Protected("файл защищён паролем")
    if not streams:
        raise Damaged(DAMAGED)
    with ole.open_ole(attachment.data) as container:
        for stream in _WRAPPED:
            if stream in streams:
                return Opened(children=(Attachment("объект", ole.stream(container, stream), inline=True),))
        if _NATIVE in streams:
            return Opened(children=(_native(ole.stream(container, _NATIVE)),))
    if streams & _SILENT:
        return Opened()
    raise Unsupported("документ Office такого вида программа не читает")


def _native(data: bytes) -> Attachment:
    """Return the file of an «OLE package»: a size, a kind, label and paths that end in NUL, then size and bytes."""
    try:
        place = data.index(b"\0", 6) + 1
        label = data[6 : place - 1]
        place = data.index(b"\0", place) + 1 + 4
        (length,) = struct.unpack_from("<I", data, place)
        place += 4 + length
        (size,) = struct.unpack_from("<I", data, place)
    except (ValueError, struct.error) as error:
        raise Damaged(DAMAGED) from error
    content = data[place + 4 : place + 4 + size]
    if len(content) < size:
        raise Damaged(DAMAGED)
    return Attachment(charset.decode(label).text.replace("\\", "/").rpartition("/")[2], content, inline=True)
