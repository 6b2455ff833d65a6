from mailbot.reading.grids import NOT_CACHED
from tests.reading.formats.builders import code, document, opened, rows, tables


def book(table: str, options: str = "", encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Styles><Style ss:ID="p"><NumberFormat ss:Format="0%"/></Style><Style ss:ID="x"><Font ss:StrikeThrough="1"/></Style>'
        f'</Styles><Worksheet ss:Name="Отчёт"><Table>{table}</Table>{options}</Worksheet></Workbook>'
    )
    return text.encode(encoding)


def cell(value: str, kind: str = "Number", settings: str = "") -> str:
    return f'<Cell {settings}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_cells_places_merges_and_what_is_hidden():
    percent, struck, across = 'ss:StyleID="p"', 'ss:StyleID="x"', 'ss:MergeAcross="3"'
    formula = '<Cell ss:Index="3" ss:Formula="=SUM(R[-1]C)"/>'
    table = (
        '<Column/><Column ss:Hidden="1"/>'
        f"<Row>{cell('Район', 'String', across)}</Row>"
        f'<Row ss:Index="3">{cell("СОШ № 1", "String")}{cell("99")}{cell("35")}{cell("0.95", settings=percent)}</Row>'
        f'<Row ss:Hidden="1">{cell("77")}</Row>'
        f"<Row>{cell('Итого', 'String')}{formula}{cell('30', settings=struck)}</Row>"
    )
    (read,) = tables(document(book(table), "отчет.xls"))
    assert rows(read) == [
        ["Район", "^Район", "^Район"],
        ["", "", ""],
        ["СОШ № 1", "35", "95 %"],
        ["Итого", NOT_CACHED, ""],
    ]
    assert read.rows[2][1].locator == "отчет.xls!Отчёт!C3"


def test_dates_truths_rich_text_and_a_declared_charset():
    rich = (
        '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><S>30</S><B> 35</B></ss:Data></Cell>'
    )
    table = (
        f"<Row>{cell('2021-08-16T00:00:00.000', 'DateTime')}{cell('1', 'Boolean')}{cell('#REF!', 'Error')}{rich}</Row>"
    )
    (read,) = tables(document(book(table, encoding="windows-1251"), "отчет.xml"))
    assert rows(read) == [["16.08.2021", "ИСТИНА", "#REF!", "35"]]


def test_hidden_sheets_and_truncation():
    options = '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
    assert code(opened(book(f"<Row>{cell('35')}</Row>", options), "отчет.xml")) == "attachment_empty"
    assert code(opened(book(f"<Row>{cell('35')}</Row>")[:-20], "отчет.xml")) == "attachment_damaged"
