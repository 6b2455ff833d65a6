"""A text as tokens: numbers with their roles, dates, zero words. Names of fields and organisations come from elsewhere.

Every digit of the text ends in exactly one token, and a number that is not a candidate for a figure carries the role
that a clerk would give it: a date, a telephone, a letter's number, a share, a count of schools.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from mailbot.reading.figures.masks import DATE_ISO, DATE_NUMERIC, DATE_SHORT, DATE_WORDS, DIGIT, MONTHS, Role, masks_for
from mailbot.reading.figures.numerals import find_numerals
from mailbot.reading.text.fold import fold
from mailbot.reading.text.worded import Worded

_L = "a-zа-яәөүҗңһ"


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


_PEOPLE = re.compile(
    r"\s*-?\s*\)?\s*\(?\s*(?:чел|chel|ч\.(?![а-я])|человек\w*|чел-к|людей|кеше\w*|подписчик\w*|подписк\w*|подписок|подписан\w*|подписавш\w*|подписал\w*"
    r"|язылучы\w*|язылган\w*|язылды|фолловер\w*|пользовател\w*|участник\w*\s+групп\w*|новых\s+подпис\w*)"
)
_COUNT_NOUN = (
    r"(?:школ\w*|сош|оош|нош|гимнази\w*|лице(?:й|я|ев|ям|ях)\w*|детск\w*\s+сад\w*|дет\.?\s*сад\w*|садик\w*|сад(?:а|ов)?(?![а-я])|детсад\w*|д/с|доу|дошкольн\w*"
    r"|общеобразовательн\w*|организаци\w*|учреждени\w*|оо|оу|до|колледж\w*|техникум\w*|училищ\w*|район\w*|муниципал\w*|поселени\w*"
    r"|соцсет\w*|соц\.?\s*сет\w*|социальн\w*|сет(?:ь|и|ей|ям|ях)|аккаунт\w*|страниц\w*|групп\w*|паблик\w*|канал\w*|площадк\w*|ресурс\w*"
    r"|мәктәп\w*|бакча\w*|оешма\w*|сем(?:ей|ь\w*)|чат(?:а|ов|ах)?(?![а-я])|коллектив\w*|педколлектив\w*|филиал\w*|корпус\w*|комплекс\w*|мест\w*)"
)
_ONE_INSTITUTION = re.compile(
    rf"\s+(?:[а-я]+(?:ая|ий|ый|ой)\s+)?(?:школа|гимназия|лицей|сад|садик|детсад|колледж|техникум)(?![{_L}])"
)
_STAFF_NOUN = (
    r"(?:работник\w*|сотрудник\w*|работающ\w*|обучающ\w*|учащ\w*|ученик\w*|учени\w*|школьник\w*|воспитанник\w*|дет(?:ей|и|ишек)|ребен\w*|ребят\w*|студент\w*"
    r"|педагог\w*|педработник\w*|учител\w*|воспитател\w*|родител\w*|руководител\w*|администра\w*|техперсонал\w*|персонал\w*|укучы\w*|укытучы\w*|хезмәткәр\w*|бала\w*|выпускник\w*|директор\w*|методист\w*|специалист\w*|жител\w*|граждан\w*)"
)
_MEASURE_NOUN = (
    r"(?:экз\w*|руб\w*|коп\w*|тыс\.?\s*руб\w*|лет|год(?:а|ов)?|месяц\w*|недел\w*|дн(?:я|ей|и)|день|дней|сут\w*|просмотр\w*|лайк\w*|комментари\w*|репост\w*|публикаци\w*|пост(?:а|ов|ы|)|запис\w*|сторис\w*"
    r"|пк|пэвм|арм|ноутбук\w*|планшет\w*|моноблок\w*|принтер\w*|устройств\w*|лицензи\w*|комплект\w*|учебник\w*|пособи\w*|раб\.\s*мест\w*|дәреслек\w*|данә\w*|китап\w*"
    r"|балл\w*|мест(?:о|а|е)|кг|км|м2|кв\.?\s*м|га|шт\w*|единиц\w*|ед\.|раз(?:а)?|заявк\w*|заявлени\w*|сертификат\w*|автобус\w*|компьютер\w*|ставк\w*|ваканси\w*|минут\w*|секунд\w*|обращени\w*|мероприяти\w*|новост\w*|фото\w*|видео\w*|письм\w*|сообщени\w*|файл\w*|лист\w*|л\.|страниц\w*|вложени\w*|роб\w*|команд\w*|пункт\w*|вопрос\w*|номер\w*|урок\w*|предмет\w*)"
)
_GAP = r"[\s)]*(?:-?(?:ти|х|и|ми))?\s*(?:[а-я]{3,}(?:ых|их|ым|им|ые|ие|ого|ому|ная|ные|ый|ий|ой)\s+){0,2}"
_AFTER_COUNT = re.compile(rf"{_GAP}{_COUNT_NOUN}(?![{_L}])")
_AFTER_STAFF = re.compile(rf"{_GAP}{_STAFF_NOUN}(?![{_L}])")
_STAFF_BEFORE = Worded(
    rf"(?:всего|численность|количество|кол-во|общее\s+(?:число|количество)|штат|работает|обучается|числится)\s+(?:\w+ых\s+)?{_STAFF_NOUN}(?:\s+(?:в\s+)?\w+)?\s*[:\-]?\s*$",
    *("всего", "численность", "количество", "кол-во", "общее", "штат", "работает", "обучается", "числится"),
)
_AFTER_MEASURE = re.compile(rf"{_GAP}{_MEASURE_NOUN}(?![{_L}])")
_VAGUE_BEFORE = re.compile(
    r"(?:около|примерно|приблизительно|порядка|где-то|где то|более(?:\s+чем)?|свыше|больше(?:\s+чем)?|не\s+менее(?:\s+чем)?|не\s+меньше|не\s+более|менее(?:\s+чем)?|меньше|почти|до|минимум|максимум|как\s+минимум|под|якынча|кимендә|артык|ориентировочно|приблиз\.|прим\.|ок\.|чуть\s+больше|чуть\s+более|чуть\s+меньше|от\s+силы|(?:вк|инст[а-я]*|ок|однокл[а-я]*|vk)\s*[:\-]?\s*от|в\s+лучшем\s+случае|самое\s+большее|хорошо\s+если|(?<![а-я])либо|(?<![а-я])не|(?:подписал\w+|набрал\w+|набрано|есть)\s+(?:уже\s+)?человек|[~≈><≥≤]|>=|<=)"
    r"\s*(?:по\s+)?[\"(]?\s*$"
)
_VAGUE_SIGNS = frozenset(".~≈><≥≤=")  # what `_VAGUE_BEFORE` may end with but letters
_VAGUE_AFTER = re.compile(
    r"\s*(?:\(\s*\?+\s*\)|тирәсе|чамасы|(?:чел\w*\.?|человек\w*)?\s*(?:как\s+)?минимум(?![а-я])(?!\s*[-:]?\s*\d)|\+(?!\s*[\dа-яa-z])|-?(?:лап|ләп|нан\s+артык|нән\s+артык|дан\s+артык|тан\s+артык)(?![а-яә])|\??\?(?=\s|$|[.,;)])|с\s+(?:лишним|небольшим|хвостиком)|с\s+чем-то|и\s+(?:более|выше|больше)(?![а-я])|плюс(?![а-я])|(?:чел\w*\.?|человек\w*|подпис\w*|кеше\w*)\s*(?:и\s+(?:более|выше|больше)|\+|примерно|приблизительно|приблиз\w*|ориентировочно))"
)
_RANGE = re.compile(r"\s*(?:чел\w*\.?)?\s*(?:-|\.\.\.?|…|или|либо|/?\s*или\s*|до)\s*")
_DIGITS = re.compile(r"\d+")
_SPACED = re.compile(r"(?<![\d.,])(\d{1,3})((?:[ \u00a0\u202f\u2009'’]\d{3})+)(?!\d)(?![.,]\d)")
_DOTTED = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:[.,]\d{3})+)(?![.,]?\d)")
_WHOLE_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,6})[.,]0{1,2}(?![\d.,])")
_DECIMAL = re.compile(r"(?<![\d.,])\d+[.,]\d{1,2}(?![\d])(?:\s*тыс\w*\.?)?|(?<![\d])\d+\s*тыс(?:\.|яч\w*)(?!\s*\d)")
_GLUED = re.compile(r"[a-z]_*$|\d_+$")  # «form_12», but not the blank of a form: «__12__»
_GLUE = (*"abcdefghijklmnopqrstuvwxyz_\n",)  # what it ends with ($ is also before a last line's end)
_GLUED_NETWORK = re.compile(r"(?<![a-z])(?:vk|ok|ig|insta|inst|instagram|total)$")
_LONGEST = 7  # digits: a longer number is a code, no count of people
_INLINE_MARK = re.compile(r"(?<=[\s;,.:])(\d{1,2})\)(?=\s*[а-яa-z\"])")
_LIST_MARK = re.compile(r"^[\s\"(]*(\d{1,3})\s*(?:[.)]|\.\))(?!\d)(?=\s*[^\d\s])")
_POINT_MARK = re.compile(r"(?<=\s)(\d{1,2})\.\s?(?=[а-яa-z\"])")
_KEYCAP_MARK = re.compile("^\\s*(\\d)\ufe0f?\u20e3\\s*(?=[^\\W\\d_][^\\d\\n]*\\d)")  # «1️⃣ ВКонтакте 👉 33»
_ALL_OF_US = Worded(
    r"(?:(?<!у\s)(?<!от\s)(?<!за\s)(?<![а-я])нас|(?:в|на)\s+(?:коллективе|штате)(?:\s+у\s+нас)?|(?:пед)?коллектив[ауе]?|педсостав|остальн\w+|(?<![а-я])штат|контингент|списочный\s+состав)"
    r"(?:\s+(?:школы|сада|колледжа|техникума|учреждения|работников|учащихся|обучающихся|воспитанников))?\s*(?:\(?\s*всего|составля\w+|насчитыва\w+|-|:|\()?\s*$",
    *("нас", "коллектив", "штат", "педсостав", "остальн", "контингент", "списочный"),
)
_THERE_ARE = Worded(
    r"(?:обуча(?:ется|ются)|учится|учатся|работа(?:ет|ют)|посеща(?:ет|ют)|воспитыва(?:ется|ются)|числится|труд(?:ится|ятся))"
    r"(?:\s+(?:в|у)\s+\w+(?:\s+\w+)?)?\s*(?:всего)?\s*[-:]?\s*$|(?:обучающихся|учащихся|учеников|воспитанников|детей|студентов|(?:педагогов|работников|сотрудников|учителей)(?:\s+[а-я]+){0,2})\s+у\s+нас\s*(?:всего)?\s*[-:]?\s*$",
    *("обуча", "учится", "учатся", "работа", "посеща", "воспитыва", "числится", "труд", "нас"),
)
_STRONG = Worded(
    r"(?:из|от|при|для)\s+(?:нашего\s+)?(?:коллектив|штат)а\s+(?:в|из)\s*$",
    *("коллектива", "штата"),
)  # «72 % от коллектива в 50 человек»
_LOOKED_AT = Worded(
    r"(?:лайкнул\w*|просмотрел\w*|посмотрел\w*|репостнул\w*|прокомментировал\w*|присутствовал\w*)\s*(?:уже)?\s*$|\d\s*-?\w?\s*(?:кл\.|класс\w*)\s*[-:]\s*$|чат\w*\s*(?:-|всего)?\s*$",
    *("лайкнул", "смотрел", "репостнул", "комментировал", "присутствовал", "кл", "чат"),
)
_SOME_PEOPLE = re.compile(
    r"(?<!количество )(?<!число )(?<!кол-во )(?<!всего )(?<!итого )(?<!по )(?<![а-я])человек\s+$"
)  # «человек сорок»
_IN_A_NETWORK_SOME = Worded(r"(?<![а-я])(?:в|во|на)\s+[а-я]+\s+человек\s+$", "человек")  # «в ВК человек 40»
_DOTTED_NAMES = re.compile(r"(?<![а-яa-z])(?:вк|инст[а-я]*|vk|inst[a-z]*)\.\s*-?\s*\d")  # «ВК. 34, ОК. 31»: no «около»
_NETWORK_NEXT = re.compile(
    r"\s*(?:чел(?:овек\w*)?(?![\w.])\s*)?(?:-\s*)?(?:в|во|на)?\s*(?:вк|вконтакт|инст|ок(?![а-я])|однокл|vk)"
)
_ILLEGIBLE = re.compile(r"(?:[*_]+|[xх?]+)(?![\w*])(?!\s*(?:[-+]|\d))")  # «3*», «4_»: a digit that did not come out
_FOOTNOTE = re.compile(r"(?:^|[\s(])\*+\s?\w")
_MINIMUM = re.compile(r"\s*(?:чел\w*\.?|человек)?\s*-?\s*это\s+(?:минимум|обязательн)")
_NOT_REACHED = re.compile(
    r"\s*(?:чел\w*\.?|человек)?\s*(?:не\s+набра\w+|не\s+набира\w+|не\s+хвата\w+|не\s+получ\w+|не\s+наш\w+)"
)
_OUT_OF = Worded(
    r"\d[^\d,;.\n]{0,6}(?:чел\w*\.?|человек\w*)?\s*\(?\s*(?<![а-я])из\s+(?:общего\s+(?:числа|количества)\s+|них\s+)?$",
    "из",
)
_OUT_OF_ALL = Worded(
    r"(?:школ|гимнази[йи]|лицеев|сад(?:ов|иков|а)|учреждени[йя]|организаци[йи]|(?<![а-я])(?:оо|оу|доу))\s+из\s+$", "из"
)  # «от трёх школ из одиннадцати»
_AT_LEAST = ("не менее", "не меньше", "минимум", "как минимум", "кимендә")
_EACH_ORGANISATION = r"кажд\w+\s+(?:\w+\s+)?(?:образоват\w+\s+организац\w+|организац\w+|учрежд\w+|школ\w*|оо|оу|сад\w*|доу|детск\w+\s+сад\w*|коллектив\w*|класс\w*)"
_FROM_EACH = re.compile(
    r"\s*(?:чел\w*\.?|человек\w*|подпис\w*)?\s*(?:\([а-я ]+\)\s*)?(?:от|с|из|по|в)\s+" + _EACH_ORGANISATION
)
_OF_EACH = Worded(
    r"(?:от|с|из|в)\s+" + _EACH_ORGANISATION + r"(?:\s+и\s+\w+(?:\s+\w+)?)?\s*[-:]?\s*"
    r"(?:подписать|подпис\w+|должно\s+быть|нужно|надо)?\s*(?:не\s+менее|минимум|по|не\s+меньше)?\s*$",
    "кажд",
)
_NEW = Worded(r"(?<![а-я])нов(?:ых|ые)(?:\s+подпис\w+)?\s*-?\s*$", "нов")
_ASKED = re.compile(
    r"(?:просим|прошу|напомина\w+(?![^.!?\n]*подпис(?:ал|ан))|необходимо|нужно|требован\w*|требуется|требуемы\w*|согласно|во\s+исполнение|письм\w*)[^.!?\n]*$"
)


def dates(text: str) -> tuple[DateToken, ...]:
    """The dates of `text`, left to right. Example: «на 13.08» and «16 августа 2021 г.» are two."""
    folded = fold(text)
    if not DIGIT.search(folded):
        return ()
    dotted = "." in folded
    found: dict[int, DateToken] = {}
    for m in DATE_NUMERIC.finditer(folded) if dotted or "/" in folded else ():
        year = int(m.group(3))
        found.setdefault(
            m.start(),
            DateToken(m.start(), m.end(), (year if year > 99 else 2000 + year, int(m.group(2)), int(m.group(1)))),
        )
    for m in DATE_ISO.finditer(folded) if "-" in folded else ():
        found.setdefault(m.start(), DateToken(m.start(), m.end(), (int(m.group(1)), int(m.group(2)), int(m.group(3)))))
    for m in DATE_WORDS.finditer(folded):
        month = next(v for k, v in MONTHS.items() if m.group(2).startswith(k[:3]))
        found.setdefault(m.start(), DateToken(m.start(), m.end(), (int(m.group(3) or 0), month, int(m.group(1)))))
    for m in DATE_SHORT.finditer(folded) if dotted else ():
        if not any(t.start <= m.start() < t.end for t in found.values()):
            found[m.start()] = DateToken(m.start(), m.end(), (0, int(m.group(2)), int(m.group(1))))
    return tuple(found[k] for k in sorted(found) if 1 <= found[k].order[1] <= 12 and 1 <= found[k].order[2] <= 31)


def numbers(text: str, names: tuple[tuple[int, int], ...] = (), quota: int | None = None) -> tuple[Number, ...]:
    """Every number of `text` with its role, left to right.

    `names` are spans (start, end) of organisations' names, whose numbers are parts of the name; `quota` is the
    campaign's demand, known again in «не менее 30 человек от каждой организации».
    """
    folded = fold(text)
    scan = _Scan(text, folded)
    for start, end in names:
        scan.name(start, end)
    if DIGIT.search(folded):  # most lines hold none, and the masks are many
        _digits_of(scan, folded)
    for numeral in find_numerals(text):
        scan.take(numeral.start, numeral.end, Role.FIGURE, numeral.value, words=True)
    found = sorted(scan.found, key=lambda n: n.start)
    heads = tuple(start for start, _ in names)
    found = [_qualify(n, folded, quota, heads) if n.role is Role.FIGURE else n for n in found]
    return tuple(_ranges(found, folded))


def _digits_of(scan: _Scan, folded: str) -> None:
    for mask in masks_for(folded):
        for start, end in mask.spans(folded):
            scan.take(start, end, mask.role)
    scan.list_marks()
    scan.grouped()
    scan.digits()


class _Scan:
    """The text being read: each character is taken once, by the first that claims it."""

    def __init__(self, text: str, folded: str) -> None:
        self._text = text
        self._folded = folded
        self._taken = bytearray(len(text))
        self.found: list[Number] = []

    def take(
        self, start: int, end: int, role: Role, value: int = 0, *, words: bool = False, grouped: tuple[int, ...] = ()
    ) -> None:
        """Claim the characters from `start` to `end` for a number, if they are all free."""
        if self._taken.find(1, start, end) < 0:
            self._taken[start:end] = b"\1" * (end - start)
            self.found.append(Number(start, end, self._text[start:end], value, role, words, grouped=grouped))

    def name(self, start: int, end: int) -> None:
        """An organisation's name: its digits are part of it, and no other number stands in it."""
        if any(c.isdigit() for c in self._text[start:end]):
            self.take(start, end, Role.NAME)
        self._taken[start:end] = b"\1" * (end - start)

    def list_marks(self) -> None:
        """«1.» at the beginning of a line, «2)» within it where no bracket is open."""
        if keycap := _KEYCAP_MARK.match(self._text):
            self.take(keycap.start(1), keycap.end(1), Role.LIST_MARK, int(keycap.group(1)))
        if mark := _LIST_MARK.match(self._folded):
            self.take(mark.start(1), mark.end(1), Role.LIST_MARK, int(mark.group(1)))
        for match in _INLINE_MARK.finditer(self._folded) if ")" in self._folded else ():
            before = self._folded[: match.start()]
            if before.count("(") <= before.count(")"):
                self.take(match.start(1), match.end(1), Role.LIST_MARK, int(match.group(1)))
        if mark and mark.group(1) == "1":
            self._numbered_on()

    def _numbered_on(self) -> None:
        """«1.ВК 35 2.инст 31 3.ок 30»: a line whose numbering goes on within it."""
        marks = [m for m in _POINT_MARK.finditer(self._folded) if not self._taken[m.start(1)]]
        if marks and [int(m.group(1)) for m in marks] == list(range(2, len(marks) + 2)):
            for match in marks:
                self.take(match.start(1), match.end(1), Role.LIST_MARK, int(match.group(1)))

    def grouped(self) -> None:
        """«1 250», «1.250», «47,00»: whole numbers of several parts; other decimals are no counts."""
        parted = "." in self._folded or "," in self._folded
        for regex in (_SPACED, _DOTTED) if parted else (_SPACED,):
            for match in regex.finditer(self._folded):
                parts = _DIGITS.findall(match.group())
                blanks = set(match.group()) - set("0123456789") == {" "}
                self._number(match, "".join(parts), tuple(map(int, parts)) if regex is _SPACED and blanks else ())
        for match in _WHOLE_DECIMAL.finditer(self._folded) if parted else ():
            self._number(match, match.group(1))
        for match in _DECIMAL.finditer(self._folded) if parted or "тыс" in self._folded else ():
            self.take(match.start(), match.end(), Role.DECIMAL)

    def digits(self) -> None:
        """All digits that are left; glued to Latin letters that name no network they are part of a code."""
        for match in _DIGITS.finditer(self._folded):
            if self._taken.find(1, match.start(), match.end()) >= 0:
                continue
            before = self._folded[: match.start()]
            if before.endswith(_GLUE) and _GLUED.search(before) and not _GLUED_NETWORK.search(before):
                self.take(match.start(), match.end(), Role.IDENTIFIER)
            else:
                self._number(match, match.group())

    def _number(self, match: re.Match[str], digits: str, grouped: tuple[int, ...] = ()) -> None:
        """A candidate for a figure; with too many digits it is a code."""
        if len(digits) > _LONGEST:
            self.take(match.start(), match.end(), Role.IDENTIFIER)
        else:
            self.take(match.start(), match.end(), Role.FIGURE, int(digits), grouped=grouped)


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


def _counted(value: int, after: str) -> re.Match[str] | None:
    """The noun that is counted: «30 школ», but not «30 школа с. Ципья», which nobody says of thirty schools."""
    if value % 10 != 1 and _ONE_INSTITUTION.match(after):
        return None
    return _AFTER_COUNT.match(after) or _AFTER_MEASURE.match(after)


def _ends_in_a_word(before: str) -> bool:
    """Whether letters or «~», «>=» stand before a number, a bracket or a mark between left aside: not in «ВК - 34»."""
    last = before.rstrip().removesuffix('"').removesuffix("(").rstrip()[-1:]
    return last.isalpha() or last in _VAGUE_SIGNS


def _vagueness(number: Number, folded: str, before: str, after: str, *, people: bool) -> str:
    """The word by which a number between these is inexact («около», «с лишним»), or how it is («неразборчиво»), or ""."""
    if (number.words and _SOME_PEOPLE.search(before)) or _IN_A_NETWORK_SOME.search(before):
        return "человек"
    match = (_ends_in_a_word(before) and _VAGUE_BEFORE.search(before)) or _VAGUE_AFTER.match(after)
    word = match.group().strip() if match else ""
    if (word == "до" and not people) or (word == "ок." and _DOTTED_NAMES.search(folded)):
        return ""
    if not word and _ILLEGIBLE.match(after) and before[-1:] != after[:1] and not _FOOTNOTE.search(folded):
        return "неразборчиво"
    return word


def _qualify(number: Number, folded: str, quota: int | None, heads: tuple[int, ...]) -> Number:
    """Give a candidate its unit, its vagueness, or the role that the noun after it tells.

    A name that begins at one of `heads` is no noun that is counted: «ОК 30 лицей №3».
    """
    until = min((head for head in heads if head >= number.end), default=len(folded))
    before, after = folded[max(0, number.start - 90) : number.start], folded[number.end : min(until, number.end + 70)]
    people = _PEOPLE.match(after) is not None
    vague = _vagueness(number, folded, before, after, people=people)
    asked = vague.startswith(_AT_LEAST) and number.value == quota and _ASKED.search(folded[: number.start])
    if asked or (number.value == quota and _MINIMUM.match(after)) or _FROM_EACH.match(after) or _OF_EACH.search(before):
        return replace(number, role=Role.QUOTA, people=people)
    number = replace(number, people=people, vague=vague)
    if (_ALL_OF_US.search(before) and not _NETWORK_NEXT.match(after)) or (
        (_THERE_ARE.search(before) or _STRONG.search(before)) and "подпис" not in after[:40]
    ):
        return replace(number, role=Role.STAFF, people=False, noun="сколько нас всего")
    if _NOT_REACHED.match(after):
        return replace(number, role=Role.QUOTA)
    if _NEW.search(before):
        return replace(number, role=Role.COUNT, noun="из них новых")
    if _LOOKED_AT.search(before):
        return replace(number, role=Role.COUNT, noun="отклики, классы, участники чата")
    if people:
        return number
    if _OUT_OF_ALL.search(before):
        return replace(number, role=Role.COUNT, noun="из скольких организаций")
    if _OUT_OF.search(before):
        return replace(number, role=Role.STAFF, noun="из скольких")
    if match := _STAFF_BEFORE.search(before):
        return replace(number, role=Role.STAFF, noun=match.group().strip())
    if match := _counted(number.value, after):
        return replace(number, role=Role.COUNT, noun=match.group().strip())
    if match := _AFTER_STAFF.match(after):
        return replace(number, role=Role.STAFF, noun=match.group().strip())
    if number.words and number.value <= 10 and not vague:
        return replace(number, role=Role.PROSE)
    return number
