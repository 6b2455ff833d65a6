"""The kinds of attachment that can be read, one module each.

A module has two functions:

    sniff(data: bytes, name: str) -> bool      does the content say that it is of this kind?
    read(attachment, limits) -> Opened         documents, children to be opened in turn, troubles

`sniff` looks at the content; a name may only break a tie (csv or txt). `read` raises a `troubles.Fault` for what it
cannot read. A new format is one module and one line in `FORMATS`. No content is claimed by two modules, save where
the table's comments say which one comes first and why. `opening.open_all` does the recursion into children.
"""

from __future__ import annotations

import re
from typing import Protocol

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.formats import (
    archive,
    compound,
    compressed,
    csv,
    doc,
    docx,
    eml,
    html,
    metafile,
    msg,
    ods,
    odt,
    pdf,
    picture,
    pptx,
    rtf,
    sidecar,
    signed,
    spreadsheetml,
    text,
    tnef,
    wordml,
    xls,
    xlsb,
    xlsx,
    zip_archive,
)
from mailbot.reading.troubles import Damaged, Empty, Fault, Unsupported, trouble


class Format(Protocol):
    """What a module of this folder offers."""

    def sniff(self, data: bytes, name: str) -> bool:
        """True where the content is of this kind."""
        ...

    def read(self, attachment: Attachment, limits: Limits) -> Opened:
        """Return what the attachment holds; raises `Fault`."""
        ...


FORMATS: tuple[Format, ...] = (
    # zips: each knows its own parts; a plain archive is what none of them claims
    xlsx,
    docx,
    xlsb,
    ods,
    odt,
    pptx,
    zip_archive,
    # compound files: each knows its own streams; the last one tells what is wrong with the rest
    xls,
    doc,
    msg,
    compound,
    # files with a signature of their own
    rtf,
    archive,
    compressed,
    tnef,
    signed,
    metafile,
    pdf,
    picture,
    sidecar,
    # texts, from the most special to the most general: each claims less than the next
    spreadsheetml,
    wordml,
    html,
    eml,
    csv,
    text,
)

_KNOWN_NAME = re.compile(
    r"\.(?:xls[xmb]?|doc[xm]?|rtf|od[ts]|pdf|csv|txt|html?|zip|rar|7z|t?gz|eml|msg|jpe?g|png|tiff?|bmp|gif|heic)$",
    re.IGNORECASE,
)
_GENERATED_NAME = re.compile(r"(?:.*/)?ATT\d{3,}(?:\.\w{3,4})?", re.IGNORECASE)


def open_attachment(attachment: Attachment, limits: Limits) -> Opened:
    """Read one attachment by its content; never raises a `Fault`: it becomes a trouble that names the file.

    Children are returned unopened. A part that a mail program made up and left empty («ATT00001.htm») is no trouble.
    """
    try:
        return _open(attachment, limits)
    except Empty as fault:
        if _GENERATED_NAME.fullmatch(attachment.name) or not attachment.name:
            return Opened()
        return Opened(troubles=(trouble(fault, attachment.name),))
    except Fault as fault:
        return Opened(troubles=(trouble(fault, attachment.name),))


def _open(attachment: Attachment, limits: Limits) -> Opened:
    if not attachment.data:
        raise Empty("файл пуст (0 байт)")
    for kind in FORMATS:
        if kind.sniff(attachment.data, attachment.name):
            return kind.read(attachment, limits)
    if _KNOWN_NAME.search(attachment.name):
        raise Damaged("содержимое файла не соответствует его имени: он повреждён или неверно назван")
    raise Unsupported("файл такого вида программа не читает")
