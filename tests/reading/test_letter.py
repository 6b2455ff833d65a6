"""The letter, known again."""

from __future__ import annotations

from mailbot.reading.passages.letter import are_of_letter, letter_spans

LETTER = "Просим подписаться на аккаунты (не менее 30 человек от каждой организации) до 15:00 17 августа 2021 года"


def test_spans_of_what_is_repeated():
    text = "Выполнено: ВК 35 (НЕ  менее 30 человек от каждой), ждём"
    assert [text[a:b] for a, b in letter_spans(text, LETTER)] == ["НЕ  менее 30 человек от каждой"]


def test_three_words_are_no_quotation():
    assert letter_spans("не менее 30 подписчиков", LETTER) == ()


def test_two_spans():
    text = "просим подписаться на аккаунты школы до 15:00 17 августа"
    assert [text[a:b] for a, b in letter_spans(text, LETTER)] == [
        "просим подписаться на аккаунты",
        "до 15:00 17 августа",
    ]


def test_lines_of_the_letter():
    lines = [
        "Просим подписаться на",
        "аккаунты (не менее",
        "30 человек от каждой организации)",
        "ВК 35",
        "до 15:00 17 августа",
    ]
    assert are_of_letter(lines, LETTER) == [True, True, True, False, True]


def test_line_with_another_number_is_the_senders():
    assert are_of_letter(
        ["Просим подписаться на аккаунты (не менее 30 человек от каждой организации): 35"], LETTER
    ) == [False]


def test_no_letter():
    assert are_of_letter(["ВК 35"], "") == [False]
    assert letter_spans("ВК 35", "") == ()
