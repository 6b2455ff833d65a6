"""Rows that stand among the organisations of a table and are none: norms, shares, earlier figures, remarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from mailbot.reading.figures.cellgrid import is_kind
from mailbot.reading.figures.columns import STAFF, ColumnRole, heading_of, is_counted
from mailbot.reading.figures.lexicon import Lexicon
from mailbot.reading.figures.lines import NameFinder
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.tokens import numbers
from mailbot.reading.text.fold import fold

_INSTITUTION = re.compile(
    r"(?<![а-яәөүҗңһ])(?:сош|оош|нош|нш-?дс|сш|доу|д/с|црр|цдт|ддт|цвр|цдод|дюсш|дши|дмш|дхш|кши|мкши|гимназия|лицей|школа|школа-интернат|интернат|детский\s+сад|детсад|сад|[а-я]*колледж|[а-я]*техникум"
    r"|м[әе]кт[әе][пб]е?|бакчасы|гимназиясе|лицее)(?![а-яәөүҗңһ])"
    r"|^\s*(?:\S+\s+){0,3}?(?:дом|дворец|центр|станция|институт|университет|академия|училище|музей)(?![а-я])"
)
_QUOTED = re.compile(r"[«\"„“][^«»\"„“”]{3,}[»\"“”]|№\s*\d")
_REST = re.compile(
    r"\s*(?:остальн|проч(?:ие|ее)|друг(?:ие|ое)|резерв|справочно|для\s+справки|проверка|контроль|из\s+них|в\s+т\.?\s*ч(?![а-я])|в\s+том\s+числе"
    r"|(?:начальная|основная|средняя|старшая|младшая)\s+(?:школа|группа|ступень)\s*$"
    r"|(?:школы|гимназии|лицеи|(?:детские\s+)?сады|детсады|дошкольн\w+\s+(?:образ|учр|орг)\w*|общеобразоват\w+\s+\w+)\s*(?:№|n)?\s*\d)"
)
_THE_OTHERS = re.compile(r"остальн\D*\d|(?:во?\s+всех|кажд)\D*\d")
_NUMBERED_SECTION = re.compile(
    r"\s*(?:раздел|кластер|таблица|приложение|форма|часть|зона|куст|блок)\s*(?:№\s*)?\d{1,2}(?:\s*[.:–-]?\s*[а-я\s-]*)?"
)
_COUNT_OF = re.compile(r"\s*\(\d{1,3}(?:\s*(?:ед|шт)\.?)?\)\s*$")
_BARELY_HEADED = re.compile(r"\s*(?:наименование|название)?\s*")
_AVERAGE = re.compile(
    r"\s*(?:прирост|динамика|разница|отклонение|изменение|рост(?![а-я])|добавил[оаи]с[ья]|нов(?:ых|ые)\s*(?:подписч.*|за\s.*)?$"
    r"|остал[оа]сь|не\s+хватает|(?:еще\s+)?не\s+подпис|отписал|макс(?:имум|\.)|рейтинг(?![а-я])|[+\-]\s*/\s*[+\-]|среднее(?![а-я])|в\s+среднем|средн\w+\s+(?:значени|показател|число|количеств)|уртача)"
)
_SAMPLE = re.compile(r"\W*(?:образец|пример|үрнәк)(?:\s+(?:заполнени\w+|записи|строки))?\s*(?:$|[:.(–—-])")
_AND = re.compile(r"\s*(?:[,;+&]|(?:,\s*)?(?:и|а\s+также))?\s*")
_NUMBERS = re.compile(r"№\s*№|(?:№|n)\s*\d{1,3}\s*(?:,|и|;)\s*№?\s*\d{1,3}(?![\d/])")
# What has a row of its own in an office's table and concerns all organisations: what they should reach, what share did.
_OF_ALL = frozenset(
    {"a plan, not a fact", "a share or another measure", "an earlier figure", "number of organisations"}
)

_PARTICULARS = (Role.DATE, Role.TIME, Role.PHONE, Role.ADDRESS, Role.LINK, Role.YEAR, Role.LETTER_NUMBER)


def is_average(name: str) -> bool:
    """Whether a row tells an average, a growth or who is missing: «Прирост», «В среднем на ОО», «Не подписались»."""
    return _AVERAGE.match(fold(name)) is not None


def is_sample(text: str) -> bool:
    """Whether a cell says that its row only shows how the form is filled in: «Образец заполнения», «Пример:»."""
    return _SAMPLE.match(fold(text)) is not None


def is_unclosed(name: str) -> bool:
    """Whether a name opens a quotation that it does not close: the rest may stand in the row below."""
    return len(re.findall("[«“„]", name)) > len(re.findall("[»”]", name))


def closes(name: str) -> bool:
    """Whether a name closes a quotation that it does not open."""
    return len(re.findall("[»”]", name)) > len(re.findall("[«“„]", name))


def tells_people(text: str) -> bool:
    """Whether a cell's words may hold a number of people: not where all its numbers are dates, telephones, addresses."""
    return any(n.role not in _PARTICULARS for n in numbers(text))


class Bystanders:
    """Tells what a row is whose first cell names no organisation."""

    def __init__(self, lexicon: Lexicon, find_names: NameFinder, find_place: Callable[[str], str | None]) -> None:
        self._lexicon = lexicon
        self._names = find_names
        self._place = find_place

    def matter(self, name: str, *, headed: bool) -> str:
        """What a row counts that its first cell calls a measure: «Поставили лайк», «Было на 9 августа», «Норма».

        Under a head that promises organisations (`headed`) only what an office adds to a list of them is passed over;
        whatever else stands there is a stranger, which a person must see.
        """
        if self._names(name) or _QUOTED.search(name):
            return ""
        heading = heading_of([name], self._lexicon)
        if heading.role is not ColumnRole.OTHER or (headed and heading.reason not in _OF_ALL):
            return ""
        if heading.reason == STAFF and not is_counted(fold(name)):
            return ""  # «Техперсонал» may be who subscribed; «Количество работников» is how many there are
        return heading.reason

    def strangers(self, names: Sequence[str], is_label: Callable[[str], bool], heading: str) -> frozenset[str]:
        """Those of a table's first cells that name neither an organisation nor a place nor a network.

        Where `heading` promises organisations, not «Наименование» alone, and most of the cells are such words, that is
        how this table writes its organisations: «Ромашка», «Солнышко», «Чишмэ».
        """
        found = [n for n in names if self._is_strange(n) and not is_label(n)]
        if not _BARELY_HEADED.fullmatch(fold(heading)) and len(found) > 1 and len(found) * 2 > len(names):
            found = [n for n in found if _REST.match(fold(n))]
        return frozenset(found)

    def counts_in_words(self, text: str) -> bool:
        """Whether a row of words alone tells numbers of people: «СОШ №3: 33, 34, 35», «Кроме того, 12 чел.»."""
        if _THE_OTHERS.search(fold(text)):
            return True
        if (
            self.matter(text, headed=True)
            or _NUMBERED_SECTION.fullmatch(fold(text))
            or is_kind(_COUNT_OF.sub("", text))
        ):
            return False  # «Норма – 30 человек», «Раздел 2. Сады», «Школы (12)»
        spans = [(n.start, n.end) for n in self._names(text)]
        return any(
            n.role is Role.FIGURE and not any(start <= n.start < end for start, end in spans) for n in numbers(text)
        )

    def is_several(self, name: str) -> bool:
        """Whether a cell names several organisations, whose figures then are nobody's in particular."""
        named = self._names(name)
        between = [name[a.end : b.start] for a, b in pairwise(named)]
        return any(_AND.fullmatch(fold(text)) for text in between) or _NUMBERS.search(fold(name)) is not None

    def _is_strange(self, name: str) -> bool:
        if _REST.match(fold(name)):
            return True
        if self._names(name) or self._place(name) or is_kind(name):
            return False
        return not _INSTITUTION.search(fold(name)) and not _QUOTED.search(name)
