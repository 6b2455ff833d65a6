"""The campaign's letter, known again where it is quoted or pasted, re-wrapped or in part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_NO_WORD = ("n", "no")
"""«N», which some write for «№», is no word, as «№» is none."""
_SHINGLE = 4
_COVERED = 0.8


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    return [_Token(word, m.start(), m.end()) for m in _WORD.finditer(text) if (word := _folded(m[0])) not in _NO_WORD]


def _words(text: str) -> list[str]:
    return [word for each in _WORD.findall(text) if (word := _folded(each)) not in _NO_WORD]


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е")


@lru_cache(maxsize=8)
def _shingles(letter: str) -> frozenset[tuple[str, ...]]:
    words = _words(letter)
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _covered(words: Sequence[str], letter: str) -> list[bool]:
    known = _shingles(letter)
    result = [False] * len(words)
    for i in range(len(words) - _SHINGLE + 1):
        if tuple(words[i : i + _SHINGLE]) in known:
            result[i : i + _SHINGLE] = [True] * _SHINGLE
    return result


def letter_spans(text: str, letter: str) -> tuple[tuple[int, int], ...]:
    """Where `text` repeats the letter word for word (four words at least): spans of characters, in order.

    >>> letter_spans("ВК 35 (не менее 30 человек от каждой)", "просим: не менее 30 человек от каждой организации")
    ((7, 36),)
    """
    tokens = _tokens(text)
    spans: list[tuple[int, int]] = []
    covered = _covered([token.word for token in tokens], letter)
    for i, (token, known) in enumerate(zip(tokens, covered, strict=True)):
        if known and i and covered[i - 1]:
            spans[-1] = (spans[-1][0], token.end)
        elif known:
            spans.append((token.start, token.end))
    return tuple(spans)


def are_of_letter(texts: Sequence[str], letter: str) -> list[bool]:
    """For each line of a text, whether it is a line of the letter, however it was wrapped.

    A line is the letter's where four fifths of its words stand in the letter in the same order as here, and no number
    is among the others: «ВКонтакте: https://… – 35» has been filled in, and is the sender's.
    """
    if not letter:
        return [False] * len(texts)
    lines = [_words(text) for text in texts]
    covered = iter(_covered([word for line in lines for word in line], letter))
    flags = [_is_of_letter(line, [next(covered) for _ in line]) for line in lines]
    for i, line in enumerate(lines):
        if not line and 0 < i < len(lines) - 1:
            flags[i] = flags[i - 1] and (flags[i + 1] or not lines[i + 1])  # a rule of dashes within the letter
    return flags


def _is_of_letter(words: Sequence[str], covered: Sequence[bool]) -> bool:
    if not words or sum(covered) < _COVERED * len(words):
        return False
    return all(known or not any(char.isdigit() for char in word) for word, known in zip(words, covered, strict=True))
