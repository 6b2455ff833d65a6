"""Signed and encrypted files (.p7s, .p7m, .sig; CMS, RFC 5652): the content of an opaque signature is a child."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.troubles import Damaged, Protected

MAIL_TYPE = "message/rfc822"
_CMS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_CMS_PLACE = 24
_SIGNED, _ENCRYPTED = 2, frozenset({3, 6})
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----(.+?)-----END", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_SUFFIX = re.compile(r"\.(?:p7s|p7m|sig|sgn|p7)$", re.IGNORECASE)
_MIME_HEAD = re.compile(rb"(?:content-[a-z-]+|mime-version):", re.IGNORECASE)


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for CMS content, binary or in base64 with or without its armour, and for PGP's armour."""
    return data.startswith((b"-----BEGIN PGP SIGNATURE", b"-----BEGIN PGP MESSAGE")) or bool(_binary(data))


def read(attachment: Attachment, limits: Limits) -> Opened:  # noqa: ARG001 - no larger than what it came in
    """Return the signed content as a child; a detached signature holds nothing to read, and is no trouble."""
    if attachment.data.startswith(b"-----BEGIN PGP SIGNATURE"):
        return Opened()
    data = _binary(attachment.data)
    kind = data[data.index(_CMS) + len(_CMS)] if data else min(_ENCRYPTED)
    if kind in _ENCRYPTED:
        raise Protected("файл зашифрован")
    if kind != _SIGNED:
        return Opened()
    content = _content(data)
    if not content:
        return Opened()
    if _MIME_HEAD.match(content.lstrip()):
        return Opened(children=(Attachment("", content.lstrip(), MAIL_TYPE),))
    return Opened(children=(Attachment(_SUFFIX.sub("", attachment.name.rpartition("/")[2]), content),))


def _binary(data: bytes) -> bytes:
    """Return the DER (or BER) form of CMS data, or nothing where this is something else."""
    if data[:1] == b"\x30":
        return data if _CMS in data[:_CMS_PLACE] else b""
    armoured = _ARMOUR.match(data.lstrip())
    text = armoured.group(1) if armoured else data
    if not text.lstrip().startswith(b"MI") or not _BASE64.fullmatch(text):
        return b""
    try:
        decoded = base64.b64decode(text)
    except binascii.Error:
        return b""
    return decoded if _CMS in decoded[:_CMS_PLACE] else b""


def _content(data: bytes) -> bytes:
    from asn1crypto import cms  # noqa: PLC0415 - loaded when the format is met

    loader: Any = cms.ContentInfo.load
    try:
        info = loader(data)
        value = info["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise Damaged("файл электронной подписи повреждён") from error
    return value if isinstance(value, bytes) else b""
