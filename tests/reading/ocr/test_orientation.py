"""Which way up a page lies: as little is read as tells it."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest

from mailbot.reading.ocr import orientation
from mailbot.reading.ocr.engine import Gray, Token
from mailbot.reading.ocr.orientation import Look, look
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.shapes import HALF

WIDE = 1200  # pixels of a line
CLEAR = [[("Управление", 95.0), ("образования", 95.0)]]
BROKEN = [[("Упр3влен", 60.0), ("и", 50.0)]]
NOISE = [[("винеля", 20.0), ("4", 30.0)]]


def _page(lines: int) -> tuple[Gray, Gray]:
    """A page and its sketch's letters: lines of words of six letters."""
    letters = np.zeros((100 * (lines + 1) // HALF, 1400 // HALF), np.uint8)
    for line in range(lines):
        for left in range(40, 40 + WIDE, 30):
            if (left - 40) // 30 % 7 != 6:
                top = 100 * line + 40
                letters[top // HALF : (top + LETTER) // HALF, left // HALF : (left + 26) // HALF] = 255
    return 255 - letters.repeat(HALF, axis=0).repeat(HALF, axis=1), letters


def _look(*answers: list[list[tuple[str, float]]], lines: int = 9) -> tuple[Look, list[tuple[int, int]]]:
    """What a look says that reads these, one after the other; and how many pieces it read, the widest of them."""
    asked: list[tuple[int, int]] = []
    waiting = iter(answers)

    def read(pieces: Sequence[Gray], *_: object) -> list[list[Token]]:
        asked.append((len(pieces), max(piece.shape[1] for piece in pieces)))
        return [[Token(text, 0, 0, 50, 30, sure) for text, sure in line] for line in next(waiting)]

    with patch.object(orientation, "read_strips", read):
        return look(*_page(lines), None), asked  # type: ignore[arg-type]


def test_a_few_clear_words_of_two_lines_are_enough() -> None:
    seen, asked = _look(CLEAR)
    assert (seen.upside_down, seen.lines, seen.words) == (False, 9, 2)
    ((count, width),) = asked
    assert count == 2
    assert width < WIDE / 2


def test_they_are_cut_between_two_words() -> None:
    _, asked = _look(CLEAR)
    words = (asked[0][1] - 2 * (LETTER // 3)) / 210  # six letters and a gap are 210 pixels
    assert words == pytest.approx(round(words), abs=0.2)


def test_more_is_read_where_they_are_not_clear() -> None:
    seen, asked = _look(BROKEN, CLEAR)
    assert not seen.upside_down
    assert [count for count, _ in asked] == [2, 8]


def test_and_upside_down_where_that_is_not_clear_either() -> None:
    seen, asked = _look(NOISE, NOISE, CLEAR)
    assert (seen.upside_down, seen.words) == (True, 2)
    assert [count for count, _ in asked] == [2, 8, 8]
    assert not _look(NOISE, BROKEN, NOISE)[0].upside_down


def test_clear_letters_that_are_too_few_tell_nothing() -> None:
    _, asked = _look([[("Итог", 96.0)]], CLEAR)
    assert len(asked) == 2


def test_without_lines_nothing_is_read() -> None:
    assert _look(lines=0) == (Look(upside_down=False, lines=0, words=0, confidence=0.0), [])
