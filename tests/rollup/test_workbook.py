"""The workbook, read back by openpyxl: what it holds, what she may edit, and that no text becomes a formula."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from openpyxl import load_workbook

from mailbot.domain.campaign import CampaignField
from mailbot.rollup import workbook
from mailbot.rollup.facts import Case, CaseSort, Figure, Letter, Place, Reason
from mailbot.rollup.workbook.cells import case_stamp, respondent_stamp
from mailbot.rollup.workbook.sheets.organisations import WHOLE

DANGEROUS = [
    "=1+1",
    "+7 843 294",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://evil")',
    "#N/A",
    "=cmd|'/c calc'!A1",
]


def read(facts):
    return load_workbook(io.BytesIO(workbook.build(facts)))


def rows(sheet):
    """The sheet as dictionaries by heading."""
    heads, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, line, strict=True)) for line in lines]


def heads(sheet):
    return {cell.value: cell for cell in sheet[1]}


@pytest.fixture
def book(days):
    return read(days["busy"])


def test_the_sheets(book):
    assert book.sheetnames == [
        "Сводка", "Муниципалитеты", "Организации", "Не ответили", "Ниже квоты", "На проверку", "Изменения", "Сообщения", "_mailbot",
    ]  # fmt: skip
    assert book["_mailbot"].sheet_state == "hidden"


def test_any_day_can_be_written(any_day):
    assert read(any_day)["Сводка"]["A1"].value.endswith(any_day.date.strftime("%d.%m.%Y"))


def test_a_first_empty_day(days):
    facts = replace(days["first"], municipalities=(), respondents=(), letters=(), cases=())
    assert read(facts)["На проверку"]["A2"].value == "Проверять нечего."


def test_tables_are_set_up_for_reading_and_printing(book):
    for name in book.sheetnames[1:-1]:
        sheet = book[name]
        assert sheet.freeze_panes in {"B2", "C2"}, name
        assert sheet.auto_filter.ref.startswith("A1:"), name
        assert sheet.print_title_rows == "$1:$1", name
        assert sheet.page_setup.paperSize == 9, name
        assert sheet.page_setup.orientation == ("portrait" if name == "Не ответили" else "landscape"), name
        assert sheet.page_setup.fitToWidth == 1, name
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, name
        assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1]), name


def print_scale(sheet):
    """What fitting to the page's width makes of 100 %: a character is 7 pixels wide, a cell has 5 more, A4 has 96 an inch."""
    first, last = sheet.print_area.split("!")[-1].replace("$", "").split(":")
    columns = [cell.column_letter for cell in sheet[first : last[0] + "1"][0]]
    shown = [sheet.column_dimensions[letter] for letter in columns if not sheet.column_dimensions[letter].hidden]
    inches = (297 if sheet.page_setup.orientation == "landscape" else 210) / 25.4 - 2 * 0.4
    return min(1, 96 * inches * sheet.page_setup.fitToWidth / sum(7 * column.width + 5 for column in shown))


def test_print_can_be_read(book):
    """11 points at two thirds are 7 points: footnotes, not dust."""
    for name in book.sheetnames[1:-1]:
        assert print_scale(book[name]) >= 0.65, name


def test_a_sheet_of_many_fields_is_printed_two_pages_wide_with_its_first_columns_on_both(days):
    campaign = days["busy"].campaign
    more = tuple(CampaignField(name=f"more{n}", title=f"Показатель {n}") for n in range(8))
    wide = replace(days["busy"], campaign=campaign.model_copy(update={"fields": campaign.fields + more}))
    sheet = read(wide)["На проверку"]
    assert sheet.page_setup.fitToWidth == 2
    assert sheet.print_title_cols == "$A:$B"
    assert print_scale(sheet) >= 0.65


def test_rows_are_as_high_as_their_wrapped_text(days):
    text = "Свод по школам Бавлинского муниципального района за август.xlsx!Лист1!F24 " + "ы" * 60
    case = replace(days["busy"].cases[1], subject=text)
    sheet = read(replace(days["busy"], cases=(case,)))["На проверку"]
    width = sheet.column_dimensions[heads(sheet)["Тема"].column_letter].width
    assert sheet.row_dimensions[2].height >= 15 * (len(text) / width)


def test_charts_are_native(days):
    archive = zipfile.ZipFile(io.BytesIO(workbook.build(days["busy"])))
    assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 2


def test_the_summary_says_the_standing(days, book):
    said = {row[0].value: row[1].value for row in book["Сводка"].iter_rows(min_row=5, max_col=2)}
    assert said["Муниципалитетов ответило"] == 38
    assert said["Подписчиков"] == days["busy"].subscribers
    assert said["ВКонтакте"] == days["busy"].total("vk")
    assert said["Писем на проверку"] == 3


def test_the_days_of_the_answers_end_soon_after_the_last(days):
    long_after = replace(days["busy"], moment=days["busy"].moment + timedelta(days=400))
    cells = [[cell.value for cell in row] for row in read(long_after)["Сводка"].iter_rows(min_row=5, max_col=3)]
    start = next(i for i, row in enumerate(cells) if row[0] == "Ответили муниципалитеты")
    by_day = [row for row in cells[start + 1 :] if row[0]]
    assert sum(row[1] for row in by_day) == by_day[-1][2] == 38
    last = max(m.answered_at for m in days["busy"].answered) + timedelta(days=2)
    assert by_day[-1][0] == f"{last:%d.%m}"


def test_municipalities_with_their_figures_and_where_they_come_from(days, book):
    found = {row["Муниципалитет"]: row for row in rows(book["Муниципалитеты"])}
    assert len(found) == 45
    for m in days["busy"].municipalities:
        assert found[m.name]["ВКонтакте"] == m.figures.get("vk")
        assert found[m.name]["Градусник, °"] == m.rating.points
        assert found[m.name]["Ответ"] == ("ответил" if m.answered else "нет")
    column = heads(book["Муниципалитеты"])["ВКонтакте"].column
    noted = [
        row[column - 1] for row in book["Муниципалитеты"].iter_rows(min_row=2) if row[column - 1].value is not None
    ]
    assert all(cell.comment.text.startswith("Сумма по организациям") for cell in noted)


def test_a_municipalitys_own_word_has_its_place_in_a_comment(days):
    facts = days["busy"]
    name = facts.answered[0].name
    own = replace(facts.respondents[0], municipality=name, organisation=None, key=None)
    book = read(replace(facts, respondents=(own,)))
    row = next(row for row in book["Муниципалитеты"].iter_rows(min_row=2) if row[0].value == name)
    cell = row[heads(book["Муниципалитеты"])["ВКонтакте"].column - 1]
    assert cell.comment.text == f"Письмо № 1, svod.xlsx!Лист1!C7\n«vk: {own.figures['vk'].value}»"


class TestOrganisations:
    def test_every_figure_has_its_evidence_beside_it_and_in_a_comment(self, days, book):
        sheet = book["Организации"]
        found = rows(sheet)
        assert len(found) == len(days["busy"].respondents)
        column = heads(sheet)["ВКонтакте"].column
        for number, (row, r) in enumerate(zip(found, days["busy"].respondents, strict=True), start=2):
            assert (row["Муниципалитет"], row["Организация"]) == (r.municipality, r.organisation)
            assert row["ВКонтакте"] == r.figures["vk"].value
            assert row["Письмо №"] == r.letter
            assert f"ВК: {r.figures['vk'].places[0].locator};" in row["Где стоит"]
            assert r.figures["vk"].places[0].locator in sheet.cell(number, column).comment.text

    def test_a_figure_left_standing_by_a_correction_names_its_own_letter(self, days):
        first = days["busy"].respondents[0]
        old = replace(first, figures={"vk": Figure(5, (Place(3, "body:2"),))}, letter=9)
        (row,) = rows(read(replace(days["busy"], respondents=(old,)))["Организации"])
        assert row["Где стоит"] == "ВК: № 3, письмо, абзац 2"

    def test_the_row_knows_whose_it_is_and_what_it_said(self, days, book):
        for row, r in zip(rows(book["Организации"]), days["busy"].respondents, strict=True):
            assert json.loads(row["mailbot"]) == [r.municipality, r.key, respondent_stamp(r)]
        sheet = book["Организации"]
        assert sheet.column_dimensions[heads(sheet)["mailbot"].column_letter].hidden

    def test_the_municipality_as_a_whole_has_a_name_of_its_own(self, days):
        whole = replace(days["busy"].respondents[0], organisation=None, key=None)
        (row,) = rows(read(replace(days["busy"], respondents=(whole,)))["Организации"])
        assert row["Организация"] == WHOLE
        assert json.loads(row["mailbot"])[1] is None


class TestReview:
    def test_a_row_for_each_proposal_and_one_for_a_case_without(self, days, book):
        found = rows(book["На проверку"])
        assert [(row["Письмо №"], row["Организация"]) for row in found] == [
            (17, "МБОУ «СОШ № 1»"), (17, "МБОУ «СОШ № 2»"), (44, None), (51, "МБОУ «Лицей № 35»"), (None, None),
        ]  # fmt: skip
        assert found[0]["Причина"] == "Итог 410 не равен сумме строк 398.\nВ письме ВК — 120, в файле — 112."
        assert found[0]["ВКонтакте"] == 35
        cases = days["busy"].cases
        assert json.loads(found[1]["mailbot"]) == [17, 72, case_stamp(cases[0], cases[0].proposals[1])]
        assert json.loads(found[2]["mailbot"]) == [44, None, case_stamp(cases[1], None)]

    def test_what_she_may_edit_is_marked_and_checked(self, book):
        for name, decision in (("На проверку", "принять,не отчёт"), ("Организации", "исправить,исключить")):
            sheet = book[name]
            editable = {
                "Муниципалитет",
                "Организация",
                "ВКонтакте",
                "Instagram",
                "Одноклассники",
                "Всего человек",
                "Решение",
            }
            marked = {head for head, cell in heads(sheet).items() if "editable" in sheet.cell(2, cell.column).style}
            assert marked == editable
            checks = {str(v.sqref).split(":")[0].rstrip("0123456789"): v for v in sheet.data_validations.dataValidation}
            letter = {head: cell.column_letter for head, cell in heads(sheet).items()}
            assert checks[letter["Решение"]].formula1 == f'"{decision}"'
            assert checks[letter["ВКонтакте"]].type == "whole"
            assert checks[letter["ВКонтакте"]].formula1 == "0"
            assert checks[letter["Муниципалитет"]].formula1 == "'_mailbot'!$D$2:$D$500"

    def test_the_list_of_municipalities_is_there_to_choose_from(self, days, book):
        listed = [cell.value for cell in book["_mailbot"]["D"][1:]]
        assert listed == [m.name for m in days["busy"].municipalities]

    def test_a_contradiction_has_nothing_to_fill_in(self, book):
        last = list(book["На проверку"].iter_rows())[-1]
        assert not [cell for cell in last if "editable" in cell.style]


def test_a_stamp_changes_with_what_the_row_says(days):
    row = days["busy"].respondents[0]
    other = replace(row, figures=row.figures | {"vk": Figure(1)})
    assert respondent_stamp(row) == respondent_stamp(replace(row, organisation="Иное написание"))
    assert respondent_stamp(row) != respondent_stamp(other)
    assert respondent_stamp(row) != respondent_stamp(replace(row, letter=99))
    case = days["busy"].cases[0]
    assert case_stamp(case, case.proposals[0]) != case_stamp(case, case.proposals[1])
    assert case_stamp(case, None) != case_stamp(replace(case, reasons=()), None)


def test_changes_and_messages(days, book):
    changes = rows(book["Изменения"])
    assert changes[0]["Что изменилось"] == "ответил впервые"
    assert [(row["Организация"], row["Было"], row["Стало"]) for row in changes if row["Было"] == 1031] == [
        ("МБОУ «Новокинерская СОШ»", 1031, 31)
    ]
    messages = rows(book["Сообщения"])
    assert len(messages) == len(days["busy"].letters)
    assert messages[0]["Что с ним"] == "учтены"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(days, text):
    facts = days["busy"]
    evil = replace(
        facts,
        respondents=(replace(facts.respondents[0], organisation=text, key=text),),
        cases=(Case(CaseSort.REVIEW, facts.moment, text, (Reason("x", text),), letter=1, sender=text, subject=text),),
        letters=(Letter(1, facts.moment, text, text, text, "accepted", "report", (text,), (text,), (text,), text),),
        municipalities=(replace(facts.municipalities[0], name=text),),
        campaign=facts.campaign.model_copy(update={"title": text}),
    )
    data = workbook.build(evil)
    archive = zipfile.ZipFile(io.BytesIO(data))
    for name in archive.namelist():
        if name.startswith("xl/worksheets/sheet"):
            assert not etree.fromstring(archive.read(name)).findall(".//{*}c/{*}f"), name
            assert not etree.fromstring(archive.read(name)).findall(".//{*}c[@t='e']"), name
    cell = load_workbook(io.BytesIO(data))["Организации"]["B2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_what_no_cell_can_hold_is_left_out(days):
    facts = days["busy"]
    odd = replace(facts.respondents[0], organisation="a\x00b\x1fc\ud800d\uffffe" + "я" * 40_000)
    value = read(replace(facts, respondents=(odd,)))["Организации"]["B2"].value
    assert value.startswith("abcde")
    assert len(value) == 32_000
