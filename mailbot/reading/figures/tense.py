"""Numbers that are not what is: what is promised for later, and what came on top of a figure told before.

«Подписано 31, к пятнице подпишем ещё 10»: the ten are no figure. «Подписались ещё 5 в ВК, добавьте к нашим»: five is
not how many there are. «Вчера было 20»: nor is that. None of them is ever taken; where nothing else tells how many there
are (`unsettled.py`), a person must look, unless the mail is a promise and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.tokens import Number
from mailbot.reading.text.worded import Begun

_PROMISED = re.compile(
    r"(?<![а-яәөү])(?:(?:до|пере)?подпиш(?:у|ет|ем|ут)(?:ся|сь)?(?![а-я])"
    r"|(?:на|до|со)бер(?:у|ем|ут)(?:ся)?(?![а-я])|довед(?:у|ем|ут)(?![а-я])|добь(?:емся|ются)|достигнем(?![а-я])|догоним"
    r"|увеличи(?:м|тся)(?![а-я])|найдем|найдут(?:ся)?|обеспечим|привлечем|подключ(?:им|атся)|присоедин(?:им|ятся)|вступят|выйдем\s+на|охватим|подтян(?:ем|утся)"
    r"|(?:(?:завтра|скоро|позже|к\s+\S+(?:\s+[а-я]+)?|(?:^|[.!]\s+)(?:у\s+нас)?)\s+|^)будет(?=\s+(?:(?:в|по|на)\s+)?(?:вк|инст|однокл|ок(?![а-я])|vk|\d))"
    r"|буд(?:ет|ут)\s+(?:(?:еще|уже|обязательно|завтра|позже|тоже)\s+)?(?:подписан\w*|не\s+менее|не\s+меньше)"
    r"|планир(?:у|ов)\w+|план(?:ы)?(?:\s+(?:по|на)\s+[а-я]+(?:\s+[а-я]+)?)?\s*[:\-–—](?!\s*\d)|в\s+планах|плане\s+(?:еще|подписать)|намерен[ыа]?(?=\s+\w+ть)|собираемся|постара(?:юсь|емся|ются)|попробу(?:ю|ем)|(?<!как )(?<!как и )(?<!кто )(?<!все )обеща(?:л\w*|ю\w*|ем|ет)(?![а-я])|надеемся\s+(?:на\s+\d|подпис|набра|довес|к\s)\w*|рассчитываем\s+(?:на\s+\d|подпис|набра|довес)\w*"
    r"|ожида(?:ем|ется|ются)\s+(?:еще|до|подпис\w+|увелич\w+|рост\w*|в|\d)|предполага(?:ем|ется)|хот(?:им|ели\s+бы|елось\s+бы)\s+(?:подпис|набра|довес|увелич|выйти|достич)\w*"
    r"|должн[аоы]\s+(?:еще\s+)?(?:подписа\w+|быть(?![^.!?]*(?:а\s+не|вместо)\s+\d)|набра\w+|стать)|жд(?:ем|ут)\s+(?:еще|от(?!\s+вас))(?![а-я])|осталось(?!\s+отчит)(?!\s+(?:в|по|на)\s|\s+\d+\s+подписчик)|оста(?:е|ю)тся|не\s*хватает|(?:нужно|надо|необходимо|требуется|предстоит)\s+(?:еще|подписать|добрать|набрать)|еще\s+(?:нужно|надо)"
    r"|забыли\s+подпис\w+|не\s+(?:успели|смогли)\s+подписать\w*|(?<!никто )(?<!никто пока )(?<!никто еще )не\s+подпис(?:ан|ал)\w*(?!\s+(?:никто|ни\s|нет(?![а-я])))|недоб[ои]р\w*|недобрал\w*|недостает|недостач\w*|язылма(?:ган|ды)\w*|язылачак\w*|язылыр\w*|булачак\w*|планлаштыр\w+)"
)
_ADDED = Begun(
    r"(?<![а-яәөү])(?:(?:подпис(?:ал|ан)\w*|вступил\w*|прибыл\w*|присоедин\w+)\s+(?:\w+\s+)?еще(?!\s+раз)(?![а-я])"
    r"|еще\s+(?:подпис(?:ал|ан)\w*|вступил\w*|прибыл\w*|присоединил\w*)"
    r"|дополнительно\s+(?:подпис(?:ал|ан)|вступил)\w*|подпис(?:ал|ан)\w*\s+дополнительно|дополнительн\w+\s+подпис(?:к|чик)\w*"
    r"|(?:добав|прибав)ил(?:ся|ась|ось|ись)|прибавлени[ея]|прибыло|прирос\w*|приплюс\w+"
    r"|(?:увелич|вырос|возрос|прибав|подня|прирос|больше|сниз|уменьш|упал|меньше|сократ|убав)\w*\s+(?:в\s+\w+\s+)?на(?=\s+\d)|на\s+(?=\d+\s+(?:чел\w*\.?\s+)?больше)"
    r"|новы[ехй]\s+(?:подписчик|участник|подписавш|подписк|подписан)\w*|новеньк\w+|плюс(?!\s*-?\s*минус)(?=\s+(?:еще\s+)?\d)|плюсом"
    r"|(?<!отчет )(?<!итоги )(?<!данные )(?<!сведения )(?<!информация )(?<!информацию )за\s+(?:сегодня\w*|вчера\w*|выходны\w+|сутки|минувш\w+\s+\w+|прошедш\w+\s+(?:день|сутки|выходны\w+))(?:\s+(?:день|число))?"
    r"|тагын(?=\s+\d)|өстәлде)",
    "бвдезмнпстуө",
)
_EARLIER = Begun(
    r"(?<![а-яәөү])(?:(?:год|месяц|неделю)\s+назад|сначала\s+(?:у\s+нас\s+)?было|ранее\s+(?:указ|сообщ|подав|подал|писал)\w+|прошл(?:ая|ые)\s+был[аи]|был[аи]\s+прошл(?:ая|ые)|в\s+прошлом\s+(?:году|месяце)|(?:вчера|раньше|до\s+этого|до\s+(?:вашего\s+)?письма|на\s+прошл\w+\s+\w+|в\s+прошл\w+\s+\w+|в(?:о)?\s+(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье|июле))\s+(?:у\s+нас\s+|в\s+[а-я]+\s+)?было"
    r"|(?<!не )не(?:верн|правильн)(?:о|ые|ый)(?=\s*(?:данные|цифры|число|указан\w*)?\s*[:\-])|кич[әе](?=[^.!?]*\sиде))",
    "бвгдкмнпрс",
)
_IN_BRACKETS = re.compile(
    r"\([^()]{0,40}?(?<![а-я])(был[оаи]|раньше|ранее|вчера|утром|сообщал\w*|писал\w*|указывал\w*)(?![а-я])[^()]*(?=\))"
)
_SINCE = Begun(
    r"(?<![а-яәөү])(?:сегодня|сейчас|теперь|стало|бүген|хәзер|(?:а\s+)?на\s+\d|уже|(?<!не)(?:верно|правильно))",
    "абвнпстух",
)
_ON_TOP = Begun(
    r"(?<![а-я])(?:(?:добавьте|прибавьте|добавить|прибавить|добавляем|прибавляем|плюсуйте|прибавляйте)(?![а-я])[^.!?]*?\s)?к\s+(?:наш(?:им|ей)|вчерашн\w+|предыдущ\w+|прежн\w+|прошл\w+|имеющ\w+|ранее\s+\w+|уже\s+(?:\w+)|тем)(?![а-я])(?!\s+(?:\S+\s+)?(?:письм|отчет|сообщ|ответ))",
    "дкп",
)
_ADD_IT = re.compile(r"(?<![а-я])(?:добав|прибав|плюс)\w*")
_MORE = re.compile(r"(?<![а-я])(?:и\s+)?еще\s+(?:по\s+|плюс\s+)?$")
_MORE_THAN_ONCE = re.compile(r"(?<![а-я])еще(?!\s+раз)(?![а-я])")
_NEAR = 400  # characters before a number in which its sentence or what leads to it begins
_PLUS = re.compile(r"(?:^|[\s:–—\-])\+\s?$")
_NOW = Begun(
    r"(?<![а-я])(?:а\s+)?(?:пока(?:\s+что)?|сейчас|на\s+(?:сегодня\w*|данный|текущ\w+|настоящ\w+|этот)|теперь|подписал\w+|подписан[оы]?(?![а-я])|фактическ\w+|(?:по\s+)?факту?(?![а-я])|на\s+деле|стало|итого|итог\w*|всего|имеем|имеется|есть(?![а-я])|у\s+нас|(?:с|на)делали|сделано|набрали|набрано|вышло|выходит|получили|собрали|удалось|получилось|а\s+так)",
    "авеинпстуф",
)
_RESULT = Begun(
    r"(?<![а-я])(?:теперь|стало|итого|в\s+итоге|всего|общее|сейчас|на\s+сегодня\w*|вместе\s+с)(?![а-я])",
    "виност",
)
_SHALL = re.compile(
    r"(?:(?:до|пере)?подпиш|(?:на|до|со)бер|довед|найд|обеспечим|привлеч|подключ|охватим|будет|будут|планируем|план|ждем)"
)
_SENTENCE_END = re.compile(
    r"[.!?;](?=\s|$)(?<!чел.)(?<!челов.)(?<!инст.)(?<!инстагр.)(?<!одн.)(?<!подп.)(?<!подписч.)(?<!соц.)(?<![а-я]ок.)(?<!\sг.)"
)
_CLAUSE_START = re.compile(r"[,;:(]\s|\s[–—\-]\s|[.!?]\s")


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Numbers set aside: the networks that their sentence names, the `word` that made it so, and what they are instead.

    `surely`: a person must look, whatever else is told.
    """

    names: frozenset[str]
    word: str
    role: Role
    surely: bool = False


def without_future(tokens: list[Number], folded: str, labels: list[Label]) -> tuple[list[Number], list[Unsettled]]:
    """Set aside what is only promised, planned or still missing: «до 17 числа наберём 30», «не подписаны 5»."""
    return _set_aside(tokens, folded, labels, _spans(folded, _PROMISED, _NOW), Role.PROMISE)


def without_past(tokens: list[Number], folded: str, labels: list[Label]) -> tuple[list[Number], list[Unsettled]]:
    """Set aside what was once, or was told wrongly: «вчера было ВК 31», «Неверно: ВК 30»; what is, must be told too."""
    spans = _spans(folded, _EARLIER, _SINCE)
    spans += [
        _Span(m.start(), m.end(), m.group(1)) for m in _IN_BRACKETS.finditer(folded) if _is_aside(folded, m.end())
    ]
    return _set_aside(tokens, folded, labels, spans, Role.EARLIER)


def without_increments(
    tokens: list[Number], folded: str, labels: list[Label], *, first: bool
) -> tuple[list[Number], list[Unsettled]]:
    """Set aside what came on top: «подписались ещё 5», «+5 в ВК». `first`: nothing was told before this line.

    What the figure is then must be told beside it («добавилось 12, теперь там 47»), or it stands in brackets after it.
    """
    spans = [s for s in _spans(folded, _ADDED, _RESULT) if not _is_aside(folded, s.start)]
    spans += [
        _Span(*sentence(folded, m.start()), m.group())
        for m in _ON_TOP.finditer(folded)
        if _ADD_IT.search(folded, m.start()) or _MORE_THAN_ONCE.search(folded) or "+" in folded
    ]
    for token in (t for t in tokens if t.role is Role.FIGURE):
        start, end = sentence(folded, token.start)
        if _PLUS.search(folded[start : token.start]):
            spans.append(_Span(token.start, token.end, "+"))
        elif first and _MORE.search(folded, max(0, token.start - 30), token.start) and not _told_before(tokens, token):
            spans.append(_Span(token.start, _until(folded, token.end, end, _RESULT), "еще"))
    told = tells_result(folded)
    return _set_aside(tokens, folded, labels, spans, Role.INCREMENT, surely=not told)


def is_mere(word: str) -> bool:
    """Whether a word promises to subscribe and nothing else: «подпишем», not «обещали», which may come to a figure."""
    return _SHALL.match(word) is not None


def is_future(folded: str) -> bool:
    """Whether a heading speaks of what will be: «Планируем подписать:»."""
    return _PROMISED.search(folded) is not None and not tells_result(folded)


def is_increment(folded: str) -> bool:
    """Whether a heading speaks of what came on top: «Добавилось за сегодня:», not «На сегодня, в скобках прирост:»."""
    said = _ADDED.search(folded) or _ON_TOP.search(folded)
    return said is not None and not tells_result(folded) and "скобк" not in folded


def tells_now(folded: str) -> bool:
    """Whether a line below a promise comes to what is: «Подписано ВК 34»."""
    return _NOW.search(folded) is not None


def tells_result(folded: str) -> bool:
    """Whether a line comes to how many there are: «было 22, стало 41», «теперь там 47»."""
    return _RESULT.search(folded) is not None


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    word: str


def _spans(folded: str, said: re.Pattern[str] | Begun, until: Begun) -> list[_Span]:
    """What such a word governs: its own clause, and the sentence after it `until` the sender comes to what is now."""
    spans = []
    for match in said.finditer(folded):
        begin, end = sentence(folded, match.start())
        if opened := folded.rfind("(", begin, match.start()) + 1:
            closed = folded.find(")", opened)
            begin, end = (opened, closed) if closed > match.start() else (begin, end)
        starts = [m.end() for m in _CLAUSE_START.finditer(folded, begin, match.start())]
        start = starts[-1] if starts else begin
        spans.append(_Span(start, _until(folded, match.end(), end, until), match.group()))
    return spans


def _until(folded: str, start: int, end: int, said: Begun) -> int:
    now = said.search(folded, start, end)
    return now.start() if now else end


def sentence(folded: str, position: int) -> tuple[int, int]:
    """Start and end of the sentence that holds `position`."""
    begin = max(0, position - _NEAR)
    start = max((m.end() for m in _SENTENCE_END.finditer(folded, begin, position)), default=begin)
    end = _SENTENCE_END.search(folded, position)
    return start, end.end() if end else len(folded)


def _is_aside(folded: str, position: int) -> bool:
    """In brackets after a figure: «ВК – 47 (за сегодня добавилось 12)»."""
    opened = folded.rfind("(", 0, position)
    near = folded[max(0, opened - 20) : opened]
    return opened > folded.rfind(")", 0, position) and re.search(r"\d\D{0,14}$", near) is not None


def _told_before(tokens: Iterable[Number], token: Number) -> bool:
    return any(t.role in (Role.FIGURE, Role.STAFF) and t.end <= token.start for t in tokens)


def _set_aside(
    tokens: list[Number],
    folded: str,
    labels: list[Label],
    spans: list[_Span],
    role: Role,
    *,
    surely: bool = False,
) -> tuple[list[Number], list[Unsettled]]:
    kept, unsettled = [], []
    for token in tokens:
        span = next((s for s in spans if s.start <= token.start < s.end), None)
        if span is None or token.role not in (Role.FIGURE, Role.STAFF):
            kept.append(token)
            continue
        kept.append(replace(token, role=role, noun=span.word))
        start, end = sentence(folded, token.start)
        names = frozenset(x.name for x in labels if x.kind == "field" and start <= x.start < end)
        unsettled.append(Unsettled(names, span.word.strip(), role, surely))
    return kept, unsettled
