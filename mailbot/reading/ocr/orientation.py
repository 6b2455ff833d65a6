"""Which way up a page lies, and whether it can be read at all: told from a few of its longest lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Engine, Gray, Token
from mailbot.reading.ocr.prepare import LETTER, ink, letters
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.words import known_words

_SAMPLE = 8
_LONGEST = 45  # letters of a line that are looked at
_SURE = 60.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look tells: is the page upside down, how many lines it has, how many words of a sample are known.

    `confidence` is the mean of the sample's words, weighed by their lengths, from 0 to 100.
    """

    upside_down: bool
    lines: int
    words: int
    confidence: float


def look(gray: Gray, engine: Engine) -> Look:
    """Read a few lines as they stand and upside down."""
    found = _lines(gray)
    if not found:
        return Look(upside_down=False, lines=0, words=0, confidence=0.0)
    pieces = [gray[top:bottom, left:right] for left, top, right, bottom in found[:_SAMPLE]]
    stands = _score(pieces, engine)
    if stands[0] > len(pieces):
        return Look(upside_down=False, lines=len(found), words=stands[0], confidence=stands[1])
    turned = _score([np.ascontiguousarray(np.rot90(piece, 2)) for piece in pieces], engine)
    upside_down = turned > stands if turned[0] != stands[0] else turned[1] > stands[1] + 10
    words, confidence = turned if upside_down else stands
    return Look(upside_down=upside_down, lines=len(found), words=words, confidence=confidence)


def _lines(gray: Gray) -> list[tuple[int, int, int, int]]:
    """Boxes of the text's lines, or parts of lines between wide gaps; the longest first."""
    mask = letters(ink(gray)).mask
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, int(1.2 * LETTER)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    margin = LETTER // 3
    boxes = [
        (
            max(0, left - margin),
            max(0, top - margin),
            left + min(width, _LONGEST * LETTER) + margin,
            top + height + margin,
        )
        for left, top, width, height, _ in stats[1:].tolist()
        if 0.5 * LETTER <= height <= 2.5 * LETTER and width >= 3 * LETTER
    ]
    return sorted(boxes, key=lambda box: (box[0] - box[2], box))


def _score(pieces: list[Gray], engine: Engine) -> tuple[int, float]:
    tokens = [token for found in read_strips([*map(black_on_white, pieces)], engine, "rus", LETTER) for token in found]
    text = " ".join(token.text for token in tokens if token.confidence >= _SURE)
    return known_words(text), _confidence(tokens)


def _confidence(tokens: list[Token]) -> float:
    total = sum(len(token.text) for token in tokens)
    return sum(len(token.text) * token.confidence for token in tokens) / total if total else 0.0
