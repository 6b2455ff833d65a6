"""Round seals: their lettering runs in circles and reads as noise, figures included."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.shapes import HALF
from mailbot.reading.paper.positions import Word

_LEAST, _MOST = 3.0, 20.0  # of a seal's radius, in letter heights
_MOST_RINGS = 10
_SMALL = 900  # side of the picture in which circles are sought
_DRAWN = 0.6  # of a circle: so much of it is ink

Ring = tuple[float, float, float, float]
"""The box around a seal: left, top, right, bottom."""


def find_rings(strokes: Gray, letter: float) -> list[Ring]:
    """The circles of a seal's size among a sketch's strokes, however broken; in pixels of the page."""
    factor = min(1.0 / HALF, _SMALL / (HALF * max(strokes.shape)))
    least, most = int(_LEAST * letter * factor), int(_MOST * letter * factor)
    if least < 5:
        return []
    small = cv2.resize(strokes, None, fx=factor * HALF, fy=factor * HALF, interpolation=cv2.INTER_AREA)
    found = cv2.HoughCircles(
        cv2.GaussianBlur(small, (0, 0), 1),
        cv2.HOUGH_GRADIENT,
        1,
        least,
        param1=100,
        param2=25,
        minRadius=least,
        maxRadius=most,
    )
    drawn = np.asarray(cv2.dilate((small > 40).astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    circles = [] if found is None else found.reshape(-1, 3)[:_MOST_RINGS].tolist()
    return [
        ((x - r) / factor, (y - r) / factor, (x + r) / factor, (y + r) / factor)
        for x, y, r in circles
        if _covered(drawn, x, y, r) > _DRAWN
    ]


def _covered(drawn: Gray, x: float, y: float, radius: float) -> float:
    """Which part of a circle's line is ink."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    columns = np.clip((x + radius * np.cos(angles)).astype(int), 0, drawn.shape[1] - 1)
    rows = np.clip((y + radius * np.sin(angles)).astype(int), 0, drawn.shape[0] - 1)
    return float(drawn[rows, columns].mean())


def without_lettering(
    words: Sequence[Word], clear: Sequence[bool], known: Sequence[bool], rings: Sequence[Ring]
) -> list[Word]:
    """The words of a line without those of a seal: unclear ones inside a ring.

    Where a seal stands on a line of text, told by two known words beside it, what it covers stays, however unclear.
    """
    inside = [any(_inside(word, ring) for ring in rings) for word in words]
    if sum(sure and not within for sure, within in zip(known, inside, strict=True)) > 1:
        return list(words)
    return [word for word, sure, within in zip(words, clear, inside, strict=True) if sure or not within]


def _inside(word: Word, ring: Ring) -> bool:
    left, top, right, bottom = ring
    x = (word.left + word.right - left - right) / (right - left)
    y = (word.top + word.bottom - top - bottom) / (bottom - top)
    return x * x + y * y < 1.1
