"""Which of a line's numbers may be figures at all: running numbers and other pages set aside, zeros in words added."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.lines import Named
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.tokens import Number
from mailbot.reading.intent import OTHER_SUBJECTS
from mailbot.reading.text.worded import Worded

_OWN_PAGE = Worded(
    r"(?:собственн\w+|наш(?:а|у|ей|его|и|их|ем|ими)?|сво(?:й|я|ю|ей|их|и|его|ём|ем))\s+(?:\w+\s+){0,2}(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+|канал\w*|инстаграм\w*|instagram)"
    r"|(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+)\s+(?:\w+\s+){0,1}(?:школы|гимназии|лицея|сада|садика|детсада|учреждения|колледжа|техникума|организации|доу|управления\s+образования|отдела\s+образования)(?![а-я])"
    r"|школьн\w+\s+(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+)",
    *("страни", "групп", "паблик", "аккаунт", "сообществ", "канал", "инстаграм", "instagram"),
)
_MEASURED = Worded(
    r"(?<![а-я])(?:лайк(?:и|ов)|просмотр(?:ы|ов)|репост(?:ы|ов)|комментари(?:и|ев)|охват)\s*[-:]?\s*(?=\d)",
    *("лайк", "просмотр", "репост", "комментари", "охват"),
)
_CLAUSE = re.compile(r"[.!?;]\s+(?=\S)|,\s+а\s")
_SENTENCE = re.compile(r"[.!?;]\s+(?=\S)")
_STOP = re.compile(r"[.!?;](?:\s|$)")
_ZERO = re.compile(
    r"(?<![а-яё])(?:подписчик(?:ов|и)?\s+(?:пока\s+)?(?:нет|отсутствуют|юк)|подпис(?:ок|анных|авшихся)\s+(?:пока\s+)?(?:нет|отсутствуют)"
    r"|(?:пока\s+)?нет\s+(?:подписчик\w*|подписок|подписавш\w*|подписанн\w*)|никто\s+(?:(?:пока|так|и|еще)\s+)*не\s+подписа\w+|никто|бер(?:\s+кеше|кем)\s+д[әе]\s+юк|ни\s+души|не\s+подписан\s+никто|(?:нет\s+)?никого(?:\s+нет)?|ни\s+одного(?:\s+(?:чел\w*|подпис\w*))?|отсутствуют|отсутствует|юк|нет|нету|нол[ья])(?![а-яё])"
)


_AGREED = re.compile(
    r"(?:^|[.!?]\s+)\W*(ок|ok|oк|оk)(?:\s*!+(?!\w)|\s*[,.](?=\s)(?!\s*\d)|\s+(?:хорошо|принят|принял|понят|понял|сделаем|исполним|выполним|спасибо|подпиш))"
)


def without_agreement(labels: list[Label], folded: str) -> list[Label]:
    """«Ок, к пятнице сделаем»: at the beginning of a sentence «ок» agrees, and names no network."""
    agreed = {m.start(1) for m in _AGREED.finditer(folded)}
    return [x for x in labels if x.start not in agreed] if agreed else labels


def without_ordinals(tokens: list[Number], names: list[Named], folded: str, marks: list[int]) -> list[Number]:
    """«1 МБОУ «СОШ № 5» …»: a running number before the name, one more than the last one."""
    if names and tokens and tokens[0].role is Role.FIGURE and tokens[0].end <= names[0].start:
        first = tokens[0]
        expected = (marks[-1] + 1) if marks else 1
        if (
            not folded[: first.start].strip(" |\t*•-")
            and not folded[first.end : names[0].start].strip(" .)|\t-")
            and first.value == expected
        ):
            marks.append(first.value)
            return [replace(first, role=Role.LIST_MARK), *tokens[1:]]
    return tokens


def without_numbering(tokens: list[Number], labels: list[Label], folded: str, marks: list[int]) -> list[Number]:
    """«1 ВКонтакте – 33», «2 Инстаграм – 47»: a running number before a network that has a number of its own."""
    first = tokens[0] if tokens else None
    if first is None or first.role is not Role.FIGURE or folded[: first.start].strip(" |\t*•-"):
        return tokens
    label = next((x for x in labels if x.kind in ("field", "total")), None)
    if label is None or folded[first.end : label.start].strip(" .)|\t-"):
        return tokens
    others = [t for t in tokens[1:] if t.role is Role.FIGURE]
    if len(others) != 1 or not re.fullmatch(r"[^\w,;]*", folded[label.end : others[0].start]):
        return tokens
    if first.value != (marks[-1] if marks else 0) + 1:
        return tokens
    marks.append(first.value)
    return [replace(first, role=Role.LIST_MARK), *tokens[1:]]


def without_own_page(tokens: list[Number], folded: str) -> list[Number]:
    """Numbers of a sentence about the sender's own page are another matter altogether."""
    if not _OWN_PAGE.may_match(folded):
        return tokens
    kept = []
    for token in tokens:
        start = max((m.end() for m in _CLAUSE.finditer(folded[: token.start])), default=0)
        stop = _STOP.search(folded[token.end :])
        sentence = folded[start : token.end + (stop.start() if stop else len(folded))]
        own = token.role is Role.FIGURE and _OWN_PAGE.search(sentence) and not re.search(r"министерств|моин", sentence)
        kept.append(replace(token, role=Role.COUNT, noun="followers of the sender's own page") if own else token)
    return kept


def without_measures(tokens: list[Number], folded: str, labels: list[Label]) -> list[Number]:
    """«Лайков 186, просмотров: 250»: what a post came to, unless the campaign itself asks for it."""
    measured = {m.end(): m.start() for m in _MEASURED.finditer(folded)}
    return [
        replace(t, role=Role.COUNT, noun="отклики")
        if t.role is Role.FIGURE
        and t.start in measured
        and not any(x.start < t.start and x.end > measured[t.start] for x in labels)
        else t
        for t in tokens
    ]


def without_other_matter(tokens: list[Number], folded: str, labels: list[Label]) -> list[Number]:
    """«P.S. По вакцинации: привито 34 из 41»: a sentence on another request, with no network and no subscribers in it."""
    kept = []
    for token in tokens:
        start = max((m.end() for m in _SENTENCE.finditer(folded[: token.start])), default=0)
        stop = _STOP.search(folded[token.end :])
        end = token.end + (stop.start() if stop else len(folded))
        ours = "подпис" in folded[start:end] or any(x.kind != "audience" and start <= x.start < end for x in labels)
        other = token.role in (Role.FIGURE, Role.STAFF) and not ours and OTHER_SUBJECTS.search(folded, start, end)
        kept.append(replace(token, role=Role.COUNT, noun=f"another matter: {other.group()}") if other else token)
    return kept


def with_zeros(tokens: list[Number], folded: str, lexicon: Lexicon) -> list[Number]:
    """«нет», «подписчиков нет» beside a network's name are the number 0."""
    for match in _ZERO.finditer(folded):
        if any(t.start < match.end() and match.start() < t.end for t in tokens):
            continue
        before, after = folded[max(0, match.start() - 45) : match.start()], folded[match.end() : match.end() + 30]
        here = [x for x in lexicon.labels(before + " ") if x.kind in ("field", "total")]
        near = (
            bool(here)
            and re.fullmatch(
                r"(?:-?[дт][аә](?![а-яә]))?[\s\-:=(,]*(?:пока|так|у нас|подпис\w*|подписчик\w*)?[\s\-:=]*",
                before[here[-1].end :],
            )
            is not None
        )
        ahead = re.match(r"\s*(?:в|во|на)\s+", after) and any(
            x.kind == "field" and x.start < 14 for x in lexicon.labels(after)
        )
        if (near and re.match(r"\s*(?:[,;.)|\n]|$|\s-\s|и\s|а\s)", after)) or (ahead and "подпис" in match.group()):
            tokens.append(Number(match.start(), match.end(), match.group(), 0, Role.FIGURE, people=True))
    return sorted(tokens, key=lambda t: t.start)


def beside_label(token: Number, labels: list[Label], folded: str) -> Number:
    """«инстаграм девять»: a small number in words right after a network's name is no ordinary speech."""
    if token.role is not Role.PROSE:
        return token
    beside = any(
        x.kind in ("field", "total")
        and x.end <= token.start
        and re.fullmatch(r"[\s:\-=]*(?:подпис\w+|всего|только)?\s*", folded[x.end : token.start])
        for x in labels
    )
    return replace(token, role=Role.FIGURE) if beside else token


def subscribed_people(folded: str, values: list[Number], labels: list[Label]) -> list[Number]:
    """«подписались 45 сотрудников»: who they are is said, but they are the people that subscribed, if no more is said."""
    if len(values) != 1 or values[0].role is not Role.STAFF or any(x.kind == "field" for x in labels):
        return []
    value = values[0]
    if not re.search(
        r"(?:подписал\w+|подписан\w*|язылды)\s*:?\s*(?:все\s+|всего\s+|уже\s+|еще\s+)?$", folded[: value.start]
    ):
        return []
    return [replace(value, role=Role.FIGURE, people=True)]


_HOW_MANY = re.compile(
    r"[\s:=\-]*(?P<there>(?:всего\s+)?(?:в\s+(?:наше[йм]\s+)?(?:школе|гимназии|лицее|саду|садике|детсаду|д/с|доу|колледже|техникуме|учреждении|коллективе|штате)|у\s+нас))?[\s:=\-]*"
)
_SUBSCRIBED = re.compile(r"подпис|язылд")
_ENDS = re.compile(r"[.!?]\s")


def without_headcount(values: list[Number], labels: list[Label], folded: str) -> list[Number]:
    """«Учеников 112, учителей 24. ВК 31, …», «Сотрудников 38, подписались: ВК 30, …», «Педагогов в школе 52»: how many there are.

    Only where nothing is said of subscribing yet, and where no figure and no sum of figures is what they come to: else
    they are a split.
    """
    values = [replace(v, role=Role.STAFF) if _is_told_of_it(folded, v) else v for v in values]
    begins = _where_figures_begin(labels, folded)
    heads = [v for v in values if v.role is Role.FIGURE and _is_headcount(v, labels, folded, begins)]
    others = [v.value for v in values if v.role is Role.FIGURE and v not in heads]
    if not heads or sum(v.value for v in heads) in {*others, sum(others)}:
        return values
    return [replace(v, role=Role.STAFF) if v in heads else v for v in values]


def _where_figures_begin(labels: list[Label], folded: str) -> int:
    """Where, before the first network, a line comes to who subscribed: at that word, or with a new sentence; else 0."""
    first = next((x for x in labels if x.kind != "audience"), None)
    if first is None or first.kind != "field":
        return 0
    if said := _SUBSCRIBED.search(folded, 0, first.start):
        return said.start()
    return max((m.start() for m in _ENDS.finditer(folded, 0, first.start)), default=0)


def _is_headcount(value: Number, labels: list[Label], folded: str, begins: int) -> bool:
    gaps = (
        (x, _HOW_MANY.fullmatch(folded, x.end, value.start))
        for x in labels
        if x.kind == "audience" and x.end <= value.start
    )
    return any(
        gap and (x.end <= begins or (gap["there"] and not _SUBSCRIBED.search(folded, 0, value.start)))
        for x, gap in gaps
    )


_THERE_ARE = re.compile(
    r"контингент|(?<![а-я])штат|списочн|численност|(?<![а-я])обуча(?:ет|ют)ся|посеща(?:ет|ют)|насчитыва|учится|учатся"
)
_AT = re.compile(
    r"(?<![а-я])в\s+(?:наше[йм]\s+)?(?:школе|гимназии|лицее|саду|садике|детсаду|д/с|доу|колледже|техникуме|учреждении|районе)(?![а-я])|коллектив\w*|(?<![а-я])у\s+(?:нас|них|нее)(?![а-я])|(?<![а-я])там(?!\s+же)(?![а-я])|маленьк|небольш|малочислен|малокомплект"
)
# Who is told of the letter: «ознакомлю коллектив (34 человека)».
_TOLD_TO = Worded(
    r"(?<![а-я])(?:ознаком(?:лю|им|ила?|или|лены?)|довед(?:у|ем)|довел[аи]?|оповести(?:м|ла?|ли)|оповещ[уе][а-я]*|проинформир[а-я]+|передам|передадим|сообщ(?:у|им))"
    r"\s+(?:[а-я]+\s+){0,3}(?:(?:пед)?коллектив|сотрудник|работник|педагог|учител|воспитател|родител|учени[кц]|обучающ|студент)[а-я]*\s*\(?\s*$",
    *("ознаком", "довед", "довел", "оповест", "оповещ", "проинформир", "переда", "сообщ"),
)
_ASIDE = re.compile(
    r"[(]|,\s*(?=(?:там|у\s+(?:нас|них|нее)|в\s+(?:школе|саду|садике)|но|хотя|потому|так\s+как|поэтому)(?![а-я]))"
)


def _is_told_of_it(folded: str, value: Number) -> bool:
    """Whether a number counts whom the sender tells of the letter, and nobody who subscribed."""
    return value.role in (Role.FIGURE, Role.STAFF) and _TOLD_TO.search(folded[: value.start]) is not None


def is_of_an_audience(folded: str, value: Number, labels: list[Label]) -> bool:
    """«36 учителей, 70 родителей» among those who subscribed is a split; «из 52 сотрудников» is a remark."""
    before = folded[max((m.end() for m in re.finditer(r"[.!?]\s", folded[: value.start])), default=0) : value.start]
    clause = before[max((m.end() for m in _ASIDE.finditer(before)), default=0) :]
    if _is_told_of_it(folded, value):
        return False
    subscribed = re.search(r"подпис|язылды|(?<![а-я])(?:вк|инст|однокл)", clause) is not None
    if not subscribed and (_THERE_ARE.search(clause) or (_AT.search(clause) and "подпис" not in before)):
        return False
    if re.search(r"(?:^|\s)из\s+\d+\s+\w+(?:\s+\w+)?\s+и\s+$", before) or ("%" in before and before.endswith(" от ")):
        return False
    if re.search(
        r"(?:из(?!\s+них)|работа\w+|обуча\w+|штат\w*|числ\w+|коллектив\w*)\s+(?:(?!подпис|всего|из)\w+\s+)?$", before
    ):
        return False
    if not re.search(
        r"подпис|язылды|из\s+них|в\s+т(?:ом|\.)\s*ч|среди|шул\s+исәптән|:|вк|инст|однокл|всего|итого", before
    ) and before.count("(") <= before.count(")"):
        return False
    return any(x.start >= value.end and x.start - value.end < 25 for x in labels if x.kind == "audience") or any(
        x.end <= value.start and re.fullmatch(r"[\s:\-=(]*", folded[x.end : value.start])
        for x in labels
        if x.kind == "field"
    )
