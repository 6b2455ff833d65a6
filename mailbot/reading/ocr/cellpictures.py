"""The cells of a lattice as small pictures without the table's lines."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.lattice import Cell, Lattice
from mailbot.reading.ocr.shapes import ink

_PAPER = 250
_FILLED = 120
_MARGIN = 4


def cut_cells(lattice: Lattice, letter: float) -> Iterator[tuple[Cell, Gray | None]]:
    """Each cell with its picture, cut close around what is written in it; None for an empty cell."""
    clean = lattice.picture.copy()
    clean[cv2.dilate(lattice.lines, np.ones((3, 3), np.uint8)) > 0] = _PAPER
    for cell in lattice.cells:
        left, top, right, bottom = cell.box
        area = (slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right)))
        if lattice.picture[area].size and np.median(lattice.picture[area]) < _FILLED:  # white letters on a dark cell
            clean[area] = 255 - lattice.picture[area]
    mask = ink(clean)
    for cell in lattice.cells:
        left, top, right, bottom = cell.box
        area = (slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right)))
        yield cell, _close(clean[area], mask[area], letter)


def _close(picture: Gray, mask: Gray, letter: float) -> Gray | None:
    """The part of a cell's picture that holds ink; specks and remains of lines at the edge are no ink."""
    if min(picture.shape, default=0) < 4:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    shapes = [
        (left, top, left + width, top + height)
        for left, top, width, height, area in stats[1:].tolist()
        if area >= 0.03 * letter * letter
        and max(width, height) >= 0.3 * letter
        and not (height < 0.2 * letter and (top < 3 or top + height > mask.shape[0] - 3))
    ]
    if not shapes:
        return None
    left, top = (max(0, min(shape[i] for shape in shapes) - _MARGIN) for i in (0, 1))
    right, bottom = (max(shape[i] for shape in shapes) + _MARGIN for i in (2, 3))
    return np.ascontiguousarray(picture[top:bottom, left:right])
