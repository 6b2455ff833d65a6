"""Outlook's winmail.dat (TNEF, [MS-OXTNEF]): the attachments, and the letter's text where it holds a table."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.office import lzfu
from mailbot.reading.text import charset
from mailbot.reading.troubles import Damaged, TooLarge

SIGNATURE = b"\x78\x9f\x3e\x22"
_CODEPAGE, _MESSAGE_PROPERTIES = 0x9007, 0x9003
_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_BODY_RTF, _BODY_HTML, _FILE, _LONG_NAME, _SHORT_NAME = 0x1009, 0x1013, 0x3701, 0x3707, 0x3704
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_WIDE_TEXT, _MULTIPLE, _NAMED, _OBJECT_IDENTIFIER = 0x1F, 0x1000, 0x8000, 16
_BROKEN = "файл winmail.dat повреждён или обрезан"


@dataclass(slots=True)
class _File:
    """An attachment as it is being put together."""

    title: bytes = b""
    data: bytes = b""
    long_name: str = ""


@dataclass(slots=True)
class _Content:
    codepage: str = ""
    files: list[_File] = field(default_factory=list)
    rtf: bytes = b""
    html: bytes = b""


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for the signature of TNEF."""
    return data.startswith(SIGNATURE)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the attachments as children.

    The mail's own body has the letter's text too, but a table in it only line by line: then the text is a child.
    """
    try:
        content = _parse(attachment.data, limits)
    except (struct.error, IndexError) as error:
        raise Damaged(_BROKEN) from error
    children = [
        Attachment(file.long_name or charset.decode(file.title.rstrip(b"\0"), content.codepage).text, file.data)
        for file in content.files
        if file.data
    ]
    if content.rtf:
        body = lzfu.decompress(content.rtf, limits.unpacked_bytes)
        if b"\\cell" in body:
            children.append(Attachment("текст письма.rtf", body))
    elif b"<table" in content.html.lower():
        children.append(Attachment("текст письма.html", content.html))
    return Opened(children=tuple(children))


def _parse(data: bytes, limits: Limits) -> _Content:
    content = _Content()
    for identifier, value in _attributes(data):
        if identifier == _CODEPAGE:
            content.codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif identifier == _MESSAGE_PROPERTIES:
            found = dict(_properties(value))
            content.rtf = _bytes(found.get(_BODY_RTF))
            content.html = _bytes(found.get(_BODY_HTML))
        elif identifier == _NEW_ATTACHMENT:
            content.files.append(_File())
            if len(content.files) > limits.parts:
                raise TooLarge("в winmail.dat слишком много файлов")
        elif content.files:
            _complete(content.files[-1], identifier, value)
    return content


def _complete(file: _File, identifier: int, value: bytes) -> None:
    if identifier == _TITLE:
        file.title = value
    elif identifier == _DATA:
        file.data = value
    elif identifier == _ATTACHMENT_PROPERTIES:
        found = dict(_properties(value))
        name = found.get(_LONG_NAME) or found.get(_SHORT_NAME) or ""
        file.long_name = name if isinstance(name, str) else charset.decode(name.rstrip(b"\0")).text
        inner = _bytes(found.get(_FILE))
        if inner[_OBJECT_IDENTIFIER : _OBJECT_IDENTIFIER + 4] == SIGNATURE:
            file.data, file.long_name = inner[_OBJECT_IDENTIFIER:], f"{file.long_name or 'письмо'}.dat"
        file.data = file.data or inner


def _bytes(value: bytes | str | None) -> bytes:
    return value if isinstance(value, bytes) else (value or "").encode()


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the attributes: level, identifier, length, value, checksum; raises `Damaged` where one is cut off."""
    place = 6
    while place + 9 <= len(data):
        _, identifier, _, size = struct.unpack_from("<BHHI", data, place)
        place += 9
        if place + size > len(data):
            raise Damaged(_BROKEN)
        yield identifier, data[place : place + size]
        place += size + 2
    if data[place:].strip(b"\0\r\n"):
        raise Damaged(_BROKEN)


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """Return MAPI properties by their identifier; those of fixed size are skipped, nothing here needs them."""
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(count):
        if place >= len(data):
            return
        kind, identifier = struct.unpack_from("<HH", data, place)
        place += 4
        if identifier >= _NAMED:
            place = _after_name(data, place)
        values = 1
        base = kind & ~_MULTIPLE
        if kind & _MULTIPLE or base in _VARIABLE:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        if base in _FIXED:
            place += min(values, len(data)) * _FIXED[base]
            continue
        if base not in _VARIABLE:
            raise Damaged(_BROKEN)
        for _ in range(values):
            (size,) = struct.unpack_from("<I", data, place)
            value = data[place + 4 : place + 4 + size]
            place += 4 + size + -size % 4
            yield identifier, value.decode("utf-16-le", "replace").rstrip("\0") if base == _WIDE_TEXT else value


def _after_name(data: bytes, place: int) -> int:
    """Return the place behind the name of a named property: an identifier of the set, and a number or a text."""
    (kind, size) = struct.unpack_from("<II", data, place + 16)
    return place + 24 + (size + -size % 4 if kind else 0)
