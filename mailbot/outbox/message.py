"""The bytes of a mail (RFC 5322): multipart/mixed of alternative (text, HTML) and the files. Pure, deterministic."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


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


def build(
    content: Content,
    sender: str,
    recipients: Sequence[str],
    date: datetime,
    message_id: str,
    sender_name: str = "",
    in_reply_to: str = "",
) -> bytes:
    """The mail as bytes with CRLF lines, ASCII throughout, the same for the same arguments.

    `message_id` and `in_reply_to` carry their angle brackets. `Auto-Submitted` (RFC 3834) keeps answering machines
    from answering. Raises ValueError where an address is none, or `date` is naive.
    """
    if date.tzinfo is None:
        raise ValueError(f"the time of a mail without its zone: {date}")
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = format_datetime(date)
    mail["From"] = _address(sender, sender_name)
    mail["To"] = [_address(recipient) for recipient in recipients]
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


def stable_id(what: str, address: str) -> str:
    """The Message-ID of the one mail that is `what` («rollup.subscribers-2021.2021-08-16.daily»), from `address`.

    >>> stable_id("rollup.2021-08-16", "monrt16@yandex.ru")
    '<mailbot.rollup.2021-08-16@yandex.ru>'
    """
    return f"<mailbot.{what}@{_ascii_domain(address.rpartition('@')[2])}>"


def _address(address: str, name: str = "") -> Address:
    local, at, domain = address.rpartition("@")
    if not (local and at and domain and local.isascii()):
        raise ValueError(f"not an address that mail can be sent to: {address}")
    return Address(_one_line(name), local, _ascii_domain(domain))


def _one_line(text: str) -> str:
    """The text without line ends and control characters, which a header can't hold; other spaces stay as they are."""
    return re.sub(r"[\x00-\x20\x7f\x85\u2028\u2029]+", " ", text).strip()


def _ascii_domain(domain: str) -> str:
    return domain.encode("idna").decode("ascii")


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
