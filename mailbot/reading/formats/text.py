"""Plain text (.txt) in any charset: a paragraph a line; tables in it are left to the finder of tables."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Document, Limits, Opened, Paragraph
from mailbot.reading.text import textual
from mailbot.reading.troubles import Empty


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for bytes that are text in some charset, and not XML of a kind that nothing here reads."""
    return not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") and textual.looks_like_text(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the lines as paragraphs «name:3» (the line's own number); text lost on the way is a trouble."""
    text, troubles = textual.decode(attachment.data, attachment.name, limits)
    blocks = tuple(
        Paragraph(line.rstrip(), f"{attachment.name}:{number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip("\0\x1a\ufeff \t\xa0")
    )
    if not blocks:
        raise Empty("в файле нет текста")
    return Opened((Document(attachment.name, "attachment", "text", blocks),), troubles=troubles)
