"""Word 97 to 2003 documents (.doc)."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow, word97
from mailbot.reading.office.ole import root_streams
from mailbot.reading.text import charset
from mailbot.reading.troubles import Empty


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a compound file with a Word document's stream."""
    return "worddocument" in root_streams(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document, and embedded pictures as children."""
    content = word97.read(attachment.data)
    document = Document(
        name=attachment.name,
        role="attachment",
        format="doc",
        blocks=flow.to_blocks(map(_repaired, content.items), attachment.name, limits),
        running=tuple(dict.fromkeys(charset.repair(text) for text in content.running)),
        title=content.title,
    )
    children = flow.picture_children(content.pictures)
    if not document.blocks and not children:
        raise Empty("в документе нет текста")
    return Opened((document,) if document.blocks or document.running else (), children)


def _repaired(item: flow.Item) -> flow.Item:
    return charset.repair(item) if isinstance(item, str) else item
