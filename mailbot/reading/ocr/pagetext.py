"""The lines of text on a page, outside of its ruled tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mailbot.reading.ocr.confirm import settle
from mailbot.reading.ocr.doubt import Reading
from mailbot.reading.ocr.engine import Engine, Gray, Token, languages_of
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.seals import Ring, find_rings, without_lettering
from mailbot.reading.ocr.shapes import HALF, Sketch, boxes_of
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.positions import Line, Word, gather
from mailbot.reading.paper.words import known_words

_MARGIN = int(0.3 * LETTER)
_FRAME = LETTER  # pixels of paper around the ink that the layout is shown
_DPI = 300  # at which letters have that height, more or less
_MOST_LEFT = 80  # pieces that Tesseract's own layout has passed over
_CLEAR = 50.0  # per cent of confidence
_BRIGHT = 80.0
_GUESS = 40.0
_LEAST_CLEAR = 6  # letters


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page; the words that were found, read or not; how many of them could not be read."""

    lines: tuple[Line, ...]
    places: tuple[Line, ...]
    unread: int


def read_lines(gray: Gray, sketch: Sketch, reader: Engine) -> PageText:
    """The lines from the top down; what stamps and signatures leave behind is dropped, figures are confirmed.

    Tesseract's own layout serves to find the lines; they are read one by one, which it does better.
    """
    places = _places(sketch, reader)
    places += _passed_over(gray, sketch, places, reader)
    located = gather(map(as_word, places))
    boxes = [_box_of(line) for line in located]
    pieces = [np.ascontiguousarray(gray[top:bottom, left:right]) for left, top, right, bottom in boxes]
    found = read_strips([*map(black_on_white, pieces)], reader, languages_of(reader), LETTER)
    readings = [
        Reading(piece, tuple(tokens), len(line.words))
        for piece, tokens, line in zip(pieces, found, located, strict=True)
    ]
    rings = find_rings(sketch.strokes, LETTER)
    lines: list[Line] = []
    unread = 0
    for settled, (left, top, _, _) in zip(settle(readings, reader, LETTER), boxes, strict=True):
        moved = [replace(token, left=token.left + left, top=token.top + top) for token in settled.tokens]
        words = _kept(moved, settled.doubts, rings)
        if words:
            lines += gather(words)
            unread += sum(map(_is_unread, moved))
    return PageText(tuple(sorted(lines, key=lambda line: (line.top, line.left))), tuple(located), unread)


def as_word(token: Token) -> Word:
    """A token as a word with its box."""
    return Word(token.text, token.left, token.top, token.left + token.width, token.top + token.height)


def _places(sketch: Sketch, reader: Engine) -> list[Token]:
    """Where Tesseract's layout sees words, in the page's pixels; it is shown no more than the part with ink on it."""
    left, top, width, height = cv2.boundingRect(sketch.ink)
    if not width:
        return []
    part = 255 - sketch.ink[top : top + height, left : left + width]
    framed = cv2.copyMakeBorder(part, _FRAME, _FRAME, _FRAME, _FRAME, cv2.BORDER_CONSTANT, value=(255,))
    return [
        replace(
            place,
            left=HALF * max(0, place.left + left - _FRAME),
            top=HALF * max(0, place.top + top - _FRAME),
            width=HALF * place.width,
            height=HALF * place.height,
        )
        for place in reader.places(np.asarray(framed, np.uint8), _DPI // HALF)
    ]


def _passed_over(gray: Gray, sketch: Sketch, tokens: Sequence[Token], reader: Engine) -> list[Token]:
    """Words that Tesseract's layout left out, single figures above all: letters outside of all words."""
    mask = np.asarray(cv2.bitwise_and(sketch.letters, sketch.ink), np.uint8)
    for token in tokens:
        left, top = (max(0, side - 4) // HALF for side in (token.left, token.top))
        right, bottom = (token.left + token.width + 4) // HALF, (token.top + token.height + 4) // HALF
        mask[top:bottom, left:right] = 0
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, LETTER // 2 // HALF), np.uint8))
    boxes = [
        (
            max(0, HALF * left - _MARGIN),
            max(0, HALF * top - _MARGIN),
            HALF * (left + width) + _MARGIN,
            HALF * (top + height) + _MARGIN,
        )
        for left, top, width, height in boxes_of(np.asarray(joined, np.uint8))
        if 0.6 * LETTER <= HALF * height <= 1.6 * LETTER and HALF * width >= 0.2 * LETTER
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


def _kept(tokens: Sequence[Token], doubts: Sequence[bool], rings: Sequence[Ring]) -> list[Word]:
    """The words of a line without a seal's lettering; none where the line says nothing that is clearly read."""
    words = [replace(as_word(token), doubtful=doubt) for token, doubt in zip(tokens, doubts, strict=True)]
    known = [token.confidence >= _CLEAR and known_words(token.text) > 0 for token in tokens]
    clear = [token.confidence >= _BRIGHT and not doubt for token, doubt in zip(tokens, doubts, strict=True)]
    figures = [token.confidence >= _CLEAR and token.text.strip(".,:;()«»№").isdigit() for token in tokens]
    if not any(known) and not any(figures) and not _is_clearly_read(tokens):
        return []
    return without_lettering(words, clear, known, rings)


def _is_clearly_read(tokens: Sequence[Token]) -> bool:
    """True for a line of names alone that was read beyond doubt: «МБОУ «Зиреклинская ООШ»» holds no word of a dictionary."""
    letters = [(sum(letter.isalpha() for letter in token.text), token.confidence) for token in tokens]
    clear = sum(count for count, confidence in letters if count > 2 and confidence >= _BRIGHT)
    return clear >= max(_LEAST_CLEAR, 0.7 * sum(count for count, _ in letters))


def _is_unread(token: Token) -> bool:
    """True for a word that stands among words and was guessed at."""
    letters = sum(letter.isalpha() for letter in token.text)
    return letters > 2 and token.confidence < _GUESS and 0.5 * LETTER < token.height < 3 * LETTER


def _box_of(line: Line) -> tuple[int, int, int, int]:
    left, top = (max(0, int(min(getattr(word, side) for word in line.words)) - _MARGIN) for side in ("left", "top"))
    right, bottom = (int(max(getattr(word, side) for word in line.words)) + _MARGIN for side in ("right", "bottom"))
    return left, top, right, bottom
