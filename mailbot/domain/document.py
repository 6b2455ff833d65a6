"""A document: the readable form of a body or an attachment, as blocks that know where they stand.

What a person would not count does not get in: struck-out text, tracked deletions, hidden rows, columns and sheets,
comments. Numbers are text as a person sees them («1250», «95 %»); formulas are their cached values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    `locator` names its place («svod.xlsx!Лист1!C7»). A merged cell's text stands in every position that it covers;
    in all but the first `spanned` is true. `doubtful` is true where recognition (OCR) read it without confirmation.
    """

    text: str
    locator: str
    spanned: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangular grid of cells, rows by columns; `title` is a sheet's name or a caption; `quote` as below."""

    rows: tuple[tuple[Cell, ...], ...]
    locator: str
    title: str = ""
    quote: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line or paragraph of running text.

    `quote` is the depth of quotation that the mail's markup gives it («> », blockquote): 0 is the sender's own level.
    `doubtful` as for cells.
    """

    text: str
    locator: str
    quote: int = 0
    doubtful: bool = False


Block = Paragraph | Table

DocumentRole = Literal["body", "attachment"]


@dataclass(frozen=True, slots=True)
class Document:
    """One readable form. `name` is what a person calls it («body», «svod.zip/Школа 5.xlsx»).

    `running` are texts that repeat around the content (page headers and footers): they may tell the respondent, but
    hold no figures. `recognised` is true where the text was read from a picture.
    """

    name: str
    role: DocumentRole
    format: str
    blocks: tuple[Block, ...]
    running: tuple[str, ...] = ()
    title: str = ""
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A named string of bytes inside a message, an archive or a document; `name` may be empty, and is never a path."""

    name: str
    data: bytes
    content_type: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds at the entrances. Bytes and counts; the pixel bound is for one picture or rendered page."""

    message_bytes: int = 50 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    parts: int = 500
    depth: int = 10
    cells: int = 300_000
    pages: int = 60
    text_chars: int = 2_000_000
    pixels: int = 60_000_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attachment, or a part of it, could not be read: a finding's code and a Russian sentence for a person."""

    code: str
    message: str
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a format's reader returns: documents, attachments found inside (to be opened in turn), and troubles."""

    documents: tuple[Document, ...] = ()
    children: tuple[Attachment, ...] = ()
    troubles: tuple[Trouble, ...] = field(default=())
