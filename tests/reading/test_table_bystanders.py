"""What stands in an office's table beside the organisations and their figures: norms, kinds, staff, likes, remarks."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

import pytest

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows
from tests.reading.test_table_ways import EXPECTED, HEAD, ONE, TWO, a_book, html, workbook

TOTAL = ["Итого", "71", "81", "63"]


def is_as_expected(raw: bytes) -> bool:
    answer = read(raw)
    return sorted(rows(answer), key=str) == EXPECTED and answer.status is Status.ACCEPTED


NORMS = [
    "Норма (не менее)", "План", "Норматив", "Целевой показатель", "Минимум", "Должно быть", "Требуется", "Необходимо",
    "Плановое значение", "Задание министерства", "Минимальное количество", "По письму", "Не менее", "Квота", "Порог",
    "Рекомендуемое число", "План на организацию", "Норма на 1 ОО",
]  # fmt: skip


@pytest.mark.parametrize("norm", NORMS)
def test_what_every_organisation_should_reach_is_no_organisation(norm):
    row = [norm, "30", "30", "30"]
    for table in (
        [HEAD, row, ONE, TWO],
        [HEAD, ONE, TWO, row],
        [HEAD, row, ONE, TWO, TOTAL],
        [HEAD, ONE, TWO, TOTAL, row],
    ):
        assert is_as_expected(html(table)), table


@pytest.mark.parametrize(
    "name",
    ["% выполнения", "Процент", "Доля", "Было", "Было на 10.08", "Ранее", "Предыдущая неделя", "Количество ОО", "Добавилось",
     "Осталось", "Не хватает", "Отписались", "Максимум", "Рост", "Новые подписчики", "+/-", "В среднем на ОО"],
)  # fmt: skip
def test_a_row_that_measures_all_organisations_is_none(name):
    assert is_as_expected(html([HEAD, ONE, TWO, [name, "12", "9", "7"]]))
    assert is_as_expected(html([HEAD, ONE, TWO, TOTAL, [name, "12", "9", "7"]]))


@pytest.mark.parametrize(
    "name",
    ["Прочие", "Остальные ОО", "Другие организации", "Резерв", "Справочно", "Для справки", "Проверка", "Контроль", "Население",
     "Из них педагоги", "в том числе родители", "Аппарат управления", "Сотрудники РОО", "Примечание", "Количество педагогов",
     "Численность работников", "ОО, не достигшие 30", "Заполнил", "Детские сады №2"],
)  # fmt: skip
def test_a_row_of_who_knows_what_among_organisations_goes_to_a_person(name):
    answer = read(html([HEAD, ONE, TWO, [name, "12", "9", "7"]]))
    assert answer.status is Status.REVIEW
    assert FindingCode.ORGANISATION_UNKNOWN in {f.code for f in answer.findings}


@pytest.mark.parametrize("word", ["Образец заполнения", "Пример:", "образец", "Пример заполнения", "Үрнәк"])
def test_a_row_that_shows_how_to_fill_in_the_form_is_no_organisation(word):
    head = ["№", *HEAD]
    sample = [word, "МБОУ «СОШ №1»", "35", "40", "32"]
    assert is_as_expected(html([head, sample, ["1", *ONE], ["2", *TWO]]))


@pytest.mark.parametrize(
    "name",
    ["Дом школьников", "Детско-юношеский центр", "Дворец творчества", "«Чишмэ»", "Станция юных техников", "ЦДТ",
     "Музей истории", "Интернат"],
)  # fmt: skip
def test_an_institution_without_number_or_form_is_an_organisation(name):
    answer = read(html([HEAD, ONE, [name, "36", "41", "32"]]))
    assert [row[1] for row in rows(answer)] == ["СОШ №1", name]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_where_all_names_are_bare_words_they_are_names():
    bare = [["ДОУ", *HEAD[1:]], ["Солнышко", *ONE[1:]], ["Ромашка", *TWO[1:]], ["Чишмэ", "30", "31", "32"]]
    answer = read(html(bare))
    assert [row[1] for row in rows(answer)] == ["Солнышко", "Ромашка", "Чишмэ"]
    assert answer.status is Status.ACCEPTED, answer.findings
    assert read(html([*bare, ["Остальные", "9", "9", "9"]])).status is Status.REVIEW


@pytest.mark.parametrize(
    ("one", "two"),
    [("Июль", "Август"), ("5А", "5Б"), ("1 смена", "2 смена"), ("Понедельник", "Вторник"), ("Иванова А.А.", "Петрова Б.Б."),
     ("Старшая группа", "Младшая группа"), ("Начальная школа", "Старшая школа"), ("Заявлено", "Подтверждено")],
)  # fmt: skip
def test_what_one_organisation_splits_its_people_by_is_no_list_of_organisations(one, two):
    table = [["Наименование", *HEAD[1:]], [one, "5", "6", "7"], [two, "35", "40", "31"]]
    assert read(html(table, "Арский район, МБОУ «СОШ №1»")).status is Status.REVIEW


@pytest.mark.parametrize("heading", ["Тип", "Вид ОО", "Категория", "", "Образовательные организации", "Уровень"])
@pytest.mark.parametrize(
    "kind", ["Школы", "Школа", "Общеобразовательные организации", "Городские школы", "СОШ", "МБОУ"]
)
def test_a_column_that_sorts_organisations_is_no_part_of_their_names(heading, kind):
    table = [[heading, "Наименование", *HEAD[1:]], [kind, "МБОУ «СОШ №1»", *ONE[1:]], [kind, "МБОУ «СОШ №2»", *TWO[1:]]]
    answer = read(html(table))
    assert [row[1] for row in rows(answer)] == ["МБОУ «СОШ №1»", "МБОУ «СОШ №2»"]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (("МБОУ", "СОШ №2"), "МБОУ СОШ №2"),
        (("ДОУ", "«Чишмэ»"), "ДОУ «Чишмэ»"),
        (("детский сад", "№5"), "детский сад №5"),
        (("Детские сады", "«Чишмэ»"), "«Чишмэ»"),
        (("сельская", "Кшкарская СОШ"), "Кшкарская СОШ"),
        (("Дошкольное образование", "МБДОУ №5"), "МБДОУ №5"),
        (("гимназия", "МБОУ «Гимназия №5»"), "МБОУ «Гимназия №5»"),
    ],
)
def test_form_and_name_in_two_columns_are_joined_unless_one_sorts(cells, name):
    table = [["Тип", "Наименование", *HEAD[1:]], [*cells, *ONE[1:]]]
    assert [row[1] for row in rows(read(html(table)))] == [name]


def test_a_merged_kind_beside_its_rows_with_the_total_first():
    kind = "<td rowspan=2>{}</td>"
    lines = [
        "<td>Тип</td><td>Наименование</td><td>ВК</td><td>Инст</td><td>ОК</td>",
        "<td colspan=2>Всего по району</td><td>137</td><td>144</td><td>126</td>",
        kind.format("Школы") + "".join(f"<td>{c}</td>" for c in ONE),
        "".join(f"<td>{c}</td>" for c in TWO),
        kind.format("Детские сады") + "<td>МБДОУ №3 «Чишмэ»</td><td>33</td><td>31</td><td>33</td>",
        "<td>МБДОУ №11</td><td>33</td><td>32</td><td>30</td>",
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    answer = read(message("см. таблицу", html=f"<p>Арский район</p><table border=1>{body}</table>"))
    assert [row[1] for row in rows(answer)] == ["СОШ №1", "СОШ №2", "МБДОУ №3 «Чишмэ»", "МБДОУ №11"]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "heading",
    ["Детей", "Сотрудников", "Педагогов", "Кол-во обуч-ся / воспит.", "Воспитанники", "Ученики", "Родителей", "Обуч-ся",
     "Число работников", "Контингент"],
)  # fmt: skip
def test_more_people_than_subscribed_are_no_split_of_them(heading):
    before = [[HEAD[0], heading, *HEAD[1:]], [ONE[0], "540", *ONE[1:]], [TWO[0], "395", *TWO[1:]]]
    after = [[*HEAD, heading], [*ONE, "540"], [*TWO, "395"]]
    assert is_as_expected(html(before))
    assert is_as_expected(html(after))


def test_staff_and_children_before_a_merged_heading_and_telephones_after():
    head = (
        "<tr><td rowspan=2>ОО</td><td rowspan=2>Пед. работников, всего</td><td rowspan=2>Детей</td>"
        "<td colspan=3>Из них подписано</td><td rowspan=2>Ответственный, телефон</td></tr>"
        "<tr><td>ВК</td><td>Инст</td><td>ОК</td></tr>"
    )
    data = "".join(
        "<tr>" + "".join(f"<td>{c}</td>" for c in (name, 54, 830, *values, "Иванова Г.Р. 8-917-231-44-30")) + "</tr>"
        for name, *values in (ONE, TWO)
    )
    assert is_as_expected(message("см. таблицу", html=f"<p>Арский район</p><table border=1>{head}{data}</table>"))


def test_a_split_that_does_not_add_up_stays_a_persons():
    table = [
        [*HEAD, "Педагоги", "Родители"],
        [*ONE, "50", "56"],
        [*TWO, "60", "400"],
        ["СОШ №3", "30", "30", "30", "40", "50"],
    ]
    assert read(html(table)).status is Status.REVIEW


def over(top: str, *, first: tuple[str, ...] = (), beside: str = "") -> bytes:
    """Networks twice, once under `top`; or once under it alone."""
    tops = [top, beside] if beside else [top]
    head = "<tr><td rowspan=2>ОО</td>" + "".join(f"<td colspan=3>{t}</td>" for t in tops) + "</tr>"
    names = "<tr>" + "".join(f"<td>{n}</td>" for n in ("ВК", "Инст", "ОК") * len(tops)) + "</tr>"
    data = "".join("<tr>" + "".join(f"<td>{v}</td>" for v in (n, *first, *vs)) + "</tr>" for n, *vs in (ONE, TWO))
    return message("см. таблицу", html=f"<p>Арский район</p><table border=1>{head}{names}{data}</table>")


@pytest.mark.parametrize(
    "top",
    ["Прирост", "Было", "План", "Норматив", "Необходимо", "Не менее", "Добавилось за неделю", "Не подписаны", "Отписались",
     "Новые подписчики", "Осталось подписать", "Прошлая неделя", "Ранее", "Динамика"],
)  # fmt: skip
def test_what_stands_over_the_networks_tells_what_they_count(top):
    assert is_as_expected(over(top, first=("11", "12", "13"), beside="Факт"))
    assert read(over(top)).status is Status.REVIEW


@pytest.mark.parametrize(
    "word",
    ["план", "нужно", "требуется", "мин", "к выполнению", "прирост", "добавилось", "новых за неделю", "не подписаны",
     "отписались", "осталось", "рост", "за день", "до", "приглашено", "отказались", "без подписки", "подпишутся", "ещё надо"],
)  # fmt: skip
def test_what_stands_after_a_network_tells_what_it_counts(word):
    head = ["ОО", *(x for n in HEAD[1:] for x in (f"{n} {word}", n))]
    lines = [[name, *(x for v in values for x in ("11", v))] for name, *values in (ONE, TWO)]
    assert is_as_expected(html([head, *lines]))
    assert read(html([["ОО", *(f"{n} {word}" for n in HEAD[1:])], ONE, TWO])).status is Status.REVIEW


@pytest.mark.parametrize(
    "words", ["(не менее 30 чел.)", "чел.", "стало", "факт", "(подписано)", "на 16.08", "Мин.обр. РТ"]
)
def test_what_stands_after_a_network_may_say_that_people_are_counted(words):
    assert is_as_expected(html([["ОО", *(f"{n} {words}" for n in HEAD[1:])], ONE, TWO]))


@pytest.mark.parametrize("heading", ["Просмотры", "Охват", "Количество постов", "Репосты", "Посты в ВК", "Лайки"])
def test_a_column_of_likes_beside_the_networks_does_not_lose_them(heading):
    answer = read(html([[*HEAD, heading], [*ONE, "540"], [*TWO, "395"]]))
    assert answer.status is Status.REVIEW
    assert sorted(rows(answer), key=str) == EXPECTED


def test_own_pages_beside_the_networks_do_not_lose_them():
    head = "<tr><td rowspan=2>ОО</td><td colspan=2>Подписчики страницы школы</td><td colspan=3>Подписалось</td></tr>"
    names = "<tr>" + "".join(f"<td>{n}</td>" for n in ("ВК", "ОК", "ВК", "Инст", "ОК")) + "</tr>"
    data = "".join("<tr>" + "".join(f"<td>{v}</td>" for v in (n, 612, 480, *vs)) + "</tr>" for n, *vs in (ONE, TWO))
    assert is_as_expected(
        message("см. таблицу", html=f"<p>Арский район</p><table border=1>{head}{names}{data}</table>")
    )


REMARKS = [
    "Дата заполнения: 13.08.2021", "Исполнитель: Иванова А.А., тел. 2-35-19", "Данные на 15:00 16.08.2021",
    "Примечание: данные уточняются до 17.08", "* без учета совместителей", "Директор школы __________ Иванов И.И.",
]  # fmt: skip


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_in_a_row_of_its_own(remark):
    assert is_as_expected(html([HEAD, ONE, TWO, [remark, "", "", ""]]))
    form = {"Лист1": [["МБОУ «СОШ №1»"], HEAD[1:], [35, 40, 31], [], [remark]]}
    answer = read(workbook(form))
    assert rows(answer) == [("Арский", "МБОУ «СОШ №1»", {"vk": 35, "instagram": 40, "ok": 31}, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "remark",
    ["СОШ №3: 33, 34, 35", "СОШ №3 ВК 30 Инст 31 ОК 32", "Остальные школы – не менее 30", "Кроме того, 12 чел. подписаны",
     "Всего 142 подписчика", "По СОШ №3 ещё тридцать человек"],
)  # fmt: skip
def test_figures_told_in_a_row_of_words_go_to_a_person(remark):
    assert read(html([HEAD, ONE, TWO, [remark, "", "", ""]])).status is Status.REVIEW
    assert read(html([HEAD, ONE, [remark, "", "", ""], TWO])).status is Status.REVIEW


def test_a_number_beside_a_numbered_name_is_no_part_of_it():
    for heading in ("Код ОО", "Моя школа"):
        assert is_as_expected(html([[*HEAD, heading], [*ONE, "5"], [*TWO, "3"]]))


@pytest.mark.parametrize(
    "title",
    ["Прирост подписчиков за неделю", "План по подписке", "Планируется подписать", "Количество неподписанных",
     "Кто ещё не подписался", "Отписались", "Новые подписчики"],
)  # fmt: skip
def test_a_title_that_tells_another_number_goes_to_a_person(title):
    titled = [[title], HEAD, ["СОШ №1", 35, 40, 31], ["СОШ №2", 36, 41, 32]]
    assert read(workbook({"Лист1": titled})).status is Status.REVIEW
    assert read(workbook({title[:30]: titled[1:]})).status is Status.REVIEW


@pytest.mark.parametrize(
    "title",
    ["Динамика подписки", "Охват подпиской", "План/факт подписки", "Подписались на аккаунты", "Планета детства"],
)
def test_a_title_that_tells_of_subscribers(title):
    assert is_as_expected(workbook({"Лист1": [[title], HEAD, ["СОШ №1", 35, 40, 31], ["СОШ №2", 36, 41, 32]]}))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("title", ["10.08.2021", "Лист2", "черновик", "старое", "на 12.08"])
@pytest.mark.parametrize("first", [True, False])
def test_a_hidden_sheet_does_not_count(state, title, first):
    now = [HEAD, ["Норма (не менее)", 30, 30, 30], ["СОШ №1", 35, 40, 31], ["СОШ №2", 36, 41, 32]]
    old = [HEAD, ["СОШ №1", 3, 4, 5], ["СОШ №3", 6, 7, 8]]
    sheets = {title: old, "на 17.08": now} if first else {"на 17.08": now, title: old}
    assert is_as_expected(workbook(sheets, hidden={title: state}))


@pytest.mark.parametrize(
    "last", [["Дата заполнения: 13.08.2021"], ["Дата", "13.08.2021"], ["Директор", "Иванов И.И."], ["Тел. 2-35-19"], []]
)
def test_several_workbooks_each_of_one_organisation(last):
    mail = message_from_bytes(message("Арский район, отчёты двух школ."), policy=SMTP)
    for name, values in (("СОШ №1", (35, 40, 31)), ("СОШ №2", (36, 41, 32))):
        book = a_book({"Sheet": [[name], [], HEAD[1:], values, [], last]})
        mail.add_attachment(book, maintype="application", subtype="octet-stream", filename=f"{values[0]}.xlsx")
    assert is_as_expected(mail.as_bytes())


@pytest.mark.parametrize(
    "cell",
    ["СОШ №1, СОШ №2", "СОШ №1 и СОШ №2", "МБОУ «СОШ №1», МБДОУ «Чишмэ»", "СОШ №1,2", "Школы №1 и №2", "СОШ №№ 1, 2",
     "СОШ №1<br>СОШ №2"],
)  # fmt: skip
def test_several_organisations_in_a_cell_go_to_a_person(cell):
    answer = read(html([HEAD, [cell, "71", "81", "63"]]))
    assert answer.status is Status.REVIEW
    assert FindingCode.ORGANISATION_UNKNOWN in {f.code for f in answer.findings}


@pytest.mark.parametrize(
    "cell", ["СОШ №1, с. Шурабаш", "Филиал МБОУ «СОШ №1» - «Сизинская начальная школа»", "СОШ №1 (2 здания)"]
)
def test_one_organisation_in_a_cell(cell):
    assert read(html([HEAD, [cell, "71", "81", "63"]])).status is Status.ACCEPTED


@pytest.mark.parametrize("said", ["да", "+", "все", "есть", "подписаны все", "100%", "выполнено"])
def test_a_yes_is_no_number(said):
    assert read(html([HEAD, ONE, ["СОШ №2", said, said, said]])).status is Status.REVIEW


@pytest.mark.parametrize(
    "lines",
    [
        ["<td>СОШ №1</td><td colspan=3>30</td>", "<td>СОШ №2</td><td>36</td><td>41</td><td>32</td>"],
        ["<td>СОШ №1</td><td rowspan=2>35</td><td>40</td><td>31</td>", "<td>СОШ №2</td><td>41</td><td>32</td>"],
        ["<td>СОШ №1</td><td>35</td><td colspan=2>71</td>", "<td>СОШ №2</td><td>36</td><td>41</td><td>32</td>"],
    ],
)
def test_a_number_merged_over_networks_or_organisations_goes_to_a_person(lines):
    head = "".join(f"<td>{h}</td>" for h in HEAD)
    body = "".join(f"<tr>{line}</tr>" for line in (head, *lines))
    assert read(message("см. таблицу", html=f"<p>Арский район</p><table>{body}</table>")).status is Status.REVIEW


def test_a_total_merged_beside_an_organisations_networks():
    lines = ["<td>ОО</td><td>Сеть</td><td>Кол-во</td><td>Всего</td>"]
    for name, values in (("СОШ №1", (35, 40, 31)), ("СОШ №2", (36, 41, 32))):
        merged = f"<td rowspan=3>{name}</td><td>ВК</td><td>{values[0]}</td><td rowspan=3>{sum(values)}</td>"
        lines += [merged, f"<td>Инст</td><td>{values[1]}</td>", f"<td>ОК</td><td>{values[2]}</td>"]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    answer = read(message("см. таблицу", html=f"<p>Арский район</p><table>{body}</table>"))
    assert [row[2] for row in rows(answer)] == [
        {"vk": 35, "instagram": 40, "ok": 31, "total": 106},
        {"vk": 36, "instagram": 41, "ok": 32, "total": 109},
    ]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_a_network_nobody_asked_for_has_a_row_of_its_own():
    table = [["ОО", "Соцсеть", "Кол-во"], ["СОШ №1", "ВК", "35"], ["", "Инст", "40"], ["", "ОК", "31"], ["", "YouTube", "9"],
             ["СОШ №2", "ВК", "36"], ["", "Инст", "41"], ["", "ОК", "32"], ["", "Телеграм", "10"]]  # fmt: skip
    assert is_as_expected(html(table))


PAGES = {
    "ВК": ("https://vk.com/public174961040", "https://vk.com/school1"),
    "Инстаграм": ("https://www.instagram.com/mon.rt/", "https://www.instagram.com/school.one/"),
    "ОК": ("https://ok.ru/group/55518493999348", "https://ok.ru/school1"),
}


@pytest.mark.parametrize(("whose", "status"), [(0, Status.ACCEPTED), (1, Status.REVIEW)])
def test_addresses_beside_the_networks_tell_whose_followers_they_are(whose, status):
    lines = [
        [name, pages[whose], value] for (name, pages), value in zip(PAGES.items(), ("35", "40", "31"), strict=True)
    ]
    assert read(html([["Сеть", "Ссылка", "Подписчиков"], *lines], "Арский район, СОШ №1")).status is status
    across = [["ОО", *(f"{n} {p[whose]}" for n, p in PAGES.items())], ONE]
    assert read(html(across)).status is status


def test_a_number_below_nought_is_no_number_of_people():
    assert read(html([HEAD, ["СОШ №1", "-35", "40", "31"], TWO])).status is Status.REVIEW


def test_a_group_that_the_campaign_does_not_know_beside_one_that_it_does():
    table = [["Категория", *HEAD[1:]], ["Педагоги", "20", "20", "20"], ["Техперсонал", "5", "5", "5"]]
    assert read(html(table, "Арский район, СОШ №1")).status is Status.REVIEW


@pytest.mark.parametrize("name", ["ЦВР", "ДШИ", "ДЮСШ", "КШИ", "Арский педколледж", "Школа-интернат", "Сад 2", "ДОУ 5"])
def test_an_institution_by_its_abbreviation_is_an_organisation(name):
    answer = read(html([HEAD, ONE, [name, "36", "41", "32"]]))
    assert [row[1] for row in rows(answer)] == ["СОШ №1", name]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "section",
    ["Школы (12)", "I. Школы", "1. Общеобразовательные организации", "Раздел 1", "Кластер 1. Город", "Таблица 2",
     "Арский район (12 школ)", "по состоянию на 16.08.2021", "Школы, 2 ед.", "не менее 30 чел."],
)  # fmt: skip
def test_a_numbered_section_tells_no_figures(section):
    assert is_as_expected(html([HEAD, [section, "", "", ""], ONE, TWO]))


@pytest.mark.parametrize("heading", ["Численность", "Численность, чел.", "Общая численность", "Всего сотр.", "Штат"])
def test_a_headcount_is_no_total(heading):
    assert is_as_expected(html([["ОО", heading, *HEAD[1:]], [ONE[0], "60", *ONE[1:]], [TWO[0], "61", *TWO[1:]]]))


def test_a_name_over_two_rows_goes_to_a_person():
    lines = [HEAD, ["МБОУ «Средняя", "", "", ""], ["школа №1»", "35", "40", "31"], TWO]
    assert read(html(lines)).status is Status.REVIEW


@pytest.mark.parametrize(
    "line", ["Прирост за неделю:", "План:", "Добавилось за день", "Осталось подписать", "Новые подписчики:"]
)
def test_a_line_above_a_table_may_be_its_title(line):
    answer = read(html([HEAD, ONE, TWO], f"Арский район</p><p>{line}"))
    assert answer.status is Status.REVIEW
    assert FindingCode.FIGURES_NOT_OURS in {f.code for f in answer.findings}


@pytest.mark.parametrize(
    "line",
    ["План выполнен, факт в таблице:", "Динамика подписки:", "СОШ №3 ещё не подписалась.", "Подписались:", "Планета"],
)
def test_a_line_above_a_table_of_subscribers(line):
    assert is_as_expected(html([HEAD, ONE, TWO], f"Арский район</p><p>{line}"))


@pytest.mark.parametrize("same", ["-//-", '"', "то же", "– // –", "аналогично", "//"])
def test_the_same_as_above_is_a_persons(same):
    assert read(html([HEAD, ONE, ["СОШ №3", same, same, same], TWO])).status is Status.REVIEW
    assert read(html([HEAD, ONE, ["СОШ №3", "35", same, "32"], TWO])).status is Status.REVIEW


@pytest.mark.parametrize("heading", ["Есть аккаунт {}", "Имеют страницу {}", "Зарегистрированы в {}", "Наша группа {}"])
def test_who_has_an_account_or_follows_the_schools_own_is_another_question(heading):
    assert read(html([["ОО", *(heading.format(n) for n in HEAD[1:])], ONE, TWO])).status is not Status.ACCEPTED


@pytest.mark.parametrize("cells", [("Итого", "2 ОО"), ("", "Итого"), ("Всего", ""), ("Итого по району", "2 школы")])
def test_a_total_may_stand_before_the_names(cells):
    table = [["№", *HEAD], ["1", *ONE], ["2", *TWO], [*cells, "71", "81", "63"]]
    assert is_as_expected(html(table))
