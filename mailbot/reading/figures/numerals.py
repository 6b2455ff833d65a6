"""Numbers in words, Russian and Tatar: «сто двадцать три», «утыз биш» are whole numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_RUSSIAN_UNITS: dict[str, int] = {
    "ноль": 0, "нуль": 0, "ноля": 0, "нуля": 0,
    "один": 1, "одна": 1, "одно": 1, "одну": 1, "одного": 1, "одной": 1, "одному": 1, "одним": 1,
    "два": 2, "две": 2, "двух": 2, "двум": 2, "двумя": 2,
    "три": 3, "трех": 3, "трем": 3, "тремя": 3,
    "четыре": 4, "четырех": 4, "четырем": 4, "четырьмя": 4,
    "пять": 5, "пяти": 5, "пятью": 5, "шесть": 6, "шести": 6, "шестью": 6, "семь": 7, "семи": 7, "семью": 7,
    "восемь": 8, "восьми": 8, "восемью": 8, "девять": 9, "девяти": 9, "девятью": 9,
    "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5, "шестеро": 6, "семеро": 7, "восьмеро": 8,
}  # fmt: skip
_RUSSIAN_TEENS: dict[str, int] = {
    "десят": 10, "одиннадцат": 11, "одинадцат": 11, "двенадцат": 12, "тринадцат": 13, "четырнадцат": 14,
    "пятнадцат": 15, "шестнадцат": 16, "семнадцат": 17, "восемнадцат": 18, "девятнадцат": 19,
}  # fmt: skip
_RUSSIAN_TENS: dict[str, int] = {
    "двадцать": 20, "двадцати": 20, "двадцатью": 20, "тридцать": 30, "тридцати": 30, "тридцатью": 30,
    "двацать": 20, "дватцать": 20, "трицать": 30, "тритцать": 30, "тридцат": 30,
    "сорок": 40, "сорока": 40, "пятьдесят": 50, "пятидесяти": 50, "пятдесят": 50, "шестьдесят": 60,
    "шестидесяти": 60, "шестдесят": 60, "семьдесят": 70, "семидесяти": 70, "семдесят": 70,
    "восемьдесят": 80, "восьмидесяти": 80, "восемдесят": 80, "девяносто": 90, "девяноста": 90,
}  # fmt: skip
_RUSSIAN_HUNDREDS: dict[str, int] = {
    "сто": 100, "ста": 100, "сотня": 100, "сотню": 100, "двести": 200, "двухсот": 200, "триста": 300, "трехсот": 300, "четыреста": 400,
    "четырехсот": 400, "пятьсот": 500, "пятисот": 500, "пятсот": 500, "шестьсот": 600, "шестисот": 600,
    "шестсот": 600, "семьсот": 700, "семисот": 700, "семсот": 700, "восемьсот": 800, "восьмисот": 800,
    "восемсот": 800, "девятьсот": 900, "девятисот": 900, "девятсот": 900,
}  # fmt: skip
_TATAR: dict[str, tuple[int, int]] = {
    "бер": (1, 1), "ике": (2, 1), "өч": (3, 1), "дүрт": (4, 1), "биш": (5, 1), "алты": (6, 1), "җиде": (7, 1),
    "сигез": (8, 1), "тугыз": (9, 1), "ун": (10, 10), "егерме": (20, 10), "утыз": (30, 10), "кырык": (40, 10),
    "илле": (50, 10), "алтмыш": (60, 10), "җитмеш": (70, 10), "сиксән": (80, 10), "туксан": (90, 10),
    "йөз": (100, 100), "мең": (1000, 1000),
}  # fmt: skip

_WORD = re.compile(r"[а-яёәөүҗңһА-ЯЁӘӨҮҖҢҺ]+")
_GAP = re.compile(r"[ \t ]*-?[ \t ]*\n?[ \t ]*")
# Words that are numerals but also stand in ordinary prose: not taken alone.
_WEAK_ALONE = frozenset({"бер", "ун", "ста", "одно", "одной", "одного", "одному", "одним", "одна", "один", "одну"})


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in words: its value and its place in the text, `start` inclusive and `end` exclusive, in characters."""

    value: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Word:
    value: int
    rank: int  # 1 units, 10 tens, 11 teens, 100 hundreds, 1000 and more: multipliers


@lru_cache(maxsize=4096)
def _classify(word: str) -> _Word | None:
    """The numeral that a case-folded word is, or None."""
    word = word.replace("ё", "е")
    if word in _RUSSIAN_UNITS:
        return _Word(_RUSSIAN_UNITS[word], 1)
    if word in _RUSSIAN_TENS:
        return _Word(_RUSSIAN_TENS[word], 10)
    if word in _RUSSIAN_HUNDREDS:
        return _Word(_RUSSIAN_HUNDREDS[word], 100)
    if word.endswith(("ь", "и", "ью")):
        stem = word.removesuffix("ью").removesuffix("ь").removesuffix("и")
        if stem in _RUSSIAN_TEENS:
            return _Word(_RUSSIAN_TEENS[stem], 11)
    if word in ("тысяча", "тысячи", "тысяч", "тысячу", "тыс"):
        return _Word(1000, 1000)
    if word in _TATAR:
        return _Word(*_TATAR[word])
    if word.startswith("ун") and word[2:] in _TATAR and _TATAR[word[2:]][1] == 1:
        return _Word(10 + _TATAR[word[2:]][0], 11)
    return None


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """All numbers written in words in `text`, longest runs first to last.

    Example: «подписалось сто семь человек» holds one, of value 107; «тридцать, сорок» holds two.
    """
    found: list[Numeral] = []
    run: list[tuple[_Word, int, int]] = []

    def close() -> None:
        if run and not (len(run) == 1 and text[run[0][1] : run[0][2]].casefold() in _WEAK_ALONE):
            start, end = run[0][1], run[-1][2]
            found.append(Numeral(_value([w for w, _, _ in run]), start, end, text[start:end]))
        run.clear()

    for match in _WORD.finditer(text):
        word = _classify(match.group().casefold())
        if word is None:
            close()
            continue
        if run and not (_joins([w for w, _, _ in run], word) and _GAP.fullmatch(text, run[-1][2], match.start())):
            close()
        run.append((word, match.start(), match.end()))
    close()
    return tuple(found)


def _joins(run: list[_Word], word: _Word) -> bool:
    """Whether `word` continues the number in `run`: ranks fall («сто двадцать три»), a multiplier may follow."""
    last = run[-1]
    if word.rank == 1000:
        return all(w.rank != 1000 for w in run)
    if word.rank == 100 and last.rank == 1 and word.value == 100:
        return True
    if word.rank == 11:
        return last.rank >= 100
    return word.rank < last.rank and last.rank != 11 and last.value != 0


def _value(run: list[_Word]) -> int:
    total = part = 0
    for word in run:
        if word.rank == 1000:
            total += (part or 1) * 1000
            part = 0
        elif word.rank == 100 and 0 < part < 10:
            part *= 100
        else:
            part += word.value
    return total + part
