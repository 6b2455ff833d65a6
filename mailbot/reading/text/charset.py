"""Which charset are these bytes in? Decided by how Russian (or Tatar) the text looks, the declared charset first.

Mail programs mislabel: cp1251 as utf-8, KOI8-R as windows-1251, UTF-8 as iso-8859-1, and some encode UTF-8 twice. All
of these can be wholly undone, because the wrong readings look nothing like Russian; only what is really lost stays so.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.text.codepages import SINGLE_BYTE, known, try_decode
from mailbot.reading.text.likeness import plausibility
from mailbot.reading.text.mojibake import repair

__all__ = ["Decoded", "decode", "plausibility", "repair"]

_SAMPLE = 60_000
_KEEP_DECLARED = 0.55
"""How much more Russian, a letter on average, another charset must look before the declared one is given up."""
_KEEP_SHORT = 3.0
"""The same for short texts, as points in all: few letters prove little."""
_RUSSIAN = 0.5
"""Above this a text is Russian without a doubt, and no other charset need be tried."""
_FOREIGN = -1.3
"""Below this a text is in no charset that a person here would have written it in: «䠪» is «фак» in cp866."""
_HARDLY = -0.3
"""Below this a text is hardly Russian."""
_CERTAIN = 2.0
"""So much more Russian, a letter on average, is no accident."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII = bytes(range(128))
_CYRILLIC = re.compile(r"[а-яА-ЯёЁ]")
_NUL_SHARE = 0.2
_SEVEN_BIT = frozenset(["utf-7", "iso2022_jp", "iso2022_kr", "hz"])


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset that it was read in, and whether some of it is lost for good (U+FFFD stands there)."""

    text: str
    charset: str
    lost: bool = False


def decode(data: bytes, declared: str = "", *others: str) -> Decoded:
    """Decode `data`, preferring the charset that its part declares, then `others` (a meta tag's, the subject's).

    A declared charset is kept while it is plausible. Valid UTF-8 beyond ASCII is UTF-8 whatever the label; doubly
    encoded text is undone. Never raises; what cannot be decoded becomes U+FFFD and `lost` is true.

    >>> decode("Подписчики: 35".encode("cp1251"), "utf-8").text
    'Подписчики: 35'
    """
    names = [name for name in map(known, (declared, *others)) if name]
    if wide := _wide(data, names):
        return wide
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.isascii():
        return Decoded(_seven_bit(data, names), "ascii")
    if (text := try_decode(data, "utf-8")) is not None:
        repaired = repair(text)
        if repaired == text and not _CYRILLIC.search(text) and (other := _by_chance_utf8(data, text, names)):
            return other
        return Decoded(repaired, "utf-8")
    mixed = _damaged_utf8(data, names)
    if mixed is not None:
        return mixed
    return _single_byte(data, names)


def _by_chance_utf8(data: bytes, text: str, names: Sequence[str]) -> Decoded | None:
    """A few letters in a single-byte charset that happen to be valid UTF-8 for something foreign, read again."""
    score = plausibility(text)
    if score > _FOREIGN:
        return None
    other = _single_byte(data, names)
    return other if plausibility(other.text) > max(_HARDLY, score + _CERTAIN) else None


def _seven_bit(data: bytes, names: Sequence[str]) -> str:
    for name in names:
        if name in _SEVEN_BIT and (text := try_decode(data, name)) is not None:
            return text
    return data.decode("ascii")


def _wide(data: bytes, names: Sequence[str]) -> Decoded | None:
    """UTF-16 or UTF-32, by a byte order mark, or by the many NUL bytes that Latin digits and blanks make."""
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        body = data if len(data) % 2 == 0 else data[:-1]
        text = body.decode("utf-16", "replace")
        return Decoded(text, "utf-16", lost="\ufffd" in text)
    zeros = data.count(0)
    declared = [name for name in names if name.startswith(("utf-16", "utf-32"))]
    if not declared and (not zeros or zeros + data.count(4) < _NUL_SHARE * len(data)):
        return None
    readings = [(name, try_decode(data, name)) for name in (*declared, "utf-16-le", "utf-16-be")]
    best = max(((plausibility(text), name, text) for name, text in readings if text is not None), default=None)
    if best is None or best[0] < -1:
        return None
    return Decoded(best[2], best[1])


def _single_byte(data: bytes, names: Sequence[str]) -> Decoded:
    declared = try_decode(data, names[0]) if names else None
    if declared is not None and plausibility(declared) > _RUSSIAN:
        return Decoded(repair(declared), names[0])
    candidates = list(dict.fromkeys((*names, *SINGLE_BYTE)))
    readings = [(name, text) for name in candidates if (text := try_decode(data[:_SAMPLE], name)) is not None]
    scores = {name: plausibility(text) for name, text in readings}
    best = max(scores, key=lambda name: scores[name])
    keep = _KEEP_DECLARED + _KEEP_SHORT / max(1, len(_BEYOND_ASCII.findall(readings[0][1])))
    for name in names:
        if name in scores and scores[best] - scores[name] < keep:
            best = name
            break
    text = _forced(data, best)
    return Decoded(repair(text), best, lost="\ufffd" in text)


def _damaged_utf8(data: bytes, names: Sequence[str]) -> Decoded | None:
    """UTF-8 with a few bad bytes, or with lines in another charset (a list server's footer); None if it is no UTF-8."""
    valid = data.decode("utf-8", "ignore")
    good = 2 * len(_CYRILLIC.findall(valid))
    if not good or (2 * good < len(data.translate(None, _ASCII)) and plausibility(valid) < 0):
        return None
    lines = data.split(b"\n")
    texts = [try_decode(line, "utf-8") for line in lines]
    bad = b"\n".join(line for line, text in zip(lines, texts, strict=True) if text is None)
    broken = bad.decode("utf-8", "replace")
    other = _single_byte(bad, [name for name in names if name != "utf-8"])
    lost = plausibility(other.text) <= max(0.0, plausibility(broken))
    charset = "utf-8" if lost else other.charset
    whole = "\n".join(_forced(line, charset) if text is None else text for line, text in zip(lines, texts, strict=True))
    return Decoded(repair(whole), "utf-8", lost=lost)


def _forced(data: bytes, charset: str) -> str:
    text = try_decode(data, charset)
    return data.decode(charset, "replace") if text is None else text
