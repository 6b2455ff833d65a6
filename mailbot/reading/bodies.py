"""The bodies of a message: each text part decoded and read, the richer of two alternatives chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.domain.document import Attachment, Block, Document, Limits, Paragraph, Table, Trouble
from mailbot.reading import charset, headers, mime, transfer
from mailbot.reading.markup import Link, Markup, read_markup
from mailbot.reading.plaintext import text_to_blocks

_META = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_PICTURE = re.compile(r"\[cid:[^\]\s]{1,200}\]")
_LOST = re.compile(r"\?{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_WRAPPED_AT = 66
_MIN_LOST = 3
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
    charset: str = ""


@dataclass(slots=True)
class _Form:
    """One form of a text, decoded."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    struck: bool = False
    lost: bool = False
    cut: bool = False
    charset: str = ""


@dataclass(slots=True)
class _Gathered:
    documents: list[Document] = field(default_factory=list)
    alternatives: list[Document] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    lost: bool = False
    cut: bool = False
    charset: str = ""


def read(texts: Sequence[Alternatives], limits: Limits) -> Bodies:
    """Read the texts of a message in order; the first body's locators start with «body», the next ones' «body2»…"""
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
        result.charset,
    )


def _gather(result: _Gathered, text: Alternatives, name: str, limits: Limits) -> None:
    plain = _plain_form(text.plain, name, limits) if text.plain else None
    html = _html_form(text.html, name, limits) if text.html else None
    chosen, kind, other = _choose(plain, html)
    if chosen is None:
        return
    result.charset = result.charset or chosen.charset
    result.lost |= chosen.lost or _looks_lost(chosen.blocks)
    result.cut |= chosen.cut
    result.attachments += chosen.attachments
    result.links += chosen.links
    if chosen.blocks:
        result.documents.append(Document(name, "body", kind, chosen.blocks))
    if other is not None and other.blocks:
        other_kind = "html" if kind == "text" else "text"
        label = f"{name}({other_kind})"
        again = _html_form(text.html, label, limits) if other_kind == "html" else _plain_form(text.plain, label, limits)
        result.alternatives.append(Document(label, "body", other_kind, again.blocks))


def _troubles(result: _Gathered) -> list[Trouble]:
    troubles = []
    if result.lost:
        troubles.append(Trouble("text_lost", "Часть текста письма потеряна при передаче: вместо букв «?»", ""))
    if result.cut:
        troubles.append(Trouble("truncated", "Текст письма обрывается: его конец не дошёл", ""))
    return troubles


def _choose(plain: _Form | None, html: _Form | None) -> tuple[_Form | None, str, _Form | None]:
    """The form to read, what it is, and the other: HTML where it tells more, else the plain text.

    HTML tells more where it has tables (plain text flattens them), struck-out text (plain text shows it as valid), or
    where the plain text is empty or wrapped at a line's length, which tears sentences and figures apart.
    """
    if plain is None or html is None:
        return (html, "html", plain) if plain is None else (plain, "text", html)
    told = _letters(html.blocks), _letters(plain.blocks)
    if not told[0] or html.lost > plain.lost or told[0] < 0.5 * told[1]:  # noqa: PLR2004 - half of it is missing
        return plain, "text", html
    richer = html.struck or not told[1] or plain.lost or any(isinstance(block, Table) for block in html.blocks)
    return (html, "html", plain) if richer or _is_wrapped(plain.blocks) else (plain, "text", html)


def _letters(blocks: Sequence[Block]) -> int:
    texts = (
        block.text if isinstance(block, Paragraph) else "".join(cell.text for row in block.rows for cell in row)
        for block in blocks
    )
    return sum(len(text) for text in texts)


def _is_wrapped(blocks: Sequence[Block]) -> bool:
    lines = [block for block in blocks if isinstance(block, Paragraph) and not block.quote]
    return any(len(line.text) >= _WRAPPED_AT for line in lines[:-1]) and max(len(line.text) for line in lines) <= 82  # noqa: PLR2004


def _plain_form(parts: Sequence[mime.Part], name: str, limits: Limits) -> _Form:
    form = _Form()
    lines: list[str] = []
    flowed = False
    for part in parts:
        if part.content_type == "text/html":
            continue
        unpacked = transfer.unpack(part.body, part.encoding, text=True)
        form.attachments += tuple(
            Attachment(headers.decode_text(file_name)[-200:], data)
            for file_name, data in transfer.uu_files(unpacked.data)
        )
        decoded = charset.decode(transfer.without_uu_files(unpacked.data), part.parameters.get("charset", ""))
        form.lost |= decoded.lost
        form.cut |= unpacked.cut
        form.charset = form.charset or decoded.charset
        flowed |= part.parameters.get("format", "").lower() == "flowed"
        lines.append(decoded.text)
    form.blocks = text_to_blocks(_PICTURE.sub("", "\n".join(lines)), name, flowed=flowed, limits=limits)
    return form


def _html_form(parts: Sequence[mime.Part], name: str, limits: Limits) -> _Form:
    """HTML parts read as one text; a plain part between them is read as preformatted."""
    form = _Form()
    pages: list[str] = []
    for part in parts:
        unpacked = transfer.unpack(part.body, part.encoding, text=True)
        meta = _META.search(unpacked.data[:4000])
        declared = part.parameters.get("charset", "")
        decoded = charset.decode(unpacked.data, declared, meta[1].decode() if meta else "")
        form.lost |= decoded.lost
        form.cut |= unpacked.cut or bool(_UNCLOSED.search(decoded.text[-400:]))
        form.charset = form.charset or decoded.charset
        pages.append(decoded.text if part.content_type == "text/html" else _escaped(decoded.text))
    markup: Markup = read_markup("\n".join(pages), name, limits)
    form.blocks, form.links, form.struck = markup.blocks, markup.links, markup.struck
    return form


def _escaped(text: str) -> str:
    return "<pre>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</pre>"


def _looks_lost(blocks: Sequence[Block]) -> bool:
    """True where letters came as question marks: whole words of them, not someone's «???»."""
    texts = [block.text for block in blocks if isinstance(block, Paragraph) and not block.quote]
    texts += [cell.text for block in blocks if isinstance(block, Table) for row in block.rows for cell in row]
    text = "\n".join(texts)
    if "\ufffd" in text:
        return True
    runs = _LOST.findall(text)
    marks = sum(map(len, runs))
    return len(runs) >= _MIN_LOST and marks > 0.2 * (marks + len(_LETTER.findall(text)))  # noqa: PLR2004 - a fifth of all
