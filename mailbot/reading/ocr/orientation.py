"""Which way up a page lies, and whether it can be read at all: told from a few of its longest lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mailbot.reading.ocr.engine import RUSSIAN, Engine, Gray, Token
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.shapes import HALF, boxes_of
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.words import known_words

_SAMPLE = 8
_LONGEST = 45  # letter heights of a line that are looked at
_GLANCE, _GLANCE_LONGEST = 2, 16  # lines that are looked at first, and letter heights of each
_CLEAR, _LEAST_LETTERS = 80.0, 15  # of a look: letters that stand on their heads come to 77 at most, and mostly to 30
_GAP = 0.25  # in letter heights: between words
_SURE = 60.0

_Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in the page's pixels."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look tells: is the page upside down, how many lines it has, how many words of a sample are known.

    `confidence` is the mean of the sample's words, weighed by their lengths, from 0 to 100.
    """

    upside_down: bool
    lines: int
    words: int
    confidence: float


def look(gray: Gray, letters: Gray, engine: Engine) -> Look:
    """Read a little as it stands; where that leaves a doubt, more of it, and upside down. `letters` is the sketch's mask."""
    found = _lines(letters)
    if not found:
        return Look(upside_down=False, lines=0, words=0, confidence=0.0)
    for boxes in ([_begun(box, letters) for box in found[:_GLANCE]], found[:_SAMPLE]):
        pieces = _pieces(gray, boxes)
        tokens = _read(pieces, engine)
        stands = _score(tokens)
        if stands[1] >= _CLEAR and sum(len(token.text) for token in tokens) >= _LEAST_LETTERS:
            return Look(upside_down=False, lines=len(found), words=stands[0], confidence=stands[1])
    turned = _score(_read([np.ascontiguousarray(np.rot90(piece, 2)) for piece in pieces], engine))
    upside_down = turned > stands if turned[0] != stands[0] else turned[1] > stands[1] + 10
    words, confidence = turned if upside_down else stands
    return Look(upside_down=upside_down, lines=len(found), words=words, confidence=confidence)


def _lines(letters: Gray) -> list[_Box]:
    """Boxes of the text's lines, or parts of lines between wide gaps; the longest first."""
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((1, int(1.2 * LETTER / HALF)), np.uint8))
    margin = LETTER // 3
    boxes = [
        (
            max(0, HALF * left - margin),
            max(0, HALF * top - margin),
            HALF * (left + width) + margin,
            HALF * (top + height) + margin,
        )
        for left, top, width, height in boxes_of(np.asarray(joined, np.uint8))
        if 0.5 * LETTER <= HALF * height <= 2.5 * LETTER and HALF * width >= 3 * LETTER
    ]
    return sorted(boxes, key=lambda box: (box[0] - box[2], box))


def _begun(box: _Box, letters: Gray) -> _Box:
    """The first words of a line: a word that is cut reads badly whichever way it stands."""
    left, top, right, bottom = box
    end = left + _GLANCE_LONGEST * LETTER
    if right <= end:
        return box
    inked = np.flatnonzero(letters[top // HALF : bottom // HALF, left // HALF : end // HALF].any(axis=0))
    gaps = inked[:-1][np.diff(inked) > _GAP * LETTER / HALF]
    return left, top, left + HALF * int(gaps[-1]) + LETTER // 4 if len(gaps) else end, bottom


def _pieces(gray: Gray, boxes: Sequence[_Box]) -> list[Gray]:
    return [gray[top:bottom, left : min(right, left + _LONGEST * LETTER)] for left, top, right, bottom in boxes]


def _read(pieces: list[Gray], engine: Engine) -> list[Token]:
    return [token for found in read_strips([*map(black_on_white, pieces)], engine, RUSSIAN, LETTER) for token in found]


def _score(tokens: list[Token]) -> tuple[int, float]:
    text = " ".join(token.text for token in tokens if token.confidence >= _SURE)
    return known_words(text), _confidence(tokens)


def _confidence(tokens: list[Token]) -> float:
    total = sum(len(token.text) for token in tokens)
    return sum(len(token.text) * token.confidence for token in tokens) / total if total else 0.0
