"""A whole list of figures that another one replaces, in one breath."""

import pytest

from mailbot.domain.interpretation import Kind, Status
from tests.reading.samples import message, read, rows

HEAD = "Арский район, школа №5"
NEW = {"vk": 32, "instagram": 34, "ok": 31}


@pytest.mark.parametrize(
    "said",
    [
        "было ВК 22, Инстаграм 25, ОК 18, стало ВК 32, Инстаграм 34, ОК 31",
        "вместо ВК – 23, Инстаграм – 24, ОК – 41 считать ВК – 32, Инстаграм – 34, ОК – 31",
        "вчера было: вк 12, инстаграм 14, одноклассники 30; сегодня: вк 32, инстаграм 34, одноклассники 31",
        "ВК 32, инст 34, ОК 31 вместо ВК 23, инст 30, ОК 41",
        "ВК 32, инст 34, ОК 31 (ранее было ВК 23, инст 30, ОК 41)",
        "ВК 32, инст 34, ОК 31, прошлые данные (ВК 23, инст 30, ОК 41) неактуальны",
        "по плану ВК 30, инст 30, ОК 30; по факту ВК 32, инст 34, ОК 31",
        "План был ВК 30, инст 30, ОК 30. Факт: ВК 32, инст 34, ОК 31",
        "ВК 32, инст 34, ОК 31 (план ВК 30, инст 30, ОК 30)",
    ],
)
def test_the_later_list_is_taken(said):
    answer = read(message(f"{HEAD}: {said}"))
    assert (answer.status, rows(answer)) == (Status.ACCEPTED, [("Арский", "школа №5", NEW, {})])
    replaced = {number.role for number in answer.numbers} - {"list mark", "number of something (№)"}
    assert {"figure: vk", "figure: instagram", "figure: ok"} < replaced


@pytest.mark.parametrize(
    "said",
    [
        "было ВК 22, Инстаграм 25, стало ВК 32, Инстаграм 34, ОК 31",
        "было ВК 22, Инстаграм 25, ОК 18, стало Инстаграм 34, ВК 32, ОК 31",
    ],
)
def test_lists_of_different_networks_go_to_a_person(said):
    assert read(message(f"{HEAD}: {said}")).status is Status.REVIEW


def test_to_count_one_list_for_another_is_a_correction():
    assert read(message(f"{HEAD}: вместо ВК 23, ОК 41 считать ВК 32, ОК 31")).kind is Kind.CORRECTION


@pytest.mark.parametrize(
    "said",
    [
        "в Одноклассниках указали 14, это опечатка. Правильно 31. Остальное верно.",
        "В ОК мы указали 14. Это ошибка. Верно 31.",
        "ОК вчера было 14. Стало 31.",
        "одноклассники не 14, а 31. По ВК и инстаграм всё верно, менять не надо.",
        "ОК не 14, а 31. ВК и инстаграм все правильно.",
        "ОК не 14, а 31. Инстаграм и ВК без изменений.",
    ],
)
def test_one_number_is_corrected(said):
    answer = read(message(f"Исправление. {HEAD}. {said}"))
    assert rows(answer) == [("Арский", "школа №5", {"ok": 31}, {})]
    assert (answer.status, answer.kind) == (Status.ACCEPTED, Kind.CORRECTION), answer.findings


@pytest.mark.parametrize(
    "said",
    [
        "Вчера в ВК указали 14, в ОК 15. Правильно 41 и 51.",
        "Вчера писали ВК 14 - ошиблись. Надо 41.",
        "Указали 14 в ВК, опечатка. Правильно 41.",
        "ВК 36, ОК 33. Инстаграм все.",
    ],
)
def test_what_a_correction_leaves_open_goes_to_a_person(said):
    assert read(message(f"Исправление. {HEAD}. {said}")).status is Status.REVIEW


@pytest.mark.parametrize(
    "head",
    [
        "           было   стало",
        "           план   факт",
        "           ранее  сейчас",
        "Сеть       было   стало",
    ],
)
def test_two_columns_of_spaces_of_which_the_later_counts(head):
    answer = read(message(f"{HEAD}\n\n{head}\nВК           6      32\nИнстаграм   11      34\nОК           2      31"))
    assert (answer.status, rows(answer)) == (Status.ACCEPTED, [("Арский", "школа №5", NEW, {})])


def test_a_column_without_its_number_goes_to_a_person():
    lines = "           было   стало\nВК           6\nИнстаграм   11      34\nОК           2      31"
    assert read(message(f"{HEAD}\n\n{lines}")).status is Status.REVIEW
