"""A table's grid of contents, and what can be told of a row or a cell of it by itself."""

from __future__ import annotations

import re

from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import ColumnRole
from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.tokens import dates
from mailbot.reading.kept import remembered
from mailbot.reading.text.fold import fold

Grid = list[list[Content]]

FIGURE_COLUMNS = (ColumnRole.FIELD, ColumnRole.TOTAL, ColumnRole.AUDIENCE, ColumnRole.VALUE)
TOTAL_ROW = re.compile(
    r"^\s*(?:и\s*того|итог\w*|всего|общ(?:ий|ее|ая)\s+(?:итог|кол|числ|сумм)|в\s*сумме|сумма|барлыгы|барысы|җәмгысе|total)(?![а-я])|^\s*[σ∑]\s*$|(?:^|\s)(?:итого|всего)\s*[:.]?\s*$"
)
_KIND_ROW = re.compile(
    r"^\s*(?:в\s+т(?:ом|\.)\s*ч(?:исле|\.)?:?\s*)?(?:по\s+)?(?:(?:городские|сельские|средние|основные|начальные)\s+)?(?:школы?|школам|сош|оош|гимназии|лицеи|детские\s+сады|детским\s+садам|детсады|д/с|сады|доу|дошкольные.{0,40}|общеобразовательные.{0,40}|колледжи|техникумы|спо|учреждения\s+доп.{0,40}|дополнительное\s+образование|доп\.?\s*образование|удод?"
    r"|(?:образовательные\s+)?(?:организации|учреждения)\s+(?:доп|дошк|общ|средн|проф).{0,50}|профессиональные.{0,40}|(?:дополнительного|общего|дошкольного|профессионального)\s+образования|(?:город\w*|сел[оа]\w*|сельск\w+)\s*,?\s*в\s+т\.?\s*ч\.?)"
    r"(?:\s+(?:города|села|района|муниципального\s+района))?\s*:?\s*$"
)


def is_kind(name: str | None) -> bool:
    """Whether a row's name is a kind of institution («школы», «детские сады») and no organisation."""
    return name is not None and _KIND_ROW.match(fold(name)) is not None


def sole_label(content: Content, lexicon: Lexicon) -> Label | None:
    """The network, total or group that a cell names: «ВКонтакте, чел.»; not what takes place there: «эфир ВКонтакте»."""
    return lexicon.sole(content.cell.text) if content.kind is CellKind.TEXT else None


def trimmed(grid: Grid) -> Grid:
    """The grid without rows and columns that are wholly empty, and without columns that only repeat a merged cell."""
    rows = [row for row in grid if any(c.kind is not CellKind.EMPTY for c in row)]
    if not rows:
        return []
    width = len(rows[0])
    keep = [
        i for i in range(width) if any(row[i].kind is not CellKind.EMPTY and not row[i].cell.spanned for row in rows)
    ]
    return [[row[i] for i in keep] for row in rows]


def first_text(row: list[Content]) -> str:
    """The first cell with words, or nothing."""
    return next((c.cell.text for c in row if c.kind is CellKind.TEXT), "")


def has_numbers(row: list[Content]) -> bool:
    """Whether a row holds bare numbers that are data: not a head, where «Не подписаны» is no nought."""
    return any(c.kind is CellKind.NUMBER and any(map(str.isdigit, c.cell.text)) for c in row)


def is_column_numbers(row: list[Content]) -> bool:
    """«1 | 2 | 3 | 4» under a head: the numbers of the columns."""
    values = [c.number.value if c.number else None for c in row if c.kind is not CellKind.EMPTY]
    return len(values) >= 3 and values == list(range(1, len(values) + 1))


def sole_text(row: list[Content]) -> Content | None:
    """The one cell with words of a row that holds nothing else: a section's title, or a remark."""
    own = [c for c in row if c.kind is not CellKind.EMPTY and not c.cell.spanned]
    if len(own) != 1 or len(row) < 2:
        return None
    worded = any(map(str.isalpha, own[0].cell.text)) and any(map(str.isdigit, own[0].cell.text))
    return own[0] if own[0].kind is CellKind.TEXT or (own[0].kind is CellKind.NUMBER and worded) else None


@remembered
def is_date(text: str) -> bool:
    """Whether a cell holds a date and nothing else but «на» or «по состоянию на»."""
    moments = dates(text)
    return len(moments) == 1 and not re.search(
        r"[а-яa-z]{4,}", re.sub(r"по\s+состоянию", "", fold(text[: moments[0].start] + text[moments[0].end :]))
    )
