"""What is read again: no more of a line than holds something that may be a figure or a name."""

from __future__ import annotations

import numpy as np
import pytest

from mailbot.reading.ocr.doubt import Reading, doubtful_part, is_plain
from mailbot.reading.ocr.engine import Token

SHEET = np.arange(600, dtype=np.uint16).astype(np.uint8)[None, :].repeat(40, axis=0)


def _reading(text: str, places: int) -> Reading:
    """Words of 50 pixels, 10 between them."""
    return Reading(SHEET, tuple(Token(word, 60 * n, 5, 50, 30, 95.0) for n, word in enumerate(text.split())), places)


@pytest.mark.parametrize("word", ["подписчиков,", "и", "Пресс-служба", "На", "РТ", "ВК:", "СОШ", "А.Ф.", "«Школа»"])
def test_plain(word: str) -> None:
    assert is_plain(Token(word, 0, 0, 50, 30, 95.0))
    assert not is_plain(Token(word, 0, 0, 50, 30, 60.0))


@pytest.mark.parametrize(
    "word", ["71", "И", "ЗО", "О", "И.О.", "—", "№", "Шадкинская", "Сосново-Мысская", "МБОУ", "BK", "абвгд", "5-й"]
)
def test_not_plain(word: str) -> None:
    assert not is_plain(Token(word, 0, 0, 50, 30, 95.0))


def test_a_word_is_left_on_either_side_of_what_is_read_again() -> None:
    part = doubtful_part(_reading("школа сообщает всего подписчиков 71 человек всего доброго", 8))
    assert part is not None
    assert [token.text for token in part.reading.tokens] == ["подписчиков", "71", "человек"]
    assert (part.start, part.end, part.left) == (3, 6, 175)  # in the middle between two words
    assert [token.left for token in part.reading.tokens] == [5, 65, 125]
    assert part.reading.picture.shape == (40, 180)
    assert part.reading.picture[0, 0] == SHEET[0, 175]


def test_all_of_a_line_is_where_a_word_may_be_missing() -> None:
    reading = _reading("школа сообщает всего подписчиков 71", 6)
    part = doubtful_part(reading)
    assert part is not None
    assert part.reading is reading


def test_nothing_of_known_words_alone() -> None:
    assert doubtful_part(_reading("школа сообщает о подписчиках", 4)) is None
