"""Networks that are named beside figures and have none: a figure was missed, or the sender forgot it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.domain.interpretation import Evidence
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.lines import Line

# What a sender says of a network instead of a number: it comes later, it is as it was, it is not there.
_TOLD_WHY = re.compile(
    r"(?<![а-я])(?:данн\w+|сведени\w+|без\s+изменени|не\s+(?:меня|измен)\w+|верн[оаы]\w?|пропуск\w+|правильн\w+|прежн\w+|как\s+(?:было|есть|указа\w+)|остал\w+|остае\w+"
    r"|позже|позднее|потом|завтра|послезавтра|скоро|пришл\w+|дошл\w+|вышл\w+|направ\w+|отправ\w+|сообщ\w+|предостав\w+|уточн\w+|допиш\w+|добав\w+|(?:под|до)сч\w+|посчита\w+|счита\w+|собира\w+|жд[её]м|к\s+\d"
    r"|не\s+(?:веде\w*|зарегистр\w*|использ\w*|польз\w*|созда\w*|имее\w*|открыва\w*|работа\w*|смог\w*|можем|получ\w*)|заблокирован\w*|недоступ\w*|(?:аккаунт|страниц|групп)\w*\s+(?:нет|отсутств\w*)|нет\s+(?:аккаунт|страниц|групп|доступ)\w*|отсутств\w+"
    r"|во?\s+(?:вложени|файл|таблиц|приложени)\w+|отдельн\w+)"
)
_DIGITS = re.compile(r"\d+")
_CLAUSE_START = re.compile(r"[,.;:(]\s")
_CLAUSE_END = re.compile(r"[.;)](?:\s|$)|,(?=[^,.;)]*\d)")  # a comma before words without a number goes on with it


def told_why(folded: str) -> bool:
    """Whether a clause says why there is no number: «сведения уточняются», «пришлём завтра»."""
    return _TOLD_WHY.search(folded) is not None


def untold(line: Line, folded: str, labels: Sequence[Label], stated: frozenset[str]) -> Iterator[tuple[str, Evidence]]:
    """The networks that a line with figures names, whose number it does not hold: names as in the campaign, and where.

    `stated`: what this line gave figures for. One whose clause tells why there is none is left out.
    """
    named = {x.name for x in labels if x.kind == "field"}
    if len(named) > 1 and stated and not named & stated:
        return  # «на ВК, Инстаграм и ОК подписано 34 человека»
    for label in labels:
        if label.kind != "field" or label.link or label.name in stated:
            continue
        if not told_why(_clause(folded, label)):
            yield label.name, Evidence(locator=line.locator, snippet=line.text.strip()[-120:])


def _clause(folded: str, label: Label) -> str:
    """What is said of a network: the words around its name, without those that come to other numbers."""
    start = max((m.end() for m in _CLAUSE_START.finditer(folded, 0, label.start)), default=0)
    start = max((m.end() for m in _DIGITS.finditer(folded, start, label.start)), default=start)
    end = _CLAUSE_END.search(folded, label.end)
    return folded[start : end.start() if end else len(folded)]
