"""«Сводка»: the standing in figures, with two native charts: by network, and how the answers came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup import russian
from mailbot.rollup.facts import Facts
from mailbot.rollup.sections.standing import deadline_sentence, delayed_sentence, letters_to_review, title
from mailbot.rollup.workbook.cells import Value, at, put
from mailbot.rollup.workbook.table import FONT, print_layout

_HEAD = PatternFill("solid", fgColor="E6EFF9")
_MOST_DAYS = 31
_QUIET_DAYS = timedelta(days=2)
_BLUE = "2E75B6"


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    for letter, width in (("A", 34), ("B", 16), ("C", 20), ("D", 3), ("E", 12)):
        sheet.column_dimensions[letter].width = width
    _line(sheet, 1, title(facts), Font(name=FONT, bold=True, size=18, color="1B4F8A"))
    _line(sheet, 2, facts.campaign.title, Font(name=FONT, color="5F6B76"))
    _line(sheet, 3, russian.plain(deadline_sentence(facts)), Font(name=FONT, bold=True))
    _line(sheet, 4, russian.plain(delayed_sentence(facts)), Font(name=FONT, color="B3261E"))
    row = _block(sheet, 5, ("Показатель", "Сейчас", "С прошлой сводки"), _standing(facts))
    networks = row + 1
    row = _block(sheet, networks, ("По сетям", "Сумма", "Указали"), _networks(facts))
    days = row + 1
    row = _block(sheet, days, ("Ответили муниципалитеты", "За день", "Всего"), _by_day(facts))
    _network_chart(sheet, networks, len(facts.campaign.fields))
    _day_chart(sheet, days, row - days - 1)
    sheet.sheet_view.showGridLines = False
    print_layout(sheet)


def _standing(facts: Facts) -> list[tuple[Value, ...]]:
    changes = facts.changes
    since = changes.since is not None
    return [
        ("Муниципалитетов спросили", len(facts.municipalities), None),
        ("Муниципалитетов ответило", len(facts.answered), len(changes.answered) if since else None),
        ("из них с опозданием", sum(m.late for m in facts.answered), None),
        ("Организаций отчиталось", len(facts.organisations), len(changes.organisations) if since else None),
        ("Подписчиков", facts.subscribers, changes.subscribers if since else None),
        ("Организаций ниже квоты", len(facts.below_quota) if facts.campaign.quota else None, None),
        ("Писем на проверку", letters_to_review(facts), None),
        ("Писем всего", facts.account.messages, changes.letters if since else None),
    ]


def _networks(facts: Facts) -> list[tuple[Value, ...]]:
    return [(field.title, facts.total(field.name), facts.gives(field.name)) for field in facts.campaign.fields]


def _by_day(facts: Facts) -> list[tuple[Value, ...]]:
    """How many municipalities answered first on each day, and by its end; quiet days between them too.

    It ends soon after the last answer, and has a month at most: a chart of a flat line says nothing.
    """
    firsts = Counter(m.answered_at.date() for m in facts.answered if m.answered_at is not None)
    if not firsts:
        return []
    end = min(facts.moment.date(), max(firsts) + _QUIET_DAYS)
    days: list[date] = [min(firsts) + timedelta(days=n) for n in range((end - min(firsts)).days + 1)]
    rows: list[tuple[Value, ...]] = []
    whole = 0
    for day in days:
        whole += firsts[day]
        rows.append((f"{day:%d.%m}", firsts[day], whole))
    return rows[-_MOST_DAYS:]


def _line(sheet: Worksheet, row: int, text: str, font: Font) -> None:
    cell = at(sheet, row, 1)
    put(cell, text or None)
    cell.font = font


def _block(sheet: Worksheet, row: int, heads: Sequence[str], rows: Sequence[Sequence[Value]]) -> int:
    """Write a small table at `row`; returns the first free row after it."""
    for place, head in enumerate(heads, start=1):
        cell = at(sheet, row, place)
        put(cell, head)
        cell.font, cell.fill = Font(name=FONT, bold=True), _HEAD
        cell.alignment = Alignment(horizontal="left" if place == 1 else "right")
    for number, values in enumerate(rows, start=row + 1):
        for place, value in enumerate(values, start=1):
            cell = at(sheet, number, place)
            put(cell, value)
            cell.number_format = "#,##0"
    return row + 1 + len(rows)


def _network_chart(sheet: Worksheet, row: int, count: int) -> None:
    chart = BarChart()
    chart.type, chart.style, chart.title = "bar", 10, "Подписчики по сетям"
    chart.add_data(Reference(sheet, min_col=2, min_row=row, max_row=row + count), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=row + 1, max_row=row + count))
    chart.legend = None
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.x_axis.delete = False  # openpyxl leaves it out, and Excel then hides the axis
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete, chart.y_axis.majorGridlines = True, None  # each bar says its figure
    chart.gapWidth = 60
    chart.series[0].graphicalProperties.solidFill = _BLUE
    chart.height, chart.width = 7, 16
    sheet.add_chart(chart, "E5")


def _day_chart(sheet: Worksheet, row: int, count: int) -> None:
    if count < 1:
        return
    chart = LineChart()
    chart.style, chart.title = 12, "Сколько муниципалитетов ответило"
    chart.add_data(Reference(sheet, min_col=3, min_row=row, max_row=row + count), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=row + 1, max_row=row + count))
    chart.legend = None
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0
    chart.series[0].smooth = False
    chart.series[0].graphicalProperties.line.solidFill = _BLUE
    chart.height, chart.width = 7, 16
    sheet.add_chart(chart, "E21")
