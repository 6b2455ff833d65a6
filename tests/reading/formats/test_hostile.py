"""Hostile and odd files of tests/files/hostile: each gives what it honestly holds, or a trouble, at once."""

import time
from pathlib import Path

import pytest

from tests.reading.formats.builders import opened, rows, tables

HOSTILE = Path("tests/files/hostile")
TROUBLES = {
    "bad_billion_laughs.xlsx": "attachment_damaged",
    "bad_deep.docx": "attachment_damaged",
    "bad_empty.xlsx": "attachment_empty",
    "bad_garbage.xls": "attachment_damaged",
    "bad_garbage.xlsx": "attachment_damaged",
    "bad_lol.docx": "attachment_damaged",
    "bad_ods_repeat.ods": "attachment_too_large",
    "bad_quadratic.xlsx": "attachment_damaged",
    "bad_truncated.doc": "attachment_damaged",
    "bad_truncated.docx": "attachment_damaged",
    "bad_truncated.rtf": "attachment_damaged",
    "bad_xxe.docx": "attachment_damaged",
    "bad_xxe.xlsx": "attachment_damaged",
    "protected_password.docx": "attachment_protected",
    "protected_password.xlsx": "attachment_protected",
}
READ = (
    "bad_colspan.html", "bad_dimension_huge.xlsx", "bad_far_cell.xlsx", "bad_far_row.xlsx", "bad_gridspan.docx",
    "bad_merge_huge.xlsx", "bad_ods_repeat_empty.ods",
)  # fmt: skip


@pytest.mark.parametrize(("name", "code"), TROUBLES.items())
def test_what_cannot_be_read_is_a_trouble(name, code):
    result = opened((HOSTILE / name).read_bytes(), name)
    assert [trouble.code for trouble in result.troubles] == [code]


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_and_stays_small(name):
    started = time.process_time()
    result = opened((HOSTILE / name).read_bytes(), name)
    assert time.process_time() - started < 2
    assert result.troubles == ()
    assert all(len(row) * len(table.rows) < 5000 for table in tables(result.documents[0]) for row in table.rows[:1])


ODD = sorted(path.name for path in HOSTILE.glob("odd_*.xlsx"))


SAME = [name for name in ODD if name not in {"odd_bad_date.xlsx", "odd_no_r_attr.xlsx"}]


def grid(name: str) -> list[list[str]]:
    (document,) = opened((HOSTILE / name).read_bytes(), name).documents
    (table,) = tables(document)
    return rows(table)


@pytest.mark.parametrize("name", SAME)
def test_odd_forms_of_one_workbook_give_the_same(name):
    read = grid(name)
    assert read[3][2:5] == ["ВКонтакте", "Instagram*", "Одноклассники"]
    assert read[4] == ["1", "МБОУ «СОШ № 1» г. Казани", "10621", "617", "6468", "17706", "01.03.2025"]
    assert read == grid("odd_no_docprops.xlsx")


def test_a_date_that_is_none_is_shown_as_it_stands():
    assert grid("odd_bad_date.xlsx")[4][6] == "45.13.2025"


def test_rows_without_numbers_follow_one_another():
    assert grid("odd_no_r_attr.xlsx")[3][:4] == ["1", "МБОУ «СОШ № 1» г. Казани", "10621", "617"]


def test_every_hostile_file_has_its_test():
    others = {path.name for path in HOSTILE.iterdir() if path.suffix not in {".pdf", ".png", ".jpg", ".tif"}}
    assert others == {*TROUBLES, *READ, *ODD}
