"""The bodies of a message: each text part decoded and read, the richer of two alternatives chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailbot.domain.document import Attachment, Block, Document, Limits, Paragraph, Table, Trouble
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.accounts import lines_of
from mailbot.reading.html.markup import Link, read_markup
from mailbot.reading.message import headers, mime, transfer
from mailbot.reading.text import charset
from mailbot.reading.text.plaintext import text_to_blocks
from mailbot.reading.text.worded import Begun

_META = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_PICTURE = re.compile(r"\[cid:[^\]\s]{1,200}\]")
_LOST = re.compile(r"\?{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_WRAPPED_AT = 66
_MIN_LOST = 3
_LOST_SHARE = 0.2
_WRAPPED_BELOW = 82
_MISSING = 0.5
"""A form that says less than so much of the other one is broken."""
_HEAD = 4000
_TAIL = 400
_CID = Begun(r"\bcid:([^\"'\s>)]{1,200})", "c", ignore_case=True)
_MARKUP = re.compile(
    rb"\s*<(?:!doctype\s+html|html|body|div|p|table|meta)\b[^>]*>.*</\w+\s*>\s*\Z", re.IGNORECASE | re.DOTALL
)
_SPELT_OUT = re.compile(r"<?(?:https?://|mailto:)[^\s>]+>?")
_UNCLOSED = re.compile(r"<[a-zA-Z/][^<>]{0,300}$")


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The parts of one text: its plain form, its HTML form, or both; either may consist of several parts."""

    plain: tuple[mime.Part, ...] = ()
    html: tuple[mime.Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Bodies:
    """What was read: the chosen documents in order, the forms not chosen, links, files in the text, troubles."""

    documents: tuple[Document, ...] = ()
    alternatives: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    shown: frozenset[str] = frozenset()
    """The Content-IDs of parts that the HTML shows in its place."""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of a text, decoded; `cut` where its end did not arrive, `long` where it is longer than we read."""

    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    struck: bool = False
    cut: bool = False
    long: bool = False
    shown: frozenset[str] = frozenset()
    charset: str = ""

    @property
    def lost(self) -> bool:
        """Whether letters of it are lost for good."""
        return _looks_lost(self.blocks)


@dataclass(slots=True)
class _Gathered:
    documents: list[Document] = field(default_factory=list)
    alternatives: list[Document] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    lost: bool = False
    cut: bool = False
    long: bool = False
    shown: frozenset[str] = frozenset()
    charset: str = ""


def read(texts: Sequence[Alternatives], limits: Limits) -> Bodies:
    """Read the texts of a message in order; locators start with «body» in the first, «body2» in the second one."""
    result = _Gathered()
    for text in texts:
        name = "body" if not result.documents else f"body{len(result.documents) + 1}"
        _gather(result, text, name, limits)
    return Bodies(
        tuple(result.documents),
        tuple(result.alternatives),
        tuple(result.links),
        tuple(result.attachments),
        tuple(_troubles(result)),
        result.shown,
        result.charset,
    )


def _gather(result: _Gathered, text: Alternatives, name: str, limits: Limits) -> None:
    if text.plain and not text.html and _is_markup(text.plain):
        text = Alternatives(html=tuple(replace(part, content_type="text/html") for part in text.plain))
    plain = _plain_form(text.plain, name, limits) if text.plain else None
    html = _html_form(text.html, name, limits) if text.html else None
    chosen, kind, other = _choose(plain, html)
    if chosen is None:
        return
    result.charset = result.charset or chosen.charset
    result.lost |= chosen.lost
    result.cut |= chosen.cut
    result.long |= chosen.long
    result.shown |= html.shown if html else frozenset()
    result.attachments += chosen.attachments
    result.links += chosen.links
    if chosen.blocks:
        result.documents.append(Document(name, "body", kind, chosen.blocks))
    if other is not None and other.blocks:
        other_kind = "html" if kind == "text" else "text"
        label = f"{name}({other_kind})"
        blocks = tuple(_relocated(block, name, label) for block in other.blocks)
        result.alternatives.append(Document(label, "body", other_kind, blocks))


def _is_markup(parts: Sequence[mime.Part]) -> bool:
    """True for HTML that is labelled as plain text."""
    return all(_MARKUP.match(transfer.unpack(part.body, part.encoding, text=True).data) for part in parts)


def _relocated(block: Block, name: str, label: str) -> Block:
    """The block with the form's own label in its locators: «body(text):4»."""
    locator = block.locator.replace(name, label, 1)
    if isinstance(block, Paragraph):
        return replace(block, locator=locator)
    rows = tuple(
        tuple(replace(cell, locator=cell.locator.replace(name, label, 1)) for cell in row) for row in block.rows
    )
    return replace(block, rows=rows, locator=locator)


def _troubles(result: _Gathered) -> list[Trouble]:
    troubles = []
    if result.lost:
        troubles.append(
            Trouble(
                FindingCode.TEXT_LOST,
                "Часть текста письма потеряна при передаче: вместо букв стоят знаки «?» или «�»",
                "",
            )
        )
    if result.cut:
        troubles.append(Trouble(FindingCode.TRUNCATED, "Текст письма обрывается: его конец не дошёл", ""))
    if result.long:
        troubles.append(
            Trouble(FindingCode.MESSAGE_TOO_LARGE, "Текст письма слишком длинный, прочитано его начало", "")
        )
    return troubles


def _choose(plain: _Form | None, html: _Form | None) -> tuple[_Form | None, str, _Form | None]:
    """The form to read, what it is, and the other: HTML where it tells more, else the plain text.

    HTML tells more where it has tables (plain text flattens them), struck-out text (plain text shows it as valid), or
    where the plain text is empty or wrapped at a line's length, which tears sentences and figures apart.
    """
    if plain is None or html is None:
        return (html, "html", plain) if plain is None else (plain, "text", html)
    shown, told = _length(html.blocks), _length(plain.blocks)
    if html.lost > plain.lost or shown < _MISSING * told:
        return plain, "text", html
    richer = html.struck or not told or plain.lost or any(isinstance(block, Table) for block in html.blocks)
    return (html, "html", plain) if richer or _is_wrapped(plain.blocks) else (plain, "text", html)


def _length(blocks: Sequence[Block]) -> int:
    """The length of what is said, without the addresses that plain text spells out behind links."""
    return sum(len(_SPELT_OUT.sub("", line)) for line in lines_of(blocks))


def _is_wrapped(blocks: Sequence[Block]) -> bool:
    lines = [block for block in blocks if isinstance(block, Paragraph) and not block.quote]
    return (
        any(len(line.text) >= _WRAPPED_AT for line in lines[:-1])
        and max(len(line.text) for line in lines) <= _WRAPPED_BELOW
    )


def _plain_form(parts: Sequence[mime.Part], name: str, limits: Limits) -> _Form:
    decoded: list[charset.Decoded] = []
    files: list[tuple[bytes, bytes]] = []
    cut = flowed = False
    for part in parts:
        unpacked = transfer.unpack(part.body, part.encoding, text=True)
        around, found = transfer.split_uu(unpacked.data)
        files += found
        decoded.append(charset.decode(around, part.parameters.get("charset", "")))
        cut |= unpacked.cut
        flowed |= part.parameters.get("format", "").lower() == "flowed"
    text = _PICTURE.sub("", "\n".join(one.text for one in decoded))
    return _Form(
        text_to_blocks(text, name, flowed=flowed, limits=limits),
        attachments=tuple(Attachment(mime.bare_name(headers.decode_text(label)), data) for label, data in files),
        cut=cut,
        long=len(text) > limits.text_chars,
        charset=decoded[0].charset if decoded else "",
    )


def _html_form(parts: Sequence[mime.Part], name: str, limits: Limits) -> _Form:
    """HTML parts read as one text; a plain part between them is read as preformatted."""
    pages: list[str] = []
    cut = False
    name_of_charset = ""
    for part in parts:
        unpacked = transfer.unpack(part.body, part.encoding, text=True)
        meta = _META.search(unpacked.data[:_HEAD])
        decoded = charset.decode(
            unpacked.data, part.parameters.get("charset", ""), meta[1].decode("latin-1") if meta else ""
        )
        cut |= unpacked.cut or bool(_UNCLOSED.search(decoded.text[-_TAIL:]))
        name_of_charset = name_of_charset or decoded.charset
        pages.append(decoded.text if part.content_type == "text/html" else _escaped(decoded.text))
    page = "\n".join(pages)
    markup = read_markup(page, name, limits)
    return _Form(
        markup.blocks,
        markup.links,
        struck=markup.struck,
        cut=cut,
        long=len(page) > limits.text_chars,
        shown=frozenset(match[1] for match in _CID.finditer(page)),
        charset=name_of_charset,
    )


def _escaped(text: str) -> str:
    return "<pre>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</pre>"


def _looks_lost(blocks: Sequence[Block]) -> bool:
    """True where letters came as question marks: whole words of them, not someone's «???»."""
    text = "\n".join(lines_of([block for block in blocks if not block.quote]))
    if "\ufffd" in text:
        return True
    runs = _LOST.findall(text)
    marks = sum(map(len, runs))
    return len(runs) >= _MIN_LOST and marks > _LOST_SHARE * (marks + len(_LETTER.findall(text)))
