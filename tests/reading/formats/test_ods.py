import pytest

from mailbot.domain.document import Limits
from mailbot.reading.grids import NOT_CACHED
from tests.reading.formats.builders import code, document, opened, rows, tables, zipped

SPACES = (
    'xmlns:office="urn:office" xmlns:table="urn:table" xmlns:text="urn:text" xmlns:style="urn:style" '
    'xmlns:draw="urn:draw" xmlns:manifest="urn:manifest"'
)
STYLES = (
    '<office:automatic-styles><style:style style:name="gone" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="struck" style:family="table-cell">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="child" style:family="table-cell" style:parent-style-name="struck"/>'
    '<style:style style:name="t1" style:family="text"><style:text-properties style:text-line-through-style="solid"/>'
    "</style:style></office:automatic-styles>"
)


def ods(sheets: str, mimetype: str | None = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    content = (
        f"<office:document-content {SPACES}>{STYLES}<office:body><office:spreadsheet>{sheets}</office:spreadsheet>"
    )
    parts = {"mimetype": mimetype} if mimetype else {}
    return zipped(parts | {"content.xml": content + "</office:body></office:document-content>"}, 0)


def sheet(content: str, settings: str = "") -> str:
    return f'<table:table table:name="Лист1" {settings}>{content}</table:table>'


def tr(*cells: str, settings: str = "") -> str:
    return f"<table:table-row {settings}>{''.join(cells)}</table:table-row>"


def tc(text: str = "", settings: str = "") -> str:
    inner = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {settings}>{inner}</table:table-cell>"


def number(value: str, text: str = "", kind: str = "float", settings: str = "") -> str:
    return tc(text, f'office:value-type="{kind}" office:value="{value}" {settings}')


def grid(content: str) -> list[list[str]]:
    (table,) = tables(document(ods(sheet(content)), "svod.ods"))
    return rows(table)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (number("35", "35"), "35"),
        (number("1250", "1 250"), "1250"),
        (number("1250", "1,250.00"), "1250"),
        (number("35", "35 чел."), "35 чел."),
        (number("33.5", "33.5"), "33,5"),
        (number("0.95", "95.0%", "percentage"), "95 %"),
        (number("0.955", "95,5%", "percentage"), "95,5 %"),
        (number("35"), "35"),
        (tc("16 авг 21", 'office:value-type="date" office:date-value="2021-08-16"'), "16.08.2021"),
        (tc("", 'table:formula="of:=SUM([.A1])"'), NOT_CACHED),
        (tc("#REF!", 'table:formula="of:=[.A1]" office:value-type="string"'), "#REF!"),
        (tc('<text:span text:style-name="t1">30</text:span> 35'), "35"),
        (tc("а<text:s text:c='2'/>б<text:line-break/>в"), "а  б\nв"),
    ],
)
def test_cells_are_shown_as_a_person_sees_them(cell, expected):
    assert grid(tr(cell)) == [[expected]]


def test_repeated_columns_hidden_columns_and_hidden_rows():
    content = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        + tr(tc("Школа"), tc("x", 'table:number-columns-repeated="2"'), tc("ОК"))
        + tr(tc("99"), settings='table:visibility="collapse"')
        + tr(tc("98"), settings='table:visibility="filter"')
        + "<table:table-row-group>" + tr(tc("СОШ № 1"), tc("1"), tc("2"), tc("35")) + "</table:table-row-group>"
    )  # fmt: skip
    assert grid(content) == [["Школа", "x", "ОК"], ["СОШ № 1", "1", "35"]]


def test_merged_cells_and_struck_out_styles():
    merged = tc("Подписались", 'table:number-columns-spanned="2" table:number-rows-spanned="1"')
    content = tr(merged, "<table:covered-table-cell/>") + tr(tc("30", 'table:style-name="child"'), tc("35"))
    assert grid(content) == [["Подписались", "^Подписались"], ["", "35"]]


def test_hidden_sheets_are_left_out():
    hidden = sheet(tr(tc("99")), 'table:style-name="gone"')
    assert len(tables(document(ods(hidden + sheet(tr(tc("35")))), "svod.ods"))) == 1
    assert code(opened(ods(hidden), "svod.ods")) == "attachment_empty"


def test_endless_repetitions():
    far = tr(tc("35")) + tr(tc(), settings='table:number-rows-repeated="1048576"') + tr(tc("36"))
    assert grid(far) == [["35"], [""], ["36"]]
    bomb = ods(sheet(tr(tc("35", 'table:number-columns-repeated="1000000000"'))))
    assert code(opened(bomb, "svod.ods")) == "attachment_too_large"
    tall = ods(sheet(tr(tc("35"), settings='table:number-rows-repeated="1000000"')))
    assert code(opened(tall, "svod.ods", Limits(cells=1000))) == "attachment_too_large"


def test_the_kind_is_known_without_a_mimetype():
    assert document(ods(sheet(tr(tc("35"))), mimetype=None), "svod.bin").format == "ods"


def test_a_password_is_told():
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
        "content.xml": b"\x01\x02",
    }
    assert code(opened(zipped(parts, 0), "svod.ods")) == "attachment_protected"
