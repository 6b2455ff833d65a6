"""What goes into a cell: text that can't become a formula, and the stamps that tell a stale row."""

from __future__ import annotations

import hashlib
import json
import re
from copy import copy
from datetime import datetime
from typing import cast

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Case, Figure, Place, Proposal, Respondent
from mailbot.rollup.russian import place

Value = str | int | float | datetime | None

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_000
"""Excel takes 32,767 characters in a cell."""

_COMMENT_WIDTH, _COMMENT_LINE, _COMMENT_CHARS = 320, 20, 44


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell (rows and columns from 1); nothing is merged in our sheets."""
    return cast(Cell, sheet.cell(row, column))


def put(cell: Cell, value: Value) -> None:
    """Write the value; text stays text whatever it starts with, and times lose their zone, which Excel doesn't know.

    openpyxl makes a formula of «=…» and an error of «#N/A»; the type says «string» again. `quotePrefix` keeps it so
    when a person edits the cell, and where the sheet is saved as CSV the sign is still harmless in Excel.
    """
    if isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)
    elif isinstance(value, str):
        text = clean(value)
        cell.value = text
        cell.data_type = "s"
        if text.startswith(_FORMULA):
            wear(cell, copy(look_of(cell)))  # cells of one look share it
            cell.quotePrefix = True
    else:
        cell.value = value


def look_of(cell: Cell) -> StyleArray:
    """The cell's style as openpyxl keeps it. Given by name, it costs as much as writing the cell."""
    return cast(StyleArray, cell._style)  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl's own manual copies it so


def wear(cell: Cell, look: StyleArray) -> None:
    """Give the cell a style that another one has."""
    cell._style = look  # type: ignore[attr-defined]  # noqa: SLF001 - as above


def clean(text: str) -> str:
    """The text without what XML can't hold, at most as long as a cell can be."""
    return _UNWRITABLE.sub("", text)[:_LONGEST]


def comment(text: str) -> Comment:
    """A comment of a size that its text fits in."""
    lines = sum(1 + len(line) // _COMMENT_CHARS for line in text.split("\n"))
    return Comment(clean(text), "mailbot", height=_COMMENT_LINE * (lines + 1), width=_COMMENT_WIDTH)


def evidence(figure: Figure) -> str:
    """Where a figure stands, as a comment says it: message, place, snippet; a line for each place."""
    return "\n".join(_place(each) for each in figure.places[:5])


def where(places: tuple[Place, ...]) -> str:
    """The places in one line, without their snippets."""
    return "; ".join(place(each.locator) for each in places[:3])


def _place(each: Place) -> str:
    snippet = f"\n«{' '.join(each.snippet.split())[:200]}»" if each.snippet.strip() else ""
    return f"Письмо № {each.letter}, {place(each.locator)}{snippet}"


def keys(*parts: str | int | None) -> str:
    """What the service must know of a row when the workbook comes back, in one hidden cell (JSON)."""
    return json.dumps(parts, ensure_ascii=False)


def respondent_stamp(row: Respondent) -> str:
    """Changes whenever the respondent's figures, or the message that they come from, change."""
    return _stamp(row.municipality, row.key, row.letter, _values(row.figures))


def case_stamp(case: Case, proposal: Proposal | None) -> str:
    """Changes whenever the case, or what the reader proposes in it, changes."""
    proposed = None if proposal is None else [proposal.municipality, proposal.organisation, _values(proposal.figures)]
    return _stamp(case.identity, [reason.message for reason in case.reasons], proposed)


def _values(figures: object) -> object:
    return {name: figure.value for name, figure in sorted(figures.items())} if isinstance(figures, dict) else None


def _stamp(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:16]
