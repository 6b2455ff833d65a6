"""Pieces on strips of paper: each gets its own words back, and no narrow one lies on a wide strip."""

from __future__ import annotations

import numpy as np

from mailbot.reading.ocr.engine import Gray, Token
from mailbot.reading.ocr.strips import read_strips

LETTER = 30.0


class _Reader:
    """Reads the ink's shade as a word, for each block of rows with ink."""

    languages = frozenset({"rus"})

    def __init__(self) -> None:
        self.strips: list[tuple[int, int]] = []

    def read(self, picture: Gray, *_: object) -> list[Token]:
        self.strips.append(picture.shape)
        inked = np.flatnonzero((picture < 200).any(axis=1))
        starts = [row for row in inked if row - 1 not in inked]
        return [Token(str(picture[row].min()), int(np.argmin(picture[row])), int(row), 20, 30, 90.0) for row in starts]


def _piece(shade: int, width: int) -> Gray:
    piece = np.full((40, width), 255, np.uint8)
    piece[5:35, 10:30] = shade
    return piece


def test_wide_and_narrow_pieces_lie_on_strips_of_their_own() -> None:
    reader = _Reader()
    widths = [100, 1500, 60, 1000, 90]
    found = read_strips([_piece(n, width) for n, width in enumerate(widths)], reader, "rus", LETTER)  # type: ignore[arg-type]
    assert [[token.text for token in tokens] for tokens in found] == [["0"], ["1"], ["2"], ["3"], ["4"]]
    assert {(tokens[0].left, tokens[0].top) for tokens in found} == {(10, 5)}
    assert [width for _, width in reader.strips] == [1500 + 120, 100 + 120]


def test_a_strip_has_an_end() -> None:
    reader = _Reader()
    found = read_strips([_piece(0, 100)] * 200, reader, "rus", LETTER)  # type: ignore[arg-type]
    assert [len(tokens) for tokens in found] == [1] * 200
    assert max(height for height, _ in reader.strips) < 5200


def test_nothing_is_read_of_nothing() -> None:
    reader = _Reader()
    assert read_strips([], reader, "rus", LETTER) == []  # type: ignore[arg-type]
    assert reader.strips == []
