"""HTML files: pages saved by Word, Excel (.xls that is HTML inside) and Google Sheets, bodies sent as attachments."""

from __future__ import annotations

import re

from mailbot.domain.document import Attachment, Document, Limits, Opened, Trouble
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.html import markup
from mailbot.reading.text import charset
from mailbot.reading.troubles import Empty, TooLarge

_BEGINNING = re.compile(
    rb"(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|table|div|meta|style|title|font|p[\s>]|center)",
    re.IGNORECASE | re.DOTALL,
)
_META = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SHEET_ROW_HEAD = re.compile(r"<th[^>]*class=\"[^\"]*row-header[^>]*>.*?</th>", re.IGNORECASE | re.DOTALL)
_SHEET_COLUMN_HEADS = re.compile(r"<thead>.*?</thead>", re.IGNORECASE | re.DOTALL)
_SAMPLE = 4096
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for text that begins with an element of HTML."""
    sample = data[:_SAMPLE]
    if sample.startswith(_WIDE_BOMS):
        sample = sample.decode("utf-16", "ignore").encode()
    return _BEGINNING.match(sample.removeprefix(b"\xef\xbb\xbf")) is not None


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the page as one document, in the charset that it declares or that it is in."""
    declared = _META.search(attachment.data[:_SAMPLE])
    decoded = charset.decode(attachment.data, declared.group(1).decode("ascii") if declared else "")
    text = decoded.text
    if len(text) > limits.text_chars:
        raise TooLarge("в файле слишком много текста")
    if "waffle" in text and "row-header" in text:
        text = _without_sheet_heads(text)
    blocks = markup.html_to_blocks(text, attachment.name, limits)
    if not blocks:
        raise Empty("в файле нет текста")
    title = _TITLE.search(text)
    document = Document(
        name=attachment.name,
        role="attachment",
        format="html",
        blocks=blocks,
        title=charset.repair(title.group(1).strip()) if title else "",
    )
    code = str(FindingCode.TEXT_LOST)
    lost = Trouble(code, f"«{attachment.name}»: часть букв в файле утрачена", attachment.name)
    return Opened((document,), troubles=(lost,) if decoded.lost else ())


def _without_sheet_heads(text: str) -> str:
    """Return Google Sheets' page without the letters and numbers of columns and rows that frame the sheet."""
    return _SHEET_ROW_HEAD.sub("", _SHEET_COLUMN_HEADS.sub("", text))
