"""The same table, drawn in the ways that people draw it."""

from __future__ import annotations

import io
import itertools
from email import message_from_bytes
from email.policy import SMTP

import pytest
from openpyxl import Workbook

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows

EXPECTED = [
    ("Арский", "СОШ №1", {"vk": 35, "instagram": 40, "ok": 31}, {}),
    ("Арский", "СОШ №2", {"vk": 36, "instagram": 41, "ok": 32}, {}),
]
HEAD = ["Наименование ОО", "ВК", "Инст", "ОК"]
ONE, TWO = ["СОШ №1", "35", "40", "31"], ["СОШ №2", "36", "41", "32"]


def html(table: list[list[str]], above: str = "Арский район") -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in table)
    return message("см. таблицу", html=f"<p>{above}</p><table border=1>{cells}</table>")


SHAPES = {
    "plain": [HEAD, ONE, TWO],
    "headings with words": [["Школа", "Подп-ки ВК", "Instagram, чел.", "кол-во в Одноклассниках"], ONE, TWO],
    "running numbers": [["№", *HEAD], ["1", *ONE], ["2", *TWO]],
    "column numbers": [["№ п/п", *HEAD], ["1", "2", "3", "4", "5"], ["1", *ONE], ["2", *TWO]],
    "staff and shares": [
        ["ОО", "Кол-во работников", "ВК", "%", "Инст", "%", "ОК", "%"],
        ["СОШ №1", "50", "35", "70", "40", "80", "31", "62"],
        ["СОШ №2", "60", "36", "60", "41", "68", "32", "53"],
    ],
    "total below": [HEAD, ONE, TWO, ["Итого", "71", "81", "63"]],
    "total above": [HEAD, ["Всего по району", "71", "81", "63"], ONE, TWO],
    "unnamed total": [HEAD, ONE, TWO, ["", "71", "81", "63"]],
    "transposed": [["", "СОШ №1", "СОШ №2"], ["ВК", "35", "36"], ["Инстаграм", "40", "41"], ["ОК", "31", "32"]],
    "long": [
        ["Организация", "Соцсеть", "Кол-во"],
        ["СОШ №1", "ВК", "35"], ["", "Инст", "40"], ["", "ОК", "31"],
        ["СОШ №2", "ВК", "36"], ["", "Инст", "41"], ["", "ОК", "32"],
    ],
    "a table for each network": [
        ["ВКонтакте", "", ""], ["№", "Школа", "Кол-во подписчиков"], ["1", "СОШ №1", "35"], ["2", "СОШ №2", "36"],
        ["", "Итого", "71"], ["", "", ""],
        ["Инстаграм", "", ""], ["№", "Школа", "Кол-во подписчиков"], ["1", "СОШ №1", "40"], ["2", "СОШ №2", "41"],
        ["", "Итого", "81"], ["", "", ""],
        ["Одноклассники", "", ""], ["№", "Школа", "Кол-во подписчиков"], ["1", "СОШ №1", "31"], ["2", "СОШ №2", "32"],
        ["", "Итого", "63"],
    ],
    "running numbers in Tatar": [["Тәртип саны", *HEAD], ["1", *ONE], ["2", *TWO]],
    "kind, running number, name": [
        ["Вид", "№", *HEAD], ["Школы", "1", *ONE], ["", "2", *TWO],
    ],
    "where the schools' own pages are": [
        ["№", "Наименование ОО", "Ответственный", "Страница школы", "ВК", "Инст", "ОК"],
        ["1", "СОШ №1", "Павлова Е.И.", "https://vk.com/arsk1", "35", "40", "31"],
        ["2", "СОШ №2", "Низамов А.А.", "нет", "36", "41", "32"],
    ],
    "shares in brackets": [
        HEAD, ["СОШ №1", "35 (92%)", "40 (83,5 %)", "31 чел. (100%)"], ["СОШ №2", "36 (67%)", "41 (50%)", "32 (62%)"],
    ],
    "a total in one letter": [["", "В/К", "Inst", "OK"], ONE, TWO, ["Σ", "71", "81", "63"]],
    "town and village": [
        HEAD, ["Всего по району", "71", "81", "63"], ["Город, в т.ч.:", "35", "40", "31"], ONE,
        ["Село, в т.ч.:", "36", "41", "32"], TWO,
    ],
    "an average below": [HEAD, ONE, TWO, ["Итого", "71", "81", "63"], ["Среднее", "35,5", "40,5", "31,5"]],
    "keys of a database": [["id", *HEAD], ["4102", *ONE], ["4107", *TWO]],
    "own pages beside": [
        ["ОО", "Собственная страница: ВК", "Собственная страница: Инст", "ВК", "Инст", "ОК"],
        ["СОШ №1", "612", "480", "35", "40", "31"], ["СОШ №2", "540", "398", "36", "41", "32"],
    ],
    "staff in two levels": [
        ["ОО", "Численность", "Численность", "ВК", "Инст", "ОК"],
        ["", "работников", "обучающихся", "", "", ""],
        ["СОШ №1", "62", "880", "35", "40", "31"], ["СОШ №2", "41", "520", "36", "41", "32"],
    ],
    "empty rows": [HEAD, ONE, ["", "", "", ""], TWO],
    "a remark": [[*HEAD, "Примечание"], [*ONE, "завтра будет больше"], [*TWO, ""]],
    "kinds above their schools": [
        HEAD, ["ВСЕГО ПО РАЙОНУ", "71", "81", "63"], ["Общеобразовательные организации", "35", "40", "31"], ONE,
        ["Организации дополнительного образования", "36", "41", "32"], TWO,
    ],
    "kind with form, and number": [
        ["Тип учреждения", "Номер", "ВК", "Инст", "ОК"], ["СОШ", "№1", "35", "40", "31"], ["СОШ", "№2", "36", "41", "32"],
    ],
    "a growth below": [HEAD, ONE, TWO, ["Прирост", "12", "9", "7"]],
    "blocks with sub-totals": [
        HEAD, ["ШКОЛЫ", "", "", ""], ONE, ["Итого: школы", "35", "40", "31"], ["ДРУГИЕ", "", "", ""], TWO,
        ["Итого: другие", "36", "41", "32"], ["ВСЕГО ПО РАЙОНУ", "71", "81", "63"],
    ],
    "another network twice": [
        ["ОО", "Телеграм 13.08", "Телеграм 16.08", "ВК", "Инст", "ОК"],
        ["СОШ №1", "1", "5", "35", "40", "31"], ["СОШ №2", "2", "6", "36", "41", "32"],
    ],
    "own page and links": [
        ["ОО", "Собственная страница: ссылка ВК", "Собственная страница: подписчиков", "ВК", "Инст", "ОК"],
        ["СОШ №1", "https://vk.com/school1", "318", "35", "40", "31"], ["СОШ №2", "нет", "", "36", "41", "32"],
    ],
    "the place of each": [["ОО", "Место нахождения", "ВК", "Инст", "ОК"],
        ["СОШ №1", "г. Арск", "35", "40", "31"], ["СОШ №2", "с. Новый Кинер", "36", "41", "32"],
    ],
    "sections": [HEAD, ["Школы", "", "", ""], ONE, TWO, ["Итого по школам", "71", "81", "63"]],
    "plan and fact": [
        ["ОО", "План", "ВК", "Инст", "ОК"], ["СОШ №1", "30", "35", "40", "31"], ["СОШ №2", "30", "36", "41", "32"],
    ],
    "another network": [[*HEAD, "YouTube"], [*ONE, "7"], [*TWO, "9"]],
    "a place column": [["Район", *HEAD], ["Арский", *ONE], ["Арский", *TWO]],
    "before and after": [
        ["ОО", "ВК было", "ВК стало", "Инст было", "Инст стало", "ОК было", "ОК стало"],
        ["СОШ №1", "5", "35", "6", "40", "7", "31"],
        ["СОШ №2", "5", "36", "6", "41", "7", "32"],
    ],
    "two dates": [
        ["ОО", "ВК 13.08", "ВК 16.08", "Инст 13.08", "Инст 16.08", "ОК 13.08", "ОК 16.08"],
        ["СОШ №1", "5", "35", "6", "40", "7", "31"],
        ["СОШ №2", "5", "36", "6", "41", "7", "32"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name):
    answer = read(html(SHAPES[name]))
    assert sorted(rows(answer), key=str) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_columns_in_any_order(order):
    answer = read(html([[row[i] for i in order] for row in (HEAD, ONE, TWO)]))
    assert sorted(((m, o, dict(sorted(f.items())), a) for m, o, f, a in rows(answer)), key=str) == sorted(
        ((m, o, dict(sorted(f.items())), a) for m, o, f, a in EXPECTED), key=str
    )
    assert answer.status is Status.ACCEPTED, answer.findings


def test_type_and_number_in_two_columns_are_one_name():
    table = [["Тип", "№", "ВК", "Инст", "ОК"], ["СОШ", "7", "35", "40", "31"], ["ДОУ", "5", "36", "41", "32"]]
    assert [o for _, o, _, _ in rows(read(html(table)))] == ["СОШ 7", "ДОУ 5"]


@pytest.mark.parametrize(
    "head",
    [
        ["Сеть", "Администрация", "Педагоги", "Родители", "Всего"],
        ["Сеть \\ категория", "Рук. состав", "Пед. работники", "Родительская общественность", "Итого по сети"],
        ["Соцсеть", "Руководящий состав", "Пед.состав", "Род. общественность", "Сумма"],
        ["", "Рук-ли", "Пед-ги", "Родит-ли", "Всего"],
        ["", "Админ.", "Педколлектив", "Законные представители", "Итого"],
    ],
)
def test_a_matrix_of_networks_by_audience(head):
    table = [
        head,
        ["ВК", "1", "20", "14", "35"],
        ["Инстаграм", "2", "20", "18", "40"],
        ["ОК", "1", "15", "15", "31"],
        ["Итого", "4", "55", "47", "106"],
    ]
    answer = read(html(table))
    audience = {"managers": 4, "teachers": 55, "parents": 47}
    assert rows(answer) == [("Арский", None, {"vk": 35, "instagram": 40, "ok": 31, "total": 106}, audience)]
    assert answer.status is Status.ACCEPTED


@pytest.mark.parametrize("number", ["N п/п", "№ п/п", "№", "п/п", "N", "No", "#", "Номер", "Порядковый номер"])
@pytest.mark.parametrize("apart", ["\n", "\n\n"])
def test_a_table_with_a_cell_a_line(number, apart):
    table = [[number, "ОО", "Инст", "ВК", "ОК", "Всего"], ["1", "СОШ №1", "40", "35", "31", "106"],
             ["2", "СОШ №2", "41", "36", "32", "109"]]  # fmt: skip
    answer = read(message("Арский район\n\n" + apart.join(cell for row in table for cell in row)))
    assert [(o, f["vk"], f["total"]) for _, o, f, _ in rows(answer)] == [("СОШ №1", 35, 106), ("СОШ №2", 36, 109)]
    assert answer.status is Status.ACCEPTED, answer.findings


WRONG = {
    FindingCode.TOTAL_MISMATCH: [HEAD, ONE, TWO, ["Итого", "71", "82", "63"]],
    FindingCode.APPROXIMATE: [HEAD, ONE, ["СОШ №2", "36", "около 40", "32"]],
    FindingCode.NO_EXACT_FIGURE: [HEAD, ONE, ["СОШ №2", "36", "#REF!", "32"]],
    FindingCode.UNEXPLAINED_NUMBER: [[*HEAD, "Прочее"], [*ONE, "3"], [*TWO, "4"]],
    FindingCode.DUPLICATE_ORGANISATION: [HEAD, ONE, TWO, ["СОШ № 1", "35", "40", "30"]],
    FindingCode.WORDS_MISMATCH: [HEAD, ONE, ["СОШ №2", "36 (сорок шесть)", "41", "32"]],
}


@pytest.mark.parametrize("code", WRONG)
def test_what_a_person_must_see(code):
    answer = read(html(WRONG[code]))
    assert answer.status is Status.REVIEW
    assert code in {f.code for f in answer.findings}


@pytest.mark.parametrize("cell", [(r, c) for r in range(1, 4) for c in range(1, 4)])
def test_a_digit_changed_in_a_table_with_totals_is_seen(cell):
    table = [list(row) for row in (HEAD, ONE, TWO, ["Итого", "71", "81", "63"])]
    table[cell[0]][cell[1]] = str(int(table[cell[0]][cell[1]]) + 1)
    assert read(html(table)).status is Status.REVIEW


def test_a_locality_beside_a_name_says_less_than_the_sender():
    table = [["ОО", "Населённый пункт", "ВК", "Инст", "ОК"], ["СОШ №3", "с. Новый Кинер", "35", "40", "31"],
             ["Лицей №2", "с. Биектау", "36", "41", "32"]]  # fmt: skip
    assert [row[0] for row in rows(read(html(table)))] == ["Арский", "Арский"]
    table[1][1], table[2][1] = "г. Бавлы", "г. Арск"
    assert [row[0] for row in rows(read(html(table, "Две школы")))] == ["Бавлинский", "Арский"]


def test_a_locality_on_a_line_of_its_own_is_no_part_of_the_name():
    lines = [HEAD, ["МБОУ «СОШ №1»\nг. Арск", 35, 40, 31], ["Муниципальная\nСОШ №2", 36, 41, 32]]
    assert [row[1] for row in rows(read(workbook({"Лист1": lines})))] == ["МБОУ «СОШ №1»", "Муниципальная СОШ №2"]


NAMES = {
    "МБОУ «СОШ №7» МО «ЛМР» РТ": "МБОУ «СОШ №7» МО «ЛМР» РТ",
    "СОШ №25 им. 70-летия нефти Татарстана": "СОШ №25 им. 70-летия нефти Татарстана",
    "Гимназия № 2 им. Баки Урманче": "Гимназия № 2 им. Баки Урманче",
    "СОШ №3 с УИОП": "СОШ №3 с УИОП",
    "СОШ №3, с. Шурабаш": "СОШ №3",
    "Поисево СОШ": "Поисево СОШ",
    "СОШ №4 директор Иванова А.П.": "СОШ №4",
}


@pytest.mark.parametrize("cell", NAMES)
def test_a_name_in_a_cell_is_whole(cell):
    answer = read(html([HEAD, [cell, "35", "40", "31"]]))
    assert [row[1] for row in rows(answer)] == [NAMES[cell]]


def test_a_table_of_events_is_none_of_our_business():
    plan = [
        ["№", "Мероприятие", "Дата", "Участников"],
        ["1", "Онлайн-трансляция ВКонтакте", "01.09.2021", "450"],
        ["2", "Флешмоб в Instagram", "02.09.2021", "200"],
    ]
    assert read(html(plan, "План мероприятий ко Дню знаний, Арский район")).reports == ()


def test_a_title_tells_the_network_of_columns_that_name_none():
    table = [["Школа", "Человек"], ["СОШ №1", "35"], ["СОШ №2", "36"], ["Всего", "71"]]
    answer = read(html([["Подписались в социальной сети «Инстаграм»", ""], *table]))
    assert [row[2] for row in rows(answer)] == [{"instagram": 35}, {"instagram": 36}]
    assert answer.status is Status.ACCEPTED


def test_a_form_that_its_head_signed():
    form = [["МБДОУ «Детский сад «Чишмэ»", ""], ["Аккаунт", "Подписалось"], ["ВКонтакте", "30 (тридцать)"],
            ["Инстаграм", "27"], ["Одноклассники", "34"], ["Заведующий", "Мингалиева Г.Р."]]  # fmt: skip
    answer = read(html(form))
    assert [row[2] for row in rows(answer)] == [{"vk": 30, "instagram": 27, "ok": 34}]
    assert answer.status is Status.ACCEPTED, answer.findings


def a_book(sheets: dict[str, list[list[object]]], hidden: dict[str, str] | None = None) -> bytes:
    """A workbook of these sheets; `hidden` says which of them are, and how."""
    book = Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        page = book.create_sheet(title)
        for line in lines:
            page.append(line)
        page.sheet_state = (hidden or {}).get(title, "visible")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(sheets: dict[str, list[list[object]]], hidden: dict[str, str] | None = None) -> bytes:
    """A mail with a workbook of these sheets."""
    mail = message_from_bytes(message("Арский район, таблица во вложении."), policy=SMTP)
    mail.add_attachment(a_book(sheets, hidden), maintype="application", subtype="octet-stream", filename="svod.xlsx")
    return mail.as_bytes()


FORM = [["Социальная сеть", "Подписалось"], ["ВК", 35], ["Инстаграм", 40], ["ОК", 31]]
OTHER_FORM = [["Социальная сеть", "Подписалось"], ["ВК", 36], ["Инстаграм", 41], ["ОК", 32]]


def test_a_sheet_for_each_school_is_named_after_it():
    answer = read(workbook({"СОШ №1": FORM, "СОШ №2": OTHER_FORM}))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("titles", [("20.07.2021", "16.08.2021"), ("на 16 августа", "на 20 июля")])
def test_of_two_sheets_for_two_dates_the_later_counts(titles):
    early = [HEAD, ["СОШ №1", 3, 4, 5], ["СОШ №2", 6, 7, 8], ["Итого", 9, 11, 13]]
    late = [HEAD, ["СОШ №1", 35, 40, 31], ["СОШ №2", 36, 41, 32], ["Итого", 71, 81, 63]]
    tables = (early, late) if titles[0].startswith("20") else (late, early)
    answer = read(workbook(dict(zip(titles, tables, strict=True))))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


def test_a_total_that_was_never_computed_says_nothing():
    lines = [
        HEAD,
        ["СОШ №1", 35, 40, 31],
        ["СОШ №2", 36, 41, 32],
        ["Итого", "=SUM(B2:B3)", "=SUM(C2:C3)", "=SUM(D2:D3)"],
    ]
    answer = read(workbook({"Лист1": lines}))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


def test_a_figure_that_was_never_computed_goes_to_a_person():
    assert read(workbook({"Лист1": [HEAD, ["СОШ №1", "=30+5", 40, 31]]})).status is Status.REVIEW


def test_registrations_in_a_platform_are_no_subscribers():
    lines = [
        ["Арский район. Регистрация в Сферум (VK)", None],
        ["ОО", "Зарегистрировано"],
        ["СОШ №1", 35],
        ["СОШ №2", 36],
    ]
    assert read(workbook({"Лист1": lines})).status is not Status.ACCEPTED


def test_a_house_of_pupils_is_no_group_of_people():
    table = [HEAD, ONE, ["Дом школьников", "36", "41", "32"]]
    assert [row[1] for row in rows(read(html(table)))] == ["СОШ №1", "Дом школьников"]


def test_of_two_tables_each_has_its_total():
    other = [["ОО", "ОК", "ВК", "Инст"], ["СОШ №2", "32", "36", "41"], ["Итого", "32", "36", "41"]]
    tables = "".join(
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in table)
        + "</table><p>и</p>"
        for table in ([HEAD, ONE, ["Итого", "35", "40", "31"]], other)
    )
    answer = read(message("см. таблицы", html=f"<p>Арский район</p>{tables}"))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


def test_of_two_sheets_without_dates_a_person_chooses():
    early = [HEAD, ["СОШ №1", 3, 4, 5]]
    assert read(workbook({"Лист1": early, "Лист2": [HEAD, ["СОШ №1", 35, 40, 31]]})).status is Status.REVIEW


def test_a_kind_of_institution_that_is_no_sum_goes_to_a_person():
    table = [HEAD, ONE, TWO, ["Детские сады", "100", "100", "100"]]
    assert read(html(table)).status is Status.REVIEW


def beside(heading: str, *values: str) -> bytes:
    """A form by network whose second column is headed so."""
    lines = zip(("ВК", "Инстаграм", "ОК"), ("35", "40", "31"), values or ("118", "204", "61"), strict=True)
    return html([["Соц. сеть", "Подписались", heading], *map(list, lines)], "Арский район, МБОУ «СОШ №1»")


@pytest.mark.parametrize(
    "heading",
    ["Поставили лайк", "Репостов", "Посещений за неделю", "Визиты", "Переходов по ссылке", "Было на 9 августа",
     "На прошлой неделе", "Предыдущее значение", "План", "Примечание"],
)  # fmt: skip
def test_what_else_a_form_by_network_counts_is_no_organisations(heading):
    answer = read(beside(heading))
    assert rows(answer) == [("Арский", "МБОУ «СОШ №1»", {"vk": 35, "instagram": 40, "ok": 31}, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("heading", ["Сначала", "Вступили в чат", "Резерв", "Прочее"])
def test_a_column_that_names_neither_an_organisation_nor_a_measure_goes_to_a_person(heading):
    answer = read(beside(heading))
    assert answer.status is Status.REVIEW
    assert FindingCode.ORGANISATION_UNKNOWN in {f.code for f in answer.findings}


@pytest.mark.parametrize("heading", ["СОШ №2", "д/с «Примечание»", "Лицей", "Дом школьников", "Тетюши 2"])
def test_organisations_across_are_whose_the_columns_are(heading):
    answer = read(html([["Сеть", "СОШ №1", heading], ["ВК", "35", "36"], ["Инст", "40", "41"], ["ОК", "31", "32"]]))
    assert len(rows(answer)) == 2


@pytest.mark.parametrize(
    "total", ["Всего по ОО", "Итого по школе", "Всего от организации", "Итого по учреждению", "Всего"]
)
def test_what_each_organisation_has_in_all_is_its_total(total):
    table = [["Сеть", "СОШ №1", "СОШ №2"], ["ВК", "35", "36"], ["Инст", "40", "41"], ["ОК", "31", "32"]]
    answer = read(html([*table, [total, "106", "109"]]))
    assert [row[2]["total"] for row in rows(answer)] == [106, 109]
    assert answer.status is Status.ACCEPTED, answer.findings
    assert read(html([*table, [total, "106", "110"]])).status is Status.REVIEW


@pytest.mark.parametrize("heading", ["Всего школ", "Количество учреждений", "Кол-во ОО"])
def test_how_many_organisations_there_are_is_no_total(heading):
    answer = read(html([["Район", heading, "ВК", "Инст", "ОК"], ["Арский район", "12", "35", "40", "31"]]))
    assert [row[2] for row in rows(answer)] == [{"vk": 35, "instagram": 40, "ok": 31}]


GROUPS = [["Администрация", "4"], ["Учителя", "38"], ["Родители", "54"]]
SPLIT = {"managers": 4, "teachers": 38, "parents": 54}


@pytest.mark.parametrize(
    ("table", "above"),
    [
        (GROUPS, "Арский район, МБОУ «СОШ №1». ВК 35, инст 33, ок 28 – всего 96"),
        ([*GROUPS, ["Всего", "96"]], "Арский район, МБОУ «СОШ №1». Подписались: ВК 35, инст 33, ок 28"),
        ([["Категория", "Чел."], *GROUPS, ["Итого", "96"]], "Арский район, МБОУ «СОШ №1». ВК 35, инст 33, ок 28"),
        ([["Кто подписался", "Количество"], *GROUPS, ["Итого", "96"]], "Арский район, МБОУ «СОШ №1», вк 35, инст 33, ок 28"),
        ([["", "Человек"], *GROUPS], "Арский район, МБОУ «СОШ №1», вк 35, инст 33, ок 28, итого 96"),
    ],
)  # fmt: skip
def test_groups_of_people_down_split_the_total(table, above):
    answer = read(html(table, above))
    assert [(row[1], row[2] | {"total": 96}, row[3]) for row in rows(answer)] == [
        ("МБОУ «СОШ №1»", {"vk": 35, "instagram": 33, "ok": 28, "total": 96}, SPLIT)
    ]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    ("table", "above"),
    [
        ([*GROUPS, ["Итого", "97"]], "Арский район, МБОУ «СОШ №1», подписались"),
        (GROUPS, "Арский район, МБОУ «СОШ №1». ВК 35, инст 33, ок 29"),
        ([["Штат", "Чел."], *GROUPS], "Арский район, МБОУ «СОШ №1». ВК 35, инст 33, ок 28"),
        ([["Контингент", "Чел."], *GROUPS, ["Итого", "96"]], "Арский район, МБОУ «СОШ №1»"),
        ([["Учителя", "38"], ["Учителя", "3"]], "Арский район, МБОУ «СОШ №1», подписались"),
        ([["Учителя", "38"], ["Вахтёр", "1"]], "Арский район, МБОУ «СОШ №1», подписались"),
    ],
)
def test_groups_that_do_not_add_up_or_are_a_staff_go_to_a_person(table, above):
    assert read(html(table, above)).status is Status.REVIEW


def test_groups_of_people_count_only_where_subscribers_are_spoken_of():
    table = [*GROUPS, ["Итого", "96"]]
    mail = html([["Кто", "Сколько"], *table], "Арский район, МБОУ «СОШ №1»")
    assert read(mail.replace(b"Subject:", b"Subject: x\r\nX-Was:", 1)).status is Status.REVIEW
    answer = read(html([["Кто", "Подписалось"], *table], "Арский район, МБОУ «СОШ №1»"))
    assert rows(answer) == [("Арский", "МБОУ «СОШ №1»", {"total": 96}, SPLIT)]


@pytest.mark.parametrize("share", ["Исполнение, %", "% от плана", "Процент", "Доля от коллектива", "в процентах"])
def test_a_share_may_be_told_above_the_networks(share):
    head = f"<tr><td rowspan=2>ОО</td><td colspan=3>Факт (чел.)</td><td colspan=3>{share}</td></tr>"
    names = "<tr>" + "".join(f"<td>{n}</td>" for n in ("ВК", "Инст", "ОК") * 2) + "</tr>"
    data = "".join("<tr>" + "".join(f"<td>{v}</td>" for v in (*line, 117, 133, 103)) + "</tr>" for line in (ONE, TWO))
    answer = read(message("см. таблицу", html=f"<p>Арский район</p><table border=1>{head}{names}{data}</table>"))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "above", ["Количество, чел. (% не указываем)", "Подписались, чел. и %", "Число (доля не нужна), чел."]
)
def test_people_told_above_the_networks_are_people(above):
    table = [["ОО", above, above, above], ["ОО", "ВК", "Инст", "ОК"], ONE, TWO]
    assert rows(read(html(table))) == EXPECTED


@pytest.mark.parametrize(
    "signed", ["А.К. Камалов", "А.К.Камалов", "А. Камалов", "Камалов А.К.", "Камалов Айдар Каримович"]
)
def test_a_form_signed_with_initials_first(signed):
    form = [["МБОУ «СОШ №1»", ""], ["Аккаунт", "Подписалось"], ["ВК", "34"], ["Инстаграм", "31"], ["ОК", "40"]]
    answer = read(html([*form, ["Директор", signed]]))
    assert [row[2] for row in rows(answer)] == [{"vk": 34, "instagram": 31, "ok": 40}]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_a_form_that_nobody_filled_in_reports_no_zeros():
    answer = read(html([HEAD, ["СОШ №1", "", "", ""], ["СОШ №2", "", "", ""], ["Итого", "0", "0", "0"]]))
    assert (rows(answer), answer.status) == ([], Status.REVIEW)
    assert "Форма не заполнена" in answer.findings[0].message


def test_zeros_that_were_written_are_zeros():
    answer = read(html([HEAD, ["СОШ №1", "0", "0", "0"], ["Итого", "0", "0", "0"]]))
    assert rows(answer) == [("Арский", "СОШ №1", {"vk": 0, "instagram": 0, "ok": 0}, {})]


def test_organisations_and_numbers_of_an_unknown_matter_go_to_a_person():
    table = [
        ["№", "ОО", "Учителя-предметники", "Воспитатели", "Всего"],
        ["1", "СОШ №1", "7", "-", "7"],
        ["", "Итого", "7", "-", "7"],
    ]
    raw = html(table, "Заявка на курсы, Арский район").replace("см. таблицу".encode(), "заявка".encode())
    assert read(raw.replace(b"Subject:", b"X-Subject:")).status is not Status.ACCEPTED


def test_a_group_of_a_school_s_in_brackets_has_figures_of_its_own():
    answer = read(html([HEAD, ONE, ["СОШ №1 (дошкольная группа)", "5", "6", "7"]]))
    assert [row[1] for row in rows(answer)] == ["СОШ №1", "СОШ №1 (дошкольная группа)"]
    assert answer.status is Status.ACCEPTED


def test_followers_of_the_schools_own_pages_are_not_asked_for():
    table = [["ОО", "Страница школы", "", ""], ["", "ВК", "Инст", "ОК"], ["СОШ №1", "350", "400", "310"]]
    assert read(html(table)).status is not Status.ACCEPTED


@pytest.mark.parametrize(
    "said",
    ["данные позже", "позже", "пришлём завтра", "данные будут к вечеру", "уточняется", "сведения уточняются", "ждём",
     "не отчитались", "нет ответа"],
)  # fmt: skip
def test_a_cell_that_promises_its_number_gives_none(said):
    answer = read(html([HEAD, ONE, ["СОШ №2", "36", said, "32"], ["СОШ №3", said, said, said]]))
    assert rows(answer) == [EXPECTED[0], ("Арский", "СОШ №2", {"vk": 36, "ok": 32}, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("said", ["30 позже", "в отпуске", "больше"])
def test_a_cell_with_other_words_goes_to_a_person(said):
    assert read(html([HEAD, ONE, ["СОШ №2", "36", said, "32"]])).status is Status.REVIEW


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Наименование, адрес ОО", "СОШ №1<br>422713, с. Арск, ул. Ленина, 40"),
        ("Наименование ОО, адрес", "СОШ №1<br>г. Арск, ул. Ленина, 40"),
        ("Название и адрес школы", "СОШ №1, ул. Ленина, 40"),
        ("Полное наименование, юридический адрес", "СОШ №1 (422713, с. Арск, ул. Ленина, д. 40)"),
        ("Наименование учреждения, телефон", "СОШ №1<br>тел. 8(84365)6-91-22"),
    ],
)
def test_an_address_stands_under_the_name(heading, cell):
    answer = read(html([["№", heading, "ВК", "Инст", "ОК"], ["1", cell, *ONE[1:]], ["2", *TWO]]))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


NETWORKS = [["Аккаунт", "Кол-во"], ["ВК", "35"], ["Инстаграм", "40"], ["ОК", "31"]]
OF_ANOTHER = [["Аккаунт", "Кол-во"], ["ВК", "36"], ["Инстаграм", "41"], ["ОК", "32"]]


def two_tables(first: str, second: str) -> bytes:
    one, two = (
        "<table border=1>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in table) + "</table>"
        for table in (NETWORKS, OF_ANOTHER)
    )
    return message("см. таблицы", html=f"<p>Арский район</p><p>{first}</p>{one}<p>{second}</p>{two}")


@pytest.mark.parametrize(
    "names",
    [("СОШ №1", "СОШ №2"), ("1. СОШ №1:", "2. СОШ №2:"), ("СОШ №1, с. Новый Кинер", "СОШ №2, г. Арск")],
)
def test_a_table_for_each_school_under_its_name(names):
    answer = read(two_tables(*names))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("names", [("", ""), ("СОШ №1", ""), ("от СОШ №1 и СОШ №2", "Исполнитель: СОШ №2")])
def test_tables_of_nobody_in_particular_go_to_a_person(names):
    assert read(two_tables(*names)).status is Status.REVIEW


def test_a_share_with_a_footnote_in_a_cell_and_a_coverage_of_the_staff():
    table = [HEAD, ["СОШ №1", "35 (120%*)", "40 (80%)", "31"], ["СОШ №2", "36 (12,5 %)", "41 (90%**)", "32"]]
    answer = read(html(table, "Арский район. Таблица с процентом охвата коллективов."))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


OF_ONE = [("Арский", "МБОУ «СОШ №1»", {"vk": 35, "instagram": 40, "ok": 31}, {})]
FIGURES = [["ВК", "Инст", "ОК"], ["35", "40", "31"]]


@pytest.mark.parametrize(
    "above",
    [
        [["Наименование ОО:", "МБОУ «СОШ №1»"], ["Район:", "Арский"], ["Директор (заведующий):", "Сафина Г.М."]],
        [["Образовательная организация", "МБОУ «СОШ №1»"], ["Исполнитель:", "Сафина Г.М."]],
        [["Школа", "МБОУ «СОШ №1»", ""]],
        [["Руководитель:", "Сафина Г.М."], ["Учреждение:", "МБОУ «СОШ №1»"]],
        [["Родители (законные представители):", "Сафина Г.М."], ["ОО", "МБОУ «СОШ №1»"], ["", ""]],
    ],
)
def test_lines_of_a_form_above_the_head_tell_whose_the_figures_are_and_are_no_headings(above):
    answer = read(html([[*row, "", ""][:3] for row in above] + FIGURES))
    assert rows(answer) == OF_ONE
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "table",
    [
        [["МБОУ «СОШ №1»", "чел."], ["ВК", "35"], ["Инстаграм", "40"], ["ОК", "31"]],
        [["Соцсеть", "МБОУ «СОШ №1»"], ["ВК", "35"], ["Инстаграм", "40"], ["ОК", "31"]],
        [["МБОУ «СОШ №1»", "Подписались"], ["ОК", "31"], ["ВК", "35"], ["Инстаграм", "40"], ["Итого", "106"]],
        [["МБОУ «СОШ №1»", "ВК", "Инст", "ОК"], ["человек", "35", "40", "31"]],
    ],
)
def test_the_head_names_the_organisation(table):
    answer = read(html(table))
    assert [(place, name) for place, name, *_ in rows(answer)] == [("Арский", "МБОУ «СОШ №1»")]
    assert {n: v for n, v in rows(answer)[0][2].items() if n != "total"} == OF_ONE[0][2]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_running_numbers_go_on_below_the_titles_of_sections():
    kinds = ["1. Общеобразовательные организации", "2. Дошкольные", "3. Дополнительное образование детей"]
    table = [["", *HEAD]]
    for number, kind in enumerate(kinds, 1):
        table += [[kind, "", "", "", ""], [str(number), f"МБОУ «СОШ №{number}»", "35", "40", "31"]]
    answer = read(html(table))
    assert [r[1] for r in rows(answer)] == ["МБОУ «СОШ №1»", "МБОУ «СОШ №2»", "МБОУ «СОШ №3»"]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_our_addresses_at_the_head_make_a_file_ours_whatever_it_was_taken_from():
    links = ["vk.com/public174961040", "instagram.com/mon.rt", "ok.ru/group/55518493999348"]
    table = [["Выгрузка из журнала", "", "", ""], ["Наименование", *links], ONE, TWO]
    answer = read(html(table))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "under", [["план", "факт"], ["норма", "подписано"], ["факт", "план"], ["план", "факт", "%"], ["09.08", "16.08"]]
)
def test_a_network_stands_over_several_columns_though_nobody_merged_its_cell(under):
    told = {"план": "30", "норма": "30", "%": "117", "09.08": "12"}
    table = [["Наименование ОО"], [""], ["СОШ №1"], ["СОШ №2"]]
    for network, *figures in zip(HEAD[1:], ONE[1:], TWO[1:], strict=True):
        table[0] += [network, *[""] * (len(under) - 1)]
        table[1] += under
        for row, figure in zip(table[2:], figures, strict=True):
            row += [told.get(column, figure) for column in under]
    answer = read(html(table))
    assert rows(answer) == EXPECTED
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize("second", ["Кар.СОШ", "чел."])
def test_what_one_head_names_is_not_the_next_ones(second):
    of_one = [["МБОУ «СОШ №1»", *HEAD[1:]], ["человек", *ONE[1:]]]
    of_another = [[second, *HEAD[1:]], ["человек", *ONE[1:]]]
    stacked = read(html(of_one + of_another))
    of_another[1][1:] = TWO[1:]  # beside each other, equal ones would contradict nothing
    apart = read(html([[*left, "", *right] for left, right in zip(of_one, of_another, strict=True)]))
    assert stacked.status is Status.REVIEW
    assert apart.status is Status.REVIEW
