"""A scan or a photograph made ready for reading: the sheet cut out, even light, upright, letters of the right size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mailbot.reading.ocr.engine import Gray

LETTER = 30
"""The height, in pixels, that the most usual letters are brought to: capitals and figures, or large small letters."""

_MOST_PIXELS = 24_000_000  # of a prepared page: A4 at 400 dpi is 15 million
_SMALL = 640  # side of the picture in which the sheet's outline is sought
_LEAST_SHEET = 0.25  # of the picture's area
_FULL = 0.985
_CONTRAST = 20  # grey levels between the sheet and what lies around it
_WHITE, _PAPER_SHARE = 200, 0.85  # a sheet is mostly as bright as paper
_FEW = 20  # letters: fewer tell nothing of the page
_HIGHEST = 120  # pixels: larger shapes are pictures
_TURNS = 6.0  # degrees: scans are skewed by less


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready for reading.

    `dark` marks large dark areas of the original: blots, photographs. `scale` is how many pixels of the page one pixel
    of the original became. `paper` is true where it looks like a sheet with something on it, not like a view.
    """

    gray: Gray
    dark: Gray
    scale: float
    paper: bool

    def upside_down(self) -> Prepared:
        """The page turned by half a turn."""
        return replace(self, gray=quarter_turns(self.gray, 2), dark=quarter_turns(self.dark, 2))


def page(picture: NDArray[np.uint8]) -> Prepared:
    """Cut out the sheet, even the light, set it upright (it may still stand on its head) and bring letters to size."""
    given = to_gray(picture)
    cut = sheet(given)
    gray, dark = even_light(cut), _dark(cut)
    paper = cut is not given or float((gray >= _WHITE).mean()) > _PAPER_SHARE
    found = letters(ink(gray))
    if found.run_down:
        gray, dark = quarter_turns(gray, 1), quarter_turns(dark, 1)
        found = letters(ink(gray))
    degrees = skew(found.mask)
    factor = LETTER / found.height if found.height else 1.0
    factor = min(factor, (_MOST_PIXELS / gray.size) ** 0.5)
    dark = 255 - rotated(255 - dark, degrees, factor)
    return Prepared(rotated(gray, degrees, factor), dark, factor, paper)


def to_gray(picture: NDArray[np.uint8]) -> Gray:
    """Grey levels of a grey, BGR or BGRA picture; what is transparent is white."""
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 4:
        alpha = picture[:, :, 3:].astype(np.float32) / 255
        picture = (picture[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return _gray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def sheet(gray: Gray) -> Gray:
    """The sheet of paper in a photograph, seen from straight above; the picture itself where there is no outline."""
    corners = _outline(gray)
    if corners is None:
        return gray
    top, right, bottom, left = (float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4))
    width, height = int(max(top, bottom)), int(max(left, right))
    margin = 0.006 * max(width, height)  # the paper's own edge would look like a line
    target = np.array(
        [[-margin, -margin], [width + margin, -margin], [width + margin, height + margin], [-margin, height + margin]],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return _gray(cv2.warpPerspective(gray, matrix, (width, height), flags=cv2.INTER_CUBIC))


def even_light(gray: Gray) -> Gray:
    """Shadows and tinted light taken out: each pixel divided by the brightness of the paper around it."""
    height, width = gray.shape
    factor = min(1.0, 500 / max(height, width))
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    size = max(9, int(max(small.shape) / 28)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, size), (0, 0), size / 2)
    background = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return _gray(cv2.divide(gray, np.maximum(background, 1), scale=245))


def _dark(gray: Gray) -> Gray:
    """A mask of areas that are dark through and through and larger than any letter."""
    size = max(9, min(gray.shape) // 40)
    black = (gray < 0.45 * np.median(gray)).astype(np.uint8) * 255
    return _gray(cv2.morphologyEx(black, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))))


def ink(gray: Gray) -> Gray:
    """A mask of what is darker than the paper around it: 255 for ink, 0 for paper."""
    block = max(15, min(gray.shape) // 30) | 1
    return _gray(
        cv2.adaptiveThreshold(
            cv2.medianBlur(gray, 3), 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, min(block, 75), 15
        )
    )


@dataclass(frozen=True, slots=True)
class Letters:
    """The shapes on a page that may be letters: their boxes (left, top, width, height), and a mask of them alone."""

    boxes: NDArray[np.int32]
    mask: Gray

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


def letters(mask: Gray) -> Letters:
    """The shapes of an ink mask that are neither specks nor lines nor pictures."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    shaped = (height >= 5) & (height <= _HIGHEST) & (width >= 0.2 * height) & (width <= 4 * height)
    shaped &= (area >= 0.15 * width * height) & (area <= 0.9 * width * height)
    shaped[0] = False
    return Letters(stats[shaped, :4].astype(np.int32), np.asarray(shaped[labels] * 255, np.uint8))


def without_grain(mask: Gray) -> Gray:
    """An ink mask without specks; dots stay where they stand beside a letter."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    large = (stats[:, 2:4].max(axis=1) >= 0.4 * LETTER) & (stats[:, 4] >= 0.04 * LETTER * LETTER)
    large[0] = False
    kept = _gray(large[labels] * 255)
    size = int(0.5 * LETTER) | 1
    return _gray(cv2.bitwise_and(mask, cv2.dilate(kept, np.ones((size, size), np.uint8))))


def skew(mask: Gray) -> float:
    """By how many degrees the lines of letters in a mask rise to the right."""
    factor = min(1.0, 900 / max(mask.shape))
    small = cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float32)
    height, width = small.shape

    def strength(degrees: float) -> float:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
        rows = cv2.warpAffine(small, matrix, (width, height)).sum(axis=1)
        return float(np.square(np.diff(rows)).sum())

    best = max(np.arange(-_TURNS, _TURNS + 0.1, 1.0), key=strength)
    return float(max(np.arange(best - 0.8, best + 0.81, 0.2), key=strength))


def rotated(gray: Gray, degrees: float, factor: float) -> Gray:
    """Turn a picture clockwise and enlarge or reduce it, in one step, as each blurs it; opening corners are white."""
    if abs(degrees) < 0.1 and abs(factor - 1) < 0.05:
        return gray
    if factor < 1:
        gray = _gray(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
        factor = 1.0
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, factor)
    matrix[:, 2] += (factor - 1) * width / 2, (factor - 1) * height / 2
    size = (int(width * factor), int(height * factor))
    return _gray(cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255))


def quarter_turns(gray: Gray, turns: int) -> Gray:
    """Turn a picture clockwise by so many right angles."""
    return np.ascontiguousarray(np.rot90(gray, -turns))


def _outline(gray: Gray) -> NDArray[np.float64] | None:
    """The sheet's corners, clockwise from the upper left; None where no bright four-cornered sheet stands out."""
    factor = min(1.0, _SMALL / max(gray.shape))
    small = cv2.GaussianBlur(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), (7, 7), 0)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    share = cv2.contourArea(largest) / small.size
    hull = cv2.convexHull(largest)
    four = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True)
    if not _LEAST_SHEET < share < _FULL or len(four) != 4:
        return None
    if cv2.contourArea(largest) < 0.93 * cv2.contourArea(four):
        return None
    inside = np.zeros_like(small)
    cv2.fillPoly(inside, [four], 255)
    outside = small[inside == 0]
    if not outside.size or float(small[inside > 0].mean()) - float(outside.mean()) < _CONTRAST:
        return None
    corners = _clockwise(four.reshape(4, 2).astype(np.float64) / factor)
    edge = 0.015 * max(gray.shape)
    away = (corners > edge) & (corners < np.array(gray.shape[::-1]) - edge)
    return corners if away.all(axis=1).sum() >= 2 else None  # else it is a part of a screen


def _clockwise(points: NDArray[np.float64]) -> NDArray[np.float64]:
    total, difference = points.sum(axis=1), points[:, 1] - points[:, 0]
    order = [total.argmin(), difference.argmin(), total.argmax(), difference.argmax()]
    return points[order]


def _gray(picture: Any) -> Gray:
    """OpenCV's result; its own type is wider."""
    return np.asarray(picture, np.uint8)
