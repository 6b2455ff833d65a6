"""Bare numbers in an order told before: «ВК/Инст/ОК – 34/31/30», or a heading's order for the lines below it."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.reading.figures.tokens import Number

_PLACE_HOLDER = re.compile(r"^(?:-+|н/д|нет\s+данных|х|x|\.+|_+)$")
_LEADING = re.compile(r"[:;/|\t]\s*((?:(?:-|н/д)\s*[;/|\t]\s*)+)$")
_TRAILING = re.compile(r"\s*(?:чел\w*\.?)?\s*((?:[;/|,\t]\s*(?:-|н/д)\s*)+)\.?\s*$")
_DASH = re.compile(r"-|н/д")


def in_slots(folded: str, figures: list[Number], span: tuple[int, int], wanted: int) -> list[Number | None] | None:
    """The numbers of a stretch in `wanted` places, None where a dash holds the place; None if they don't fit.

    «34 310 30» may be read as two numbers or three: what fits counts.
    """
    for candidates in (figures, apart(figures)):
        slots = _slots(folded, candidates, span)
        if len(slots) == wanted:
            return slots
    return None


def _slots(folded: str, figures: list[Number], span: tuple[int, int]) -> list[Number | None]:
    """Numbers and place-holders («-») in a row of bare values, from the first of either to the end."""
    if not figures:
        return []
    position = figures[0].start
    lead = _LEADING.search(folded[span[0] : position])
    slots: list[Number | None] = [None] * len(_DASH.findall(lead.group(1))) if lead else []
    for number in figures:
        between = re.split(r"[;/|,\t]", folded[position : number.start])[1:-1]
        slots.extend([None] * sum(1 for piece in between if _PLACE_HOLDER.match(piece.strip())))
        slots.append(number)
        position = number.end
    tail = _TRAILING.match(folded[position : span[1]])
    return [*slots, *([None] * len(_DASH.findall(tail.group(1))))] if tail else slots


def apart(figures: list[Number]) -> list[Number]:
    """Numbers that a space joined to thousands, as the separate numbers that they may be."""
    result: list[Number] = []
    for figure in figures:
        if not figure.grouped:
            result.append(figure)
            continue
        for part in re.finditer(r"\d+", figure.text):
            start, end = figure.start + part.start(), figure.start + part.end()
            result.append(replace(figure, start=start, end=end, text=part.group(), value=int(part.group()), grouped=()))
    return result
