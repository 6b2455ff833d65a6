"""Which strings of letters are Russian words: tells a broken word from two, and text from noise."""

from __future__ import annotations

import re

from mailbot.reading.text import morphology

ABBREVIATIONS = frozenset({
    "мбоу", "мбдоу", "маоу", "мадоу", "гбоу", "гапоу", "гбпоу", "гаоу", "чоу", "чдоу",
    "мкоу", "сош", "оош", "нош", "доу", "црр", "ржд", "дюсш", "ддт",
})  # fmt: skip
"""What stands before names of institutions, in small letters."""

_LETTERS = re.compile(r"[^\W\d_]+")


def is_word(text: str) -> bool:
    """True for a text that is one word in a dictionary form or an inflection of it, punctuation aside.

    >>> is_word("«подписчиков»,"), is_word("подпис"), is_word("")
    (True, False, False)
    """
    found = _LETTERS.findall(text)
    return len(found) == 1 and morphology.is_word(found[0].casefold())


def known_words(text: str) -> int:
    """How many words of three letters or more, known to the dictionary, stand in a text.

    >>> known_words("Директор школы ыыы")
    2
    """
    return sum(len(word) > 2 and morphology.is_word(word.casefold()) for word in _LETTERS.findall(text))
