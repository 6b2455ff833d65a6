"""The story of decoding: raw bytes of a message -> envelope, bodies to read, attachments to open, troubles."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.domain.document import Attachment, Document, Limits, Trouble
from mailbot.domain.interpretation import Envelope, FindingCode
from mailbot.reading.html.markup import Link
from mailbot.reading.message import bodies, headers, mime, transfer
from mailbot.reading.message.headers import Address

_BODY_TYPES = {"text/plain", "text/html"}
_MACHINE_TYPES = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/global-headers",
}
_EXTENSION = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True, slots=True)
class PartInfo:
    """What a part declares itself to be, for those who judge a message by its structure."""

    content_type: str
    parameters: Mapping[str, str]
    disposition: str = ""
    filename: str = ""
    text: str = ""
    """The content of parts that machines write: delivery status, disposition notification, calendar."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A decoded message.

    `headers` are decoded values by lower-case name, in their order. `bodies` are what is to be read, in order, locators
    «body:1»…; `alternatives` the other forms of the same bodies (the plain text beside the HTML, or the reverse), for
    cross-checks, locators «body(text):1» or «body(html):1». `links` stand in the chosen bodies. `parts` lists every
    part in order, the root first. `recipients` are those of To and Cc with the names that the sender knows them by.
    """

    envelope: Envelope
    headers: Mapping[str, tuple[str, ...]]
    bodies: tuple[Document, ...] = ()
    alternatives: tuple[Document, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    links: tuple[Link, ...] = ()
    parts: tuple[PartInfo, ...] = field(default=())
    recipients: tuple[Address, ...] = ()

    def header(self, name: str) -> str:
        """The first value of the header `name` (lower case), or "" if it is not there."""
        return self.headers.get(name, ("",))[0]


def decode(raw: bytes, limits: Limits | None = None) -> Mail:
    """Decode a message (RFC 5322 bytes, as fetched). Never raises: what cannot be decoded is a trouble.

    The troubles' codes: text_lost, truncated, message_too_large, unreadable_message.
    """
    limits = limits or Limits()
    troubles: list[Trouble] = []
    if len(raw) > limits.message_bytes:
        troubles.append(
            Trouble(FindingCode.MESSAGE_TOO_LARGE, "Письмо больше допустимого размера, прочитано его начало", "")
        )
        raw = raw[: limits.message_bytes]
    tree = mime.parse(raw, limits)
    if tree.exceeded:
        troubles.append(
            Trouble(FindingCode.UNREADABLE_MESSAGE, "В письме слишком много вложенных частей, прочитаны не все", "")
        )
    sorted_parts = _sort(tree.root)
    read = bodies.read(sorted_parts.texts, limits)
    hint = read.charset
    opened = [_attachment(part, read.shown) for part in sorted_parts.attachments]
    troubles += [trouble for _, trouble in opened if trouble]
    recipients = headers.addresses([*tree.root.fields.get("to", ()), *tree.root.fields.get("cc", ())], hint)
    return Mail(
        envelope=_envelope(tree.root, recipients, hint),
        headers=headers.Decoded(tree.root.fields, hint),
        bodies=read.documents,
        alternatives=read.alternatives,
        attachments=(*(attachment for attachment, _ in opened), *read.attachments),
        troubles=_distinct([*troubles, *_cut(tree.root), *read.troubles]),
        links=read.links,
        parts=tuple(_info(part) for part in tree.root.walk()),
        recipients=recipients,
    )


@dataclass(slots=True)
class _Sorted:
    """Body parts, grouped where they are alternatives of one another, and everything else."""

    texts: list[bodies.Alternatives] = field(default_factory=list)
    attachments: list[mime.Part] = field(default_factory=list)


def _sort(root: mime.Part) -> _Sorted:
    result = _Sorted()
    _sort_into(result, root, is_root=True)
    return result


def _sort_into(result: _Sorted, part: mime.Part, *, is_root: bool = False) -> None:
    if part.content_type == "multipart/alternative" and part.children:
        _sort_alternatives(result, part)
    elif part.children:
        for child in part.children:
            _sort_into(result, child)
    elif part.content_type.startswith("multipart/"):
        if part.body.strip():  # its boundary never comes: what it holds is read as text
            result.texts.append(bodies.Alternatives(plain=(part,)))
    elif _is_body(part, is_first=is_root or not (result.texts or result.attachments)):
        html = part.content_type == "text/html"
        result.texts.append(bodies.Alternatives(html=(part,)) if html else bodies.Alternatives(plain=(part,)))
    elif part.content_type not in _MACHINE_TYPES:
        result.attachments.append(part)


def _sort_alternatives(result: _Sorted, part: mime.Part) -> None:
    """The alternatives of one text; each may be a text of several parts with attachments between (Apple Mail)."""
    plain: tuple[mime.Part, ...] = ()
    html: tuple[mime.Part, ...] = ()
    for child in part.children:
        inner = _Sorted()
        _sort_into(inner, child)
        result.attachments += inner.attachments
        rich = tuple(leaf for group in inner.texts for leaf in (group.html or group.plain))
        if any(group.html for group in inner.texts):
            html = html or rich
        else:
            plain = plain or rich
    if plain or html:
        result.texts.append(bodies.Alternatives(plain=plain, html=html))


def _is_body(part: mime.Part, *, is_first: bool) -> bool:
    """True for a text that is no file; some programs name the body itself («TEXT.htm»), where it comes first."""
    if part.content_type not in _BODY_TYPES:
        return False
    if part.disposition == "attachment":
        return is_first and not part.filename
    return is_first or not part.filename


def _attachment(part: mime.Part, shown: Collection[str]) -> tuple[Attachment, Trouble | None]:
    """The attachment that a part holds, and a trouble where its end is missing.

    It is inline where the part says so, or where the body shows it: `shown` are the identifiers in its markup.
    """
    unpacked = transfer.unpack(part.body, part.encoding, text=part.content_type.startswith(("text/", "message/")))
    data = unpacked.data
    name = part.filename or _name_of_nested(part, data)
    identifier = part.first("content-id").strip(b" <>").decode("latin-1")
    inline = part.disposition == "inline" or (bool(identifier) and (part.disposition == "" or identifier in shown))
    attachment = Attachment(name, data, part.content_type, inline=inline or part.content_type == "text/calendar")
    cut = (
        Trouble(FindingCode.TRUNCATED, f"Вложение «{name}» обрывается: его конец не дошёл", name)
        if unpacked.cut
        else None
    )
    return attachment, cut


def _name_of_nested(part: mime.Part, data: bytes) -> str:
    """A name for a part that has none: a nested message's subject, else what it is."""
    extension = _EXTENSION.get(part.content_type, "")
    if extension == ".eml":
        fields, _ = mime.split_header(data[:100_000])
        subject = headers.decode_text(fields.get("subject", (b"",))[0])
        return re.sub(r'[\\/:*?"<>|]+', " ", subject).strip()[:100] + extension if subject else "вложенное письмо.eml"
    return f"вложение{extension}"


def _distinct(troubles: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """The first trouble of each kind with each part: an end that is missing shows in several ways."""
    return tuple({(trouble.code, trouble.name): trouble for trouble in reversed(troubles)}.values())[::-1]


def _cut(root: mime.Part) -> list[Trouble]:
    if any(part.cut for part in root.walk()):
        return [Trouble(FindingCode.TRUNCATED, "Письмо обрывается: его конец не дошёл", "")]
    return []


def _info(part: mime.Part) -> PartInfo:
    text = ""
    if part.content_type in _MACHINE_TYPES or part.content_type == "text/calendar":
        data = transfer.unpack(part.body[:100_000], part.encoding, text=True).data
        text = data.decode("utf-8", "replace")
    return PartInfo(part.content_type, part.parameters, part.disposition, part.filename, text)


def _envelope(root: mime.Part, recipients: Sequence[Address], hint: str) -> Envelope:
    sender = next(iter(headers.addresses(root.fields.get("from", ()) or root.fields.get("sender", ()), hint)), None)
    times = (headers.date(value.rpartition(b";")[2]) for value in root.fields.get("received", ()))
    return Envelope(
        message_id=next(iter(headers.message_ids(root.first("message-id"))), ""),
        sender_name=sender.name if sender else "",
        sender_address=sender.address if sender else "",
        recipients=tuple(address.address for address in recipients if address.address),
        subject=headers.decode_text(root.first("subject"), hint),
        date=headers.date(root.first("date")),
        received=next((time for time in times if time), None),
        in_reply_to=next(iter(headers.message_ids(root.first("in-reply-to"))), ""),
        references=headers.message_ids(root.first("references")),
        authentication_results=tuple(
            headers.decode_text(value) for value in root.fields.get("authentication-results", ())
        ),
    )
