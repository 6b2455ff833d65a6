"""The same figures once more, after words that may be another organisation's name: a person says whose they are."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows

FIGURES = "вк 30, инст 30, ок 30"
V = {"vk": 30, "instagram": 30, "ok": 30}
UNKNOWN = ["Кар.СОШ", "Арская", "Новокинерская", "филиал", "Кинер", "Солнышко (сад)", "Вечерняя школа", "пед.колледж"]


def asks(body: str) -> bool:
    """Whether a person is asked whose the figures are."""
    answer = read(message(body))
    codes = {f.code for f in answer.findings}
    return answer.status is Status.REVIEW and FindingCode.ORGANISATION_UNKNOWN in codes


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_that_nobody_knows_after_a_known_one(name):
    assert asks(f"Арский район\nСОШ №1 - {FIGURES}\n{name} - {FIGURES}")
    lines = FIGURES.replace(", ", "\n")
    assert asks(f"Арский район\nСОШ №1\n{lines}\n\n{name}:\n{lines}")


@pytest.mark.parametrize("name", ["Кар.СОШ", "Арская", "Новокинерская", "Кинер"])
def test_a_name_that_nobody_knows_before_a_known_one(name):
    assert asks(f"Арский район\n{name} - {FIGURES}\nСОШ №1 - {FIGURES}")


def test_both_in_one_line():
    assert asks(f"Арский район\nСОШ №1: {FIGURES}; Кар.СОШ: {FIGURES}")


def test_in_the_order_that_a_heading_told():
    assert asks("Арский район. ВК/Инст/ОК:\nСОШ №1 - 30/30/30\nКар.СОШ - 30/30/30")


@pytest.mark.parametrize(
    "body",
    [
        f"Арский район\nСОШ №1 - {FIGURES}\nИтого - {FIGURES}",
        f"Арский район - {FIGURES}\nСОШ №1 - {FIGURES}",
        f"Арский район, СОШ №1\n{FIGURES}\nТаким образом, {FIGURES}",
        f"Арский район, СОШ №1\n13.08: {FIGURES}\n16.08: {FIGURES}",
        f"Арский район, СОШ №1. {FIGURES}\nПодписались: {FIGURES}",
    ],
)
def test_what_is_no_name_tells_the_same_again(body):
    answer = read(message(body))
    assert (answer.status, rows(answer)) == (Status.ACCEPTED, [("Арский", "СОШ №1", V, {})]), answer.findings
