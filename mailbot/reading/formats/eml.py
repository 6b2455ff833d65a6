"""Mails as files (.eml, .mht; RFC 5322): given back as a child of the type message/rfc822, for the mail's decoder."""

from __future__ import annotations

import re

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.troubles import Damaged

MAIL_TYPE = "message/rfc822"
_HEAD = re.compile(rb"\s*(?:>?From \S[^\n]*\n)?((?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*)+)(?:\r?\n|\Z)")
_NAMES = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
_TELLING = {
    b"return-path", b"received", b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"delivered-to",
    b"dkim-signature", b"content-type", b"content-transfer-encoding", b"reply-to", b"cc", b"sender", b"x-mailer",
}  # fmt: skip
_ENOUGH = 3
_SAMPLE = 65_536
_BOM = b"\xef\xbb\xbf"


def sniff(data: bytes, name: str) -> bool:
    """True for text that begins with a block of mail headers, three of them well-known (two where it says .eml)."""
    head = _HEAD.match(data.removeprefix(_BOM)[:_SAMPLE].replace(b"\r\n", b"\n"))
    known = {found.lower() for found in _NAMES.findall(head.group(1))} & _TELLING if head else set()
    return len(known) >= (_ENOUGH - 1 if name.lower().endswith((".eml", ".mht", ".mhtml")) else _ENOUGH)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the mail as a child without a name of its own: it stands for the file."""
    data = attachment.data.removeprefix(_BOM).lstrip()
    if len(data) > limits.message_bytes:
        raise Damaged("вложенное письмо слишком велико")
    return Opened(children=(Attachment("", data, MAIL_TYPE),))
