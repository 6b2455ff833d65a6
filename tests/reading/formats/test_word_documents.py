"""One letter in four formats: tests/files/letter.docx was written by hand, the others LibreOffice made of it.

It holds what other readers get wrong: a tracked deletion before an insertion, struck-out and hidden text, a text box
that is stored twice, merged cells, a nested table, a field, a footnote, a page header.
"""

from pathlib import Path

import pytest

from tests.reading.formats.builders import document, lines, rows, tables

FILES = Path("tests/files")
TABLE = [
    ["Школа", "Подписались", "^Подписались", "^Подписались"],
    ["^Школа", "ВК", "Инст", "ОК"],
    ["СОШ №1", "35", "40", "31"],
    ["СОШ №2", "36", "41\nчел.", "32"],
    ["Итого", "71", "81", "63"],
]


@pytest.fixture(params=["docx", "doc", "odt", "rtf"])
def letter(request):
    path = FILES / f"letter.{request.param}"
    return document(path.read_bytes(), path.name)


def test_tables_keep_their_merged_and_their_changed_cells(letter):
    first, outer, nested = tables(letter)
    assert rows(first) == TABLE
    assert rows(outer) == [["внешняя", "до\nпосле"]]
    assert rows(nested) == [["вл1", "вл2"]]
    assert first.rows[2][1].locator == f"{letter.name}!таблица 1!B3"


def test_deleted_struck_out_and_hidden_text_is_gone(letter):
    text = lines(letter)
    assert "ВК 1000 чел., ОК 60 чел." in text
    assert not any("999" in line or "55" in line or "88" in line for line in text)


def test_text_boxes_footnotes_fields_and_line_breaks_stand_once(letter):
    text = lines(letter)
    for expected in ("Надпись: 77 человек", "сноска на 16.08", "ссылка", "Конец", "с переносом\tтабуляция"):
        assert text.count(expected) == 1


def test_page_headers_run_apart(letter):
    assert letter.running == ("Управление образования Арского района",)
    assert "Управление образования Арского района" not in lines(letter)


def test_the_name_tells_no_format():
    path = FILES / "letter.docx"
    assert document(path.read_bytes(), "ответ.doc").format == "docx"
    assert document((FILES / "letter.rtf").read_bytes(), "ответ.doc").format == "rtf"
