"""Outlook's messages as files (.msg; [MS-OXMSG]): rebuilt as a mail, and given back as a child for its decoder."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr
from typing import Any

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.office import lzfu, ole
from mailbot.reading.passages import letterform
from mailbot.reading.text import charset
from mailbot.reading.troubles import Damaged, TooLarge

MAIL_TYPE = "message/rfc822"
_STREAM = "__substg1.0_"
_PROPERTIES = "__properties_version1.0"
_SUBJECT, _BODY, _HTML, _RTF, _HEADERS = "0037", "1000", "1013", "1009", "007D"
_SENDERS = (("0C1A", "5D01"), ("0042", "5D02"), ("0C1A", "0C1F"), ("0042", "0065"))
_RECIPIENTS, _MESSAGE_ID = "0E04", "1035"
_FILE, _LONG_NAME, _SHORT_NAME, _TITLE, _MIME_TYPE = "3701", "3707", "3704", "3001", "370E"
_SUBMITTED, _DELIVERED, _CODEPAGE, _MESSAGE_CODEPAGE = 0x00390040, 0x0E060040, 0x3FDE0003, 0x3FFD0003
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_KEPT_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "received"}
    | {"x-autoreply", "precedence", "list-id", "return-path"}
)
_UTF8 = 65001


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a compound file with a message's properties at its root."""
    return _PROPERTIES in ole.root_streams(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the message as a mail without a name of its own: it stands for the file."""
    with ole.open_ole(attachment.data) as container:
        try:
            raw = letterform.to_bytes(_letter(container, "", limits, 0))
        except (struct.error, LookupError, ValueError, OverflowError) as error:
            raise Damaged(ole.DAMAGED) from error
    return Opened(children=(Attachment("", raw, MAIL_TYPE),))


def _letter(container: Any, base: str, limits: Limits, depth: int) -> letterform.Letter:
    """Return the message whose streams lie in the storage `base` ("" or a path that ends in «/»)."""
    if depth > limits.depth:
        raise TooLarge("слишком глубокая вложенность писем")
    fixed = _fixed(container, base, 24 if base else 32)
    codepage = fixed.get(_MESSAGE_CODEPAGE) or fixed.get(_CODEPAGE) or b""
    declared = _codec(codepage)
    letter = letterform.Letter(_headers(container, base, fixed, declared))
    letter.text = _text(container, base, _BODY, declared)
    letter.html = _html(container, base, declared)
    packed = _binary(container, base, _RTF)
    if packed and not letter.text and not letter.html:
        body = lzfu.decompress(packed, limits.text_chars * 4)
        letter.attachments.append(Attachment("текст письма.rtf", body, "application/rtf"))
    storages = sorted({path[: _depth(base) + 1][-1] for path in container.listdir() if _is_attachment(path, base)})
    for storage in storages[: limits.parts]:
        letter.attachments += _attached(container, f"{base}{storage}/", declared, limits, depth)
    return letter


def _depth(base: str) -> int:
    return base.count("/")


def _is_attachment(path: list[str], base: str) -> bool:
    inside = path[: _depth(base)] == base.split("/")[:-1] and len(path) > _depth(base)
    return inside and path[_depth(base)].startswith("__attach_version1.0_")


def _attached(container: Any, base: str, declared: str, limits: Limits, depth: int) -> list[Attachment]:
    name = next(filter(None, (_text(container, base, key, declared) for key in (_LONG_NAME, _SHORT_NAME, _TITLE))), "")
    name = name.replace("\\", "/").rpartition("/")[2]
    inner = f"{base}{_STREAM}{_FILE}000D"
    if container.exists(f"{inner}/{_PROPERTIES}"):
        raw = letterform.to_bytes(_letter(container, f"{inner}/", limits, depth + 1))
        return [Attachment(f"{name or 'вложенное письмо'}.eml", raw)]
    data = _binary(container, base, _FILE)
    kind = _text(container, base, _MIME_TYPE, declared)
    return [Attachment(name, data, kind)] if data or name else []


def _headers(container: Any, base: str, fixed: dict[int, bytes], declared: str) -> list[tuple[str, str]]:
    """Return the header fields: those that came with the message, else what its properties say."""
    found = [
        (name, value)
        for name, value in _transport(_text(container, base, _HEADERS, declared))
        if name.lower() in _KEPT_HEADERS
    ]
    known = {name.lower() for name, _ in found}
    for key in (_SUBMITTED, _DELIVERED):
        if "date" not in known and key in fixed:
            (ticks,) = struct.unpack("<Q", fixed[key])
            found.append(("Date", format_datetime(_EPOCH + timedelta(microseconds=ticks // 10))))
            known.add("date")
    own = {"From": _sender(container, base, declared), "To": _text(container, base, _RECIPIENTS, declared)}
    own["Message-ID"] = _text(container, base, _MESSAGE_ID, declared)
    subject = _text(container, base, _SUBJECT, declared)
    found = [(name, value) for name, value in found if name.lower() != "subject"]
    return [*found, ("Subject", subject), *((k, v) for k, v in own.items() if v and k.lower() not in known)]


def _sender(container: Any, base: str, declared: str) -> str:
    for name_key, address_key in _SENDERS:
        address = _text(container, base, address_key, declared)
        if "@" in address:
            return formataddr((_text(container, base, name_key, declared), address), "utf-8")
    return formataddr((_text(container, base, _SENDERS[0][0], declared), ""), "utf-8").replace(" <>", "")


def _transport(block: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line[:1] in {" ", "\t"} and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip(), value.strip()))
    return fields


def _fixed(container: Any, base: str, header: int) -> dict[int, bytes]:
    """Return the properties of fixed size: 16 bytes each, tag, flags, value."""
    if not container.exists(base + _PROPERTIES):
        return {}
    data = ole.stream(container, base + _PROPERTIES)
    entries = [data[place : place + 16] for place in range(header, len(data) - 15, 16)]
    return {struct.unpack_from("<I", entry)[0]: entry[8:16] for entry in entries}


def _codec(codepage: bytes) -> str:
    number = struct.unpack_from("<I", codepage)[0] if codepage else 0
    return "utf-8" if number == _UTF8 else f"cp{number}" if number else ""


def _text(container: Any, base: str, key: str, declared: str) -> str:
    path = f"{base}{_STREAM}{key}"
    if container.exists(f"{path}001F"):
        return ole.stream(container, f"{path}001F").decode("utf-16-le", "replace").rstrip("\0")
    if container.exists(f"{path}001E"):
        return charset.decode(ole.stream(container, f"{path}001E"), declared).text.rstrip("\0")
    return ""


def _binary(container: Any, base: str, key: str) -> bytes:
    path = f"{base}{_STREAM}{key}0102"
    return ole.stream(container, path) if container.exists(path) else b""


def _html(container: Any, base: str, declared: str) -> str:
    data = _binary(container, base, _HTML)
    return charset.decode(data, declared).text if data else _text(container, base, _HTML, declared)
