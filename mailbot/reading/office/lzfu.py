"""Compressed RTF of Outlook ([MS-OXRTFCP]): the bodies of .msg files and of winmail.dat."""

from __future__ import annotations

import struct

from mailbot.reading.troubles import Damaged, TooLarge

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    b"SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab"
    b"\\tx"
)
_WINDOW = 4096


def decompress(data: bytes, limit: int) -> bytes:
    """Return the RTF; raises `Damaged` for another form, `TooLarge` over `limit` bytes.

    A stream that breaks off gives what it holds so far; the RTF reader then says that it is incomplete.
    """
    if len(data) < 16:
        raise Damaged("текст письма Outlook повреждён")
    _, size, kind, _ = struct.unpack_from("<4I", data)
    if size > limit:
        raise TooLarge("текст письма Outlook слишком велик")
    if kind == _PLAIN:
        return data[16 : 16 + size]
    if kind != _COMPRESSED:
        raise Damaged("текст письма Outlook повреждён")
    return _expand(data, size)


def _expand(data: bytes, size: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    head = len(_DICTIONARY)
    out = bytearray()
    place = 16
    while place < len(data) and len(out) < size:
        control = data[place]
        place += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = data[place : place + 2]
                place += 2
                if len(pair) < 2:
                    return bytes(out)
                offset, length = pair[0] << 4 | pair[1] >> 4, (pair[1] & 0xF) + 2
                if offset == head:
                    return bytes(out)
                found = _copied(window, offset, head, length)
            else:
                found = data[place : place + 1]
                place += 1
            for byte in found:
                window[head] = byte
                head = (head + 1) % _WINDOW
            out += found
    return bytes(out[:size])


def _copied(window: bytearray, offset: int, head: int, length: int) -> bytes:
    """Return `length` bytes from the window; what is being written may be part of what is copied."""
    found = bytearray()
    for step in range(length):
        place = (offset + step) % _WINDOW
        behind = (place - head) % _WINDOW
        found.append(found[behind] if behind < len(found) else window[place])
    return bytes(found)
