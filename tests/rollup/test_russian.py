"""Russian words and figures."""

from datetime import date, datetime, timedelta

import pytest

from mailbot.rollup import russian
from mailbot.rollup.russian import HARD_SPACE


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 писем"),
        (1, "1 письмо"),
        (2, "2 письма"),
        (4, "4 письма"),
        (5, "5 писем"),
        (11, "11 писем"),
        (12, "12 писем"),
        (14, "14 писем"),
        (20, "20 писем"),
        (21, "21 письмо"),
        (22, "22 письма"),
        (25, "25 писем"),
        (101, "101 письмо"),
        (111, "111 писем"),
        (112, "112 писем"),
        (122, "122 письма"),
        (1001, "1 001 письмо"),
        (12840, "12 840 писем"),
    ],
)
def test_plural_forms(count, text):
    assert russian.counted(count, russian.LETTERS) == text.replace(" ", HARD_SPACE)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "об 1 организации"),
        (2, "о 2 организациях"),
        (11, "об 11 организациях"),
        (18, "о 18 организациях"),
        (21, "о 21 организации"),
        (11000, "об 11|000 организациях"),
        (1100, "о 1|100 организациях"),
    ],
)
def test_about_so_many(count, text):
    said = russian.about(count, russian.ABOUT_ORGANISATIONS)
    assert said == text.replace(" ", HARD_SPACE).replace(HARD_SPACE, " ", 1).replace("|", russian.NARROW_SPACE)


@pytest.mark.parametrize(
    ("span", "text", "after"),
    [
        (timedelta(seconds=-5), "меньше минуты", "меньше минуты"),
        (timedelta(seconds=59), "меньше минуты", "меньше минуты"),
        (timedelta(minutes=1), "1 минута", "1 минуту"),
        (timedelta(minutes=21), "21 минута", "21 минуту"),
        (timedelta(hours=1), "1 час", "1 час"),
        (timedelta(hours=5, minutes=1, seconds=59), "5 часов 1 минута", "5 часов 1 минуту"),
        (timedelta(days=1), "1 день", "1 день"),
        (timedelta(days=2, hours=3, minutes=59), "2 дня 3 часа", "2 дня 3 часа"),
        (timedelta(days=6, hours=21), "6 дней 21 час", "6 дней 21 час"),
        (timedelta(days=11, hours=21), "11 дней", "11 дней"),
    ],
)
def test_spans(span, text, after):
    assert russian.span(span) == text.replace(" ", HARD_SPACE)
    assert russian.for_span(span) == after.replace(" ", HARD_SPACE)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=1, hours=3), "Остался 1 день 3 часа"),
        (timedelta(days=5), "Осталось 5 дней"),
        (timedelta(hours=21), "Остался 21 час"),
        (timedelta(hours=2), "Осталось 2 часа"),
        (timedelta(minutes=1), "Осталась 1 минута"),
        (timedelta(0), "Осталось меньше минуты"),
    ],
)
def test_what_remains(span, text):
    assert russian.plain(russian.remaining(span)) == text


def test_dates():
    assert russian.day(date(2021, 8, 6)) == "06.08.2021"
    assert russian.plain(russian.day_in_words(date(2021, 5, 1))) == "1 мая 2021 года"
    assert russian.plain(russian.moment(datetime(2021, 8, 16, 9, 5))) == "16.08 09:05"  # noqa: DTZ001 - already local


def test_numbers_keep_together():
    assert russian.number(999) == "999"
    assert russian.number(1000).replace(russian.NARROW_SPACE, "_") == "1_000"
    assert " " not in russian.number(12_345_678)


def test_a_cut_text_is_one_line_of_the_length():
    assert russian.cut("одна\n  строка", 50) == "одна строка"
    assert russian.cut("очень длинная строка", 8) == "очень д…"
    assert len(russian.cut("слово " * 100, 80)) <= 80


@pytest.mark.parametrize(
    ("locator", "words"),
    [
        ("body:4", "письмо, абзац 4"),
        ("body:4!B3", "письмо, таблица 4, B3"),
        ("вложенное письмо.eml/body:12", "вложенное письмо.eml, абзац 12"),
        ("архив.zip/школа.xlsx!Лист1!C7", "архив.zip/школа.xlsx!Лист1!C7"),
        ("body:four", "body:four"),
    ],
)
def test_places_in_words(locator, words):
    assert russian.place(locator) == words
