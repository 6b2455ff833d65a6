"""Which charset are these bytes in? Decided by how Russian (or Tatar) the text looks, the declared charset first.

Mail programs mislabel: cp1251 as utf-8, KOI8-R as windows-1251, UTF-8 as iso-8859-1, and some encode UTF-8 twice. All
of these can be wholly undone, because the wrong readings look nothing like Russian; only what is really lost stays so.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_PER_MILLE = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (110, 84, 80, 73, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 17, 16, 14, 12, 10, 9)
        + (7, 6, 5, 4, 3, 3, 0.6, 1.5),
        strict=True,
    )
)
_TATAR = "әөүҗңһ"
_PAIRS = frozenset(
    "ст ни ра на те ов та ен ан ва ин ис ел но пр по ко од ка ес ав ли об че ки ль ак ро ве ци нт ре тв ал ол ик ск до ор"
    " аз ат не ле от де ой ия он пи ми ос ит ны рс ер го ет ло ем за ла са мо то со да ек ом ок вл ть ма кт ед си им из"
    " сл лу ты ар бо ас фо рм ег ля ти сн ий ич ые ся их ии нн иц ый ры се ги ай ую ая ют их ых ше ще ту вы бы ви ме".split()
)
_SAMPLE = 1500
_SINGLE_BYTE = ("cp1251", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
_KEEP_DECLARED = 0.55
"""How much more Russian, a letter on average, another charset must look before the declared one is given up."""
_KEEP_SHORT = 3.0
"""The same for short texts, as points in all: few letters prove little."""
_FOREIGN = -1.3
"""Below this a text is in no charset that a person here would have written it in: «䠪» is «фак» in cp866."""
_ALIASES = {
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-windows-1251": "cp1251",
    "1251": "cp1251",
    "ansi-1251": "cp1251",
    "koi8": "koi8-r",
    "koi8r": "koi8-r",
    "koi-8": "koi8-r",
    "koi-8-r": "koi8-r",
    "x-koi8-r": "koi8-r",
    "koi8-ru": "koi8-u",
    "x-mac-cyrillic": "mac-cyrillic",
    "dos-866": "cp866",
    "cp-866": "cp866",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-utf-8": "utf-8",
    "unicode": "utf-16",
    "iso-8859-5-windows": "iso8859-5",
}
_WIDER = {"koi8-r": "koi8-u", "iso8859-1": "cp1252", "ascii": ""}
_TEXT_CODEC = re.compile(
    r"^(utf[-_]|cp\d|iso8859|koi8|mac[-_]|latin|big5|gb|shift|euc|iso2022|kz1048|ptcp154|johab|hz)"
)
_ODD_CASE = re.compile(r"[а-яё][А-ЯЁ]|[а-яёА-ЯЁ][^\w\s\x00-\x7f«»“”„’‘–—…\xad\xa0№]+[а-яё]|\b[^\W\d_a-zа-яёA-ZА-ЯЁ]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII_RUN = re.compile(r"[\x00-\x7f]+")
_CAPITAL_INSIDE = re.compile(r"(?<=[А-ЯЁ])[А-ЯЁ]")
_CYRILLIC = re.compile(r"[а-яА-ЯёЁ]")
_NUL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset that it was read in, and whether some of it is lost for good (U+FFFD stands there)."""

    text: str
    charset: str
    lost: bool = False


def _weight(char: str) -> float:
    if char == " ":
        return 0.0
    lower = char.lower()
    if lower in _PER_MILLE:
        return math.log(_PER_MILLE[lower] / 30)
    if lower in _TATAR:
        return -0.7
    code = ord(char)
    if 0x80 <= code < 0xA0 or code == 0xFFFD:
        return -6.0
    if char in "«»„“”–—№…•·°©®™§±×²³’‘¼½¾\xa0\xad":
        return 0.0
    if 0xC0 <= code < 0x250 or 0x400 <= code < 0x530 or 0x2500 <= code < 0x25A0:
        return -3.0
    if code < 0x2000 or 0x27C0 <= code < 0xFB00:
        return -2.0
    return -0.2


_weight_of = cache(_weight)


def plausibility(text: str) -> float:
    """How much `text` looks like Russian or Tatar: the mean weight of its letters beyond ASCII.

    Above +0.5 for real text, below 0 for most wrong readings; 0.0 where there is nothing beyond ASCII. The first
    1,500 such characters decide: frequent letters and pairs of letters speak for it; capitals and signs within a word
    against.

    >>> plausibility("Подписчики") > 0.5 > 0 > plausibility("оПДОХЯВХЙХ")
    True
    """
    sample = _ASCII_RUN.sub(" ", text[: 6 * _SAMPLE])[:_SAMPLE]
    letters = len(sample) - sample.count(" ")
    if not letters:
        return 0.0
    lower = sample.lower()
    total = sum(_weight_of(char) * count for char, count in Counter(sample).items())
    total += sum(count for pair, count in Counter(map(str.__add__, lower, lower[1:])).items() if pair in _PAIRS)
    total -= 3.0 * len(_ODD_CASE.findall(sample)) + 0.6 * len(_CAPITAL_INSIDE.findall(sample))
    return total / letters


@cache
def known(name: str) -> str:
    """The codec that a declared charset's name stands for, or "" for none («unknown-8bit», «x-unknown», nonsense).

    >>> known("CP-1251"), known("unknown-8bit"), known("KOI8-R")
    ('cp1251', '', 'koi8-u')
    """
    name = re.sub(r"[^a-z0-9_-]", "", name.strip().lower())[:40]
    name = _ALIASES.get(name, name)
    try:
        canonical = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    canonical = _WIDER.get(canonical, canonical)
    return canonical if _TEXT_CODEC.match(canonical) else ""


@cache
def _table(charset: str) -> str:
    """The 256 characters of a single-byte charset; undefined bytes stand for the C1 controls, as browsers read them."""
    return "".join(bytes([i]).decode(charset, "replace").replace("\ufffd", chr(i)) for i in range(256))


@cache
def _bytes_of(charset: str) -> dict[str, int]:
    return {char: i for i, char in enumerate(_table(charset))}


def _try(data: bytes, charset: str) -> str | None:
    if charset in _SINGLE_BYTE or charset == "cp1252":
        return codecs.charmap_decode(data, "strict", _table(charset))[0]
    try:
        return data.decode(charset)
    except (UnicodeError, ValueError):
        return None


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
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    if data.isascii():
        return Decoded(_seven_bit(data, names), "ascii")
    if (text := _try(data, "utf-8")) is not None:
        other = _single_byte(data, names) if plausibility(text) < _FOREIGN else None
        return other if other and plausibility(other.text) > 0 else Decoded(repair(text), "utf-8")
    mixed = _damaged_utf8(data, names)
    if mixed is not None:
        return mixed
    return _single_byte(data, names)


def _seven_bit(data: bytes, names: list[str]) -> str:
    for name in names:
        if name in {"utf-7", "iso2022_jp", "iso2022_kr", "hz"} and (text := _try(data, name)) is not None:
            return text
    return data.decode("ascii")


def _wide(data: bytes, names: list[str]) -> Decoded | None:
    """UTF-16 or UTF-32, by a byte order mark, or by the many NUL bytes that Latin digits and blanks make."""
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        body = data if len(data) % 2 == 0 else data[:-1]
        text = body.decode("utf-16", "replace")
        return Decoded(text, "utf-16", lost="\ufffd" in text)
    zeros = data.count(0)
    declared = [name for name in names if name.startswith(("utf-16", "utf-32"))]
    if not declared and (not zeros or zeros + data.count(4) < _NUL_SHARE * len(data)):
        return None
    readings = [(name, _try(data, name)) for name in (*declared, "utf-16-le", "utf-16-be")]
    best = max(((plausibility(text), name, text) for name, text in readings if text is not None), default=None)
    if best is None or best[0] < -1:
        return None
    return Decoded(best[2], best[1])


def _single_byte(data: bytes, names: list[str]) -> Decoded:
    candidates = list(dict.fromkeys((*names, *_SINGLE_BYTE)))
    readings = [(name, text) for name in candidates if (text := _try(data[: 40 * _SAMPLE], name)) is not None]
    scores = {name: plausibility(text) for name, text in readings}
    best = max(scores, key=lambda name: scores[name])
    keep = _KEEP_DECLARED + _KEEP_SHORT / max(1, len(_BEYOND_ASCII.findall(readings[0][1])))
    for name in names:
        if name in scores and scores[best] - scores[name] < keep:
            best = name
            break
    text = _try(data, best)
    if text is None:
        text = data.decode(best, "replace")
    return Decoded(repair(text), best, lost="\ufffd" in text)


def _damaged_utf8(data: bytes, names: list[str]) -> Decoded | None:
    """UTF-8 with a few bad bytes, or with lines in another charset (a list server's footer); None if it is no UTF-8."""
    valid = data.decode("utf-8", "ignore")
    good = len(_CYRILLIC.findall(valid)) * 2
    if good < 0.5 * sum(byte > 0x7F for byte in data[: 40 * _SAMPLE]) and plausibility(valid) < 0:
        return None
    lines, lost = [], False
    for line in data.split(b"\n"):
        text = _try(line, "utf-8")
        if text is None:
            text, line_lost = _damaged_line(line, names)
            lost |= line_lost
        lines.append(text)
    if not good or (lost and not _CYRILLIC.search(valid)):
        return None
    return Decoded(repair("\n".join(lines)), "utf-8", lost=lost)


def _damaged_line(line: bytes, names: list[str]) -> tuple[str, bool]:
    broken = line.decode("utf-8", "replace")
    other = _single_byte(line, [name for name in names if name != "utf-8"])
    if plausibility(other.text) > max(0.0, plausibility(broken)):
        return other.text, False
    return broken, True


_MOJIBAKE = re.compile(r"[РСÐÑ][\u0080-\u00bf\u0400-\u040f\u0450-\u045f‚„…†‡€‰‹‘’“”•–—™›Ђ]|[À-ÿ]{3}|[А-ЯЁ]{3}")


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
        data = _encode(text, wrong)
        if data is None:
            continue
        if (utf8 := _utf8_again(data)) is not None:
            yield utf8
        elif score < _FOREIGN:
            yield from (way for right in _SINGLE_BYTE if right != wrong and (way := _try(data, right)) is not None)


def _encode(text: str, charset: str) -> bytes | None:
    table = _bytes_of(charset)
    try:
        return bytes(table[char] for char in text)
    except KeyError:
        return None


def _utf8_again(data: bytes) -> str | None:
    """Decode bytes that passed through a wrong single-byte reading, which may have turned a no-break space into a
    blank (the second byte of «Р») or the one undefined byte of windows-1251 into «?» (the second byte of «И»)."""
    if (text := _try(data, "utf-8")) is not None:
        return text
    return _try(re.sub(rb"\xd0 ", b"\xd0\xa0", data).replace(b"\xd0?", b"\xd0\x98"), "utf-8")
