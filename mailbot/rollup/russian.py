"""How figures, dates and spans of time are written in Russian. Pure; knows nothing of campaigns."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
HARD_SPACE = "\N{NO-BREAK SPACE}"
_HOURS_MATTER = 7
_GENITIVE_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


class Noun(NamedTuple):
    """The three forms that go with numerals: 1 письмо, 2 письма, 5 писем."""

    one: str
    few: str
    many: str


LETTERS = Noun("письмо", "письма", "писем")
ORGANISATIONS = Noun("организация", "организации", "организаций")
MUNICIPALITIES = Noun("муниципалитет", "муниципалитета", "муниципалитетов")
OF_MUNICIPALITIES = Noun("муниципалитета", "муниципалитетов", "муниципалитетов")
SUBSCRIBERS = Noun("подписчик", "подписчика", "подписчиков")
ANSWERED = Noun("ответил", "ответили", "ответили")
DAYS = Noun("день", "дня", "дней")
HOURS = Noun("час", "часа", "часов")
MINUTES = Noun("минута", "минуты", "минут")
FOLDERS = Noun("папка", "папки", "папок")
POINTS = Noun("балл", "балла", "баллов")
CASES = Noun("вопрос", "вопроса", "вопросов")
REMARKS = Noun("замечание", "замечания", "замечаний")
FIGURES = Noun("цифра", "цифры", "цифр")
ABOUT_ORGANISATIONS = Noun("организации", "организациях", "организациях")
REPORTED = Noun("отчиталась", "отчитались", "отчитались")
WAITS = Noun("ждёт", "ждут", "ждут")
PEOPLE = Noun("человек", "человека", "человек")


def form(count: int, noun: Noun) -> str:
    """The noun's form for the count, without the count.

    >>> [form(n, LETTERS) for n in (1, 2, 5, 11, 21, 112, 0)]
    ['письмо', 'письма', 'писем', 'писем', 'письмо', 'писем', 'писем']
    """
    tens, units = abs(count) % 100, abs(count) % 10
    if 11 <= tens <= 14:
        return noun.many
    if units == 1:
        return noun.one
    return noun.few if 2 <= units <= 4 else noun.many


def number(value: int, space: str = NARROW_SPACE) -> str:
    """A whole number with its thousands apart; numbers of four digits too, so that columns read alike.

    >>> number(12840, " ")
    '12 840'
    """
    return f"{value:,}".replace(",", space)


def counted(count: int, noun: Noun, space: str = HARD_SPACE) -> str:
    """The count and its noun, held together.

    >>> counted(12840, SUBSCRIBERS, " ")
    '12 840 подписчиков'
    """
    return f"{number(count, space)}{space}{form(count, noun)}"


def about(count: int, noun: Noun) -> str:
    """«о 5 организациях», «об 11 организациях»: the preposition as the numeral is said (об одной, об одиннадцати).

    >>> [about(n, ABOUT_ORGANISATIONS).replace(HARD_SPACE, " ") for n in (1, 2, 11, 21, 1000)]
    ['об 1 организации', 'о 2 организациях', 'об 11 организациях', 'о 21 организации', 'о 1\u202f000 организациях']
    """
    eleven = number(count).split(NARROW_SPACE)[0] == "11"  # 11, 11 000
    return f"{'об' if count == 1 or eleven else 'о'} {number(count)}{HARD_SPACE}{form(count, noun)}"


def day(value: date) -> str:
    """«16.08.2021»."""
    return f"{value:%d.%m.%Y}"


def day_in_words(value: date) -> str:
    """«17 августа 2021 года»: a date as a sentence holds it."""
    return f"{value.day}{HARD_SPACE}{_GENITIVE_MONTHS[value.month - 1]}{HARD_SPACE}{value.year}{HARD_SPACE}года"


def day_and_month(value: date) -> str:
    """«17 августа»."""
    return f"{value.day}{HARD_SPACE}{_GENITIVE_MONTHS[value.month - 1]}"


def moment(value: datetime) -> str:
    """«16.08 09:12»: a local time of this campaign, short enough for a table."""
    return f"{value:%d.%m}{HARD_SPACE}{value:%H:%M}"


def span(value: timedelta) -> str:
    """A span of time in its two largest units (from a week on, in days), rounded down; never negative.

    >>> span(timedelta(days=2, hours=4, minutes=30)).replace(HARD_SPACE, " ")
    '2 дня 4 часа'
    >>> span(timedelta(seconds=40)).replace(HARD_SPACE, " ")
    'меньше минуты'
    """
    minutes = max(0, int(value.total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        parts = [counted(days, DAYS), counted(hours, HOURS) if hours and days < _HOURS_MATTER else ""]
    elif hours:
        parts = [counted(hours, HOURS), counted(left, MINUTES) if left else ""]
    else:
        parts = [counted(left, MINUTES) if left else f"меньше{HARD_SPACE}минуты"]
    return HARD_SPACE.join(part for part in parts if part)


def for_span(value: timedelta) -> str:
    """The span in the accusative, as after «через» and «за»: only «минута» differs.

    >>> for_span(timedelta(minutes=21)).replace(HARD_SPACE, " ")
    '21 минуту'
    """
    return span(value).replace("минута", "минуту")


def remaining(value: timedelta) -> str:
    """«Остался 1 день 4 часа», «Осталась 21 минута», «Осталось 5 часов»: the verb agrees with the largest unit.

    >>> remaining(timedelta(minutes=21)).replace(HARD_SPACE, " ")
    'Осталась 21 минута'
    """
    text = span(value)
    unit = text.split(HARD_SPACE)[1]
    verb = {DAYS.one: "Остался", HOURS.one: "Остался", MINUTES.one: "Осталась"}.get(unit, "Осталось")
    return f"{verb} {text}"


def plain(text: str) -> str:
    """The text with ordinary spaces in place of the typographic ones, for the plain-text twin and the workbook."""
    return text.replace(NARROW_SPACE, " ").replace(HARD_SPACE, " ")


def place(locator: str) -> str:
    """A locator as a person reads it; file names and cells speak for themselves, the body gets its word.

    >>> [place(each) for each in ("body:4", "body:4!B3", "svod.xlsx!Лист1!C7")]
    ['письмо, абзац 4', 'письмо, таблица 4, B3', 'svod.xlsx!Лист1!C7']
    """
    match = re.fullmatch(r"(.*/)?body:(\d+)(?:!(.+))?", locator)
    if match is None:
        return locator
    inside, block, cell = match.groups()
    where = f"таблица {block}, {cell}" if cell else f"абзац {block}"
    return f"{(inside or '').rstrip('/') or 'письмо'}, {where}"


def cut(text: str, length: int) -> str:
    """The text on one line, cut at `length` characters with an ellipsis; «№» stays with its number.

    >>> cut("подписались  тридцать", 12)
    'подписались…'
    """
    line = " ".join(text.split()).replace("№ ", f"№{HARD_SPACE}")
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
