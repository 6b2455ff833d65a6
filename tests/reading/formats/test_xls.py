"""tests/files/sheet.xls and sheet.ods are what LibreOffice made of one workbook with everything that hides."""

from pathlib import Path

import pytest

from tests.reading.formats.builders import code, compound, document, opened, rows, tables

FILES = Path("tests/files")


@pytest.fixture(params=["xls", "ods"])
def sheet(request):
    path = FILES / f"sheet.{request.param}"
    (table,) = tables(document(path.read_bytes(), path.name))
    return table


def test_what_is_hidden_or_struck_out_is_gone_and_the_rest_is_as_seen(sheet):
    read = rows(sheet)
    assert read[0] == ["Школа", "ВК", "Доля", "Дата", "Флаг", "Ошибка", "Формула", "Смешанная"]
    assert read[1][:4] + read[1][5:] == ["СОШ №1", "35 чел.", "95 %", "16.08.2021", "#REF!", "70", "35"]
    assert read[2][:4] + read[2][5:] == ["СОШ №2", "1250", "95,5 %", "16.08.2021 15:00", "#N/A", "2500", ""]
    assert not any("444" in cell or "СОШ №3" in cell or "СОШ №4" in cell for row in read for cell in row)


def test_merged_cells_and_locators(sheet):
    read = rows(sheet)
    assert ["объединено", "^объединено", "^объединено", "^объединено"] in [row[:4] for row in read]
    assert sheet.rows[1][7].locator.endswith("!Подписчики!I2")


def test_a_workbook_that_is_no_workbook_is_damaged():
    assert code(opened(compound({"Workbook": b"\x09\x08\x10\x00" + bytes(5000)}), "svod.xls")) == "attachment_damaged"
    whole = (FILES / "sheet.xls").read_bytes()
    assert code(opened(whole[:4000], "svod.xls")) == "attachment_damaged"
