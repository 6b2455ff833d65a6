"""What a table's columns hold, told from their headings: a network, a total, an audience group, names, running numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.measures import OWN_PAGE, SHARE, is_plan, is_share, not_the_whole
from mailbot.reading.figures.tokens import dates
from mailbot.reading.figures.wording import strange_noun
from mailbot.reading.text.fold import fold


class ColumnRole(StrEnum):
    """What a column holds. `VALUE` is a number with no network named; `UNKNOWN` was not told by its heading."""

    FIELD = "field"
    TOTAL = "total"
    AUDIENCE = "audience"
    VALUE = "value"
    ORGANISATION = "organisation"
    PLACE = "municipality"
    NETWORK = "network's name"
    ORDINAL = "running number"
    FOREIGN = "an account that was not asked for"
    OTHER = "something else"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's role; `name` is the field's or group's; `within` the field that an audience column splits."""

    role: ColumnRole
    name: str = ""
    within: str = ""
    order: tuple[int, int, int] | None = None
    reason: str = ""
    text: str = ""


_ORDINAL = re.compile(
    r"^\s*(?:№|n|no|#)?\s*(?:№|п\s*/?\s*п|п\.\s*п\.?|пп)?\s*\.?\s*$|^\s*(?:порядков\w+\s+номер|номер\s+п/п|т/с|т[әе]ртип(?:\s+(?:саны|номеры))?|№\s*строки|id|ид|uid|код(?:\s+записи)?|номер\s+записи)\s*$"
)
_NAME = re.compile(
    r"наименовани|название|организаци|учреждени|школ|(?<![а-я])оо(?![а-я])|(?<![а-я])оу(?![а-я])|(?<![а-я])доу(?![а-я])|образоват|детск\w*\s+сад|садик|гимнази|лице[йя]|колледж|мәктәп|оешма|учебн\w+\s+завед|(?<![а-я])тип(?![а-я])|номер\s+(?:школы|сада|доу|оо)|(?<![а-я])вид(?![а-я])|респондент"
)
_PLACE = re.compile(
    r"район|муницип|(?<![а-я])мр(?![а-я])|(?<![а-я])мо(?![а-я])|город(?!ск\w+\s+телеф)|территори|(?<![а-я])го(?![а-я])|адм\w*\.?\s*единиц"
)
_LOCALITY = re.compile(
    r"место\s*нахожд|местонахожд|населенн\w+\s+пункт|(?<![а-я])нас\w*\.?\s*п|(?<![а-я])село(?![а-я])|(?<![а-я])место(?![а-я])|локаци"
)
STAFF = "number of staff or pupils"
LOCALITY = "locality"
"""The name of a PLACE heading whose column holds villages and towns, not districts."""

_WHO = re.compile(
    r"\s*(?:кто(?![а-я])|категори\w+\s+(?:подписч|людей|лиц|участник)|аудитори|целев\w+\s+(?:групп|аудит))"
)
_WHO_LONGEST = 60
_SHORT = 300  # characters of all levels of a heading that may come again
_NAME_AND_ADDRESS = re.compile(
    r"\s*(?:(?:полное|краткое)\s+)?(?:наименование|название)(?!\s+(?:сети|аккаунта|соц|страницы|группы))[^|]{0,40}?(?:адрес|телефон|директор|руководител|место)"
)  # the name comes first, what else stands in the cell after it
_NETWORK = re.compile(
    r"соц\w*\.?\s*-?\s*сет|(?<![а-я])сет[ьи](?![а-я])|аккаунт|страница|площадк|показател|наименование\s+(?:сети|аккаунта)|ресурс|паблик|канал"
)
_VALUE = re.compile(
    r"кол-?\s?во|количеств|число|числен|(?<![а-я])стало|сейчас|текущ|подпис|чел|человек|итог|значени|факт|показател|саны|кеше|язылуч"
)
_SUBSCRIBED = re.compile(r"подпис|язылуч|язылган|подпищ|вступ")
_OTHER = re.compile(
    r"%|процент|доля|охват\s*,?\s*%|лайк|просмотр|публикац|(?<![а-я])пост(?:ов|ы|а)?(?![а-я])|репост|комментар|примечан|телефон|(?<![а-я])тел\.?(?![а-я])|e-?mail|почт|ответствен|фио|ф\.и\.о|должност|директор|заведующ|руководитель\s*\(|подпись|дата|время|отметка|ссылк|адрес|контакт\w*\s+(?:лиц|дан|тел)|прирост|разниц|динамик|отклонен|(?<![а-я])год(?![а-я])|причин|статус|исполнит|вакцин|привит|собственн|рейтинг|место"
)
_NOT_PEOPLE = re.compile(
    r"(?<![а-я])(?:тыс\.?\s*руб|руб\w*|тыс\.|балл\w*|часов|час\.|шт\.?|штук|экз\.?|ед\.|кг|литр\w*|пк|пэвм|арм|компьютер\w*|ноутбук\w*|планшет\w*|устройств\w*|лицензи\w*|комплект\w*|принтер\w*)(?![а-я])"
)
_HOW_MANY = re.compile(r"(?:кол-?\s?во|количество|число)(?![а-я])")
_STAFF = re.compile(
    r"работник|сотрудник|сотр\.?(?![а-я])|работающ|учащ|обучающ|обуч\.|обуч-ся|уч-ся|ученик|школьник|воспитанник|воспит\.|детей|контингент|педагог|учител|штат|родител|персонал|коллектив|студент|укучы|укытучы|хезмәткәр|(?<![а-я])класс|проект"
)
_HEADCOUNT = re.compile(
    r"\s*(?:общая\s+)?численность(?:\s+(?:оо|оу|доу|школы|организации|учреждения))?\s*,?\s*(?:чел\w*\.?)?\s*"
)
# «Всего по ОО» is what each has over all networks; «Всего школ» is how many schools there are.
_OF_EACH = re.compile(
    r"(?<![а-я])(?:по|от)\s+(?:кажд\w+\s+|данн\w+\s+|образовательн\w+\s+)?(?:организац|учрежд|школ|сад|(?:оо|оу|доу)(?![а-я]))"
)
_ORGANISATIONS = re.compile(r"организац|учрежд|школ|(?<![а-я])(?:оо|оу|доу)(?![а-я])|сад(?:ов|ика|у(?![а-я]))")
_COUNTED = re.compile(
    r"всего|кол-?\s?во|количеств|числен|число|общее|штат|контингент|проектн|списочн|фактическ\w*\s+числ|итого|барлыгы|саны"
)


def heading_of(levels: list[str], lexicon: Lexicon) -> Heading:
    """The role of a column with these heading texts, the topmost first, repeated ones folded.

    Example: ["Количество подписавшихся, чел.", "«Вконтакте»"] is the field `vk`; ["Всего работников"] is another
    matter; ["на 16.08.2021", "ОК"] is `ok` for that date.
    """
    short = sum(map(len, levels)) <= _SHORT
    return _of_short(tuple(levels), lexicon) if short else _heading(levels, lexicon)


@lru_cache(maxsize=1024)
def _of_short(levels: tuple[str, ...], lexicon: Lexicon) -> Heading:
    """Headings are few words, and nearly the same in all mails."""
    return _heading(levels, lexicon)


def _heading(levels: Sequence[str], lexicon: Lexicon) -> Heading:
    texts = list(dict.fromkeys(t.strip() for t in levels if t.strip()))
    whole = " / ".join(texts)
    folded = fold(whole)
    moments = dates(whole)
    order = moments[-1].order if moments else None
    if not folded:
        return Heading(ColumnRole.UNKNOWN, order=order)
    labels = [x for text in texts for x in lexicon.labels(text)]
    if not labels and (short := lexicon.abbreviated(texts[-1])):
        labels = [short]
    fields = list(dict.fromkeys(x.name for x in labels if x.kind == "field"))
    foreign = [x for x in labels if x.kind == "foreign"]
    groups = list(dict.fromkeys(x.name for x in labels if x.kind == "audience"))
    totals = [x for x in labels if x.kind == "total"]
    last = fold(texts[-1])
    if is_plan(texts, names_network=any(x.kind == "field" for x in lexicon.labels(texts[-1]))):
        return Heading(ColumnRole.OTHER, order=order, reason="a plan, not a fact", text=whole)
    if is_share(texts):
        return Heading(ColumnRole.OTHER, order=order, reason=SHARE, text=whole)
    if not fields and (role := _of_organisations(last, folded, totals)):
        reason = "number of organisations" if role is ColumnRole.OTHER else ""
        return Heading(role, order=order, reason=reason, text=whole)
    if _NOT_PEOPLE.search(last) and not re.search(r"чел", last):
        return Heading(ColumnRole.UNKNOWN, order=order, reason="a unit that is not people", text=whole)
    if reason := _is_about_others(folded, last) or not_the_whole(texts):
        return Heading(ColumnRole.OTHER, order=order, reason=reason, text=whole)
    if foreign and not fields:
        reason = "an account that was not asked for"
        return Heading(ColumnRole.FOREIGN, foreign[0].name, order=order, reason=reason, text=whole)
    if len(fields) == 1 and not _is_own_page(folded):
        if groups and not totals:
            return Heading(ColumnRole.AUDIENCE, groups[-1], within=fields[0], order=order, text=whole)
        if _STAFF.search(last) and not groups and not _SUBSCRIBED.search(folded) and _COUNTED.search(last):
            return Heading(ColumnRole.OTHER, order=order, reason=STAFF, text=whole)
        return Heading(ColumnRole.FIELD, fields[0], order=order, text=whole)
    if _ORDINAL.match(last):
        return Heading(ColumnRole.ORDINAL, order=order, text=whole)
    if len(fields) > 1 and not totals:
        whole_set = {x.name for x in labels if x.kind == "field"}
        role = ColumnRole.VALUE if len(whole_set) > 1 else ColumnRole.UNKNOWN
        return Heading(role, order=order, text=whole)
    return _without_field(last, folded, groups, totals, order, whole)


def is_counted(folded: str) -> bool:
    """Whether a heading, folded, tells how many there are of something: «Количество», «Численность», «Всего»."""
    return _COUNTED.search(folded) is not None


def subscribed(folded: str) -> bool:
    """Whether a heading, folded, speaks of subscribers."""
    return _SUBSCRIBED.search(folded) is not None


def _of_organisations(last: str, folded: str, totals: list[Label]) -> ColumnRole | None:
    """Whether a heading tells each organisation's total, «Всего по ОО», or how many there are, «Всего школ»."""
    if not _ORGANISATIONS.search(last):
        return None
    if totals and _OF_EACH.search(last):
        return ColumnRole.TOTAL
    return ColumnRole.OTHER if _COUNTED.search(last) and not _SUBSCRIBED.search(folded) else None


def _without_field(
    last: str, folded: str, groups: list[str], totals: list[Label], order: tuple[int, int, int] | None, whole: str
) -> Heading:
    """The role of a heading that names no network."""
    subscribed = _SUBSCRIBED.search(folded) is not None
    staff = _STAFF.search(last) is not None
    if staff and (_COUNTED.search(last) or re.search(r"численност|контингент|штат", folded)) and not subscribed:
        return Heading(ColumnRole.OTHER, order=order, reason=STAFF, text=whole)
    if _HEADCOUNT.fullmatch(last) and not subscribed:
        return Heading(ColumnRole.OTHER, order=order, reason=STAFF, text=whole)
    if groups and not (totals and not staff):
        if re.search(r"фио|ф\.и\.о|телефон|подпись", last):
            return Heading(ColumnRole.OTHER, order=order, reason="names", text=whole)
        return Heading(ColumnRole.AUDIENCE, groups[-1], order=order, text=whole)
    if totals and not _NAME.search(last):
        return Heading(ColumnRole.TOTAL, order=order, text=whole)
    if not _NAME_AND_ADDRESS.match(last) and re.search(
        r"примечан|телефон|e-?mail|ответствен|фио|ф\.и\.о|должност|подпись|дата|время|отметка|ссылк|адрес|причин|статус|вакцин|привит",
        last,
    ):
        return Heading(ColumnRole.OTHER, order=order, reason="particulars", text=whole)
    if _NAME.search(last) and not subscribed:
        return Heading(ColumnRole.ORGANISATION, order=order, text=whole)
    if _PLACE.search(last) and not subscribed:
        return Heading(ColumnRole.PLACE, order=order, text=whole)
    if _LOCALITY.search(last) and not subscribed:
        return Heading(ColumnRole.PLACE, LOCALITY, order=order, text=whole)
    if _NETWORK.search(last) and not subscribed and not re.search(r"кол-?\s?во|количеств|число", last):
        return Heading(ColumnRole.NETWORK, order=order, text=whole)
    if staff and not subscribed:
        return Heading(ColumnRole.OTHER, order=order, reason=STAFF, text=whole)
    if _OTHER.search(last) and not subscribed:
        return Heading(ColumnRole.OTHER, order=order, reason="something else", text=whole)
    if (subscribed or not _counts_otherwise(last)) and (_VALUE.search(last) or order is not None):
        return Heading(ColumnRole.VALUE, order=order, text=whole)
    return Heading(ColumnRole.UNKNOWN, order=order, text=whole)


def _counts_otherwise(last: str) -> bool:
    """Whether a heading counts what no people are: «Количество путёвок», «Число столов»."""
    many = _HOW_MANY.search(last)
    return many is not None and bool(strange_noun(last, many.end()))


def _is_about_others(folded: str, last: str) -> str:
    """Why a column that may name a network counts something else than who subscribed to the authority's accounts."""
    if _WHO.match(last) and len(last) < _WHO_LONGEST:
        return "who the people are"
    if _is_own_page(folded) and not re.search(r"министерств|моин", folded):
        return OWN_PAGE
    if re.search(r"участник|участв|зрител|присутств|посетител", last) and not _SUBSCRIBED.search(folded):
        return "people who took part"
    return ""


def _is_own_page(folded: str) -> bool:
    return (
        re.search(
            r"собственн|своих?\s+страниц|(?<![а-я])наш(?:а|ей|и|их|у)?\s+(?:групп|страниц|паблик|аккаунт|сообществ)|(?:страниц|аккаунт|сообществ|паблик|канал|групп|сайт)\w*\s+(?:школы|оо|оу|доу|организации|учреждения|(?:детского\s+)?сада)(?![а-я])",
            folded,
        )
        is not None
    )
