"""Text that was decoded wrongly and encoded again: undone where no letter was lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.reading.text.codepages import SINGLE_BYTE, try_decode, try_encode
from mailbot.reading.text.likeness import plausibility

_WRONG = ("cp1251", "cp1252", "latin-1", "koi8-u", "cp866", "mac-cyrillic")
_CLEARLY = 1.0
"""How much more Russian, a letter on average, a text must become to be believed."""
_TIMES = 3
_BRANCHES = 12
_TURNED_CASE = re.compile(r"(?<![а-яёА-ЯЁ])[а-яё][А-ЯЁ]{2}")
_LATIN = re.compile(r"[À-ÿ]{3}")
# Each begins with a plain class of characters, which the engine goes quickly to: nearly all texts hold none of them.
_MOJIBAKE = (
    re.compile(r"[РСÐÑ][\u0080-\u00bf\u0400-\u040f\u0450-\u045f‚„…†‡€‰‹‘’“”•–—™›]"),
    re.compile(r"[À-ÿ][À-ÿ]{2}"),
    re.compile(r"[А-ЯЁ](?<=(?<![а-яёА-ЯЁ])[а-яё].)[А-ЯЁ]"),
    re.compile(r"[╨╤п][\u2500-\u25ff]"),
    re.compile(r"[\u2550-\u256c][а-яА-Я]"),
)


def _looks_garbled(text: str) -> bool:
    return any(pattern.search(text) for pattern in _MOJIBAKE)


def repair(text: str) -> str:
    """Undo a wrong decoding that was encoded again, where that is wholly reversible; else return `text` as it is.

    «РџРѕРґРїРёСЃС‡РёРєРё» (UTF-8 taken for windows-1251), «ÐŸÐ¾Ð´» (for windows-1252 or latin-1), «Ïîäïèñ÷èêè» (windows-1251 for
    latin-1) and «оПДОХЯ» (windows-1251 for KOI8-R) are read again, the whole text or single lines of it, and up to
    three times over.

    >>> repair("РџРѕРґРїРёСЃС‡РёРєРё: 35")
    'Подписчики: 35'
    """
    if text.isascii() or not _looks_garbled(text):
        return text
    whole = _undo(text)
    if whole is not None:
        return whole
    if "\n" not in text:
        return text
    return "\n".join((_undo(line) or line) if _looks_garbled(line) else line for line in text.split("\n"))


def _undo(text: str) -> str | None:
    """The text before it was wrongly decoded, or None where no way back makes it clearly more Russian."""
    needed = max(0.0, plausibility(text) + _CLEARLY)
    best: tuple[float, str] | None = None
    reached = [text]
    for _ in range(_TIMES):
        reached = list(dict.fromkeys(way for garbled in reached for way in _ways_back(garbled)))[:_BRANCHES]
        best = max([*([best] if best else []), *((plausibility(way), way) for way in reached)], default=None)
    return best[1] if best and best[0] >= needed else None


def _ways_back(text: str) -> Iterator[str]:
    """What the text was before one wrong decoding; charsets of one byte a letter only where the case is turned."""
    turned = _TURNED_CASE.search(text) is not None or _LATIN.search(text) is not None
    for wrong in _WRONG:
        data = try_encode(text, wrong)
        if data is None:
            continue
        if (utf8 := _utf8_again(data)) is not None:
            yield utf8
        elif turned:
            yield from (way for right in SINGLE_BYTE if right != wrong and (way := try_decode(data, right)) is not None)


def _utf8_again(data: bytes) -> str | None:
    """Decode bytes that passed through a wrong single-byte reading.

    That may have turned a no-break space into a blank (the second byte of «Р»), or the one undefined byte of
    windows-1251 into «?» (the second byte of «И»).
    """
    if (text := try_decode(data, "utf-8")) is not None:
        return text
    return try_decode(re.sub(rb"\xd0 ", b"\xd0\xa0", data).replace(b"\xd0?", b"\xd0\x98"), "utf-8")
