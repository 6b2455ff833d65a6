"""A scan or a photograph made ready for reading: the sheet cut out, even light, upright, letters of the right size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.shapes import Letters, Sketch, ink, shapes, sketch

LETTER = 30
"""The height, in pixels, that the most usual letters are brought to: capitals and figures, or large small letters."""

cv2.setNumThreads(1)  # its threads cost more than they gain here, and other readers want the processors

COARSE = 4
"""How many pixels one of the mask of dark areas stands for."""

_MOST_PIXELS = 24_000_000  # of a prepared page: A4 at 400 dpi is 15 million
_SMALL = 640  # side of the picture in which the sheet's outline is sought
_LEAST_SHEET = 0.25  # of the picture's area
_FULL = 0.985
_CONTRAST = 20  # grey levels between the sheet and what lies around it
_WHITE, _PAPER_SHARE = 200, 0.85  # a sheet is mostly as bright as paper
_TURNS = 6.0  # degrees: scans are skewed by less
_NARROW = 4  # columns of a mask that are one while its skew is sought


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready for reading.

    `sketch` is its ink. `dark` marks large dark areas of the original, at a `COARSE`th of the page's size: blots,
    photographs. `scale` is how many pixels of the page one pixel of the original became. `paper` is true where it
    looks like a sheet with something on it, not like a view.
    """

    gray: Gray
    sketch: Sketch
    dark: Gray
    scale: float
    paper: bool

    def upside_down(self) -> Prepared:
        """The page turned by half a turn."""
        gray, dark = (quarter_turns(picture, 2) for picture in (self.gray, self.dark))
        return replace(self, gray=gray, dark=dark, sketch=self.sketch.upside_down())


def page(picture: NDArray[np.uint8]) -> Prepared:
    """Cut out the sheet, even the light, set it upright (it may still stand on its head) and bring letters to size."""
    given = to_gray(picture)
    cut = sheet(given)
    gray, dark = even_light(cut), _dark(cut)
    paper = cut is not given or float((gray >= _WHITE).mean()) > _PAPER_SHARE
    found, mask = _letters(gray)
    if found.run_down:
        gray, dark = quarter_turns(gray, 1), quarter_turns(dark, 1)
        found, mask = _letters(gray)
    degrees = skew(mask)
    factor = LETTER / found.height if found.height else 1.0
    factor = min(factor, (_MOST_PIXELS / gray.size) ** 0.5)
    dark = 255 - rotated(255 - dark, degrees, factor)
    upright = rotated(gray, degrees, factor)
    return Prepared(upright, sketch(upright, LETTER), dark, factor, paper)


def _letters(gray: Gray) -> tuple[Letters, Gray]:
    """The shapes that may be letters, and a mask of them alone."""
    found = shapes(ink(gray))
    chosen = found.letters()
    return Letters(found.stats[chosen, :4]), found.mask(chosen)


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
    """A mask of areas that are dark through and through and larger than any letter, at a `COARSE`th of the size."""
    gray = _gray(cv2.resize(gray, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=cv2.INTER_AREA))
    size = max(9 // COARSE, min(gray.shape) // 40)
    black = (gray < 0.45 * np.median(gray)).astype(np.uint8) * 255
    return _gray(cv2.morphologyEx(black, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))))


def skew(mask: Gray) -> float:
    """By how many degrees the lines of letters in a mask rise to the right: roughly first, in a smaller picture."""
    small = _reduced(mask, 900)
    rough, fine = _narrowed(_reduced(small, 450)), _narrowed(small)
    best = max(np.arange(-_TURNS, _TURNS + 0.1, 1.0), key=lambda degrees: _contrast(rough, degrees))
    return float(max(np.arange(best - 0.8, best + 0.81, 0.2), key=lambda degrees: _contrast(fine, degrees)))


def _reduced(mask: Gray, side: int) -> Gray:
    factor = min(1.0, side / max(mask.shape))
    return _gray(cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def _narrowed(mask: Gray) -> Gray:
    """Some columns as one: the sums of rows that are compared come to the same."""
    height, width = mask.shape
    return _gray(cv2.resize(mask, (max(1, width // _NARROW), height), interpolation=cv2.INTER_AREA))


def _contrast(mask: Gray, degrees: float) -> float:
    """How much neighbouring rows of a narrowed mask differ once it is turned: most where text lies level."""
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D((_NARROW * width / 2, height / 2), -degrees, 1)
    matrix = matrix * np.array([[1, 1 / _NARROW, 1 / _NARROW], [_NARROW, 1, 1]])  # of its narrowed columns
    rows = cv2.reduce(cv2.warpAffine(mask, matrix, (width, height)), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)
    return float(np.square(np.diff(rows.ravel())).sum(dtype=np.float64))


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
