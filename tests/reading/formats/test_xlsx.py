from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from mailbot.domain.document import Limits
from mailbot.reading.grids import NOT_CACHED
from tests.reading.formats.builders import code, data, document, lines, opened, rows, tables, xlsx, zipped

STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0&quot; чел.&quot;"/><numFmt numFmtId="165" formatCode=";;;"/></numFmts>'
    "<fonts><font/><font><strike/></font></fonts>"
    '<cellXfs><xf/><xf numFmtId="9"/><xf numFmtId="14"/><xf fontId="1"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="3"/></cellXfs>'
)


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def grid(content: str, **settings) -> list[list[str]]:
    (table,) = tables(document(xlsx(content, **settings), "svod.xlsx"))
    return rows(table)


def test_a_genuine_workbook_is_read_with_locators_of_its_own_places():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Свод"
    sheet["B2"], sheet["C2"], sheet["B3"], sheet["C3"] = "Школа", "ВК", "СОШ № 1", 35
    workbook.properties.title = "Сведения по Арскому району"
    read = document(saved(workbook), "svod.xlsx")
    (table,) = tables(read)
    assert rows(table) == [["Школа", "ВК"], ["СОШ № 1", "35"]]
    assert (read.format, read.title, table.title) == ("xlsx", "Сведения по Арскому району", "Свод")
    assert table.rows[1][1].locator == "svod.xlsx!Свод!C3"


def test_hidden_rows_columns_and_sheets_do_not_count():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Школа", "Штат", "ВК"], ["Черновик", 61, 11], ["СОШ № 1", 44, 35]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    old = workbook.create_sheet("Старое")
    old["A1"] = 999
    old.sheet_state = "veryHidden"
    (table,) = tables(document(saved(workbook), "svod.xlsx"))
    assert rows(table) == [["Школа", "ВК"], ["СОШ № 1", "35"]]
    assert table.rows[1][1].locator.endswith("!C3")


def test_struck_out_cells_and_runs_do_not_count():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["B1"], sheet["C1"] = "ВК", 30, 35
    sheet["B1"].font = Font(strike=True)
    sheet["D1"] = CellRichText([TextBlock(InlineFont(strike=True), "30 "), TextBlock(InlineFont(), "41")])
    (table,) = tables(document(saved(workbook), "svod.xlsx"))
    assert rows(table) == [["ВК", "", "35", "41"]]


def test_a_run_with_a_font_of_its_own_is_not_struck_out_by_the_cells_font():
    item = "<r><t>30 </t></r><r><rPr><b/></rPr><t>41</t></r>"
    assert grid(data('<c r="A1" t="s" s="3"><v>0</v></c>'), strings=(item,), styles=STYLES) == [["41"]]


def test_numbers_are_shown_as_a_person_sees_them():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    values = [(35, "General"), (35.0, "0"), (1250, "# ##0"), (0.95, "0%"), (date(2021, 8, 16), "DD.MM.YYYY"),
              (datetime.fromisoformat("2021-08-16T15:00"), "DD.MM.YYYY HH:MM"), (33.5, "General"), (True, "General")]  # fmt: skip
    for column, (value, number_format) in enumerate(values, 1):
        sheet.cell(1, column, value).number_format = number_format
    (table,) = tables(document(saved(workbook), "svod.xlsx"))
    assert rows(table) == [["35", "35", "1250", "95 %", "16.08.2021", "16.08.2021 15:00", "33,5", "ИСТИНА"]]


def test_formats_with_words_and_formats_that_hide():
    cells = '<c r="A1" s="4"><v>35</v></c><c r="B1" s="5"><v>77</v></c><c r="C1" s="6"><v>1250.0</v></c>'
    assert grid(data(cells), styles=STYLES) == [["35 чел.", "", "1250"]]


def test_errors_are_visible_and_uncached_formulas_are_marked():
    cells = (
        '<c r="A1" t="e"><f>B9</f><v>#REF!</v></c><c r="B1"><f>SUM(C1:C2)</f></c><c r="C1"><f>1+1</f><v></v></c>'
        '<c r="D1"><f>1+1</f><v>2</v></c><c r="E1" t="str"><f>IF(1,"")</f><v></v></c><c r="F1" t="b"><v>0</v></c>'
    )
    assert grid(data(cells)) == [["#REF!", NOT_CACHED, NOT_CACHED, "2", "", "ЛОЖЬ"]]


def test_a_merged_cells_text_stands_in_every_position_that_it_covers():
    content = data(
        '<c r="A1" t="inlineStr"><is><t>Школа</t></is></c><c r="B1" t="inlineStr"><is><t>Подписались</t></is></c>',
        '<c r="B2" t="inlineStr"><is><t>ВК</t></is></c><c r="C2" t="inlineStr"><is><t>ОК</t></is></c>',
    )
    merged = grid(content + '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>')
    assert merged == [["Школа", "Подписались", "^Подписались"], ["^Школа", "ВК", "ОК"]]


def test_a_merged_cell_whose_first_column_is_hidden_still_shows():
    content = (
        '<cols><col min="1" max="1" hidden="1"/></cols>'
        + data('<c r="A1"><v>7</v></c>', '<c r="B2"><v>35</v></c>')
        + '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    )
    assert grid(content) == [["7"], ["35"]]


def test_dates_of_the_mac_epoch_and_iso_dates():
    content = data('<c r="A1" s="2"><v>42962</v></c><c r="B1" t="d"><v>2021-08-16T00:00:00</v></c>')
    assert grid(content, styles=STYLES, book='<workbookPr date1904="1"/>') == [["16.08.2021", "16.08.2021"]]


def test_cells_without_addresses_and_escaped_characters():
    content = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c t='s'><v>0</v></c></row></sheetData>"
    assert grid(content, strings=("<t>СОШ_x000D_ № 1</t>",)) == [["1", "2"], ["СОШ\r № 1", ""]]


def test_phonetic_hints_are_no_text():
    assert grid(data('<c r="A1" t="s"><v>0</v></c>'), strings=("<t>35</t><rPh sb='0' eb='1'><t>99</t></rPh>",)) == [
        ["35"]
    ]


def test_headers_of_print_text_boxes_and_pictures():
    drawing = '<d xmlns:a="urn:a"><txBody><a:p><a:r><a:t>ВК: 35</a:t></a:r></a:p></txBody></d>'
    content = (
        data('<c r="A1"><v>1</v></c>')
        + '<headerFooter><oddHeader>&amp;C&amp;"Arial"Арский район</oddHeader></headerFooter>'
    )
    result = opened(
        xlsx(
            content,
            extra={
                "xl/worksheets/_rels/sheet1.xml.rels": _relation("drawing", "../drawings/drawing1.xml"),
                "xl/drawings/drawing1.xml": drawing,
                "xl/drawings/_rels/drawing1.xml.rels": _relation("image", "../media/image1.png"),
                "xl/media/image1.png": b"\x89PNG scan",
            },
        ),
        "svod.xlsx",
    )
    (read,) = result.documents
    assert read.running == ("Арский район",)
    assert lines(read) == ["ВК: 35"]
    assert [(child.name, child.data) for child in result.children] == [("image1.png", b"\x89PNG scan")]


def _relation(kind: str, target: str) -> str:
    return f'<Relationships><Relationship Id="rId1" Type="urn:{kind}/{kind}" Target="{target}"/></Relationships>'


def test_a_far_cell_costs_nothing_and_a_huge_merge_neither():
    content = data('<c r="A1"><v>35</v></c>') + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert grid(content) == [["35"]]
    far = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    assert grid(far) == [["1", "", ""], ["", "", ""], ["", "", "2"]]


def test_what_is_over_the_limits_is_told():
    content = data(*(f'<c r="A{n}"><v>{n}</v></c>' for n in range(1, 30)))
    assert code(opened(xlsx(content), "svod.xlsx", Limits(cells=20))) == "attachment_too_large"
    assert code(opened(xlsx(content), "svod.xlsx", Limits(unpacked_bytes=300))) == "attachment_too_large"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (data(), "attachment_empty"),
        (data('<c r="1A"><v>1</v></c>'), "attachment_damaged"),
        (data('<c r="A1" t="s"><v>9</v></c>'), "attachment_damaged"),
    ],
)
def test_broken_and_blank_workbooks(content, expected):
    assert code(opened(xlsx(content), "svod.xlsx")) == expected


def test_a_document_type_declaration_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "35">]><workbook/>'
    parts = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": bomb}
    assert code(opened(zipped(parts), "svod.xlsx")) == "attachment_damaged"


def test_a_truncated_workbook_is_damaged():
    whole = xlsx(data('<c r="A1"><v>35</v></c>'))
    assert code(opened(whole[: len(whole) // 2], "svod.xlsx")) == "attachment_damaged"
