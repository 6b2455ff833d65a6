"""The cells of a ruled table, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.reading.ocr.cellpictures import cut_cells
from mailbot.reading.ocr.confirm import settle
from mailbot.reading.ocr.doubt import Reading
from mailbot.reading.ocr.engine import Engine, Token, languages_of
from mailbot.reading.ocr.lattice import Cell, Lattice
from mailbot.reading.ocr.pagetext import as_word
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.cells import Box
from mailbot.reading.paper.pages import Ruled
from mailbot.reading.paper.positions import gather

_PADDING = 0.15 * LETTER


def read_table(lattice: Lattice, reader: Engine) -> Ruled:
    """The table with the words of each cell; figures are confirmed."""
    cells = list(cut_cells(lattice, LETTER))
    filled = [(cell, piece) for cell, piece in cells if piece is not None]
    found = read_strips([black_on_white(piece) for _, piece in filled], reader, languages_of(reader), LETTER)
    readings = [Reading(piece, tuple(tokens)) for (_, piece), tokens in zip(filled, found, strict=True)]
    settled = settle(readings, reader, LETTER, names=True)
    boxes = [_box(cell, (), ()) for cell, piece in cells if piece is None]
    boxes += [_box(cell, found.tokens, found.doubts) for (cell, _), found in zip(filled, settled, strict=True)]
    return Ruled(float(lattice.box[1]), float(lattice.box[3]), tuple(boxes), _PADDING)


def _box(cell: Cell, tokens: Sequence[Token], doubts: Sequence[bool]) -> Box:
    words = [replace(as_word(token), doubtful=doubt) for token, doubt in zip(tokens, doubts, strict=True)]
    width = cell.box[2] - cell.box[0]
    return Box(cell.top, cell.left, cell.bottom, cell.right, tuple(gather(words)), float(width))
