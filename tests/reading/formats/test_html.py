import pytest

from tests.reading.formats.builders import document, lines, opened, rows, tables

PAGE = (
    "<html><head><meta charset={}><title>Арский район</title></head><body><p>ВК: 35</p><table><tr><td>ОК<td>30</table>"
)


@pytest.mark.parametrize(("charset", "declared"), [("utf-8", "utf-8"), ("cp1251", "windows-1251"), ("cp1251", "utf-8")])
def test_pages_in_their_charset(charset, declared):
    read = document(PAGE.format(declared).encode(charset), "ответ.htm")
    assert (read.format, read.title, lines(read)) == ("html", "Арский район", ["ВК: 35"])
    assert rows(tables(read)[0]) == [["ОК", "30"]]


def test_a_workbook_that_is_html_inside():
    page = (
        '<html xmlns:x="urn:x"><table><tr><td colspan=2>Заинск</td></tr><tr><td>ВК</td><td x:num>34</td></tr></table>'
    )
    (table,) = tables(document(page.encode("utf-16"), "отчет.xls"))
    assert rows(table) == [["Заинск", "^Заинск"], ["ВК", "34"]]


def test_google_sheets_frame_of_letters_and_numbers_is_no_content():
    page = (
        '<div class="ritz"><table class="waffle"><thead><tr><th class="row-header"></th><th>A</th><th>B</th></tr></thead>'
        '<tbody><tr><th class="row-headers-background"><div class="row-header-wrapper">1</div></th><td>ВК</td><td>35</td>'
        "</tr></tbody></table></div>"
    )
    (table,) = tables(document(page.encode(), "Лист1.html"))
    assert rows(table) == [["ВК", "35"]]


def test_a_page_without_text_is_told_unless_a_mail_program_made_it_up():
    assert opened(b"<html><body><br></body></html>", "ATT00001.htm").troubles == ()
    assert opened(b"<html><body><br></body></html>", "ответ.htm").troubles[0].code == "attachment_empty"
