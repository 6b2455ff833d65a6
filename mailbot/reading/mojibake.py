"""Text that was decoded wrongly and encoded again: undone where no letter was lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.reading.codepages import SINGLE_BYTE, try_decode, try_encode
from mailbot.reading.likeness import plausibility

_GARBLED = -1.3
"""Below this a text is certainly garbled, and single-byte charsets taken for one another are tried too."""
_MOJIBAKE = re.compile(r"[РСÐÑ][\u0080-\u00bf\u0400-\u040f\u0450-\u045f‚„…†‡€‰‹‘’“”•–—™›Ђ]|[À-ÿ]{3}|[а-яё][А-ЯЁ]{2}")


def repair(text: str) -> str:
    """Undo a wrong decoding that was encoded again, where that is wholly reversible; else return `text` as it is.

    «РџРѕРґРїРёСЃС‡РёРєРё» (UTF-8 taken for windows-1251), «ÐŸÐ¾Ð´» (for latin-1), «Ïîäïèñ÷èêè» (windows-1251 for
    latin-1) and «оПДОХЯ» (windows-1251 for KOI8-R) are read again, the whole text or single lines of it, and up to
    three times over.

    >>> repair("РџРѕРґРїРёСЃС‡РёРєРё: 35")
    'Подписчики: 35'
    """
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    whole = _undo(text)
    if whole is not None:
        return whole
    if "\n" not in text:
        return text
    return "\n".join((_undo(line) or line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))


def _undo(text: str) -> str | None:
    """The text before it was wrongly decoded, or None where no way back makes it clearly more Russian."""
    result = None
    for _ in range(3):
        score = plausibility(text)
        best = max(((plausibility(way), way) for way in _ways_back(text, score)), default=None)
        if best is None or best[0] < score + 1.0 or best[0] < 0:
            break
        result = text = best[1]
    return result


def _ways_back(text: str, score: float) -> Iterator[str]:
    for wrong in ("cp1251", "cp1252", "koi8-u", "cp866", "mac-cyrillic"):
        data = try_encode(text, wrong)
        if data is None:
            continue
        if (utf8 := _utf8_again(data)) is not None:
            yield utf8
        elif score < _GARBLED:
            yield from (way for right in SINGLE_BYTE if right != wrong and (way := try_decode(data, right)) is not None)


def _utf8_again(data: bytes) -> str | None:
    """Decode bytes that passed through a wrong single-byte reading.

    That may have turned a no-break space into a blank (the second byte of «Р»), or the one undefined byte of
    windows-1251 into «?» (the second byte of «И»).
    """
    if (text := try_decode(data, "utf-8")) is not None:
        return text
    return try_decode(re.sub(rb"\xd0 ", b"\xd0\xa0", data).replace(b"\xd0?", b"\xd0\x98"), "utf-8")
