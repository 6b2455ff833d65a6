"""PDF files (ISO 32000); the reading itself is `pdfs.reading`, loaded when a PDF is met."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Limits, Opened


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True where the mark of a PDF stands near the beginning; some senders put a few bytes before it."""
    return b"%PDF-" in data[:1024]


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text of all pages as one document, embedded files as children, and troubles of single pages."""
    from mailbot.reading.pdfs.reading import read_pdf  # noqa: PLC0415 - heavy libraries

    return read_pdf(attachment, limits)
