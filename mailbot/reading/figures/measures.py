"""What a heading counts that is not who has subscribed: a plan, a share, an earlier figure, a growth, who is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.reading.text.fold import fold

_PLAN = re.compile(
    r"(?<![а-я])план(?!ет)\w*|норм(?:[аыу]|атив)|необходим|(?<![а-я])нужно|требу|миним|(?<![а-я])мин(?![а-я])(?!\.?\s*(?:обр|прос))|(?<![а-я])min(?![a-z])"
    r"|задани|квота|должн[оы]|цель|целев\w+\s+(?:показател|значени|числ)|контрольн|показатель\s+по\s+письму|^\s*по\s+письму"
    r"|не\s+менее|рекоменд|порогов|(?<![а-я])порог(?![а-я])|ориентир|к\s+выполнению"
)
# Beside a network's own name only these say that its number is a plan; «ВК (не менее 30 чел.)» is who subscribed.
_PLAN_OF_NETWORK = re.compile(
    r"план|норм|квот|задан|цель|(?<![а-я])(?:нужно|требуется|необходимо|должно(?:\s+быть)?|мин|минимум|min|к\s+выполнению)[\s.)]*$"
)
_SHARE = re.compile(r"(?!.*чел|\s*(?:кол-?\s?во|количеств|число|подпис)).*(?:%|процент|дол[яи])")
_MEASURE = re.compile(
    r"%|процент|доля|прирост|лайк|просмотр|публикац|репост|комментар|разниц|отклонен|динамик|охват|посещени[йяе]|визит"
    r"|(?<![а-я])пост(?:ов|ы|а)?(?![а-я])|(?<![а-я])клик|переход(?:ы|ов)(?![а-я])|нравится"
)
_EARLIER = re.compile(
    r"(?<![а-я])(?:было|ранее|раньше|предыдущ\w*|вчера|прошл\w*|на\s+начало)(?![а-я])|(?<![а-я])до\s*$|^\s*до(?:\s+письма)?\s*$"
)
_GROWTH = re.compile(
    r"добавил[оаи]с[ья]|(?<![а-я])(?:прибыло|рост|плюс|из\s+них\s+нов\w+|нов(?:ых|ые))(?![а-я])|за\s+(?:\S+\s+)?(?:недел[юи]|день|сутки|месяц)(?![а-я])"
)
_MISSING = re.compile(
    r"отписал|(?<![а-я])не\s+подпис|не\s+охвач|(?<![а-я])остал[оа]сь|(?<![а-я])остаток|не\s+хватает|недобор|задолженност"
    r"|приглаш|отказал|без\s+подписки|подпишутся|(?<![а-я])надо(?![а-я])|планиру"
)
# Who has an account at all is another question than who subscribed.
_HOLDERS = re.compile(
    r"зарегистрир|(?<![а-я])(?:есть|имеют|имеется|имеющ\w+|наличие)\s+(?:\S+\s+)?(?:аккаунт|страниц|профил)"
)
# Standing over several networks, such a word tells what all of them count.
_OVER_NETWORKS = re.compile(
    r"\s*(?:план(?!ет|-график)\w*|норм(?:а|ы|атив)|необходим\w*|нужно|требуется|минимум|задани|квота|должн[оы]\s+быть|цель|целев\w+\s|не\s+менее"
    r"|было|ранее|раньше|предыдущ|прошл|вчера|на\s+начало|до\s*$|прирост|добавил|нов(?:ых|ые)\s*(?:подписч|$)|рост(?![а-я])|динамик|разниц|отклонен"
    r"|отписал|не\s+подпис|остал[оа]сь|остаток|не\s+хватает|недобор|в\s+т(?:ом|\.)\s*ч\S*\s+нов"
    r"|(?:кол-?\s?во|количество|число)?\s*(?:лайк|просмотр|публикац|репост|комментар|охват|пост(?:ов|ы)(?![а-я])))"
)
_NOT_SUBSCRIBED = re.compile(r"(?<![а-я])не\s?подписа(?:л|вш|нн)")
_OURS_ALL_THE_SAME = re.compile(r"\s*(?:динамик|охват)")  # «Динамика подписки»: dates; «Охват подпиской»
_BECAME = re.compile(r"(?<![а-я])стало(?![а-я])")
_FACT = re.compile(r"факт|(?<![а-я])стало(?![а-я])")

SHARE = "a share or another measure"
ABOVE = "told above the networks: not who has subscribed by now"
OWN_PAGE = "the organisation's own page"
SET_APART = (SHARE, ABOVE, OWN_PAGE)
"""Roles of numbers in columns and rows of another matter, beside which others may hold the figures."""


def is_plan(levels: Sequence[str], *, names_network: bool) -> bool:
    """Whether what should be is counted; `names_network` where the lowest level itself names one."""
    last = fold(levels[-1])
    if not _PLAN.search(last) or _FACT.search(last):
        return False
    return not names_network or _PLAN_OF_NETWORK.search(last) is not None


def is_share(levels: Sequence[str]) -> bool:
    """Whether a share, likes or views are counted; the share may be told on any level: «Исполнение, %» over «ВК»."""
    return _MEASURE.search(fold(levels[-1])) is not None or any(_SHARE.match(fold(text)) for text in levels[:-1])


def not_the_whole(levels: Sequence[str]) -> str:
    """Why a column holds another number of people than have subscribed by now: an earlier one, a growth, who is missing."""
    last = fold(levels[-1])
    if not _BECAME.search(last):
        if _EARLIER.search(last):
            return "an earlier figure"
        if _MISSING.search(last):
            return "who has not subscribed"
        if _HOLDERS.search(last):
            return "who has an account"
        if _GROWTH.search(last):
            return "a growth, not the whole"
    above = [fold(text) for text in levels[:-1]]
    if any(_OVER_NETWORKS.match(text) and not _FACT.search(text) for text in above):
        return ABOVE
    return ""


def begins_otherwise(title: str) -> bool:
    """Whether a title, folded, begins with a plan, a growth or who is missing: «Прирост за неделю:»."""
    return _OVER_NETWORKS.match(title) is not None and not _FACT.search(title) and not _OURS_ALL_THE_SAME.match(title)


def title_of_another(title: str) -> bool:
    """Whether a table's title, folded, says that all its numbers are a plan, a growth or of who is missing."""
    return begins_otherwise(title) or (_NOT_SUBSCRIBED.search(title) is not None and not _FACT.search(title))
