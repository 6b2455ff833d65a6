"""Ways to say it: what is understood, and what is asked about."""

from pathlib import Path

import pytest

from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.desk import words
from mailbot.desk.orders import Misunderstood, Spoken
from mailbot.desk.words import Listener

LISTENER = Listener(build_campaign(CampaignSection(), Path()), build_directory(CampaignSection(), Path()))
BAVLY, BUINSK = "Бавлинский", "Буинский"
VK_OK = {"vk": 120, "ok": 80}


def heard(*lines):
    return LISTENER.listen(lines)


def one(line):
    (order,) = heard(line)
    return order


UNDERSTOOD = [
    ("Бавлы: ВК 120, ОК 80, принять", ("accept", (), BAVLY, None, VK_OK)),
    ("№ 17 — не отчёт", ("reject", (17,), None, None, {})),
    ("№ 18: муниципалитет Буинский, принять", ("accept", (18,), BUINSK, None, {})),
    ("отклонить 19", ("reject", (19,), None, None, {})),
    ("Отклонить №19", ("reject", (19,), None, None, {})),
    ("отклонить письмо № 19", ("reject", (19,), None, None, {})),
    ("отклонить 19, 20 и 21", ("reject", (19, 20, 21), None, None, {})),
    ("отклонить №№ 19, 20", ("reject", (19, 20), None, None, {})),
    ("отклонить 19-22", ("reject", (19, 20, 21, 22), None, None, {})),
    ("17 не отчет", ("reject", (17,), None, None, {})),
    ("17 - не отчет.", ("reject", (17,), None, None, {})),
    ("N17 не отчёт", ("reject", (17,), None, None, {})),
    ("#17 не отчёт", ("reject", (17,), None, None, {})),
    ("Письмо 17 — это не отчёт", ("reject", (17,), None, None, {})),
    ("По письму № 17: не учитывать", ("reject", (17,), None, None, {})),
    ("№ 17 не принимать", ("reject", (17,), None, None, {})),
    ("№ 17 не является отчётом", ("reject", (17,), None, None, {})),
    ("17: спам", ("reject", (17,), None, None, {})),
    ("принять 18", ("accept", (18,), None, None, {})),
    ("Принимаю № 18!", ("accept", (18,), None, None, {})),
    ("№ 18 принято", ("accept", (18,), None, None, {})),
    ("№ 18 — всё верно", ("accept", (18,), None, None, {})),
    ("№18 учесть как есть", ("accept", (18,), None, None, {})),
    ("прошу принять письма 18 и 20", ("accept", (18, 20), None, None, {})),
    ("№ 18: ВК 120, ОК 80 — принять", ("accept", (18,), None, None, VK_OK)),
    ("№ 18: ВКонтакте — 120 чел., Одноклассники — 80 чел., принять", ("accept", (18,), None, None, VK_OK)),
    ("№ 18: 120 в ВК, 80 в ОК, принять", ("accept", (18,), None, None, VK_OK)),
    ("№ 18: vk=120 ok=80 принять", ("accept", (18,), None, None, VK_OK)),
    ("№ 18: ВК 120 вместо 112, принять", ("accept", (18,), None, None, {"vk": 120})),
    ("№ 18: ВК 120, а не 112, принять", ("accept", (18,), None, None, {"vk": 120})),
    ("№ 18: исправить на ВК 1 250", ("accept", (18,), None, None, {"vk": 1250})),
    ("№ 18: инстаграм 45, всего 190, принять", ("accept", (18,), None, None, {"instagram": 45, "total": 190})),
    ("принять № 18: муниципалитет Буинский", ("accept", (18,), BUINSK, None, {})),
    ("№ 18: Буинский район, принять", ("accept", (18,), BUINSK, None, {})),
    ("№ 18 — это Буинск, принять", ("accept", (18,), BUINSK, None, {})),
    ("№ 18: школа № 5, ВК 35, принять", ("accept", (18,), None, "школа № 5", {"vk": 35})),
    ("№ 18: Бавлы, МБОУ «СОШ № 5», ВК 35, принять", ("accept", (18,), BAVLY, "МБОУ «СОШ № 5»", {"vk": 35})),
    ("Бавлинский район: ВК 120 ОК 80 принять", ("accept", (), BAVLY, None, VK_OK)),
    ("Бавлинский муниципальный район — ВК 120, ОК 80, принять", ("accept", (), BAVLY, None, VK_OK)),
    ("принять Бавлы: ВК 120, ОК 80", ("accept", (), BAVLY, None, VK_OK)),
    ("Бавлы принять", ("accept", (), BAVLY, None, {})),
    ("Бавлы, школа № 2: ВК 40, принять", ("accept", (), BAVLY, "школа № 2", {"vk": 40})),
    ("Бавлы, школа № 2 — исключить", ("reject", (), BAVLY, "школа № 2", {})),
    ("Набережные Челны: вк 5, исправить", ("accept", (), "Набережные Челны", None, {"vk": 5})),
    ("отменить 17", ("undo", (17,), None, None, {})),
    ("отменить решение по письму № 17", ("undo", (17,), None, None, {})),
    ("№ 17 вернуть на проверку", ("undo", (17,), None, None, {})),
    ("№ 17: верните как было", ("undo", (17,), None, None, {})),
    ("1) № 17 не отчёт", ("reject", (17,), None, None, {})),
    ("- № 17 не отчёт", ("reject", (17,), None, None, {})),
]

ASKED_ABOUT = [
    ("Бавлы: ВК 120, ОК 80", words.NO_DECISION),
    ("№ 18: ВК около 120, принять", "около"),
    ("№ 18: ВК 120?, принять", "?"),
    ("№ 18: ВК 120 или 130, принять", "или 130"),
    ("№ 18: ВК 12,5, принять", "вк 12,5"),
    ("№ 18: ВК сто двадцать, принять", "сто двадцать"),
    ("№ 18: ВК 99999999999, принять", "слишком велика"),
    ("№ 18: ВК 120, ВК 130, принять", "разные цифры"),
    ("№ 18: принять, отклонить", words.SEVERAL_DECISIONS),
    ("принять", words.NO_TARGET),
    ("ВК 120, принять", words.NO_TARGET),
    ("№ 18: Бавлы, Буинск, принять", words.SEVERAL_PLACES),
    ("№ 18: ВК 120, отклонить", words.FIGURES_WITHOUT_ACCEPT),
    ("отклонить 22-19", words.BAD_RANGE),
    ("принять 1-100000", words.BAD_RANGE),
    ("№ 17 ок", "ок"),
    ("Посмотрите, пожалуйста, почему нет Арска?", "посмотрите"),
    ("Позвоните мне завтра", "позвоните мне завтра"),
    ("Бавлы: телеграм 40, ВК 120, принять", "телеграм 40"),
    ("№ 18 принять, если позвонят", "если позвонят"),
]


@pytest.mark.parametrize(("line", "expected"), UNDERSTOOD, ids=[line for line, _ in UNDERSTOOD])
def test_understood(line, expected):
    order = one(line)
    assert isinstance(order, Spoken), order
    assert (order.action, order.letters, order.municipality, order.organisation, dict(order.figures)) == expected


@pytest.mark.parametrize(("line", "reason"), ASKED_ABOUT, ids=[line for line, _ in ASKED_ABOUT])
def test_asked_about(line, reason):
    order = one(line)
    assert isinstance(order, Misunderstood), order
    assert reason.lower() in order.reason.lower()


def test_several_lines_and_sentences_are_several_orders():
    orders = heard("Добрый день!", "№ 17 — не отчёт; № 18 принять", "", "Отклонить 19. Принять 20.", "Спасибо")
    assert [(order.action, order.letters) for order in orders] == [
        ("reject", (17,)),
        ("accept", (18,)),
        ("reject", (19,)),
        ("accept", (20,)),
    ]


def test_an_order_may_go_over_several_lines():
    (order,) = heard("№ 18", "ВК 120", "ОК 80", "принять")
    assert (order.letters, dict(order.figures)) == ((18,), VK_OK)
    first, second = heard("Бавлы: ВК 120", "№ 19 принять")
    assert isinstance(first, Misunderstood)
    assert second.letters == (19,)


@pytest.mark.parametrize(
    "line",
    ["Добрый день!", "Здравствуйте, уважаемые коллеги!", "Спасибо.", "Исправления в книге", "Книга во вложении."],
)
def test_politeness_is_no_order(line):
    assert heard(line) == ()


def test_an_ambiguous_order_of_figures_is_asked_about():
    order = one("№ 18: 120 ВК 80 ОК 70, принять")
    assert isinstance(order, Misunderstood)


def test_figures_before_their_names():
    assert dict(one("№ 18: 120 ВК, 80 ОК, принять").figures) == VK_OK
