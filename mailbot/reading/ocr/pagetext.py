"""The lines of text on a page, outside of its ruled tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mailbot.reading.ocr.confirm import Reading, settle
from mailbot.reading.ocr.engine import RUSSIAN, SPARSE, Engine, Gray, Token, languages_of
from mailbot.reading.ocr.prepare import LETTER, ink, letters, without_grain
from mailbot.reading.ocr.seals import Ring, find_rings, without_lettering
from mailbot.reading.ocr.strips import black_on_white, read_strips
from mailbot.reading.paper.positions import Line, Word, gather
from mailbot.reading.paper.words import known_words

_MARGIN = int(0.3 * LETTER)
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


def read_lines(gray: Gray, reader: Engine) -> PageText:
    """The lines from the top down; what stamps and signatures leave behind is dropped, figures are confirmed.

    Tesseract's own layout serves to find the lines; they are read one by one, which it does better.
    """
    mask = without_grain(ink(gray))
    places = reader.read(255 - mask, SPARSE, RUSSIAN)
    places += _passed_over(gray, mask, places, reader)
    located = gather(map(as_word, places))
    boxes = [_box_of(line) for line in located]
    pieces = [np.ascontiguousarray(gray[top:bottom, left:right]) for left, top, right, bottom in boxes]
    found = read_strips([*map(black_on_white, pieces)], reader, languages_of(reader), LETTER)
    readings = [Reading(piece, tuple(tokens)) for piece, tokens in zip(pieces, found, strict=True)]
    rings = find_rings(mask, LETTER)
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


def _passed_over(gray: Gray, ink_mask: Gray, tokens: Sequence[Token], reader: Engine) -> list[Token]:
    """Words that Tesseract's layout left out, single figures above all: letters outside of all words."""
    mask = letters(ink_mask).mask
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
