"""Content-Transfer-Encoding, forgiving: base64, quoted-printable, uuencode; also where the label is wrong."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_JUNK = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDED = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_BASE64_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{40,}\r?\n)*[A-Za-z0-9+/]{4,}={0,2}\s*\Z")
_LOOSE = re.compile(rb"[^A-Za-z0-9+/=\s]")
_WORDS = re.compile(rb"[A-Za-z] [A-Za-z]+ ")  # the end of a word, and another one
_HEX = re.compile(rb"=[0-9A-Fa-f]{2}")
_LETTERS_IN_HEX = re.compile(rb"(?:=[0-9A-Fa-f]{2}){4}")
_BLANK_AFTER_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,255})")


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
        if text and not body.isascii() and not _LETTERS_IN_HEX.search(body):
            return Unpacked(body)
        return Unpacked(binascii.a2b_qp(_BLANK_AFTER_SOFT_BREAK.sub(b"=", body)))
    if encoding in {"x-uuencode", "uuencode", "x-uu", "uue", "x-uue"} and (found := split_uu(body)[1]):
        return Unpacked(found[0][1])
    return Unpacked(body)


def base64_bytes(text: bytes) -> bytes:
    """Decode base64 whatever is wrong with it: junk between, missing or early padding."""
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
    unused = 0b1111 if rest == 2 else 0b11
    return bool(_SEXTET[clean[-1]] & unused)


def _may_be_base64(body: bytes) -> bool:
    sample = body[:4000]
    return len(_LOOSE.findall(sample)) < 0.02 * len(sample) + 3 and not _WORDS.search(sample)


def _is_base64(body: bytes) -> bool:
    """True for an unlabelled body that is nothing but lines of base64, long enough not to be a word."""
    if len(body) < 60 or not _BASE64_LINES.match(body):
        return False
    return b" " not in body.strip() and not _base64(body[:4000]).data.isascii()


def _is_quoted_printable(body: bytes) -> bool:
    """True for an unlabelled body in which most is «=D0=9F»."""
    sample = body[:4000]
    return (
        sample.isascii() and 3 * len(_HEX.findall(sample)) > 0.4 * len(sample) and bool(_LETTERS_IN_HEX.search(sample))
    )


def quoted_word_bytes(text: bytes) -> bytes:
    """Decode the «Q» form of an encoded word (RFC 2047), in which «_» is a blank."""
    return binascii.a2b_qp(text, header=True)


def split_uu(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The text around uuencoded files, and the files that stand in it: raw name and content of each."""
    files: list[tuple[bytes, bytes]] = []
    if b"begin " not in body:
        return body, files
    kept: list[bytes] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        begin = _UU_BEGIN.match(line)
        if begin is None:
            kept.append(line)
            continue
        coded = _until_end(lines)
        data = _uu_lines(coded[:-1]) if coded and coded[-1].strip() == b"end" else None
        if data is None:
            kept += [line, *coded]
        else:
            files.append((begin[1].strip(), data))
    return b"".join(kept), files


def _until_end(lines: Iterator[bytes]) -> list[bytes]:
    """The lines up to «end» and with it, or all that are left where it does not come."""
    taken: list[bytes] = []
    for line in lines:
        taken.append(line)
        if line.strip() == b"end":
            break
    return taken


def _uu_lines(lines: Sequence[bytes]) -> bytes | None:
    """Decode uuencoded lines; None where a line is none."""
    data = []
    for line in lines:
        text = line.rstrip(b"\r\n")
        try:
            data.append(binascii.a2b_uu(text))
        except binascii.Error:
            length = ((text[0] - 32 & 63) * 4 + 5) // 3  # an encoder's padding behind the line's stated length
            if len(text) < length:
                return None
            data.append(binascii.a2b_uu(text[:length]))
    return b"".join(data)
