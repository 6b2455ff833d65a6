"""The story of recognition: prepare the page, look at it, find its tables, read cells and lines, judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mailbot.reading.ocr import prepare
from mailbot.reading.ocr.engine import Gray, engine
from mailbot.reading.ocr.judge import hides_text, holds_text, is_blotted, leaves_out
from mailbot.reading.ocr.lattice import Lattice, find_tables
from mailbot.reading.ocr.orientation import look
from mailbot.reading.ocr.pagetext import read_lines
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.tabletext import read_table
from mailbot.reading.paper.cells import Box
from mailbot.reading.paper.pages import Ruled
from mailbot.reading.paper.positions import Line, Word


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read on a picture: lines and tables, in pixels of the prepared page.

    `unreadable` is true where there evidently is text that could not be read. `scale` is how many of these pixels one
    pixel of the given picture became.
    """

    height: float
    lines: tuple[Line, ...] = ()
    tables: tuple[Ruled, ...] = ()
    unreadable: bool = False
    scale: float = 1.0

    def placed(self, left: float, top: float) -> tuple[tuple[Line, ...], tuple[Ruled, ...]]:
        """Lines and tables in the units that the given picture's `scale` leads to, moved to the picture's place."""
        lines = tuple(_moved(line, self.scale, left, top) for line in self.lines)
        tables = tuple(
            replace(
                table,
                top=table.top / self.scale + top,
                bottom=table.bottom / self.scale + top,
                boxes=tuple(_moved_box(box, self.scale, left, top) for box in table.boxes),
                padding=table.padding / self.scale,
            )
            for table in self.tables
        )
        return lines, tables


def recognise(picture: NDArray[np.uint8]) -> Recognised:
    """Read a picture: grey, or blue-green-red with or without transparency.

    Raises:
        OcrUnavailable: Tesseract or its Russian data is not installed.

    """
    reader = engine()
    page = prepare.page(picture)
    seen = look(page.gray, page.sketch.letters, reader)
    height = float(page.gray.shape[0])
    if not holds_text(seen):
        return Recognised(height, unreadable=hides_text(page, seen), scale=page.scale)
    if seen.upside_down:
        page = page.upside_down()
    lattices = find_tables(page.gray, LETTER)
    tables = tuple(read_table(lattice, reader) for lattice in lattices)
    outside = page.sketch.without(lattice.box for lattice in lattices)
    text = read_lines(_without(page.gray, lattices), outside, reader)
    is_cut = any(lattice.is_open for lattice in lattices)
    unreadable = is_cut or is_blotted(page.dark, text.places) or leaves_out(text)
    return Recognised(height, text.lines, tables, unreadable=unreadable, scale=page.scale)


def _without(gray: Gray, lattices: Sequence[Lattice]) -> Gray:
    """The page with its tables whitened out."""
    rest = gray.copy()
    for lattice in lattices:
        left, top, right, bottom = lattice.box
        rest[top:bottom, left:right] = 255
    return rest


def _moved_box(box: Box, scale: float, left: float, top: float) -> Box:
    return replace(box, lines=tuple(_moved(line, scale, left, top) for line in box.lines), width=box.width / scale)


def _moved(line: Line, scale: float, left: float, top: float) -> Line:
    return Line(tuple(_moved_word(word, scale, left, top) for word in line.words))


def _moved_word(word: Word, scale: float, left: float, top: float) -> Word:
    return replace(
        word,
        left=word.left / scale + left,
        right=word.right / scale + left,
        top=word.top / scale + top,
        bottom=word.bottom / scale + top,
    )
