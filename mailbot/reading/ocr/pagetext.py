"""The lines of text on a page, outside of its ruled tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from mailbot.reading.ocr.confirm import Reading, settle
from mailbot.reading.ocr.engine import SPARSE, Engine, Gray, Token, languages_of
from mailbot.reading.ocr.prepare import LETTER, ink, letters
from mailbot.reading.ocr.seals import Ring, find_rings, without_lettering
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.positions import Line, Word, gather
from mailbot.reading.paper.words import known_words

_MARGIN = int(0.3 * LETTER)
_MOST_LEFT = 80  # pieces that Tesseract's own layout has passed over
_CLEAR = 50.0  # per cent of confidence
_BRIGHT = 80.0


def read_lines(gray: Gray, reader: Engine) -> list[Line]:
    """The lines from the top down; what stamps and signatures leave behind is dropped, figures are confirmed."""
    tokens = reader.read(gray, SPARSE, languages_of(reader))
    tokens += _passed_over(gray, tokens, reader)
    words = {word: token for token in tokens if (word := as_word(token)).text}
    rings = find_rings(ink(gray), LETTER)
    lines = [_without_seals(line, words, rings) for line in gather(words)]
    lines = [line for line in lines if line.words and _says_something(line, words)]
    readings = [_reading(gray, line, [words[word] for word in line.words]) for line in lines]
    settled = settle(readings, reader, LETTER)
    return [
        Line(
            tuple(
                replace(word, text=token.text, doubtful=doubt)
                for word, token, doubt in zip(line.words, found.tokens, found.doubts, strict=True)
            )
        )
        for line, found in zip(lines, settled, strict=True)
    ]


def as_word(token: Token) -> Word:
    """A token as a word with its box."""
    return Word(token.text, token.left, token.top, token.left + token.width, token.top + token.height)


def _passed_over(gray: Gray, tokens: Sequence[Token], reader: Engine) -> list[Token]:
    """Words that Tesseract's layout left out, single figures above all: letters outside of all words."""
    mask = letters(ink(gray)).mask
    for token in tokens:
        mask[
            max(0, token.top - 4) : token.top + token.height + 4, max(0, token.left - 4) : token.left + token.width + 4
        ] = 0
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, LETTER // 2), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [
        (max(0, left - _MARGIN), max(0, top - _MARGIN), left + width + _MARGIN, top + height + _MARGIN)
        for left, top, width, height, _ in stats[1:].tolist()
        if 0.6 * LETTER <= height <= 1.6 * LETTER and width >= 0.2 * LETTER
    ]
    if len(boxes) > _MOST_LEFT:
        return []
    pieces = [black_on_white(gray[top:bottom, left:right]) for left, top, right, bottom in boxes]
    found = read_strips(pieces, reader, languages_of(reader), LETTER)
    return [
        replace(token, left=token.left + left, top=token.top + top)
        for (left, top, _, _), inside in zip(boxes, found, strict=True)
        for token in inside
        if token.confidence >= _CLEAR and (known_words(token.text) or any(map(str.isdigit, token.text)))
    ]


def _without_seals(line: Line, tokens: dict[Word, Token], rings: Sequence[Ring]) -> Line:
    if not rings:
        return line
    clear = [tokens[word].confidence >= _BRIGHT for word in line.words]
    known = [sure and known_words(word.text) > 0 for word, sure in zip(line.words, clear, strict=True)]
    return Line(tuple(without_lettering(line, clear, known, rings)))


def _says_something(line: Line, tokens: dict[Word, Token]) -> bool:
    """True for a line with a clear word or figure in it; seals and signatures have neither."""
    clear = [word.text for word in line.words if tokens[word].confidence >= _CLEAR]
    return known_words(" ".join(clear)) > 0 or any(text.strip(".,:;()«»№").isdigit() for text in clear)


def _reading(gray: Gray, line: Line, tokens: Sequence[Token]) -> Reading:
    left, top = (max(0, int(min(getattr(word, side) for word in line.words)) - _MARGIN) for side in ("left", "top"))
    right, bottom = (int(max(getattr(word, side) for word in line.words)) + _MARGIN for side in ("right", "bottom"))
    moved = tuple(replace(token, left=token.left - left, top=token.top - top) for token in tokens)
    return Reading(np.ascontiguousarray(gray[top:bottom, left:right]), moved)
