"""RTF documents (.rtf, and .doc that is RTF inside)."""

from __future__ import annotations

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow, rtf
from mailbot.reading.text import charset
from mailbot.reading.troubles import Damaged, Empty, trouble


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for what begins as RTF, perhaps after blanks or a byte order mark."""
    return data[:64].lstrip(b"\xef\xbb\xbf \r\n\t\0").startswith(b"{\\rtf")


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document, and the pictures as children; a file that breaks off is a trouble as well."""
    content = rtf.read(attachment.data)
    document = Document(
        name=attachment.name,
        role="attachment",
        format="rtf",
        blocks=flow.to_blocks(map(_repaired, content.items), attachment.name, limits),
        running=tuple(dict.fromkeys(charset.repair(text) for text in content.running if text)),
        title=charset.repair(content.title),
    )
    children = flow.picture_children(content.pictures)
    broken = (
        () if content.complete else (trouble(Damaged("файл обрезан, прочитана только его часть"), attachment.name),)
    )
    if not document.blocks and not children and not broken:
        raise Empty("в документе нет текста")
    return Opened((document,) if document.blocks or document.running else (), children, broken)


def _repaired(item: flow.Item) -> flow.Item:
    return charset.repair(item) if isinstance(item, str) else item
