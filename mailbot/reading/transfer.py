"""Content-Transfer-Encoding, forgiving: base64, quoted-printable, uuencode; also where the label is wrong."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_JUNK = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDED = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_BASE64_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{40,}\r?\n)*[A-Za-z0-9+/]{4,}={0,2}\s*\Z")
_LOOSE = re.compile(rb"[^A-Za-z0-9+/=\s]")
_HEX = re.compile(rb"=[0-9A-Fa-f]{2}")
_LETTERS_IN_HEX = re.compile(rb"(?:=[0-9A-Fa-f]{2}){4}")
_UU = re.compile(
    rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n((?:[ -`][^\r\n]{0,90}\r?\n|\r?\n)*?)end\s*?$", re.M
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Decoded bytes, and whether they were cut off (base64 that ends within a group of bytes)."""

    data: bytes
    cut: bool = False


def unpack(body: bytes, encoding: str, *, text: bool) -> Unpacked:
    """Undo a part's transfer encoding. A text part whose body is plainly not in its declared encoding is left alone.

    `encoding` is the header's value in lower case. Never raises.
    """
    if encoding.startswith("base64") or (text and not encoding and _is_base64(body)):
        if text and not _may_be_base64(body):
            return Unpacked(body)
        return _base64(body)
    if encoding.startswith("quoted") or (text and _is_quoted_printable(body)):
        if text and any(byte > 0x7F for byte in body) and not _LETTERS_IN_HEX.search(body):
            return Unpacked(body)
        return Unpacked(binascii.a2b_qp(body))
    if encoding in {"x-uuencode", "uuencode", "x-uu", "uue", "x-uue"} and (found := uu_files(body)):
        return Unpacked(found[0][1])
    return Unpacked(body)


def base64_bytes(text: bytes) -> bytes:
    """Decode base64 whatever is wrong with it: junk between, missing or early padding, the URL alphabet."""
    return _base64(text).data


def _base64(text: bytes) -> Unpacked:
    try:
        return Unpacked(binascii.a2b_base64(text.translate(None, b" \t\r\n"), strict_mode=True))
    except binascii.Error:
        clean = _JUNK.sub(b"", text)  # damaged: what follows saves what can be saved
    pieces = _PADDED.findall(clean)
    return Unpacked(b"".join(_group(piece.rstrip(b"=")) for piece in pieces), cut=_is_cut(clean))


def _group(chars: bytes) -> bytes:
    if len(chars) % 4 == 1:
        chars = chars[:-1]
    return binascii.a2b_base64(chars + b"=" * (-len(chars) % 4))


_SEXTET = {char: i for i, char in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}


def _is_cut(clean: bytes) -> bool:
    """True where base64 without its padding is more than a program's forgetting it.

    An encoder sets the unused bits of the last character to zero; a cut leaves them as they come.
    """
    if clean.endswith(b"="):
        return False
    rest = len(clean) % 4
    if rest in {0, 1}:
        return rest == 1
    unused = 0b1111 if rest == 2 else 0b11  # noqa: PLR2004 - two characters carry one byte, three carry two
    return bool(_SEXTET[clean[-1]] & unused)


def _may_be_base64(body: bytes) -> bool:
    sample = body[:4000]
    return len(_LOOSE.findall(sample)) < 0.02 * len(sample) + 3 and not re.search(rb"[A-Za-z]+ [A-Za-z]+ ", sample)


def _is_base64(body: bytes) -> bool:
    """True for an unlabelled body that is nothing but lines of base64, long enough not to be a word."""
    if len(body) < 60 or not _BASE64_LINES.match(body):  # noqa: PLR2004 - shorter ones may be words
        return False
    return b" " not in body.strip() and any(byte > 0x7F for byte in _base64(body[:4000]).data)


def _is_quoted_printable(body: bytes) -> bool:
    """True for an unlabelled body in which most is «=D0=9F»."""
    sample = body[:4000]
    return (
        sample.isascii() and 3 * len(_HEX.findall(sample)) > 0.4 * len(sample) and bool(_LETTERS_IN_HEX.search(sample))
    )


def quoted_word_bytes(text: bytes) -> bytes:
    """Decode the «Q» form of an encoded word (RFC 2047), in which «_» is a blank."""
    return binascii.a2b_qp(text, header=True)


def uu_files(body: bytes) -> list[tuple[bytes, bytes]]:
    """The files that stand uuencoded in a text: raw name and content of each."""
    if b"begin" not in body:
        return []
    return [(match[1].strip(), _uu_lines(match[2])) for match in _UU.finditer(body)]


def without_uu_files(body: bytes) -> bytes:
    """The text around uuencoded files."""
    return _UU.sub(b"", body) if b"begin" in body else body


def _uu_lines(lines: bytes) -> bytes:
    data = []
    for line in lines.split(b"\n"):
        line = line.rstrip(b"\r")
        if not line:
            continue
        try:
            data.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            data.append(binascii.a2b_uu(line[:length].ljust(length)))
    return b"".join(data)
