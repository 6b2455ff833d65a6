"""Which recognised figures are beyond doubt: three readings that differ in language and size agree in every digit.

One model errs alike at every size: on a page of PT Serif it read 136 as 156 twice, with 95 and 96 % confidence. Models
of different languages err differently. So a figure stands only where the model for Russian and English read it on the
page, the one for English read the word alone, and the one for Russian read the whole line (which shows a digit that
was left out), the last two at a larger size, each with a confidence of at least `CONFIDENCE`.

docs/ocr.md has the calibration.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mailbot.reading.ocr.engine import Engine, Gray, Token
from mailbot.reading.ocr.strips import black_on_white, enlarged, read_strips

CONFIDENCE = 75.0
"""Per cent, as Tesseract gives it for a word."""

_LARGER = 4 / 3
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Reading:
    """A line or a cell as it was read: its picture, and its words in the picture's pixels."""

    picture: Gray
    tokens: tuple[Token, ...]


def digits(text: str) -> str:
    """The digits of a text, in order.

    >>> digits("№ 13, тел. 5-12")
    '13512'
    """
    return "".join(_DIGIT.findall(text))


def doubtful(readings: Sequence[Reading], engine: Engine, letter: float) -> list[tuple[bool, ...]]:
    """For each word of each line or cell: True where there is a digit in it that is not beyond doubt."""
    other = next((language for language in ("eng", "tat") if language in engine.languages), None)
    chosen = [index for index, reading in enumerate(readings) if any(map(_has_digit, reading.tokens))]
    result = [tuple(_has_digit(token) for token in reading.tokens) for reading in readings]
    if other is None:
        return result
    lines = _read([readings[index].picture for index in chosen], engine, "rus", letter)
    words = [(index, token) for index in chosen for token in readings[index].tokens if _has_digit(token)]
    alone = _read([_cut(readings[index].picture, token, letter) for index, token in words], engine, other, letter)
    second = dict(zip(((index, token) for index, token in words), alone, strict=True))
    for index, line in zip(chosen, lines, strict=True):
        tokens = readings[index].tokens
        same = _digits(line) == _digits(tokens) and _sure(line)
        result[index] = tuple(
            _has_digit(token) and not (same and _sure([token]) and _agrees(token, second[index, token]))
            for token in tokens
        )
    return result


def _read(pictures: Sequence[Gray], engine: Engine, language: str, letter: float) -> list[list[Token]]:
    pieces = [black_on_white(enlarged(picture, _LARGER)) for picture in pictures]
    return read_strips(pieces, engine, language, letter * _LARGER)


def _cut(picture: Gray, token: Token, letter: float) -> Gray:
    margin = max(2, int(0.15 * letter))
    top, left = max(0, token.top - margin), max(0, token.left - margin)
    piece = picture[top : token.top + token.height + margin, left : token.left + token.width + margin]
    return np.ascontiguousarray(piece)


def _has_digit(token: Token) -> bool:
    return _DIGIT.search(token.text) is not None


def _digits(tokens: Sequence[Token]) -> str:
    return digits("".join(token.text for token in tokens))


def _sure(tokens: Sequence[Token]) -> bool:
    return all(token.confidence >= CONFIDENCE for token in tokens if _has_digit(token))


def _agrees(token: Token, alone: Sequence[Token]) -> bool:
    return bool(alone) and _digits(alone) == digits(token.text) and _sure(alone)
