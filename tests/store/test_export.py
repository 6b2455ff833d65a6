"""The views as files."""

import csv
from datetime import datetime, timedelta, timezone

import pytest
from openpyxl import load_workbook

from mailbot.store import views
from mailbot.store.export import export_csv, export_xlsx
from tests.store.builders import answer, finding, report, set_up

MOSCOW = timezone(timedelta(hours=3), "MSK")
FORMULAS = ["=1+1", "+7 843", "-x", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]


@pytest.fixture
def filled(database):
    set_up(database)
    answer(database, report("Арский", "Школа «№ 5», первая", vk=35, total=40), subject='Отчёт; "ВК"\nвторая строка')
    for subject in FORMULAS:
        answer(database, status="review", findings=(finding(),), subject=subject)
    return database


def read_csv(file):
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_every_view_is_a_file_with_the_view_s_columns(filled, tmp_path):
    with filled.reading() as session:
        files = export_csv(session, tmp_path)
        wanted = {name: views.read(session, name) for name in views.VIEW_NAMES}
    assert [file.name for file in files] == [f"{name}.csv" for name in views.VIEW_NAMES]
    for file in files:
        rows = read_csv(file)
        assert len(rows) == len(wanted[file.stem])
        assert all(list(row) == list(other) for row, other in zip(rows, wanted[file.stem], strict=True))


def test_values_come_through(filled, tmp_path):
    with filled.reading() as session:
        export_csv(session, tmp_path, ["current_figures", "message_log"])
    (row,) = read_csv(tmp_path / "current_figures.csv")
    assert (row["organisation"], row["vk"], row["ok"], row["on_time"]) == ("Школа «№ 5», первая", "35", "", "yes")
    assert row["sent_at"] == "2021-08-16T09:00:00+00:00"
    assert read_csv(tmp_path / "message_log.csv")[0]["subject"] == 'Отчёт; "ВК"\nвторая строка'


def test_nothing_becomes_a_formula(filled, tmp_path):
    with filled.reading() as session:
        export_csv(session, tmp_path, ["message_log"])
        export_xlsx(session, tmp_path / "all.xlsx", ["message_log"])
    assert [row["subject"] for row in read_csv(tmp_path / "message_log.csv")][1:] == [f"'{text}" for text in FORMULAS]
    sheet = load_workbook(tmp_path / "all.xlsx")["message_log"]
    subjects = [cell for column in sheet.iter_cols() for cell in column if column[0].value == "subject"][2:]
    assert [(cell.value, cell.data_type) for cell in subjects] == [(text, "s") for text in FORMULAS]


def test_the_workbook_has_a_sheet_for_each_view_with_times_of_the_zone(filled, tmp_path):
    with filled.reading() as session:
        export_xlsx(session, tmp_path / "all.xlsx", zone=MOSCOW)
    book = load_workbook(tmp_path / "all.xlsx")
    assert tuple(book.sheetnames) == views.VIEW_NAMES
    heads, row = book["current_figures"].iter_rows()
    shown = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    assert (shown["vk"].value, shown["ok"].value) == (35, None)
    assert shown["sent_at (MSK)"].value == datetime(2021, 8, 16, 12)  # noqa: DTZ001 - Excel has no zones
    assert heads[0].comment.text == "The municipality"
    assert book["message_log"].freeze_panes == "A2"
    assert book["message_log"].auto_filter.ref == "A1:W8"


def test_what_excel_cannot_hold_is_left_out(database, tmp_path):
    set_up(database)
    answer(database, subject="a\x01b\x0bc" + "я" * 40_000)
    with database.reading() as session:
        export_xlsx(session, tmp_path / "all.xlsx", ["message_log"])
    subject = load_workbook(tmp_path / "all.xlsx")["message_log"]["J2"].value
    assert (subject[:5], len(subject)) == ("abcяя", 32_767)


def test_an_empty_database_gives_heads(database, tmp_path):
    with database.reading() as session:
        export_csv(session, tmp_path)
        export_xlsx(session, tmp_path / "all.xlsx")
    assert read_csv(tmp_path / "to_review.csv") == []
    assert load_workbook(tmp_path / "all.xlsx")["to_review"].max_row == 1


def test_a_name_that_is_no_view(database, tmp_path):
    with pytest.raises(KeyError), database.reading() as session:
        export_csv(session, tmp_path, ["messages"])
