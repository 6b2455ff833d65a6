"""Small pieces of a page (cells, lines, words) put under one another on a strip of paper and read in one go.

Tesseract then has no columns to find and no lines to lose, and a table of eighty cells costs one call.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mailbot.reading.ocr.engine import BLOCK, Engine, Gray, Token

_PAPER = 250
_LONGEST = 5000  # pixels of one strip
_ALIKE = 0.4  # of the widest piece of a strip


def read_strips(pieces: Sequence[Gray], engine: Engine, languages: str, letter: float) -> list[list[Token]]:
    """The words of each piece, in the piece's own pixels. `letter` is the height of small letters."""
    found: list[list[Token]] = [[] for _ in pieces]
    gap, margin = int(letter), int(2 * letter)
    for batch in _batches(pieces, gap):
        tops = np.cumsum([gap, *(pieces[index].shape[0] + gap for index in batch)])
        width = max(pieces[index].shape[1] for index in batch)
        strip = np.full((int(tops[-1]) + gap, width + 2 * margin), _PAPER, np.uint8)
        for top, index in zip(tops, batch, strict=False):
            piece = pieces[index]
            strip[top : top + piece.shape[0], margin : margin + piece.shape[1]] = piece
        for token in engine.read(strip, BLOCK, languages):
            place = int(np.searchsorted(tops, token.top + token.height / 2 + gap / 2, side="right")) - 1
            if 0 <= place < len(batch):
                found[batch[place]].append(_moved(token, -margin, -int(tops[place])))
    return found


def black_on_white(piece: Gray) -> Gray:
    """A piece in two colours, divided where its own shades divide best (Otsu)."""
    smooth = cv2.GaussianBlur(piece, (0, 0), 0.7)
    return np.asarray(cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def enlarged(piece: Gray, factor: float) -> Gray:
    """A piece at another size."""
    return np.asarray(cv2.resize(piece, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def _batches(pieces: Sequence[Gray], gap: int) -> list[list[int]]:
    """The numbers of the pieces that go on one strip each, wide ones apart from narrow ones: paper costs time as well."""
    batches: list[list[int]] = []
    room, narrowest = 0, 0.0
    for index in sorted(range(len(pieces)), key=lambda index: -pieces[index].shape[1]):
        height, width = pieces[index].shape
        if height + gap > room or width < narrowest:
            batches.append([])
            room, narrowest = _LONGEST, _ALIKE * width
        batches[-1].append(index)
        room -= height + gap
    return [sorted(batch) for batch in batches]


def _moved(token: Token, right: int, down: int) -> Token:
    return Token(token.text, token.left + right, token.top + down, token.width, token.height, token.confidence)
