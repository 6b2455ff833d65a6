"""How much a text looks like Russian: the judge between charsets."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache

_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_PER_MILLE = (110, 84, 80, 73, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 17, 16, 14, 12, 10, 9)
_RARE_PER_MILLE = (7, 6, 5, 4, 3, 3, 0.6, 1.5)
_FREQUENCY = dict(zip(_LETTERS, (*_PER_MILLE, *_RARE_PER_MILLE), strict=True))
_USUAL = 30
_TATAR = "әөүҗңһ"
_SIGNS = "«»„“”–—№…•·°©®™§±×²³’‘¼½¾\xa0\xad "
_LINES = "─│┌┐└┘├┤┬┴┼"  # of tables that old programs draw
_SAME = re.compile(r"([^ ])\1{3,}")
_PAIRS = frozenset(
    re.findall(
        "..",
        "стниранатеовтаенанваиниселнопрпокоодкаесавлиобчекильакровецинтретвалоликскдооразатнелеотде"
        "ойияонпимиоситнырсергоетлоемзаласамотосодаекомоквлтьмактедсиимизсллутыарбоасформеглятисний"
        "ичыесяихиинницыйрысегиайуюаяютихыхшещетувыбывиме",
    )
)
_SAMPLE = 1500
_ASCII_RUN = re.compile(r"[\x00-\x7f]+")
_ODD_CASE = re.compile(r"[а-яё][А-ЯЁ]|[а-яёА-ЯЁ][^\w\s\x00-\x7f«»“”„’‘–—…\xad\xa0№]+[а-яё]|\b[^\W\d_a-zа-яёA-ZА-ЯЁ]")
_CAPITAL_INSIDE = re.compile(r"(?<=[А-ЯЁ])[А-ЯЁ]")


@cache
def _weight(char: str) -> float:
    """What a character says for (above 0) or against a text's being Russian, by how often it stands there."""
    lower = char.lower()
    if lower in _FREQUENCY:
        return math.log(_FREQUENCY[lower] / _USUAL)
    if lower in _TATAR:
        return -0.7
    if char in _SIGNS:
        return 0.0
    if char in _LINES:
        return -0.3
    code = ord(char)
    if 0x80 <= code < 0xA0 or char == "\ufffd":
        return -6.0
    is_other_script = 0xC0 <= code < 0x250 or 0x400 <= code < 0x530
    if is_other_script or 0x2500 <= code < 0x25A0:
        return -3.0
    is_picture = 0x2000 <= code < 0x27C0 or code >= 0xFB00
    return -0.2 if is_picture else -2.0


def plausibility(text: str) -> float:
    """How much `text` looks like Russian or Tatar: the mean weight of its letters beyond ASCII.

    Above +0.5 for real text, below 0 for most wrong readings; 0.0 where there is nothing beyond ASCII. The first
    1,500 such characters decide: frequent letters and pairs of letters speak for it; capitals and signs within a word
    against.

    >>> plausibility("Подписчики") > 0.5 > 0 > plausibility("оПДОХЯВХЙХ")
    True
    """
    sample = _SAME.sub(r"\1", _ASCII_RUN.sub(" ", text[: 6 * _SAMPLE]))[:_SAMPLE]  # «────» read wrong is «дддд»
    letters = len(sample) - sample.count(" ")
    if not letters:
        return 0.0
    lower = sample.lower()
    total = sum(_weight(char) * count for char, count in Counter(sample).items())
    total += sum(count for pair, count in Counter(map(str.__add__, lower, lower[1:])).items() if pair in _PAIRS)
    total -= 3.0 * len(_ODD_CASE.findall(sample)) + 0.6 * len(_CAPITAL_INSIDE.findall(sample))
    return total / letters
