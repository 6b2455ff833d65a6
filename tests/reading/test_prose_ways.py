"""The same answer, said in the ways that people say it: each row is a body, and what a clerk writes down from it."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows

V = {"vk": 34, "instagram": 31, "ok": 40}

ONE_SCHOOL = [
    "Арский район, СОШ №1. В контакте подписались 34 человека, в инстаграме 31, в одноклассниках 40 человек.",
    "Сообщаем, что на 16.08.2021 подписано: в VK – 34 чел., Insta – 31 чел., OK – 40 чел. Арский район, СОШ №1",
    "Арский район, СОШ №1: вк34 инст31 ок40",
    "Арский район, СОШ №1 (ВК, Инстаграм, Одноклассники): 34, 31, 40",
    "Арский район, СОШ №1. ВК/Инст/ОК: 34/31/40",
    "Арский район, СОШ №1. ВК/Инст/ОК: 34-31-40",
    "Арский район, СОШ №1: 34 подписчика ВК, 31 подписчик инстаграм, 40 подписчиков ОК",
    "Арский район\nСОШ №1\n34 – ВК\n31 – Инстаграм\n40 – Одноклассники",
    "Арский район, СОШ №1. ВК тридцать четыре, инстаграм тридцать один, одноклассники сорок",
    "Арский район СОШ №1: ВКонтакте (34), Instagram (31), Одноклассники (40)",
    "Арский район, СОШ №1. ВК — 34 человека (82% коллектива), Инстаграм — 31 (75%), ОК — 40 (73 %).",
    "Арский район, СОШ №1. Из 45 работников подписались: ВК - 34, инстаграм - 31, ОК - 40",
    "Арский район, СОШ №1. ВК - 34 чел. из 45, инстаграм - 31 чел. из 45, ОК - 40 чел. из 45",
    "Арский район, СОШ №1. ВК 34 (+12), Инстаграм 31 (+5), ОК 40 (+1)",
    "Арский район, СОШ №1. ВК: с 20 до 34, Инстаграм: с 15 до 31, ОК: с 10 до 40",
    "На 13 августа: ВК 20, Инст 15, ОК 10. На 16 августа: ВК 34, Инст 31, ОК 40. Арский район СОШ №1",
    "Арский район, СОШ №1. ВК 34, инст 31, ок 40, телеграм 12, ютуб 3",
    "Арский район, СОШ №1. ВК - 34 педагога, Инстаграм - 31 педагог, ОК - 40 педагогов подписались",
    "34 человека подписалось в вк, 31 в инстаграм и 40 в одноклассниках. Арский район, СОШ №1",
    "Арский район, СОШ №1\nвк: 34ч\nинстаграм: 31ч\nок: 40ч",
    "Арский район СОШ №1 вконтакте: 34; инстограмм: 31; однокласники: 40",
    "Арча районы, СОШ №1. ВКонтактеда 34 кеше, Инстаграмда 31 кеше, Одноклассникларда кырык кеше язылды.",
    "Арский район, СОШ №1.\nvk.com/public174961040 – 34\ninstagram.com/mon.rt – 31\nok.ru/group/55518493999348 – 40",
]


@pytest.mark.parametrize("body", ONE_SCHOOL, ids=range(len(ONE_SCHOOL)))
def test_three_networks_of_one_school(body):
    answer = read(message(body))
    assert rows(answer) == [("Арский", "СОШ №1", V, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


DISTRICT = [
    ("Арский район\nВсего: 105\nв том числе:\nвк 34\nинста 31\nок 40", V | {"total": 105}),
    ("ВК 34 + Инст 31 + ОК 40 = 105. Арский район", V | {"total": 105}),
    ("Арский район: подписано в соцсетях 340 человек", {"total": 340}),
    ("Арский район. Количество подписавшихся составило 1 250 (одна тысяча двести пятьдесят) человек.", {"total": 1250}),
    ("На аккаунты ВКонтакте, Instagram, Одноклассники подписано 340 человек. Арский район", {"total": 340}),
    ("Арский район: ВК 1.250, Инст 1 100, Одн-ки 2050 чел.", {"vk": 1250, "instagram": 1100, "ok": 2050}),
    ("По Арскому району подписано по 35 человек на каждую страницу", {"vk": 35, "instagram": 35, "ok": 35}),
    ("Арский район: Одноклассники и ВКонтакте по 35 человек, Инстаграм - 30", {"vk": 35, "ok": 35, "instagram": 30}),
    ("Арский район. ВК - 45, Инстаграм - 0, ОК - нет", {"vk": 45, "instagram": 0, "ok": 0}),
    ("Арский район. ВК - 45, Инстаграм - 20, в одноклассниках подписчиков нет", {"vk": 45, "instagram": 20, "ok": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "figures"), DISTRICT, ids=range(len(DISTRICT)))
def test_a_district(body, figures):
    answer = read(message(body))
    assert rows(answer) == [("Арский", None, figures, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


TWO = [
    "Арский район\nСОШ №1 (ВК-35, Инста-40, ОК-31)\nСОШ №2 (ВК-36, Инста-41, ОК-32)",
    "Арский район\nСОШ №1\nВК – 35\nИнста – 40\nОК – 31\n\nСОШ №2\nВК – 36\nИнста – 41\nОК – 32",
    "Арский район\nШкола ВК Инст ОК\nСОШ №1 35 40 31\nСОШ №2 36 41 32\nИтого 71 81 63",
    "Арский район. 1) СОШ №1: вк 35, инст 40, ок 31 2) СОШ №2: вк 36, инст 41, ок 32",
    "Арский район. СОШ №1 вк 35 инст 40 ок 31, СОШ №2 вк 36 инст 41 ок 32",
    "Арский район (ВК/Инстаграм/ОК):\n1. СОШ №1 - 35/40/31\n2. СОШ №2 - 36/41/32",
    "Арский район\nВКонтакте:\nСОШ №1 - 35\nСОШ №2 - 36\nИнстаграм:\nСОШ №1 - 40\nСОШ №2 - 41\nОК:\nСОШ №1 - 31\nСОШ №2 - 32",
]


@pytest.mark.parametrize("body", TWO, ids=range(len(TWO)))
def test_two_schools(body):
    answer = read(message(body))
    assert rows(answer) == [
        ("Арский", "СОШ №1", {"vk": 35, "instagram": 40, "ok": 31}, {}),
        ("Арский", "СОШ №2", {"vk": 36, "instagram": 41, "ok": 32}, {}),
    ]
    assert answer.status is Status.ACCEPTED, answer.findings


REVIEW = [
    ("Арский район. ВК ~ 45, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК почти 45, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК не менее 45, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК 45-50, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК 30+, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК 34 или 36, инст 50, ок 39", FindingCode.APPROXIMATE),
    ("Арский район. ВК 35 (сорок пять), инст 50, ок 39", FindingCode.WORDS_MISMATCH),
    ("Арский район. ВК 45, инст 50, ок 39, всего 135", FindingCode.TOTAL_MISMATCH),
    ("Арский район. ВК 45, инст 50, ок 39. Какой срок сдачи отчёта?", FindingCode.QUESTION),
    ("Арский район. ВК и ОК - 35, Инстаграм - 30", FindingCode.NO_EXACT_FIGURE),
    ("Арский район. ВК - 35, Инстаграм - нет аккаунтов, ОК - 20", FindingCode.NO_EXACT_FIGURE),
    ("Арский район, СОШ №1: 34, 31, 30", FindingCode.UNEXPLAINED_NUMBER),
    ("Арский район. ВК 45 (плюс 3 завтра), инст 50, ок 39", FindingCode.UNEXPLAINED_NUMBER),
    ("СОШ №1: ВК 45, инст 50, ок 39", FindingCode.MUNICIPALITY_UNKNOWN),
    ("Арский район. Все сотрудники подписались на страницы министерства.", FindingCode.NO_EXACT_FIGURE),
    ("Арский район. Отчёт во вложении.", FindingCode.ATTACHMENT_MISSING),
    ("Арский район. СОШ №1: ВК 45, ОК 39; СОШ №2: ВК 40, ОК 30; СОШ №1: ВК 46, ОК 39", FindingCode.DUPLICATE_ORGANISATION),
    ("Арский район, таблица здесь: https://docs.google.com/spreadsheets/d/1x", FindingCode.CLOUD_LINK),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code"), REVIEW, ids=range(len(REVIEW)))
def test_what_a_person_must_see(body, code):
    answer = read(message(body))
    assert answer.status is Status.REVIEW
    assert code in {f.code for f in answer.findings}


IGNORED = [
    "Добрый день! Письмо получили, спасибо, приняли в работу.",
    "Информация о количестве подписавшихся будет направлена до 17 августа.",
    "Спасибо большое, передам всем",
]


@pytest.mark.parametrize("body", IGNORED)
def test_nothing_to_do(body):
    assert read(message(body)).status is Status.IGNORED
