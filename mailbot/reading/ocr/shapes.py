"""The connected shapes of a page's ink, and which of them are letters, which are grain, which are strokes.

A sketch of half the page's size tells where things are, at a quarter of the cost; they are read in the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mailbot.reading.ocr.engine import Gray

HALF = 2
"""How many pixels of the page one of its sketch stands for."""

_FEW = 20  # letters: fewer tell nothing of the page
_LOWEST, _HIGHEST = 5, 120  # pixels: larger shapes than letters are pictures
_MOST_LABELS = 65_535  # of 16 bits
_LONG = 1.5  # in letter heights: a stroke of a line, a seal, a signature


def ink(gray: Gray) -> Gray:
    """A mask of what is darker than the paper around it: 255 for ink, 0 for paper."""
    return _ink(np.asarray(cv2.medianBlur(gray, 3), np.uint8))


def _ink(gray: Gray) -> Gray:
    block = max(15, min(gray.shape) // 30) | 1
    mask = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, min(block, 75), 15)
    return np.asarray(mask, np.uint8)


@dataclass(frozen=True)
class Shapes:
    """The connected shapes of a mask. `stats` has left, top, width, height and area of each; the first is the paper's."""

    labels: NDArray[Any]
    stats: NDArray[np.int32]

    @cached_property
    def side(self) -> NDArray[np.int32]:
        """The longer side of each."""
        longer: NDArray[np.int32] = self.stats[:, 2:4].max(axis=1)
        return longer

    def letters(self, lowest: int = _LOWEST, highest: int = _HIGHEST) -> NDArray[np.bool_]:
        """Those that are neither specks nor lines nor pictures; heights in pixels."""
        width, height, area = self.stats[:, 2], self.stats[:, 3], self.stats[:, 4]
        shaped = (height >= lowest) & (height <= highest) & (width >= 0.2 * height) & (width <= 4 * height)
        shaped &= (area >= 0.15 * width * height) & (area <= 0.9 * width * height)
        shaped[0] = False
        return np.asarray(shaped, np.bool_)

    def marked(self, marks: NDArray[np.uint8]) -> Gray:
        """A picture with each shape's mark in its pixels."""
        if self.labels.dtype == np.uint16:
            table = np.zeros(_MOST_LABELS + 1, np.uint8)
            table[: len(marks)] = marks
            return np.asarray(cv2.LUT(self.labels, table), np.uint8)
        return np.asarray(marks[self.labels], np.uint8)

    def mask(self, chosen: NDArray[np.bool_]) -> Gray:
        """A mask of some of them."""
        return self.marked(np.asarray(chosen, np.uint8) * 255)


def shapes(mask: Gray) -> Shapes:
    """The shapes of a mask, counted in 16 bits where these suffice: memory is what they cost."""
    before = mask[1:, :-1] | mask[:-1, 1:] | mask[:-1, :-1]  # a shape gets a number where ink has none before it
    begin = np.count_nonzero(mask[1:, 1:] & ~before) + mask.shape[0] + mask.shape[1]
    kind = cv2.CV_16U if begin < _MOST_LABELS else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return Shapes(np.asarray(labels), np.asarray(stats, np.int32))


def boxes_of(mask: Gray) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of each shape: where no more is wanted, outlines tell it sooner."""
    return [_box_of(outline) for outline in _outlines(mask)]


def wide_shapes(mask: Gray, least: float) -> Iterator[tuple[int, int, NDArray[np.bool_]]]:
    """Left and top of each shape that is at least so wide, and its pixels: labels for all would cost ten times as much."""
    for outline in _outlines(mask):
        left, top, width, height = _box_of(outline)
        if width >= least:
            _, labels = cv2.connectedComponents(mask[top : top + height, left : left + width], connectivity=8)
            x, y = outline[0, 0]
            yield left, top, np.asarray(labels == labels[y - top, x - left], np.bool_)


def _outlines(mask: Gray) -> list[NDArray[np.int32]]:
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return []
    return [np.asarray(line, np.int32) for line, (*_, parent) in zip(contours, tree[0], strict=True) if parent < 0]


def _box_of(outline: NDArray[np.int32]) -> tuple[int, int, int, int]:
    x, y, width, height = cv2.boundingRect(outline)
    return int(x), int(y), int(width), int(height)


@dataclass(frozen=True, slots=True)
class Letters:
    """The boxes of shapes that may be letters: left, top, width, height."""

    boxes: NDArray[np.int32]

    @property
    def height(self) -> float:
        """Their usual height in pixels; 0 where there are too few to tell."""
        if len(self.boxes) < _FEW:
            return 0.0
        counts = np.bincount(self.boxes[:, 3], minlength=_HIGHEST + 2).astype(float)
        weighed = counts * np.arange(len(counts))  # noise is many and small
        return float(np.argmax(np.convolve(weighed, [1, 2, 1], "same")))

    @property
    def run_down(self) -> bool:
        """True where letters have their nearest neighbour above or below: lines run down the page."""
        if len(self.boxes) < _FEW:
            return False
        sizes = self.boxes[:, 2:].max(axis=1)
        boxes = self.boxes[sizes > 0.6 * np.median(sizes)].astype(np.float32)
        middles = boxes[:, :2] + boxes[:, 2:] / 2
        sample = middles[:: max(1, len(middles) // 800)]
        shifts = np.abs(sample[:, None, :] - middles[None, :, :])
        distances = shifts.sum(axis=2)
        distances[distances < 1] = np.inf
        nearest = shifts[np.arange(len(sample)), distances.argmin(axis=1)]
        return bool((nearest[:, 1] > nearest[:, 0]).mean() > 0.5)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A page's ink at half its size, as three masks: all without grain; what may be letters; strokes that are longer."""

    ink: Gray
    letters: Gray
    strokes: Gray

    def upside_down(self) -> Sketch:
        """Turned by half a turn."""
        return Sketch(*(np.ascontiguousarray(np.rot90(mask, 2)) for mask in (self.ink, self.letters, self.strokes)))

    def without(self, boxes: Iterable[tuple[int, int, int, int]]) -> Sketch:
        """With nothing in some boxes, given in the page's pixels: left, top, right, bottom."""
        rest = [mask.copy() for mask in (self.ink, self.letters, self.strokes)]
        for left, top, right, bottom in boxes:
            for mask in rest:
                mask[top // HALF : -(-bottom // HALF), left // HALF : -(-right // HALF)] = 0
        return Sketch(*rest)


_LETTER, _STROKE, _LARGE = 1, 2, 4


def sketch(gray: Gray, letter: float) -> Sketch:
    """The sketch of a page whose usual letters are `letter` pixels high; dots stay where they stand beside a letter."""
    letter /= HALF
    small = cv2.resize(gray, None, fx=1 / HALF, fy=1 / HALF, interpolation=cv2.INTER_AREA)
    mask = _ink(np.asarray(small, np.uint8))  # reducing it has smoothed it
    found = shapes(mask)
    large = (found.side >= 0.4 * letter) & (found.stats[:, 4] >= 0.04 * letter * letter)
    long = found.side > _LONG * letter
    marks = _LETTER * found.letters(_LOWEST // HALF, _HIGHEST // HALF) + _STROKE * long + _LARGE * large
    marks[0] = 0
    marked = found.marked(np.asarray(marks, np.uint8))
    size = int(0.5 * letter) | 1
    near = cv2.dilate(_bit(marked, _LARGE), np.ones((size, size), np.uint8))
    return Sketch(np.asarray(cv2.bitwise_and(mask, near), np.uint8), _bit(marked, _LETTER), _bit(marked, _STROKE))


def _bit(marked: Gray, bit: int) -> Gray:
    return np.asarray(cv2.threshold(marked & bit, 0, 255, cv2.THRESH_BINARY)[1], np.uint8)
