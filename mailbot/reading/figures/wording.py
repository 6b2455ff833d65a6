"""Words that do not belong beside a figure: «Приглашения разослали: ВК 120», «ВК 53 аннулируйте».

People report with few verbs: seventy of those in `data/reporting_verbs.txt` are all that fifteen hundred labelled
replies need. A sentence with another one, or with one of them denied, may still be a report, but what was done there
nobody here can tell: a person must look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources

from mailbot.reading.text.morphology import noun_of, verb_of

_LEAD = re.compile(r"\W*([а-яё]{4,})\s*[:–—-]?\s*(?:в\s+)?")
_NEXT = re.compile(r"\s+(?:[а-яё]{4,}(?:ых|их)\s+){0,2}([а-яё]{4,})(?![а-яёәөүҗңһ-])")
_ABBREVIATED = re.compile(r"\s*(?!(?:НА|ПО|ИЗ|ОТ|ДО|ЧЕЛ|ЭТО|ВСЕ|ИЛИ|НЕТ|ИТОГ|РТ)(?!\w))([A-ZА-ЯЁ]{2,5})(?!\w)")
_WORD = re.compile(r"(?<![а-яёәөүҗңһ-])[а-яё]{4,}(?![а-яёәөүҗңһ-])")


def _words(file: str) -> frozenset[str]:
    text = resources.files("mailbot.data").joinpath(file).read_text("utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())


REPORTING = _words("reporting_verbs.txt")
COUNTED = _words("reporting_nouns.txt")
_MEANWHILE = re.compile(
    r"(?<![а-я])а\s+(?:пока|так|сейчас|на\s+сегодня\w*)(?![а-я])"
)  # what comes before is another matter
_ANSWERING = r"(?:отчитаться|отчитываться|ответить|сообщить|отправить|доложить|прислать|сдать|написать)"
# Said of the answer, not of people: «отчитаться успеваю: ВК 20», «чуть не забыла», but not «успеваем подписать 20».
_OF_THE_ANSWER = re.compile(
    rf"(?<![а-я])не\s+забыл[аи]?(?![а-я])|{_ANSWERING}\s+(?:[а-я]+\s+){{0,2}}успева(?:ю|ем)(?![а-я])|(?<![а-я])успева(?:ю|ем)\s+(?:[а-я]+\s+)?{_ANSWERING}"
)
_NOT = re.compile(r"(?<![а-я])не\s$")
_MAY_BE_DENIED = frozenset(
    [
        "подписаться",
        "подписать",
        "быть",
        "иметь",
        "успеть",
        "смочь",
        "получиться",
        "хватать",
        "удаться",
        "сидеть",
        "ставить",
    ]
)
_EARLIER_LETTER = re.compile(
    r"прошл|предыдущ|перв|вчераш|ранее|прежн|верн|правильн|нов(?:ые|ых|ую)|(?<![а-я])так(?![а-я])|от\s+\d"
)
_OF_ANOTHER_LETTER = frozenset(["аннулировать", "отзывать", "отозвать", "отменить", "отменять"])


def strange_verb(folded: str, *, heading: bool = False) -> str:
    """The first verb in a folded sentence with which nobody reports figures, as it stands there; or "".

    In a heading it may be another letter that is taken back: «Прошлое письмо аннулируем, верно так:». What stands before
    «а пока», «а так» is another matter.
    """
    known = REPORTING | _OF_ANOTHER_LETTER if heading and _EARLIER_LETTER.search(folded) else REPORTING
    for match in _WORD.finditer(_OF_THE_ANSWER.sub(" ", _MEANWHILE.split(folded)[-1])):
        verb = verb_of(match.group())
        if verb is None:
            continue
        denied = _NOT.search(match.string, max(0, match.start() - 3), match.start()) and verb not in _MAY_BE_DENIED
        if verb not in known or denied:
            return match.group()
    return ""


def strange_heading(folded: str, label: int) -> str:
    """The one noun that leads a line up to its first network, which begins at `label`, if it counts no people; or ""."""
    match = _LEAD.fullmatch(folded, 0, label)
    noun = noun_of(match.group(1)) if match else None
    return match.group(1) if match and noun is not None and noun not in COUNTED else ""


def strange_unit(text: str, at: int, known: Sequence[tuple[int, int]]) -> str:
    """The abbreviation in capitals right after a number that ends at `at`, outside of the `known` spans; or "".

    «35 ПК», «35 АРМ» are no people.
    """
    match = _ABBREVIATED.match(text, at)
    if match is None or any(start < match.end() and match.start(1) < end for start, end in known):
        return ""
    return match.group(1)


def strange_noun(folded: str, at: int) -> str:
    """The noun right after a number that ends at `at`, if it is none that counts people; or ""."""
    match = _NEXT.match(folded, at)
    noun = noun_of(match.group(1)) if match else None
    return match.group(1) if match and noun is not None and noun not in COUNTED else ""
