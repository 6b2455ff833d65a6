"""A number beside an organisation and no network: whether it counts people who subscribed to what was asked, or another thing."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import Status
from tests.reading.samples import message, read, rows

UNITS = [
    "35 ПК", "35 АРМ", "35 устройств", "30 лицензий", "14 компьютеров", "20 учебников", "35 комплектов", "35 раб. мест",
    "35 планшетов и 12 ноутбуков", "35 новых планшетов", "35 шт", "35 комп.", "35 НПС", "35 дәреслек",
]  # fmt: skip


@pytest.mark.parametrize("said", UNITS)
@pytest.mark.parametrize("subject", ["Подписка", "Re: О подписке на аккаунты МОиН РТ"])
def test_another_unit_is_no_report(said, subject):
    assert read(message(f"Арский район\nСОШ №1 - {said}", subject=subject)).status is not Status.ACCEPTED


ELSEWHERE = [
    ("Подписка на Kaspersky", "СОШ №1: 35"),
    ("Подписка на ЛитРес", "СОШ №1: подписались 35 человек"),
    ("Подписка", "СОШ №1 – подписались 35 чел. на Яндекс.Учебник"),
    ("Подписка", "СОШ №1 – оформили подписку на антивирус, 35"),
    ("Подписка", "СОШ №1 – подписались на электронную библиотеку 35 человек"),
    ("Подписка на интернет-ресурсы", "СОШ №1 – 35 чел."),
    ("Подписка на второе полугодие", "СОШ №1 – 35"),
    # «подписка» alone may be one to anything
    ("Продление подписки", "СОШ №1 – 35"),
    ("Подписка", "СОШ №1 – 35"),
    ("Подписка", "Стоимость подписки: СОШ №1 – 3500"),
    ("Ответ", "СОШ №1. Оформлено 35 подписок."),
]


@pytest.mark.parametrize(("subject", "said"), ELSEWHERE)
def test_a_subscription_to_another_thing_is_no_report(subject, said):
    assert read(message(f"Арский район\n{said}", subject=subject)).status is not Status.ACCEPTED


@pytest.mark.parametrize(
    "said",
    [
        "СОШ №1 – 35 человек",
        "СОШ №1 – всего 35 подписчиков",
        "СОШ №1 – 35 чел. на официальные аккаунты",
        "СОШ №1 – подписались на соцсети 35 чел.",
        "СОШ №1 – подписка на 13.08: 35 чел.",
        "СОШ №1 – подписались на все три 35 человек",
    ],
)
def test_people_who_subscribed_are(said):
    answer = read(message(f"Арский район\n{said}", subject="Подписка"))
    assert (rows(answer), answer.status) == ([("Арский", "СОШ №1", {"total": 35}, {})], Status.ACCEPTED)


@pytest.mark.parametrize("said", ["СОШ №1 – 35", "СОШ №1 – всего 35", "СОШ №1 – подписка на 13.08: 35"])
@pytest.mark.parametrize("subject", ["Re: О подписке на аккаунты МОиН РТ", "Подписка МОиН", "Подписка в соцсетях"])
def test_a_bare_number_is_of_people_where_the_subject_says_what_they_subscribed_to(said, subject):
    answer = read(message(f"Арский район\n{said}", subject=subject))
    assert (rows(answer), answer.status) == ([("Арский", "СОШ №1", {"total": 35}, {})], Status.ACCEPTED)


@pytest.mark.parametrize(
    "heading",
    [
        "Кол-во ПК",
        "Лицензий",
        "Кол-во устройств",
        "Количество путёвок",
        "Число столов",
        "Количество",
        "Всего",
        "Подписка",
    ],
)
@pytest.mark.parametrize("subject", ["Подписка", "Продление подписки", "Подписка на антивирус"])
def test_a_column_of_another_unit_is_no_report(heading, subject):
    table = f"Арский район\n\n№\tШкола\t{heading}\n1\tСОШ №1\t35\n2\tСОШ №2\t30"
    assert read(message(table, subject=subject)).status is not Status.ACCEPTED


@pytest.mark.parametrize(
    "heading", ["Кол-во человек", "Количество подписчиков", "Число подписавшихся", "Подписано, чел."]
)
def test_a_column_of_people_is(heading):
    answer = read(message(f"Арский район\n\n№\tШкола\t{heading}\n1\tСОШ №1\t35\n2\tСОШ №2\t30", subject="Подписка"))
    assert [f for _, _, f, _ in rows(answer)] == [{"total": 35}, {"total": 30}]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "said",
    [
        "СОШ №1 Арского района. ВК 61   Инст 70   ОК 44 РТ",
        "СОШ №1 АРСКОГО РАЙОНА. ВК 61 ИНСТ 70 ОК 44",
        "СОШ №1 АРСКОГО РАЙОНА. В ВК 61 ЧЕЛ. НА ИНСТ 70 ЧЕЛ. В ОК 44 ЧЕЛ.",
    ],
)
def test_not_every_word_in_capitals_is_a_unit(said):
    answer = read(message(said))
    assert [figures for _, _, figures, _ in rows(answer)] == [{"vk": 61, "instagram": 70, "ok": 44}]
    assert answer.status is Status.ACCEPTED
