"""What is read again: no more of a line than holds something that may be a figure or a name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mailbot.reading.ocr.doubt import Reading, doubtful_parts, is_plain
from mailbot.reading.ocr.engine import Token

SHEET = np.arange(600, dtype=np.uint16).astype(np.uint8)[None, :].repeat(40, axis=0)


def _reading(text: str, places: int) -> Reading:
    """Words of 50 pixels, 10 between them."""
    return Reading(SHEET, tuple(Token(word, 60 * n, 5, 50, 30, 95.0) for n, word in enumerate(text.split())), places)


@pytest.mark.parametrize(
    "word", ["подписчиков,", "и", "Пресс-служба", "На", "РТ", "ВК:", "СОШ", "МБОУ", "А.Ф.", "«Школа»", "«Instagram»"]
)
def test_plain(word: str) -> None:
    assert is_plain(Token(word, 0, 0, 50, 30, 95.0))
    assert not is_plain(Token(word, 0, 0, 50, 30, 60.0))


@pytest.mark.parametrize(
    "word",
    [
        "71",
        "И",
        "ЗО",
        "О",
        "И.О.",
        "№",
        "Шадкинская",
        "Сосново-Мысская",
        "МОиН",
        "КФУР",
        "BK",
        "Bcero",
        "Caxapa",
        "абвгд",
        "5-й",
    ],
)
def test_not_plain(word: str) -> None:
    assert not is_plain(Token(word, 0, 0, 50, 30, 95.0))


def test_a_dash_is_plain_where_it_is_as_flat_as_one() -> None:
    assert is_plain(Token("—", 0, 0, 50, 8, 95.0))
    assert not is_plain(Token("-", 0, 0, 10, 30, 95.0))


def _parts(text: str, places: int) -> list[str]:
    return [" ".join(token.text for token in part.reading.tokens) for part in doubtful_parts(_reading(text, places))]


def test_only_what_is_not_plain_is_read_again_what_lies_near_together() -> None:
    assert _parts("школа сообщает всего подписчиков 71 человек всего доброго", 8) == ["71"]
    assert _parts("школа № 5 сообщает 71 человек всего 80", 8) == ["№ 5 сообщает 71", "80"]
    assert _parts("71 человек сообщает школа", 4) == ["71"]


def test_with_all_ink_that_no_other_word_claims() -> None:
    (part,) = doubtful_parts(_reading("школа сообщает 71 человек", 4))
    assert (part.start, part.end, part.left) == (2, 3, 110)
    assert [token.left for token in part.reading.tokens] == [10]
    assert part.reading.picture.shape == (40, 70)
    assert part.reading.picture[0, 0] == SHEET[0, 110]
    (part,) = doubtful_parts(_reading("школа 71", 2))
    assert part.reading.picture.shape == (40, 600 - 50)


def test_all_of_a_line_is_where_a_word_may_be_missing() -> None:
    reading = _reading("школа сообщает всего подписчиков 71", 6)
    (part,) = doubtful_parts(reading)
    assert part.reading is reading


def test_all_of_two_lines_in_one_picture_is() -> None:
    reading = _reading("школа 71 сообщает", 3)
    first, figure, second = reading.tokens
    (part,) = doubtful_parts(replace(reading, tokens=(first, figure, replace(second, left=0, top=45))))
    assert len(part.reading.tokens) == 3


def test_nothing_of_known_words_alone() -> None:
    assert doubtful_parts(_reading("школа сообщает о подписчиках", 4)) == []


@pytest.mark.parametrize("line", ["Директор школы Ф.Ф. Низамов", "Заведующий И.И. Низамова", "Низамов З.И."])
def test_who_signs_a_letter_counts_for_nothing(line: str) -> None:
    assert _parts(line, len(line.split())) == []


@pytest.mark.parametrize(
    ("line", "again"),
    [
        ("школа им. Ф.Ф. Низамова", ["Низамова"]),
        ("школа имени Р.Р. Низамова", ["Низамова"]),
        ("Директор школы 5 Ф.Ф. Низамов", ["5 Ф.Ф. Низамов"]),
        ("Директор Шадкинской школы Ф.Ф. Низамов", ["Шадкинской"]),
        ("Директор школы Низамов", ["Низамов"]),
        ("Низамов", ["Низамов"]),
    ],
)
def test_another_name_does(line: str, again: list[str]) -> None:
    assert _parts(line, len(line.split())) == again
