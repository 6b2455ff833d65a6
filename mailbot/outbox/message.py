"""The bytes of a mail (RFC 5322): multipart/mixed of alternative (text, HTML) and the files. Pure, deterministic."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from mailbot.outbox.settings import Addresses
from mailbot.store.outgoing import OutgoingMail

# The library makes encoded words of an identifier that is longer than a line, which no mail program takes for one; only
# in Message-ID it knows better.
_HEADERS = HeaderRegistry()
for _name in ("in-reply-to", "references"):
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type] # typeshed takes the class for no header's
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class File:
    """A file beside the text: its name (ASCII is shown right everywhere), bytes, and type («application/pdf»)."""

    name: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says: the subject, the same in plain text and in HTML (which may be empty), and files."""

    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()


def outgoing(
    kind: str, identity: str, content: Content, addresses: Addresses, date: datetime, in_reply_to: str = ""
) -> OutgoingMail:
    """The mail ready for the outbox. Raises as `build`.

    The same `identity` («rollup.subscribers-2021.2021-08-16.daily») gives the same Message-ID, whenever it is made.
    """
    sender = _address(addresses.sender)
    message_id = f"<mailbot.{identity}@{sender.domain}>"
    return OutgoingMail(
        kind=kind,
        message_id=message_id,
        sender=sender.addr_spec,
        recipients=tuple(_address(recipient).addr_spec for recipient in addresses.recipients),
        subject=_one_line(content.subject),
        payload=build(content, addresses, date, message_id, in_reply_to),
    )


def build(content: Content, addresses: Addresses, date: datetime, message_id: str, in_reply_to: str = "") -> bytes:
    """The mail as bytes with CRLF lines, ASCII throughout, the same for the same arguments.

    `message_id` and `in_reply_to` carry their angle brackets. `Auto-Submitted` (RFC 3834) keeps answering machines
    from answering. Raises ValueError where an address is none, or `date` is naive.
    """
    if date.tzinfo is None:
        raise ValueError(f"the time of a mail without its zone: {date}")
    mail = EmailMessage(policy=_POLICY)
    mail["Date"] = format_datetime(date)
    mail["From"] = _address(addresses.sender)
    mail["To"] = [_address(recipient) for recipient in addresses.recipients]
    mail["Subject"] = _one_line(content.subject)
    mail["Message-ID"] = message_id
    if in_reply_to:
        mail["In-Reply-To"] = in_reply_to
        mail["References"] = in_reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # the same to Exchange
    mail["Content-Language"] = "ru"
    _fill(mail, content)
    _name_boundaries(mail, message_id)
    return mail.as_bytes()


def _address(text: str) -> Address:
    """The address with its name, in a form that any server takes: the domain in ASCII (IDNA)."""
    line = _one_line(text)
    name, address = parseaddr(line)
    local, at, domain = address.rpartition("@")
    whole = line == address or line.endswith(f"<{address}>")  # parseaddr drops in silence what it can't place
    if not (local and at and domain and local.isascii() and whole):
        raise ValueError(f"not an address that mail can be sent to: {text}")
    return Address(name, local, domain.encode("idna").decode("ascii"))


def _one_line(text: str) -> str:
    """The text without line ends and control characters, which a header can't hold; other spaces stay as they are."""
    return re.sub(r"[\x00-\x20\x7f\x85\u2028\u2029]+", " ", text).strip()


def _fill(mail: EmailMessage, content: Content) -> None:
    mail.set_content(content.text, cte="base64")
    if content.html:
        mail.add_alternative(content.html, subtype="html", cte="base64")
    for file in content.files:
        main, _, sub = file.content_type.partition("/")
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)


def _name_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Give the parts boundaries that follow from the Message-ID; the library's would be random."""
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{depth}_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
