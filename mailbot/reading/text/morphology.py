"""Russian words by the dictionary: whether there is such a word, and which verb a form belongs to."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from typing import Any

_VERBS = frozenset(["VERB", "INFN", "GRND", "PRTS", "PRTF"])
_SURE = 0.5
_loading = threading.Lock()


@lru_cache(maxsize=8192)
def is_word(word: str) -> bool:
    """Whether a word in small letters is in the dictionary, in any of its forms."""
    return bool(dictionary().word_is_known(word))


@lru_cache(maxsize=8192)
def verb_of(word: str) -> str | None:
    """The infinitive of a verb's form in small letters, participles too; None for other words and unknown ones.

    >>> verb_of("разослали"), verb_of("подписаны"), verb_of("школы")
    ('разослать', 'подписать', None)
    """
    if not is_word(word):
        return None
    parses = dictionary().parse(word)
    form = parses[0].normal_form
    sure = sum(p.score for p in parses if p.tag.POS in _VERBS and p.normal_form == form)
    return str(form) if sure >= _SURE else None


@lru_cache(maxsize=8192)
def noun_of(word: str) -> str | None:
    """The nominative of a common noun's form in small letters; None for names, places, other words and unknown ones.

    >>> noun_of("голосов"), noun_of("казани"), noun_of("подписано")
    ('голос', None, None)
    """
    if not is_word(word):
        return None
    best = dictionary().parse(word)[0]
    proper = any(mark in best.tag for mark in ("Name", "Surn", "Patr", "Geox", "Orgn"))
    return str(best.normal_form) if best.tag.POS == "NOUN" and best.score >= _SURE and not proper else None


def dictionary() -> Any:
    """pymorphy3's analyzer: 30 MB and a fifth of a second, so loaded when it is first asked, and once."""
    with _loading:
        return _load()


@cache
def _load() -> Any:
    from pymorphy3.analyzer import MorphAnalyzer  # noqa: PLC0415 - heavy

    analyzer: Any = MorphAnalyzer  # not typed by its authors
    return analyzer()
