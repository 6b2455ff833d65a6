"""Readings must agree before a figure stands; no reading is asked for that could change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest

from mailbot.reading.ocr import confirm
from mailbot.reading.ocr.confirm import Settled, settle
from mailbot.reading.ocr.doubt import Reading
from mailbot.reading.ocr.engine import Gray, Token

SHEET = np.full((40, 400), 255, np.uint8)


def _tokens(text: str, confidence: float = 95.0) -> list[Token]:
    return [Token(word, 60 * place, 5, 50, 30, confidence) for place, word in enumerate(text.split())]


class _Reader:
    """Reads what it is told to, and remembers what it was asked."""

    languages = frozenset({"rus", "eng"})

    def __init__(self, answers: dict[tuple[str, str], str]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def strips(self, pieces: Sequence[Gray], _: object, languages: str, letter: float) -> list[list[Token]]:
        """Stand in for `read_strips`: «larger» is told by the letters' height, a word alone by its language."""
        kind = "alone" if languages == "eng" else "larger" if letter > 30 else "third"
        self.asked += [kind] * len(pieces)
        return [_tokens(self._answers.get((languages, kind), "")) for _ in pieces]


def _settle(reader: _Reader, first: str, *, places: int = 0, names: bool = False, confidence: float = 95.0) -> Settled:
    with patch.object(confirm, "read_strips", reader.strips):
        reading = Reading(SHEET, tuple(_tokens(first, confidence)), places)
        (settled,) = settle([reading], reader, 30.0, names=names)  # type: ignore[arg-type]
    return settled


def test_known_words_alone_are_not_read_again() -> None:
    reader = _Reader({})
    settled = _settle(reader, "сообщаем о подписчиках", places=3)
    assert (reader.asked, settled.doubts) == ([], (False, False, False))


@pytest.mark.parametrize(
    ("first", "places", "confidence"),
    [
        ("сообщаем о подписчиках", 4, 95.0),  # the layout saw one more: a figure may be missing
        ("сообщаем о подписчиках", 0, 95.0),  # nobody looked
        ("сообщаем о подписчиках", 3, 60.0),
        ("подписчиков И", 2, 95.0),  # 71 perhaps
        ("подписчиков 71", 2, 95.0),
        ("Шадкинская школа", 2, 95.0),
        ("сообщаем № подписчиков", 3, 95.0),
        ("Bcero подписчиков", 2, 95.0),
    ],
)
def test_anything_else_is(first: str, places: int, confidence: float) -> None:
    reader = _Reader({("rus", "larger"): first})
    _settle(reader, first, places=places, confidence=confidence)
    assert "larger" in reader.asked


def test_a_figure_stands_where_all_readings_agree() -> None:
    reader = _Reader({("rus", "larger"): "71", ("eng", "alone"): "71"})
    assert _settle(reader, "школа 71", places=2).doubts == (False, False)


@pytest.mark.parametrize(
    ("larger", "alone", "asked"),
    [("11", "71", ["larger"]), ("71", "11", ["larger", "alone"]), ("", "71", ["larger"])],
)
def test_a_figure_is_doubtful_where_one_differs_and_then_no_more_are_asked(
    larger: str, alone: str, asked: list[str]
) -> None:
    reader = _Reader({("rus", "larger"): larger, ("eng", "alone"): alone})
    assert _settle(reader, "школа 71", places=2).doubts == (False, True)
    assert reader.asked == asked


def test_a_clear_figure_in_a_cell_needs_no_third_reading_of_letters() -> None:
    reader = _Reader({("rus", "larger"): "71", ("eng", "alone"): "71"})
    assert _settle(reader, "71", names=True).doubts == (False,)
    assert reader.asked == ["larger", "alone"]


def test_a_name_in_a_cell_wants_three_readings() -> None:
    reader = _Reader({("rus", "larger"): "Шадкинская", ("rus", "third"): "Шадкинская"})
    assert _settle(reader, "Шадкинская", names=True).doubts == (False,)
    assert "third" in reader.asked
    reader = _Reader({("rus", "larger"): "Шадкинская", ("rus", "third"): "Шадринская"})
    assert _settle(reader, "Шадкинская", names=True).doubts == (True,)


@pytest.mark.parametrize("cell", ["Детский сад", "Школа №5"])
def test_known_words_in_a_cell_that_read_alike_twice_want_no_third_reading(cell: str) -> None:
    reader = _Reader({("rus", "larger"): cell, ("eng", "alone"): "5"})
    assert not any(_settle(reader, cell, names=True).doubts)
    assert "third" not in reader.asked
    reader = _Reader({("rus", "larger"): "Другое", ("eng", "alone"): "5"})
    assert all(_settle(reader, cell, names=True).doubts)
    assert "third" in reader.asked


def test_ink_without_words_shows_as_something_unread() -> None:
    settled = _settle(_Reader({}), "", places=1)
    assert [(token.text, doubt) for token, doubt in zip(settled.tokens, settled.doubts, strict=True)] == [("?", True)]


def test_the_rest_of_a_line_stays_as_it_was_read_around_what_is_read_again() -> None:
    reader = _Reader({("rus", "larger"): "71", ("eng", "alone"): "71"})
    settled = _settle(reader, "школа сообщает всего подписчиков 71 человек всего доброго", places=8)
    assert [token.left for token in settled.tokens] == [0, 60, 120, 180, 240, 300, 360, 420]
    assert settled.doubts == (False,) * 8
    reader = _Reader({("rus", "larger"): "11"})
    settled = _settle(reader, "школа сообщает всего подписчиков 71 человек всего доброго", places=8)
    assert settled.doubts == (*(False,) * 4, True, *(False,) * 3)


@pytest.mark.parametrize("word", ["№174", "№174»", "№174,"])
def test_of_a_number_with_its_sign_the_digits_alone_are_read_without_russian(word: str) -> None:
    piece = np.full((60, 300), 255, np.uint8)
    piece[10:50, 10:40] = piece[10:40, 45:55] = 0  # «№» is two shapes
    for left in (70, 100, 130):
        piece[10:40, left : left + 20] = 0
    piece[20:36, 160:170] = piece[20:36, 175:185] = 0
    cut = confirm._cut(piece, Token(word, 8, 8, 200, 44, 95.0), 30.0)
    assert cut.shape[1] == 300 - 70 + 4 - (300 - 8 - 200 - 4)


def test_a_word_that_is_told_outside_of_the_picture_is_doubtful_and_raises_nothing() -> None:
    reader = _Reader({("rus", "larger"): "34", ("rus", "third"): "34"})
    with patch.object(confirm, "read_strips", reader.strips):
        reading = Reading(SHEET, (Token("34", 900, 5, 50, 30, 95.0),))
        (settled,) = settle([reading], reader, 30.0, names=False)  # type: ignore[arg-type]
    assert settled.doubts == (True,)
