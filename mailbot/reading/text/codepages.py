"""Names of charsets as mail programs write them, and the single-byte ones in the forms that browsers read."""

from __future__ import annotations

import codecs
import re
from functools import cache, lru_cache
from typing import Any

SINGLE_BYTE = ("cp1251", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
"""The charsets of Russian text with one byte a letter; KOI8-U holds all of KOI8-R."""

_LENIENT = frozenset((*SINGLE_BYTE, "cp1252"))
_ALIASES = {
    "1251": "cp1251",
    "ansi-1251": "cp1251",
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-windows-1251": "cp1251",
    "koi-8": "koi8-r",
    "koi-8-r": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi8r": "koi8-r",
    "x-koi8-r": "koi8-r",
    "x-mac-cyrillic": "mac-cyrillic",
    "cp-866": "cp866",
    "dos-866": "cp866",
    "unicode": "utf-16",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-utf-8": "utf-8",
}
_WIDER = {"koi8-r": "koi8-u", "iso8859-1": "cp1252", "ascii": ""}
_TEXT_CODEC = re.compile(
    r"^(utf[-_]|cp\d|iso8859|koi8|mac[-_]|latin|big5|gb|shift|euc|iso2022|kz1048|ptcp154|johab|hz)"
)
_NAME_LENGTH = 40


@lru_cache(maxsize=256)
def known(name: str) -> str:
    """The codec that a declared charset's name stands for, or "" for none («unknown-8bit», «x-unknown», nonsense).

    >>> known("CP-1251"), known("unknown-8bit"), known("KOI8-R")
    ('cp1251', '', 'koi8-u')
    """
    plain = re.sub(r"[^a-z0-9_-]", "", name.strip().lower())[:_NAME_LENGTH]
    plain = _ALIASES.get(plain, plain)
    try:
        canonical = codecs.lookup(plain).name if plain else ""
    except LookupError:
        return ""
    canonical = _WIDER.get(canonical, canonical)
    return canonical if _TEXT_CODEC.match(canonical) else ""


@cache
def _table(charset: str) -> str:
    """The 256 characters of a single-byte charset; undefined bytes stand for the C1 controls, as browsers read them."""
    return "".join(bytes([i]).decode(charset, "replace").replace("\ufffd", chr(i)) for i in range(256))


@cache
def _bytes_of(charset: str) -> Any:
    """The opposite of `_table`; an object of the codecs module's own, which has no public type."""
    return codecs.charmap_build(_table(charset))


def try_decode(data: bytes, charset: str) -> str | None:
    """The text of `data` in `charset` (a codec that `known` returns), or None where it is not in it."""
    if charset in _LENIENT:
        return codecs.charmap_decode(data, "strict", _table(charset))[0]
    try:
        return data.decode(charset)
    except (UnicodeError, ValueError):
        return None


def try_encode(text: str, charset: str) -> bytes | None:
    """The bytes of `text` in a single-byte `charset`, or None where it has characters that are not in it."""
    try:
        return codecs.charmap_encode(text, "strict", _bytes_of(charset))[0]
    except UnicodeEncodeError:
        return None
