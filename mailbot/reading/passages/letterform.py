"""Builds a mail's bytes out of a message that was kept in another form (.msg), for the mail's own decoder to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from mailbot.domain.document import Attachment

_BREAKS = re.compile(r"[\r\n\0]+")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


@dataclass(slots=True)
class Letter:
    """What a message says: header fields in order, its text in one or two forms, and what is attached."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def to_bytes(letter: Letter) -> bytes:
    """Return the letter as RFC 5322 bytes, its headers in UTF-8 (RFC 6532). The same letter gives the same bytes.

    >>> to_bytes(Letter([("Subject", "VK")], "35"))[:11]
    b'Subject: VK'
    """
    root = MIMEMultipart("mixed", boundary="==mailbot-mixed==")
    bodies: Sequence[MIMEText] = [
        MIMEText(_wellformed(text), kind, "utf-8")
        for text, kind in ((letter.text, "plain"), (letter.html, "html"))
        if text
    ]
    if bodies:
        alternative = MIMEMultipart("alternative", boundary="==mailbot-alternative==")
        for body in bodies:
            alternative.attach(body)
        root.attach(alternative)
    for attachment in letter.attachments:
        root.attach(_part(attachment))
    head = "".join(f"{name}: {_BREAKS.sub(' ', _wellformed(value)).strip()}\n" for name, value in letter.headers)
    return head.encode() + root.as_bytes()


def _wellformed(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _part(attachment: Attachment) -> MIMEBase:
    kind = attachment.content_type if _TYPE.fullmatch(attachment.content_type) else "application/octet-stream"
    if kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    main, _, sub = kind.partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(attachment.data)
    encode_base64(part)
    name = ("utf-8", "", _BREAKS.sub(" ", attachment.name))
    part.add_header("Content-Disposition", "inline" if attachment.inline else "attachment", filename=name)
    return part
