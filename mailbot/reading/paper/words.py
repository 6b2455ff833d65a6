"""Which strings of letters are Russian words: tells a broken word from two, and text from noise."""

from __future__ import annotations

import functools
import re
from typing import Any

_LETTERS = re.compile(r"[^\W\d_]+")


def is_word(text: str) -> bool:
    """True for a text that is one word in a dictionary form or an inflection of it, punctuation aside.

    >>> is_word("«подписчиков»,"), is_word("подпис"), is_word("")
    (True, False, False)
    """
    found = _LETTERS.findall(text)
    return len(found) == 1 and _is_known(found[0].casefold())


def known_words(text: str) -> int:
    """How many words of three letters or more, known to the dictionary, stand in a text.

    >>> known_words("Директор школы ыыы")
    2
    """
    return sum(len(word) > 2 and _is_known(word.casefold()) for word in _LETTERS.findall(text))


@functools.lru_cache(maxsize=4096)
def _is_known(word: str) -> bool:
    return bool(_dictionary().word_is_known(word))


@functools.cache
def _dictionary() -> Any:
    from pymorphy3.analyzer import MorphAnalyzer  # noqa: PLC0415 - heavy; loaded when a word is asked for

    analyzer: Any = MorphAnalyzer  # not typed by its authors
    return analyzer()
