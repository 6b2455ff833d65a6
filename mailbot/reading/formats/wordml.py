"""Word documents in one XML file (.xml, or .doc by name): Word 2003 XML and Flat OPC, which reference systems export."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow, wordxml
from mailbot.reading.office.packages import local_name, parse_xml
from mailbot.reading.troubles import Damaged, Empty

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOTS = (b"<w:wordDocument", b"<pkg:package")
_SAMPLE = 4096


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for XML whose root is such a document."""
    return any(root in data[:_SAMPLE] for root in _ROOTS)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document, and the pictures as children."""
    root = parse_xml(attachment.data)
    body = next(root.iter("{*}body"), None)
    if body is None:
        raise Damaged("в файле нет текста Word")
    styles = {name: look for part in root.iter("{*}styles") for name, look in wordxml.read_styles(part).items()}
    running = [flow.all_text(wordxml.read_items(part, styles)) for part in root.iter("{*}hdr", "{*}ftr")]
    document = Document(
        name=attachment.name,
        role="attachment",
        format="wordml",
        blocks=flow.to_blocks(wordxml.read_items(body, styles), attachment.name, limits),
        running=tuple(dict.fromkeys(text for text in running if text)),
    )
    children = flow.picture_children(_pictures(root))
    if not document.blocks and not children:
        raise Empty("в документе нет текста")
    return Opened((document,) if document.blocks or document.running else (), children)


def _pictures(root: _Element) -> Iterator[bytes]:
    for element in root.iter("{*}binData", "{*}binaryData"):
        try:
            yield base64.b64decode(element.text or "")
        except binascii.Error as error:
            raise Damaged(f"рисунок внутри файла повреждён ({local_name(element)})") from error
