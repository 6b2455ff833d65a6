"""Lists of which something is told once, above or ahead: of which kind all of them are, which network the numbers are of."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows

TWO = [
    ("Арский", "Ромашка", {"vk": 11, "instagram": 20, "ok": 0}),
    ("Арский", "Сказка", {"vk": 15, "instagram": 25, "ok": 16}),
]
UNDER_A_HEADING = [
    "Арский район, садики:\n«Ромашка»: инст 20, вк 11, ок ноль\n«Сказка»: вк 15, инст 25, ок 16",
    "Арский район, детские сады\n1. «Ромашка» - ВК 11, инст 20, ок 0\n2. «Сказка» - ВК 15, инст 25, ок 16",
    'Арский район. Детские сады:\n"Ромашка" ВК 11, инст 20, ок 0\n"Сказка" ВК 15, инст 25, ок 16',
    "Арский район\nСады:\n«Ромашка» – 11/20/0 (вк/инст/ок)\n«Сказка» – 15/25/16 (вк/инст/ок)",
    "Арский район. ДОУ:\n- «Ромашка», вк 11, инст 20, ок нет\n- «Сказка», вк 15, инст 25, ок 16",
    "Арча районы, балалар бакчалары:\n«Ромашка»: инст 20, вк 11, ок юк\n«Сказка»: вк 15, инст 25, ок 16",
]


@pytest.mark.parametrize("body", UNDER_A_HEADING)
def test_names_in_quotation_marks_under_a_heading_of_their_kind(body):
    answer = read(message(body))
    assert [(m, str(o).strip('«»"'), f) for m, o, f, _ in rows(answer)] == TWO
    assert answer.status is Status.ACCEPTED, answer.findings


def test_what_a_total_below_is_of():
    answer = read(message(UNDER_A_HEADING[0] + "\nВсего 87"))
    assert answer.status is Status.ACCEPTED
    answer = read(message(UNDER_A_HEADING[0] + "\nВсего 88"))
    assert FindingCode.TOTAL_MISMATCH in {f.code for f in answer.findings}


@pytest.mark.parametrize(
    "body",
    [
        "Арский район:\n«Ромашка»: вк 30, инст 31, ок 32\n«Сказка»: вк 30, инст 31, ок 32",
        "Арский район\nМБДОУ «Ромашка»: вк 30, инст 31, ок 32\n«Сказка»: вк 30, инст 31, ок 32",
        "Арский район, садики:\n«Ромашка» и «Сказка»: вк 30, инст 31, ок 32",
        "Арский район, садики:\nвк 30, инст 31, ок 32",
    ],
)
def test_without_a_heading_or_a_name_a_person_says_whose_they_are(body):
    assert read(message(body)).status is Status.REVIEW


def test_a_name_told_again_in_short_is_the_same():
    answer = read(message("Арский район\nМБДОУ «Ромашка»\n«Ромашка»: вк 30, инст 31, ок 32"))
    assert rows(answer) == [("Арский", "МБДОУ «Ромашка»", {"vk": 30, "instagram": 31, "ok": 32}, {})]
    assert answer.status is Status.ACCEPTED


def test_a_network_in_quotation_marks_is_no_organisation():
    answer = read(message("Арский район, детские сады:\n«ВКонтакте»: 30\n«Одноклассники»: 31\n«Инстаграм»: 32"))
    assert [f for _, _, f, _ in rows(answer)] == [{"vk": 30, "instagram": 32, "ok": 31}]


BY_NETWORK = [
    "Инстаграм (117): СОШ №1 – 51, СОШ №2 – 36, СОШ №3 – 30.\n\nОК (98): СОШ №1 – 40, СОШ №2 – 33, СОШ №3 – 25.",
    "Инстаграм (всего 117): СОШ №1 – 51, СОШ №2 – 36, СОШ №3 – 30\nОК (всего 98): СОШ №1 – 40, СОШ №2 – 33, СОШ №3 – 25",
    "Инст - 117 чел. (СОШ №1 – 51, СОШ №2 – 36, СОШ №3 – 30)\nОК - 98 чел. (СОШ №1 – 40, СОШ №2 – 33, СОШ №3 – 25)",
    "Инст, 117 чел.: СОШ №1 51; СОШ №2 36; СОШ №3 30\nОК, 98 чел.: СОШ №1 40; СОШ №2 33; СОШ №3 25",
    "Инст 117: СОШ №1 – 51, СОШ №2 – 36, СОШ №3 – 30\nОК 98: СОШ №1 – 40, СОШ №2 – 33, СОШ №3 – 25",
]


@pytest.mark.parametrize("body", BY_NETWORK)
def test_a_network_its_sum_and_each_organisation(body):
    answer = read(message(f"Арский район\n{body}"))
    assert [(o, f) for _, o, f, _ in rows(answer)] == [
        ("СОШ №1", {"instagram": 51, "ok": 40}),
        ("СОШ №2", {"instagram": 36, "ok": 33}),
        ("СОШ №3", {"instagram": 30, "ok": 25}),
    ]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("body", BY_NETWORK)
def test_a_sum_that_is_none_goes_to_a_person(body):
    assert read(message(f"Арский район\n{body.replace('117', '118')}")).status is Status.REVIEW
