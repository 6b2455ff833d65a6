"""Only what leads to the figures makes a report somebody else's; what stands beside them or after never does unseen."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import Status
from tests.reading.samples import message, read, rows

HEAD = ["Школа", "ВК", "Инст", "ОК"]
ROWS = [["СОШ №1", "35", "40", "31"], ["СОШ №2", "36", "41", "32"]]
FIGURES = [
    ("Арский", "СОШ №1", {"vk": 35, "instagram": 40, "ok": 31}, {}),
    ("Арский", "СОШ №2", {"vk": 36, "instagram": 41, "ok": 32}, {}),
]


def table(head: list[str], body: list[list[str]], above: str = "Арский район", below: str = "") -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in [head, *body])
    return message("см. таблицу", html=f"<p>{above}</p><table border=1>{cells}</table><p>{below}</p>")


# A column beside the figures that counts nothing, and what stands in it.
BESIDE = [
    ("Комментарий", "директор в отпуске"),
    ("Примечание", "новый сад, 6 групп"),
    ("Примечание (страница школы)", "https://vk.com/sosh1"),
    ("Страница школы в ВК", "https://vk.com/sosh1"),
    ("Ссылка на пост", "vk.com/wall-1_2"),
    ("Сообщество ОО", "https://vk.com/sosh1"),
    ("Группа школы в ОК", "ok.ru/sosh1"),
    ("Ответственный за публикации", "Иванова А.А."),
    ("Публикации", ""),
]


@pytest.mark.parametrize(("heading", "said"), BESIDE)
def test_a_column_that_counts_nothing_makes_no_report_another_ones(heading, said):
    found = read(table([*HEAD, heading], [[*row, said] for row in ROWS]))
    assert found.status is Status.ACCEPTED
    assert rows(found) == FIGURES


REMARKS = [
    "Объявление есть на страницах школ.",
    "Ссылки разосланы в группы школ района.",
    "Публикации размещены.",
    "Информация размещена на странице школы.",
    "Ответственный за контент Иванова А.А.",
    "Совещание проведено.",
]


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_loses_no_table(remark):
    for mail in (table(HEAD, ROWS, below=remark), table(HEAD, ROWS, above=f"Арский район. {remark}")):
        found = read(mail)
        assert found.status is not Status.IGNORED
        assert rows(found) == FIGURES


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_loses_no_line_of_figures(remark):
    found = read(message(f"Арский район, СОШ №1. ВК 34, инст 31, ок 40. {remark}"))
    assert found.status is not Status.IGNORED
    assert rows(found) == [("Арский", "СОШ №1", {"vk": 34, "instagram": 31, "ok": 40}, {})]


ANOTHER = [
    table(HEAD, ROWS, above="Направляем статистику собственных страниц школ Арского района"),
    table(HEAD, ROWS, above="По запросу: сведения о страницах школ Арского района"),
    table(["Школа", "Публикаций ВК", "Публикаций в Инстаграм", "Публикаций ОК"], ROWS),
    message("Арский район, СОШ №1. Публикации за неделю: ВК 14, инст 11, ок 10."),
]


@pytest.mark.parametrize("mail", ANOTHER)
def test_what_leads_to_the_figures_does(mail):
    assert read(mail).status is Status.IGNORED


PROMISE = "Пока не все школы отчитались, недостающее пришлём завтра. Арский район"


@pytest.mark.parametrize("head", [[], [["Школа", "А", "Б", "В"]]])
def test_a_table_that_cannot_be_read_is_not_ignored_for_a_promise(head):
    cells = [*head, *ROWS]
    assert read(table(cells[0], cells[1:], above=PROMISE)).status is Status.REVIEW


@pytest.mark.parametrize(
    "body", ["СОШ №1: 34, 40, 31. Фото пришлю завтра. Арский район", "Арский район СОШ №1 34 40 31, остальное завтра"]
)
def test_numbers_of_a_school_are_not_ignored_for_a_promise(body):
    assert read(message(body)).status is Status.REVIEW


def test_how_many_have_answered_so_far_may_be_ignored():
    assert read(message("Собираем: из 47 школ ответили 31, пришлём завтра. Арский район")).status is Status.IGNORED


def test_subscribers_without_a_network_are_not_lost_for_a_remark():
    counted = [["СОШ №1", "35"], ["СОШ №2", "36"]]
    found = read(table(["Школа", "Количество подписавшихся"], counted, below="Объявление есть на страницах школ."))
    assert found.status is Status.REVIEW


def test_followers_of_the_school_s_own_pages_in_a_table_of_networks():
    own = table(["Страница школы", "Подписчиков"], [["ВК", "350"], ["Инст", "400"], ["ОК", "310"]])
    assert read(own).status is not Status.ACCEPTED
