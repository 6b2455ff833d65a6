"""The straight strokes of a page that are longer than letters', and where they may make a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.shapes import HALF, boxes_of

LINE = 2.6
"""In letter heights: shorter strokes are letters' own."""

LEAST_WIDTH, LEAST_HEIGHT = 6.0, 3.0
"""Of a table, in letter heights."""

LONG = 0.6
"""Of the table's side: a line so long tells how the table lies."""

THICK = 0.65
"""In letter heights: a line is no thicker."""

_NEARLY = 0.9  # of these is asked for where one only asks whether to look closely
_DARK = 12  # grey levels: a line is darker than the paper beside it by more
_GRAIN = 3.0  # and by so many times the picture's grain
_PALE = 0.6  # of that is asked of a line in a picture of half the size
_AROUND = 3.0  # in letter heights: what is looked at above and below a block of lines


def bands(gray: Gray, letter: float) -> list[tuple[int, int]]:
    """First and end of the rows in which there may be a table, told from the page at half its size: mostly there is none.

    Thin lines are pale there, so less is asked of them.
    """
    small = np.asarray(cv2.resize(gray, None, fx=1 / HALF, fy=1 / HALF, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = strokes(small, letter / HALF, _PALE)
    found: list[tuple[int, int]] = []
    for left, top, width, height in blocks(across, down, letter / HALF):
        if width < _NEARLY * LEAST_WIDTH * letter / HALF or height < _NEARLY * LEAST_HEIGHT * letter / HALF:
            continue
        part = (slice(top, top + height), slice(left, left + width))
        if _long_strokes(across[part]) < 2 or not _long_strokes(cv2.transpose(down[part])):
            continue
        margin = int(_AROUND * letter)
        first, last = max(0, HALF * top - margin), min(gray.shape[0], HALF * (top + height) + margin)
        if found and first < found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def blocks(across: Any, down: Any, letter: float) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of what lines make together, from the top down."""
    size = max(3, int(0.5 * letter)) | 1
    joined = cv2.morphologyEx(cv2.bitwise_or(across, down), cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [(int(x), int(y), int(w), int(h)) for x, y, w, h in map(cv2.boundingRect, contours)]
    return sorted(boxes, key=lambda box: (box[1], box[0]))


def _long_strokes(mask: Any) -> int:
    """How many strokes go along most of a block; a little less is asked than where a table is read."""
    return sum(width >= _NEARLY * LONG * mask.shape[1] for _, _, width, _ in boxes_of(mask))


def strokes(gray: Gray, letter: float, share: float = 1.0) -> tuple[Any, Any]:
    """Masks of the horizontal and the vertical strokes that are longer than letters'.

    Slight slant and small gaps are borne. `share` is how much of the usual darkness is asked of them.
    """
    beside = int(THICK * letter) | 1
    smooth = cv2.GaussianBlur(gray, (0, 0), 0.8)
    least = share * (_DARK + _GRAIN * float(np.median(cv2.absdiff(gray, smooth)[::4, ::4])))
    looked_at = smooth if share == 1.0 else gray
    dark = [
        cv2.threshold(
            cv2.morphologyEx(looked_at, cv2.MORPH_BLACKHAT, np.ones(shape, np.uint8)), least, 255, cv2.THRESH_BINARY
        )[1]
        for shape in ((beside, 1), (1, beside))
    ]
    across = _runs(dark[0], letter)
    down = cv2.transpose(_runs(cv2.transpose(cv2.bitwise_or(dark[1], across)), letter))  # crossings leave no gaps
    return _runs(cv2.bitwise_or(dark[0], down), letter), down


def _runs(mask: Any, letter: float) -> Any:
    """Those parts of a mask that go on horizontally for longer than letters do."""
    slanted = cv2.dilate(_closed(mask, 3), np.ones((3, 1), np.uint8))
    return _closed(_opened(slanted, max(15, int(LINE * letter))), max(3, int(0.8 * letter)))


def _opened(mask: Any, length: int) -> Any:
    """OpenCV's opening with a kernel of one row, at less than half the cost of OpenCV's own."""
    return _slid(_slid(mask, length, cv2.bitwise_and, 255), length, cv2.bitwise_or, 0)


def _closed(mask: Any, length: int) -> Any:
    """OpenCV's closing with a kernel of one row, likewise."""
    return _slid(_slid(mask, length, cv2.bitwise_or, 0), length, cv2.bitwise_and, 255)


def _slid(mask: Any, length: int, both: Callable[..., Any], beyond: int) -> Any:
    """What `both` makes of the `length` pixels around each: twice as many with each step."""
    before = length // 2
    strip = cv2.copyMakeBorder(mask, 0, 0, before, length - 1 - before, cv2.BORDER_CONSTANT, value=(beyond,))
    width, reach = strip.shape[1], 1
    while reach < length:
        step = min(reach, length - reach)
        width, reach = width - step, reach + step
        both(strip[:, :width], strip[:, step : width + step], strip[:, :width])  # in place: it reads ahead of itself
    return strip[:, :width]
