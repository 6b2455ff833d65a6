"""Compound files that no format claims: encrypted Office documents, broken ones, and what nothing here reads."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.ole import DAMAGED, OLE_MAGIC, root_streams
from mailbot.reading.troubles import Damaged, Protected, Unsupported


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for every compound file; comes after the formats that live in them."""
    return data.startswith(OLE_MAGIC)


def read(attachment: Attachment, limits: Limits) -> Opened:  # noqa: ARG001 - nothing is read
    """Raise what is wrong with the file; a store of thumbnails is nothing to read."""
    streams = root_streams(attachment.data)
    if "encryptedpackage" in streams:
        raise Protected("файл защищён паролем")
    if "catalog" in streams:  # Thumbs.db: pictures of pictures, made by Windows
        return Opened()
    if not streams:
        raise Damaged(DAMAGED)
    raise Unsupported("документ Office такого вида программа не читает")
