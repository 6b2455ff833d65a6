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
