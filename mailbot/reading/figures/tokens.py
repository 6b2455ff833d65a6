"""A text as tokens: numbers with their roles, dates, zero words. Names of fields and organisations come from elsewhere.

Every digit of the text ends in exactly one token, and a number that is not a candidate for a figure carries the role
that a clerk would give it: a date, a telephone, a letter's number, a share, a count of schools.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from mailbot.reading.figures.numerals import find_numerals
from mailbot.reading.fold import fold

_L = "a-zа-яәөүҗңһ"


class Role(StrEnum):
    """What a number is. `figure` is a candidate only: prose and tables decide what it counts."""

    FIGURE = "figure"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    ADDRESS = "address"
    LINK = "link"
    LETTER_NUMBER = "letter number"
    NUMBER_SIGN = "number of something (№)"
    REQUISITE = "requisite"
    YEAR = "year"
    SHARE = "share"
    ORDINAL = "ordinal"
    LIST_MARK = "list mark"
    COUNT = "count of something else"
    STAFF = "number of staff or pupils"
    MEASURE = "measure"
    DECIMAL = "not a whole number"
    IDENTIFIER = "part of a name or code"
    QUOTA = "the letter's own demand"
    NAME = "part of an organisation's name"
    PROSE = "a word of ordinary speech"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text, `start` inclusive and `end` exclusive in characters.

    `people` is true where a unit of people follows («чел.», «кеше», «подписчиков»). `vague` names the word or sign
    that makes it inexact («около», «30+»). `noun` is the noun counted, where it is not people. `grouped` holds the
    parts of a number written with spaces between thousands («1 250» may also be 1 and 250).
    """

    start: int
    end: int
    text: str
    value: int
    role: Role
    words: bool = False
    people: bool = False
    vague: str = ""
    noun: str = ""
    grouped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DateToken:
    """A date of a text; `order` sorts dates of one mail: (year or 0, month, day)."""

    start: int
    end: int
    order: tuple[int, int, int]


_MONTHS = {
    "янв": 1, "гыйн": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9,
    "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
_MONTH = r"(янв|гыйнв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-яә]*\.?"
_NUMBER_SIGN = r"(?:№|#|\bn(?=[\s.°º]*\d)|\bno\.?(?=\s*\d))"
_DATE_NUMERIC = re.compile(
    r"(?<![\d./])(0?[1-9]|[12]\d|3[01])(?:\.(?=\d+\.)|/(?=\d+/\d{4}))(0?[1-9]|1[0-2])[./](\d{4}|\d{2})(?!\d)(?:\s*(?:г\.?(?:ода)?|года|ел)(?![а-я]))?"
)
_DATE_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})-(\d{2})(?!\d)")
_DATE_WORDS = re.compile(
    rf"(?<!\d)[\"']?(\d{{1,2}})[\"']?(?:-?(?:го|е|ое|нче|нчы))?\s+{_MONTH}(?:\s+((?:19|20)\d{{2}}))?(?:\s*(?:г\.|года|г\b|ел))?"
)
_DATE_SHORT = re.compile(r"(?<![\d.,/:])(0?[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])(?![\d.]*\d)(?=\.?(?:[\s,;:)\-]|$))")

# Spans that are no figures whatever stands in them, in the order in which a clerk would strike them out.
_MASKS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.LINK, re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")),
    (Role.LINK, re.compile(r"(?:https?://|www\.)\S+|\b[\w\-]+(?:\.[\w\-]+)*\.(?:ru|com|net|org|info|me|рф|su|by|tv)(?:/\S*)?(?![\w])")),
    (Role.LINK, re.compile(r"\[(?:cid|image):?[^\]]*\]|(?<![\w])(?:image|img|dsc|scan|photo|screenshot|скан|фото|снимок|лист|svod)[\s_\-]*\d[\w\-.]*\.(?:jpe?g|png|gif|pdf|xlsx?|docx?)")),
    (Role.LINK, re.compile(r"[\w\-()«»\". ]{0,40}?\d[\w\-()]*\.(?:xlsx?|docx?|pdf|jpe?g|png|zip|rar|7z|odt|ods|rtf|csv)\b(?:\s*\(\d+[.,]?\d*\s*(?:кб|мб|kb|mb)\))?")),
    (Role.IDENTIFIER, re.compile(r"(?<![\d.])\d\.\s?[а-я]\.\s*[а-я]{3,}")),
    (Role.MEASURE, re.compile(r"(?<![\w])\d+\s*(?:dpi|тнд|точек\s+на)|(?<![\w])\d+[.,]?\d*\s*(?:кб|мб|гб|kb|mb|gb)(?![\w])")),
    (Role.REQUISITE, re.compile(r"(?:инн|кпп|огрн|окпо|оквэд|октмо|бик|р/с|к/с|л/с|снилс|сертификат\w*|serial|инв\.)[\s:/№n]*[\da-f][\da-f\s/\-]{3,}")),
    (Role.IDENTIFIER, re.compile(r"(?:covid|ковид)[\s\-]*19|sars[\s\-]cov[\s\-]2|(?:iphone|galaxy|redmi|note|windows|office|android|ios|honor|huawei|mi|xiaomi)\s*\d[\w.]*|(?<![а-я])1с:?\S*|(?:форма?|ф\.)\s*(?:№\s*)?\d+-?[а-я]+|(?<![а-я])(?:ст\.|статьи|статей|ч\.|фз)\s*№?\s*\d+(?:\.\d+)*(?:\s*,\s*\d+(?=[\s,]))*(?:\s*-\s*фз)?|\d+-фз|(?:приложени\w*|(?<![а-я.])п\.|пункт\w*|стр\.|лист\w*|табл\w*\.?)\s*(?:№\s*)?\d+(?:\.\d+)*")),
    (Role.PHONE, re.compile(r"(?:тел|т\.|факс|моб|сот|whatsapp|вацап|ватсап|телефон|звон|ph\.|phone|доб)[\w./\s]{0,14}[:.]?\s*(?:[+(]?\d[\d\s()\-.]{3,}\d)(?:\s*(?:,|;|доб\.?|вн\.?|/)\s*[(\d][\d\s()\-]{1,}\d)*")),
    (Role.PHONE, re.compile(r"(?:доб|вн|внутр)\w*\.?\s*(?:№\s*)?\d{2,5}(?!\d)")),
    (Role.PHONE, re.compile(r"(?<![\d/])(?:\+?7|8)[\s\-]*\(?\d{3,5}\)?[\s\-]*\d{1,3}[\s\-]*\d{2}[\s\-]*\d{2}(?!\d)")),
    (Role.PHONE, re.compile(r"\(\d{3,5}\)\s*\d{1,3}[\s\-]\d{2,3}[\s\-]?\d{0,2}")),
    (Role.PHONE, re.compile(r"(?<![\d\-/])8?-?\d{3,5}-\d{1,3}-\d{2}-\d{2}(?![\d\-])")),
    (Role.PHONE, re.compile(r"(?<![\d\-/])(?:\d{1}|\d{3})-\d{2}-\d{2}(?![\d\-/])")),
    (Role.PHONE, re.compile(r"(?<!\d)(?:\+7|8)?9\d{9}(?!\d)|(?<!\d)8\d{10}(?!\d)")),
    (Role.PHONE, re.compile(r"[а-я]+\s+[а-я]\.\s?[а-я]?\.?,?\s*\d{2}-\d{2}-\d{2}(?![\d\-])|(?:исп|исполнитель)\b[^\n\d]{0,60}\d{2}-\d{2}-\d{2}(?![\d\-])")),
    (Role.IDENTIFIER, re.compile(r"(?<![\d.])\d{1,5}(?:\.\d{1,5}){3,}(?![\d.])|(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?!\d)|(?<=\s)[+\-]\d{4}(?!\d)(?=\s*(?:\(|$|\n))")),
    (Role.DATE, re.compile(r"(?<!\d)\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?(?:\s+\d{4})?|(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?")),
    (Role.DATE, re.compile(r"(?<!\d)\d{1,2}\s+[а-яa-z]{3,10}\.?\s+20\d{2}\s*г")),
    (Role.DATE, _DATE_NUMERIC),
    (Role.DATE, _DATE_ISO),
    (Role.DATE, _DATE_WORDS),
    (Role.YEAR, re.compile(r"(?<!\d)(?:19|20)\d{2}\s*[\-/]\s*(?:(?:19|20)?\d{2})(?!\d)(?:\s*(?:уч\w*\.?\s*г\w*|гг?\.?))?")),
    (Role.YEAR, re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)\s*-?\s*(?:г\.|г\b|гг\.?|год[а-я]*|го\b|уч\w*|елның|ел\b|нче|нчы)")),
    (Role.TIME, re.compile(r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?!\d|:\d)(?:\s*(?:час\w*|ч\.?|мск|msk))?")),
    (Role.TIME, re.compile(r"(?<![\d])(?:до|в|к|с|после|около)\s+(?:[01]?\d|2[0-3])[.\-][0-5]0(?!\d)(?:\s*(?:час\w*|ч\.))?")),
    (Role.TIME, re.compile(r"(?<!\d)\d{1,2}\s*(?:час(?:а|ов|ам)?|ч\.)(?:\s*\d{2}\s*мин\w*\.?)?(?![а-я])|(?<!\d)\d{1,3}\s*мин(?:ут\w*|\.)")),
    (Role.LETTER_NUMBER, re.compile(rf"(?:исх|вх|рег|на)\w*\.?\s*(?:письмо\s*)?{_NUMBER_SIGN}\s*[\w\-/.]*\d[\w\-/.]*")),
    (Role.LETTER_NUMBER, re.compile(r"(?:исх|вх)\w*\.?\s*(?:номер\s*)?[:\-]?\s*\d[\w\-/.]*")),
    (Role.NUMBER_SIGN, re.compile(rf"{_NUMBER_SIGN}№?[\s.°º]*\d+(?:[\-/.]\d+)*(?:\s*(?:,|и|-)\s*№?\s*\d+(?=\s*(?:,|и\s|в\s|на\s|сдад|предостав|позже|не\s)))*")),
    (Role.ADDRESS, re.compile(r"(?<!\d)42[0-3]\d{3}(?!\d)(?!\s*чел)")),
    (Role.ADDRESS, re.compile(rf"(?<![{_L}])(?:ул|улица|пр|пр-т|пр-кт|просп|проспект|пер|переулок|бул|б-р|бульвар|шоссе|тракт|наб|набережная|пл|площадь|мкр|мкрн|микрорайон|урамы)(?:\.|\s)\s*[^;\n:]{{1,45}}?[,\s]\s*(?:д\.?|дом)?\s*\d+(?:/\d+)*[а-я]?(?![\w])(?:\s*,?\s*(?:корп|стр|к|кв|оф|пом)\.?\s*\d+)?")),
    (Role.ADDRESS, re.compile(r"(?:г\.|гор\.|город)\s*[а-я\-. ]{3,25},\s*\d{1,2}/\d{1,2}(?:-\d+)?(?![\d/])")),
    (Role.ADDRESS, re.compile(rf"(?<![{_L}])[а-я\-]+\s+(?:урамы|ур\.)\s*,?\s*\d+(?:/\d+)*")),
    (Role.ADDRESS, re.compile(rf"(?<![{_L}])(?:д|дом|корп|корпус|кв|каб|кабинет|к-т|оф|офис|этаж|а/я|стр|строение|комн|бүлмә)\.?\s*(?:№\s*)?\d+(?:/\d+)*[а-я]?(?![\w])")),
    (Role.MEASURE, re.compile(r"\(\s*[+↑]\s*\d+(?:\s*чел\w*\.?)?\s*\)|(?:прирост|рост|прибавил\w*|динамика)\s*(?:за\s+\w+\s*)?[:\-+]*\s*\d+")),
    (Role.SHARE, re.compile(r"\d+(?:[.,]\d+)?\s*-?\s*(?:%|процент\w*|проц\.)")),
    (Role.ORDINAL, re.compile(rf"(?<![\d.,])\d{{1,3}}\s?-(?:й|я|е|го|ой|ая|ое|ый|ий|х|ми?|му|ом|нче|нчы|ти|и|лети[еяю]м?|летн\w+|го)(?![{_L}])")),
    (Role.ORDINAL, re.compile(r"(?<!\d)\d{1,2}(?:\s*(?:-|–|,|и)\s*\d{1,2})*\s*-?(?:х|й|м|е|го)?\s*(?:класс\w*|кл\.)")),
    (Role.DATE, _DATE_SHORT),
)  # fmt: skip

_PEOPLE = re.compile(
    r"\s*-?\s*\)?\s*\(?\s*(?:чел|человек\w*|чел-к|людей|кеше\w*|подписчик\w*|подписк\w*|подписок|подписан\w*|подписавш\w*|подписал\w*"
    r"|язылучы\w*|язылган\w*|язылды|фолловер\w*|пользовател\w*|участник\w*\s+групп\w*|новых\s+подпис\w*)"
)
_COUNT_NOUN = (
    r"(?:школ\w*|сош|оош|нош|гимнази\w*|лице(?:й|я|ев|ям|ях)\w*|детск\w*\s+сад\w*|дет\.?\s*сад\w*|садик\w*|сад(?:а|ов)|детсад\w*|д/с|доу|дошкольн\w*"
    r"|общеобразовательн\w*|организаци\w*|учреждени\w*|оо|оу|до|колледж\w*|техникум\w*|училищ\w*|район\w*|муниципал\w*|поселени\w*"
    r"|соцсет\w*|соц\.?\s*сет\w*|социальн\w*|сет(?:ь|и|ей|ям|ях)|аккаунт\w*|страниц\w*|групп\w*|паблик\w*|канал\w*|площадк\w*|ресурс\w*"
    r"|мәктәп\w*|бакча\w*|оешма\w*|семь\w*|коллектив\w*|педколлектив\w*|филиал\w*|корпус\w*|мест\w*)"
)
_STAFF_NOUN = (
    r"(?:работник\w*|сотрудник\w*|работающ\w*|обучающ\w*|учащ\w*|ученик\w*|учени\w*|школьник\w*|воспитанник\w*|дет(?:ей|и|ишек)|ребен\w*|ребят\w*|студент\w*"
    r"|педагог\w*|педработник\w*|учител\w*|воспитател\w*|родител\w*|руководител\w*|администра\w*|техперсонал\w*|персонал\w*|укучы\w*|укытучы\w*|хезмәткәр\w*|бала\w*|выпускник\w*|директор\w*|методист\w*|специалист\w*|жител\w*|граждан\w*)"
)
_MEASURE_NOUN = (
    r"(?:экз\w*|руб\w*|коп\w*|тыс\.?\s*руб\w*|лет|год(?:а|ов)?|месяц\w*|недел\w*|дн(?:я|ей|и)|день|дней|сут\w*|просмотр\w*|лайк\w*|комментари\w*|репост\w*|публикаци\w*|пост(?:а|ов|ы|)|запис\w*|сторис\w*"
    r"|балл\w*|мест(?:о|а|е)|кг|км|м2|кв\.?\s*м|га|шт\w*|единиц\w*|ед\.|раз(?:а)?|заявк\w*|заявлени\w*|сертификат\w*|автобус\w*|компьютер\w*|ставк\w*|ваканси\w*|минут\w*|секунд\w*|обращени\w*|мероприяти\w*|новост\w*|фото\w*|видео\w*|письм\w*|сообщени\w*|файл\w*|лист\w*|л\.|страниц\w*|вложени\w*|роб\w*|команд\w*|пункт\w*|вопрос\w*|номер\w*|урок\w*|предмет\w*)"
)
_GAP = r"[\s)]*(?:-?(?:ти|х|и|ми))?\s*(?:[а-я]{3,}(?:ых|их|ым|им|ые|ие|ого|ому|ная|ные|ый|ий|ой)\s+){0,2}"
_AFTER_COUNT = re.compile(rf"{_GAP}{_COUNT_NOUN}(?![{_L}])")
_AFTER_STAFF = re.compile(rf"{_GAP}{_STAFF_NOUN}(?![{_L}])")
_STAFF_BEFORE = re.compile(
    rf"(?:всего|численность|количество|кол-во|общее\s+(?:число|количество)|штат|работает|обучается|числится)\s+(?:\w+ых\s+)?{_STAFF_NOUN}(?:\s+(?:в\s+)?\w+)?\s*[:\-]?\s*$"
)
_AFTER_MEASURE = re.compile(rf"{_GAP}{_MEASURE_NOUN}(?![{_L}])")
_VAGUE_BEFORE = re.compile(
    r"(?:около|примерно|приблизительно|порядка|где-то|где то|более(?:\s+чем)?|свыше|больше(?:\s+чем)?|не\s+менее(?:\s+чем)?|не\s+меньше|не\s+более|менее(?:\s+чем)?|меньше|почти|до|минимум|максимум|как\s+минимум|под|якынча|кимендә|артык|ориентировочно|приблиз\.|прим\.|ок\.|чуть\s+больше|чуть\s+более|чуть\s+меньше|[~≈><≥≤]|>=|<=)"
    r"\s*(?:по\s+)?[\"(]?\s*$"
)
_VAGUE_AFTER = re.compile(
    r"\s*(?:\+(?!\s*[\dа-яa-z])|-?(?:лап|ләп|нан\s+артык|нән\s+артык|дан\s+артык|тан\s+артык)(?![а-яә])|\??\?(?=\s|$|[.,;)])|с\s+(?:лишним|небольшим|хвостиком)|с\s+чем-то|и\s+(?:более|выше|больше)(?![а-я])|плюс(?![а-я])|(?:чел\w*\.?|человек\w*|подпис\w*|кеше\w*)\s*(?:и\s+(?:более|выше|больше)|\+|примерно|приблизительно|приблиз\w*|ориентировочно))"
)
_RANGE = re.compile(r"\s*(?:чел\w*\.?)?\s*(?:-|\.\.\.?|…|или|либо|/?\s*или\s*|до)\s*")
_DIGITS = re.compile(r"\d+")
_SPACED = re.compile(r"(?<![\d.,])(\d{1,3})((?:[ \u00a0\u202f\u2009'’]\d{3})+)(?!\d)(?![.,]\d)")
_DOTTED = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:[.,]\d{3})+)(?![.,]?\d)")
_WHOLE_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,6})[.,]0{1,2}(?![\d.,])")
_DECIMAL = re.compile(r"(?<![\d.,])\d+[.,]\d{1,2}(?![\d])(?:\s*тыс\w*\.?)?|(?<![\d])\d+\s*тыс(?:\.|яч\w*)(?!\s*\d)")
_LONGEST = 7  # digits: a longer number is a code, no count of people
_INLINE_MARK = re.compile(r"(?<=[\s;,.:])(\d{1,2})\)(?=\s*[а-яa-z\"])")
_LIST_MARK = re.compile(r"^[\s\"(]*(\d{1,3})\s*(?:[.)]|\.\))(?!\d)(?=\s*[^\d\s])")
_ALL_OF_US = re.compile(
    r"(?:(?<!у\s)(?<![а-я])нас|(?:в|на)\s+(?:коллективе|штате)(?:\s+у\s+нас)?|коллектив|остальн\w+)\s*(?:всего|-)?\s*$"
)
_NOT_REACHED = re.compile(
    r"\s*(?:чел\w*\.?|человек)?\s*(?:не\s+набра\w+|не\s+набира\w+|не\s+хвата\w+|не\s+получ\w+|не\s+наш\w+)"
)
_OUT_OF = re.compile(
    r"\d[^\d,;.\n]{0,6}(?:чел\w*\.?|человек\w*)?\s*\(?\s*(?<![а-я])из\s+(?:общего\s+(?:числа|количества)\s+|них\s+)?$"
)
_AT_LEAST = ("не менее", "не меньше", "минимум", "как минимум", "кимендә")
_EACH_ORGANISATION = r"кажд\w+\s+(?:\w+\s+)?(?:образоват\w+\s+организац\w+|организац\w+|учрежд\w+|школ\w*|оо|оу|сад\w*|доу|детск\w+\s+сад\w*|коллектив\w*|класс\w*)"
_FROM_EACH = re.compile(
    r"\s*(?:чел\w*\.?|человек\w*|подпис\w*)?\s*(?:\([а-я ]+\)\s*)?(?:от|с|из|по|в)\s+" + _EACH_ORGANISATION
)
_OF_EACH = re.compile(
    r"(?:от|с|из|в)\s+" + _EACH_ORGANISATION + r"(?:\s+и\s+\w+(?:\s+\w+)?)?\s*[-:]?\s*"
    r"(?:подписать|подпис\w+|должно\s+быть|нужно|надо)?\s*(?:не\s+менее|минимум|по|не\s+меньше)?\s*$"
)
_ASKED = re.compile(
    r"(?:просим|прошу|необходимо|нужно|требован\w*|требуется|требуемы\w*|согласно|во\s+исполнение|письм\w*)[^.!?\n]*$"
)


def dates(text: str) -> tuple[DateToken, ...]:
    """The dates of `text`, left to right. Example: «на 13.08» and «16 августа 2021 г.» are two."""
    folded = fold(text)
    found: dict[int, DateToken] = {}
    for m in _DATE_NUMERIC.finditer(folded):
        year = int(m.group(3))
        found.setdefault(
            m.start(),
            DateToken(m.start(), m.end(), (year if year > 99 else 2000 + year, int(m.group(2)), int(m.group(1)))),
        )
    for m in _DATE_ISO.finditer(folded):
        found.setdefault(m.start(), DateToken(m.start(), m.end(), (int(m.group(1)), int(m.group(2)), int(m.group(3)))))
    for m in _DATE_WORDS.finditer(folded):
        month = next(v for k, v in _MONTHS.items() if m.group(2).startswith(k[:3]))
        found.setdefault(m.start(), DateToken(m.start(), m.end(), (int(m.group(3) or 0), month, int(m.group(1)))))
    for m in _DATE_SHORT.finditer(folded):
        if not any(t.start <= m.start() < t.end for t in found.values()):
            found[m.start()] = DateToken(m.start(), m.end(), (0, int(m.group(2)), int(m.group(1))))
    return tuple(found[k] for k in sorted(found) if 1 <= found[k].order[1] <= 12 and 1 <= found[k].order[2] <= 31)


def numbers(text: str, names: tuple[tuple[int, int], ...] = (), quota: int | None = None) -> tuple[Number, ...]:
    """Every number of `text` with its role, left to right.

    `names` are spans (start, end) of organisations' names, whose numbers are parts of the name; `quota` is the
    campaign's demand, known again in «не менее 30 человек от каждой организации».
    """
    folded = fold(text)
    taken = bytearray(len(text))
    found: list[Number] = []

    def take(start: int, end: int, role: Role, value: int = 0, **more: object) -> None:
        taken[start:end] = b"\1" * (end - start)
        found.append(Number(start, end, text[start:end], value, role, **more))  # type: ignore[arg-type]

    for start, end in names:
        if any(c.isdigit() for c in text[start:end]):
            take(start, end, Role.NAME)
        taken[start:end] = b"\1" * (end - start)
    for role, regex in _MASKS:
        for match in regex.finditer(folded):
            if not any(taken[match.start() : match.end()]) and any(c.isdigit() for c in match.group()):
                take(match.start(), match.end(), role)
    mark = _LIST_MARK.match(folded)
    if mark and not any(taken[: mark.end()]):
        take(mark.start(1), mark.end(1), Role.LIST_MARK, int(mark.group(1)))
    for match in _INLINE_MARK.finditer(folded):
        opened = folded.count("(", 0, match.start()) - folded.count(")", 0, match.start())
        if opened <= 0 and not any(taken[match.start() : match.end()]):
            take(match.start(1), match.end(1), Role.LIST_MARK, int(match.group(1)))
    for regex in (_SPACED, _DOTTED):
        for match in regex.finditer(folded):
            if any(taken[match.start() : match.end()]):
                continue
            parts = tuple(int(p) for p in re.findall(r"\d+", match.group()))
            digits = "".join(re.findall(r"\d+", match.group()))
            if len(digits) > _LONGEST:
                take(match.start(), match.end(), Role.IDENTIFIER)
                continue
            value = int(digits)
            ambiguous = regex is _SPACED and set(match.group()) - set("0123456789") == {" "}
            take(match.start(), match.end(), Role.FIGURE, value, grouped=parts if ambiguous else ())
    for match in _WHOLE_DECIMAL.finditer(folded):
        if not any(taken[match.start() : match.end()]):
            take(match.start(), match.end(), Role.FIGURE, int(match.group(1)))
    for match in _DECIMAL.finditer(folded):
        if not any(taken[match.start() : match.end()]):
            take(match.start(), match.end(), Role.DECIMAL)
    for match in _DIGITS.finditer(folded):
        if any(taken[match.start() : match.end()]):
            continue
        glued = re.search(r"[a-z_]$", folded[: match.start()]) and not re.search(
            r"(?<![a-z])(?:vk|ok|ig|insta|inst|instagram|total)$", folded[: match.start()]
        )
        long = len(match.group()) > _LONGEST
        take(
            match.start(),
            match.end(),
            Role.IDENTIFIER if glued or long else Role.FIGURE,
            0 if long else int(match.group()),
        )
    for numeral in find_numerals(text):
        if not any(taken[numeral.start : numeral.end]):
            take(numeral.start, numeral.end, Role.FIGURE, numeral.value, words=True)
    found.sort(key=lambda n: n.start)
    return tuple(_ranges([_qualify(n, folded, quota) if n.role is Role.FIGURE else n for n in found], folded))


def _ranges(found: list[Number], folded: str) -> list[Number]:
    """Mark both ends of «30-35» and «34 или 36»; three numbers with dashes between are a list, not a range."""
    joined = [
        a.role is Role.FIGURE
        and b.role is Role.FIGURE
        and not a.words
        and bool(_RANGE.fullmatch(folded, a.end, b.start))
        for a, b in itertools.pairwise(found)
    ]
    for i, here in enumerate(joined):
        alone = here and not (i and joined[i - 1]) and not (i + 1 < len(joined) and joined[i + 1])
        if alone and (found[i].value < found[i + 1].value or "ли" in folded[found[i].end : found[i + 1].start]):
            found[i], found[i + 1] = replace(found[i], vague="диапазон"), replace(found[i + 1], vague="диапазон")
    return found


def _qualify(number: Number, folded: str, quota: int | None) -> Number:
    """Give a candidate its unit, its vagueness, or the role that the noun after it tells."""
    before, after = folded[max(0, number.start - 90) : number.start], folded[number.end : number.end + 70]
    people = _PEOPLE.match(after) is not None
    vague = ""
    if (match := _VAGUE_BEFORE.search(before)) or (match := _VAGUE_AFTER.match(after)):
        vague = match.group().strip()
    if vague == "до" and not people:
        vague = ""
    asked = vague.startswith(_AT_LEAST) and number.value == quota and _ASKED.search(folded[: number.start])
    if asked or _FROM_EACH.match(after) or _OF_EACH.search(before):
        return replace(number, role=Role.QUOTA, people=people)
    number = replace(number, people=people, vague=vague)
    if _ALL_OF_US.search(before):
        return replace(number, role=Role.STAFF, people=False, noun="сколько нас всего")
    if _NOT_REACHED.match(after):
        return replace(number, role=Role.QUOTA)
    if re.search(r"(?<![а-я])нов(?:ых|ые)(?:\s+подпис\w+)?\s*-?\s*$", before):
        return replace(number, role=Role.COUNT, noun="из них новых")
    if re.search(r"чат\w*\s*(?:-|всего)?\s*$", before):
        return replace(number, role=Role.COUNT, noun="участники чата")
    if people:
        return number
    if _OUT_OF.search(folded[: number.start]):
        return replace(number, role=Role.STAFF, noun="из скольких")
    if match := _STAFF_BEFORE.search(before):
        return replace(number, role=Role.STAFF, noun=match.group().strip())
    if (match := _AFTER_COUNT.match(after)) or (match := _AFTER_MEASURE.match(after)):
        return replace(number, role=Role.COUNT, noun=match.group().strip())
    if match := _AFTER_STAFF.match(after):
        return replace(number, role=Role.STAFF, noun=match.group().strip())
    if number.words and number.value <= 10 and not vague:
        return replace(number, role=Role.PROSE)
    return number
