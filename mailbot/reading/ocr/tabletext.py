"""The cells of a ruled table, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mailbot.reading.ocr.cellpictures import cut_cells
from mailbot.reading.ocr.confirm import settle
from mailbot.reading.ocr.doubt import Reading, has_digit, is_plain
from mailbot.reading.ocr.engine import Engine, Gray, Token, languages_of
from mailbot.reading.ocr.lattice import Cell, Lattice
from mailbot.reading.ocr.pagetext import as_word
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.shapes import boxes_of
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.cells import Box
from mailbot.reading.paper.pages import Ruled
from mailbot.reading.paper.positions import gather

_PADDING = 0.15 * LETTER
_SEAM = 3  # pixels around a word
_LETTER_LIKE = 0.4  # in letter heights


def read_table(lattice: Lattice, reader: Engine) -> Ruled:
    """The table with the words of each cell; figures are confirmed, and names in rows that have figures.

    Headings of plain words are read once, as lines of them are, where no ink was left out.
    """
    cells = list(cut_cells(lattice, LETTER))
    filled = [(cell, piece) for cell, piece in cells if piece is not None]
    pieces = [black_on_white(piece) for _, piece in filled]
    found = read_strips(pieces, reader, languages_of(reader), LETTER)
    with_figures = {cell.top for (cell, _), tokens in zip(filled, found, strict=True) if any(map(has_digit, tokens))}
    readings = [
        Reading(piece, tuple(tokens), len(tokens) if cell.top not in with_figures and _is_heading(sharp, tokens) else 0)
        for (cell, piece), sharp, tokens in zip(filled, pieces, found, strict=True)
    ]
    settled = settle(readings, reader, LETTER, names=True)
    boxes = [_box(cell, (), ()) for cell, piece in cells if piece is None]
    boxes += [_box(cell, found.tokens, found.doubts) for (cell, _), found in zip(filled, settled, strict=True)]
    return Ruled(float(lattice.box[1]), float(lattice.box[3]), tuple(boxes), _PADDING)


def _is_heading(sharp: Gray, tokens: Sequence[Token]) -> bool:
    """True for plain words, where nothing as high as a letter, in a picture of two colours, is in none of them."""
    if not all(map(is_plain, tokens)):
        return False
    rest = np.asarray(255 - sharp, np.uint8)
    for token in tokens:
        top, left = max(0, token.top - _SEAM), max(0, token.left - _SEAM)
        rest[top : token.top + token.height + _SEAM, left : token.left + token.width + _SEAM] = 0
    return all(height < _LETTER_LIKE * LETTER for _, _, _, height in boxes_of(rest))


def _box(cell: Cell, tokens: Sequence[Token], doubts: Sequence[bool]) -> Box:
    words = [replace(as_word(token), doubtful=doubt) for token, doubt in zip(tokens, doubts, strict=True)]
    width = cell.box[2] - cell.box[0]
    return Box(cell.top, cell.left, cell.bottom, cell.right, tuple(gather(words)), float(width))
