"""Numbers said twice, and numbers that others replace: «35 (тридцать пять)», «было 12, стало 45»."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.domain.interpretation import FindingCode
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.recorder import Recorder, snippet
from mailbot.reading.figures.tokens import Number

_PARENTHESIS = re.compile(r"\s*(?:чел\w*\.?|человек\w*|подпис\w*)?\s*\(\s*")
_CLOSED = re.compile(r"\s*(?:чел\w*\.?|человек\w*|подпис\w*|кеше)?\s*(?:\)|$)")  # not «37 (шесть родителей пропустили)»
_EARLIER = (
    re.compile(
        r"(?:было|ранее|раньше|вчера|прежде|вместо|ошибочно|указан[оаы]?|указал[аи]?|элек|иде)\s*(?:было|указан[оаы]?|стояло|направлен[оы]?|указывал\w*)?[\s:\-(\"]*$"
    ),
    re.compile(r"(?<![а-я])не\s+$"),
    re.compile(r"вместо\s+\"?[а-яa-z.\-]{1,15}\s*[-:]?\s*$"),
)
_INSTEAD = re.compile(r"^[^\d\n;]{0,25}(?:вместо|а\s+не|,\s*не)\s*(?:ранее\s+\w+\s+)?$")
_IN_ERROR = re.compile(
    r"^[^\d\n;.]*\((?:[^\d\n;.)]*\s)?(?:ошибочно|ранее|вчера|раньше|прежде|в\s+прошлом\s+письме)\s+(?:\w+\s+){0,2}$|^[^\d\n;.]*\((?:было|ранее|вчера)\s*[-:]?\s*$"
)
_ARROW = re.compile(
    r"^[^\d\n;,.]{0,14}?(?:-?>|→|=>|стало|стала|теперь|исправ\w+\s+на|замен\w+\s+на|нужно|надо|правильно|верно|а\s+(?=\d))[^\d\n;,.]{0,14}$"
)
_FROM = re.compile(r"(?<![а-я])с\s+$")
_TO = re.compile(r"\s*(?:чел\w*\.?|человек\w*)?\s*(?:до|на)\s*")
_THEN = re.compile(
    r"(?<![а-я])(?:был[аои]|ранее|раньше|вчера|прежде|вместо|(?:прошл|прежн|стар)\w+\s+(?:данн|цифр|сведени)\w+|(?P<plan>план\w*|цел[ьи]))(?![а-я])"
)
_NOW = re.compile(
    r"(?<![а-я])(?:стал[ои]|теперь|сейчас|сегодня|(?:следует\s+|нужно\s+|надо\s+)?(?:считать|читать)|правильно|верно|на\s+самом\s+деле|факт(?:у|ически)?)(?![а-я])"
)
_ONE_CLAUSE = 40  # characters between «было 12» and «стало 45»


def without_repetition(values: list[Number], line: Line, folded: str, recorder: Recorder) -> list[Number]:
    """«35 (тридцать пять)» is one number; «35 (сорок пять)» contradicts itself."""
    kept: list[Number] = []
    for value in values:
        last = kept[-1] if kept else None
        repeated = _PARENTHESIS.fullmatch(folded, last.end, value.start) if last else None
        if last is None or last.words == value.words or not repeated or not _CLOSED.match(folded, value.end):
            kept.append(value)
            continue
        if last.value != value.value:
            message = f"Цифрами и словами указано разное: «{last.text} ({value.text})»"
            recorder.finding(FindingCode.WORDS_MISMATCH, message, line, snippet(line.text, last))
        recorder.role(line, value, "the same number in words" if value.words else "the same number in digits")
        kept[-1] = replace(last, people=last.people or value.people)
    return kept


def without_earlier(values: list[Number], line: Line, folded: str, start: int, recorder: Recorder) -> list[Number]:
    """Strike out what is replaced: «было 12, стало 45», «не 34, а 43», «34 → 43», «с 34 до 43», «43 вместо 34»."""
    kept: list[Number] = []
    for index, value in enumerate(values):
        following = values[index + 1] if index + 1 < len(values) else None
        after_kept = folded[kept[-1].end : value.start] if kept else ""
        if (kept and (_INSTEAD.match(after_kept) or _IN_ERROR.search(after_kept))) or (
            following and _is_replaced(value, following, folded, start)
        ):
            recorder.role(line, value, str(Role.EARLIER))
        else:
            kept.append(value)
    if len(kept) < len(values):  # «с 34 до 43» looked like a range
        kept = [replace(v, vague="") if v.vague in ("диапазон", "до") else v for v in kept]
    return kept


def without_earlier_list(
    values: list[Number], labels: list[Label], line: Line, folded: str, span: tuple[int, int], recorder: Recorder
) -> list[Number]:
    """Strike out a list that another one replaces: «было ВК 22, ОК 18, стало ВК 40, ОК 33», «ВК 32, ОК 31 вместо ВК 23, ОК 41».

    So it does a plan: «по плану ВК 30, ОК 30, по факту ВК 19, ОК 22». Only where both name the same networks in the same order, a number to each.
    """
    then = _THEN.search(folded, *span)
    if then is None:
        return values
    now = _NOW.search(folded, then.end(), span[1])
    first = (then.end(), now.start()) if now else (span[0], then.start())
    second = (now.end() if now else then.end(), span[1])
    told = [
        ([x.name for x in labels if a <= x.start < b], [v for v in values if a <= v.start < b])
        for a, b in (first, second)
    ]
    (names, numbers), (other_names, other_numbers) = told
    complete = len(names) > 1 and names == other_names and len(names) == len(numbers) == len(other_numbers)
    if not complete or len(numbers) + len(other_numbers) < len(values):
        return values
    replaced = numbers if now else other_numbers
    for value in replaced:
        recorder.role(line, value, str(Role.QUOTA if then["plan"] else Role.EARLIER))
    return [value for value in values if value not in replaced]


def _is_replaced(value: Number, following: Number, folded: str, start: int) -> bool:
    before = folded[max(start, value.start - 30) : value.start]
    between = folded[value.end : following.start]
    if _ARROW.match(between) or (_FROM.search(before) and _TO.fullmatch(between)):
        return True
    return len(between) < _ONE_CLAUSE and any(r.search(before) for r in _EARLIER)
