"""One number and several networks or parts: «столько же», «ВК и ОК по 35», a sum and what it is the sum of."""

from __future__ import annotations

import re
from itertools import pairwise

from mailbot.reading.figures.binding import Pair
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.tokens import Number

_AND = re.compile(r"[\s\"]*(?:,|и|/|\+|,\s*и|а\s+также|һәм)[\s\"]*(?:в\s+|на\s+)?[\"]?")
_AS_MANY_AFTER = re.compile(r"[\s\-:=(,]*(?:тоже\s+)?столько\s+же(?![а-я])(?!\s*[-:=(]?\s*\d)(?!,?\s+сколько)")
_AS_MANY_BEFORE = re.compile(r"(?<![а-я])столько\s+же\s+(?:чел\w*\.?\s+)?(?:подпис\w+\s+)?(?:в|во|на|у)?\s*$")
# What a district's figure may be made of.
_KINDS = re.compile(
    r"(?<![а-я])(?:школ(?:ы|ам|ах)?|детс(?:кие|ким|ких)\s+сад\w+|детсад\w+|сад(?:ы|ам|ах|ики|икам)|доу|оо|дополнительн\w+|допобраз\w*|учреждени\w+|организаци\w+|колледж\w+|техникум\w+|гимнази\w+|лице\w+)(?![а-я])"
)


def is_their_sum(number: Number, pairs: list[Pair]) -> bool:
    """«105 чел. (ВК 34, Инст 31, ОК 40)»: a number that names nothing is the total of the networks beside it."""
    others = [p.number for p in pairs if p.number is not number]
    return len(others) > 1 and number.value == sum(n.value for n in others) and not any(n.vague for n in others)


def as_many_as(folded: str, label: Label, pairs: list[Pair]) -> Number | None:
    """«ВК 30, в инстаграме столько же», «34 в ВК, столько же на Инстаграм»: the number of the network right before."""
    fields = [p for p in pairs if p.label and p.label.kind == "field" and p.number.end <= label.start]
    if not fields:
        return None
    last = max(fields, key=lambda pair: pair.number.end)
    behind = _AS_MANY_AFTER.match(folded, label.end)
    ahead = _AS_MANY_BEFORE.search(folded, max(last.number.end, label.start - 30), label.start)
    return last.number if behind or ahead else None


def is_tied(folded: str, label: Label, pair: Pair, alone: list[Label]) -> bool:
    """Whether only commas and «и» stand between a lone network, perhaps others like it, and a pair's network.

    «ВК и ОК по 35», «по 30 в Инстаграм и Одноклассниках»: the number stands beyond the pair's network.
    """
    named = pair.label
    if named is None or named.kind != "field":
        return False
    first, last = sorted((label, named), key=lambda x: x.start)
    beyond = pair.number.start >= last.end if named is last else pair.number.end <= first.start
    between = sorted((x for x in alone if first.end <= x.start < last.start), key=lambda x: x.start)
    return beyond and all(_AND.fullmatch(folded[a.end : b.start]) for a, b in pairwise([first, *between, last]))


def are_parts(folded: str, loose: list[Number], pairs: list[Pair]) -> bool:
    """«Школы 640, детские сады 410, всего 1050»: what kinds of institutions give adds up to the one figure named."""
    bound = [p for p in pairs if p.label is not None]
    if len(loose) < 2 or len(bound) != 1 or bound[0].label is None or bound[0].label.kind != "total":
        return False
    starts = [0, *(number.end for number in loose)]
    kinds = all(_KINDS.search(folded, at, number.start) for at, number in zip(starts, loose, strict=False))
    return kinds and sum(number.value for number in loose) == bound[0].number.value
