"""A sheet that is one table: heads, filter, widths, formats, print layout; editable cells marked and checked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.workbook.cells import Value, at, comment, look_of, put, wear

Kind = Literal["text", "wrapped", "figure", "share", "time"]
Check = Literal["figure", "municipality", "decision", "amendment"]

_FORMATS: dict[Kind, str] = {
    "text": "General",
    "wrapped": "General",
    "figure": "#,##0_)",
    "share": "0%_)",
    "time": "dd.mm.yyyy hh:mm_)",
}
"""«_)» keeps figures off the border by the width of a bracket; LibreOffice heeds an indent to the right only here and there."""
_LINE = Border(bottom=Side("thin", color="D5DCE3"))
_GOLD = Side("thin", color="C9A227")
_FRAME = Border(left=_GOLD, right=_GOLD, top=_GOLD, bottom=_GOLD)
_HEAD = PatternFill("solid", fgColor="1B4F8A")
_EDITABLE = PatternFill("solid", fgColor="FFF6D6")
FONT = "Calibri"
_LINE_HEIGHT, _MOST_LINES, _INDENT = 15, 12, 1.5
_LANDSCAPE, _PORTRAIT = 1046, 716
"""The width of A4 within our margins, in pixels of 1/96 inch."""

_LANDSCAPE_HEIGHT, _PORTRAIT_HEIGHT = 500, 748
"""Its height, in points."""

_LEAST_SCALE = 0.65
"""Below it 11-point print is under 7 points, which nobody reads: such a sheet is printed two pages wide."""

_MOST_FIGURE = 50_000_000
DECISIONS = ("принять", "не отчёт")
AMENDMENTS = ("исправить", "исключить")
LISTS = "_mailbot"
"""The hidden sheet: what the service must know when the workbook comes back, and the lists of the checks."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, kind of its values.

    `check` marks it as editable and says how it is checked; `hidden` columns are for the service; `note` is a comment
    on the heading.
    """

    title: str
    width: float
    kind: Kind = "text"
    check: Check | Literal["text"] | None = None
    hidden: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment on its cell."""

    value: Value
    note: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value in an editable column that can't be edited in this row."""

    value: Value


Item = Value | Noted | Fixed

_Looks = dict[tuple[Kind, bool], StyleArray]


def register_styles(book: Workbook) -> None:
    """Make the named styles known: one for each kind, each plain and editable; cells refer to them by name."""
    for kind, number_format in _FORMATS.items():
        words = kind in ("text", "wrapped")
        align = Alignment(vertical="top", wrap_text=words, horizontal="left" if words else "right", indent=int(words))
        for editable in (False, True):
            style = NamedStyle(_style(kind, editable=editable), number_format=number_format, alignment=align)
            style.font = Font(name=FONT, size=11)
            style.border = _FRAME if editable else _LINE
            if editable:
                style.fill = _EDITABLE
            book.add_named_style(style)


def figure_width(title: str) -> float:
    """The width of a column of figures: its heading's longest word in bold, or a figure of seven places.

    >>> figure_width("Всего человек"), figure_width("Одноклассники")
    (10, 16)
    """
    return max(10, max((len(word) for word in title.split()), default=0) + 3)


def fill(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Item]],
    *,
    empty: str,
    frozen: int = 1,
    printed: int | None = None,
) -> int:
    """Write heads and rows, and set up the sheet; returns the last row's number.

    `empty` is said where there are no rows. The first `frozen` columns stay in view, the first `printed` (without it,
    all) are printed.
    """
    _write_heads(sheet, columns)
    looks = _looks(sheet)
    last = 1
    for number, row in enumerate(rows, start=2):
        # appended, because to ask the sheet for each cell costs a third of making it
        places = enumerate(zip(columns, row, strict=True), start=1)
        sheet.append([_cell(Cell(sheet, number, place), looks, column, item) for place, (column, item) in places])
        _set_height(sheet, number, columns, row)
        last = number
    if last == 1:
        put(at(sheet, 2, 1), empty)
        at(sheet, 2, 1).font = Font(name=FONT, italic=True, color="5F6B76")
    _check_entries(sheet, columns, max(last, 2))
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_area = f"A1:{get_column_letter(printed or len(columns))}{max(last, 2)}"
    sheet.print_title_rows = "1:1"
    width = _printed_width(columns[:printed])
    landscape = width > _PORTRAIT
    pages = math.ceil(width * _LEAST_SCALE / (_LANDSCAPE if landscape else _PORTRAIT))
    if pages > 1:
        sheet.print_title_cols = f"A:{get_column_letter(frozen)}"
    tall = sum(sheet.row_dimensions[row].height or _LINE_HEIGHT for row in range(1, last + 1))
    one = tall * _LEAST_SCALE <= (_LANDSCAPE_HEIGHT if landscape else _PORTRAIT_HEIGHT)
    print_layout(sheet, landscape=landscape, wide=pages, tall=1 if one else 0)
    return last


def _printed_width(columns: Sequence[Column]) -> float:
    """In pixels of 1/96 inch: a character of Calibri 11 is 7 wide, and each cell has 5 of padding (ECMA-376, 18.3.1.13)."""
    return sum(7 * column.width + 5 for column in columns if not column.hidden)


def print_layout(sheet: Worksheet, *, landscape: bool = True, wide: int = 1, tall: int = 0) -> None:
    """A4, so many pages wide and tall (0: as many as it takes), with the sheet's name and page numbers."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = wide, tall
    sheet.HeaderFooter.scaleWithDoc = False
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.8, 0.3
    footer = sheet.HeaderFooter.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:  # always, but the stubs doubt it
        footer.left.text, footer.right.text = "&A", "стр. &P из &N"


def _style(kind: Kind, *, editable: bool) -> str:
    return f"mailbot {kind}{' editable' if editable else ''}"


def _looks(sheet: Worksheet) -> _Looks:
    """The registered styles as openpyxl keeps them in cells; all cells of a look share one."""
    looks: _Looks = {}
    for kind in _FORMATS:
        for editable in (False, True):
            cell = Cell(sheet, 1, 1)
            cell.style = _style(kind, editable=editable)
            looks[kind, editable] = look_of(cell)
    return looks


def _write_heads(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns, start=1):
        cell = at(sheet, 1, place)
        put(cell, column.title)
        cell.font = Font(name=FONT, bold=True, color="FFFFFF")
        cell.fill = _HEAD
        words = column.kind in ("text", "wrapped")
        cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="left" if words else "right", indent=1)
        if column.note:
            cell.comment = comment(column.note)
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width, dimension.hidden = column.width, column.hidden
    sheet.row_dimensions[1].height = _LINE_HEIGHT * 3


def _cell(cell: Cell, looks: _Looks, column: Column, item: Item) -> Cell:
    """The cell with its value, look and comment."""
    editable = column.check is not None and not isinstance(item, Fixed)
    value = item.value if isinstance(item, Noted | Fixed) else item
    if not column.hidden:
        wear(cell, looks[column.kind, editable])
    if value is not None:
        put(cell, value)
    if isinstance(item, Noted) and item.note:
        cell.comment = comment(item.note)
    return cell


def _set_height(sheet: Worksheet, number: int, columns: Sequence[Column], row: Sequence[Item]) -> None:
    """Make room for wrapped text; LibreOffice, and Excel for some files, don't do it by themselves."""
    lines = 1
    for column, item in zip(columns, row, strict=True):
        value = item.value if isinstance(item, Noted | Fixed) else item
        if isinstance(value, str) and column.kind == "wrapped":
            lines = max(lines, sum(_lines(line, column.width - _INDENT) for line in value.split("\n")))
    if lines > 1:
        sheet.row_dimensions[number].height = _LINE_HEIGHT * min(lines, _MOST_LINES)


def _lines(text: str, width: float) -> int:
    """How many lines the text takes when its words are wrapped; a word longer than a line is broken, as Excel does."""
    lines, used = 1, 0.0
    if len(text) <= width:
        return lines
    for word in text.split(" "):
        if used and used + 1 + len(word) > width:
            lines, used = lines + 1, 0.0
        used += len(word) + (1 if used else 0)
        if used > width:
            broken, used = divmod(used, width)
            lines += int(broken)
    return lines


def _check_entries(sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    for place, column in enumerate(columns, start=1):
        validation = _validation(column.check)
        if validation is not None:
            letter = get_column_letter(place)
            validation.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(validation)


def _validation(check: Check | Literal["text"] | None) -> DataValidation | None:
    match check:
        case "figure":
            made = DataValidation(
                "whole", operator="between", formula1="0", formula2=str(_MOST_FIGURE), allow_blank=True
            )
            made.error = "Нужно целое число, не меньше нуля. Если цифры нет, оставьте пустым."
        case "municipality":
            made = DataValidation("list", formula1=f"'{LISTS}'!$D$2:$D$500", allow_blank=True)
            made.error = "Выберите муниципалитет из списка."
        case "decision":
            made = DataValidation("list", formula1=f'"{",".join(DECISIONS)}"', allow_blank=True)
            made.error = f"Выберите: {', '.join(DECISIONS)}."
        case "amendment":
            made = DataValidation("list", formula1=f'"{",".join(AMENDMENTS)}"', allow_blank=True)
            made.error = f"Выберите: {', '.join(AMENDMENTS)}."
        case _:
            return None
    made.errorTitle, made.showErrorMessage = "Так не получится", True
    return made
