"""What of a first reading wants confirming: all but Russian words that are clearly read.

Known words, as many as the layout saw there, hold no figure that was missed or misread. Reading costs by the length of
what is read, so only the other words of a line are read again, with all ink beside them that no word claims.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mailbot.reading.ocr.engine import Gray, Token
from mailbot.reading.paper.words import ABBREVIATIONS, is_word

CONFIDENCE = 75.0
"""Per cent, as Tesseract gives it for a word."""

SHORT = 4
"""Letters: shorter words are no names."""

_NEAR = 1  # plain words between two parts
_RUSSIAN = re.compile(r"[А-Яа-яЁё]+")
_DIGIT = re.compile(r"\d")
_INITIALS = re.compile(r"[А-ЯЁ]\.[А-ЯЁ]\.")
_SURNAME = re.compile(r"[А-ЯЁ][а-яё]{2,}(?:-[А-ЯЁ][а-яё]{2,})?")
_NAMED_FOR = re.compile(r"им\.|имени|памяти|геро[яй]|академик|[«\"]", re.IGNORECASE)
_LATIN_ALONE = re.compile(r"[DFGJNQRSVZdfghijqstvwz]")
_DASH = re.compile(r"[-–—]")
_SIGNS = re.compile(r"[\W_]+")
_UNLIKE_DIGITS = re.compile(r"[АДЕЖКМНРУФХЦШЩЪЫЭЮЯЁЙADEFHKMNPRUVWXY]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A line or a cell as it was read: its picture, and its words in the picture's pixels.

    `places` is how many words the layout saw there before anything was read; 0 where nobody looked.
    """

    picture: Gray
    tokens: tuple[Token, ...]
    places: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a reading's words, from `start`, as a reading of their own that begins `left` pixels further right."""

    reading: Reading
    start: int = 0
    left: int = 0

    @property
    def end(self) -> int:
        """Behind its last word."""
        return self.start + len(self.reading.tokens)


def doubtful_parts(reading: Reading) -> list[Part]:
    """The words that want confirming, those near to each other as one part; all of them where one may be missing."""
    tokens = reading.tokens
    if not len(tokens) == reading.places > 0 or _turns_back(tokens):
        return [Part(reading)]
    spans: list[tuple[int, int]] = []
    unsigned = tokens[:-2] if _ends_with_signer(tokens) else tokens
    for index, token in enumerate(unsigned):
        if is_plain(token):
            continue
        if spans and index - spans[-1][1] <= _NEAR:
            spans[-1] = (spans[-1][0], index + 1)
        else:
            spans.append((index, index + 1))
    return [_part(reading, start, end) for start, end in spans]


def _part(reading: Reading, start: int, end: int) -> Part:
    """Some words of a reading with all ink beside them that no other word claims: a digit may have been left out."""
    tokens, width = reading.tokens, reading.picture.shape[1]
    left = min(tokens[start - 1].left + tokens[start - 1].width, tokens[start].left) if start else 0
    last = tokens[end - 1].left + tokens[end - 1].width
    right = max(last, tokens[end].left) if end < len(tokens) else width
    picture = np.ascontiguousarray(reading.picture[:, max(0, left) : right])
    inside = tuple(replace(token, left=token.left - max(0, left)) for token in tokens[start:end])
    return Part(Reading(picture, inside), start, max(0, left))


def _turns_back(tokens: Sequence[Token]) -> bool:
    """True where words don't follow each other to the right: there is more than one line."""
    return any(following.left < word.left for word, following in itertools.pairwise(tokens))


def _ends_with_signer(tokens: Sequence[Token]) -> bool:
    """True for «Директор школы Ф.Ф. Низамов»: a person's name counts for nothing. In «школа им. Г. Тукая» it does."""
    *before, first, last = (token.text.strip(",") for token in tokens) if len(tokens) > 1 else ("", "", "")
    is_person = _INITIALS.fullmatch(first) and _SURNAME.fullmatch(last)
    is_person = is_person or (_SURNAME.fullmatch(first) and _INITIALS.fullmatch(last))
    if not is_person or min(token.confidence for token in tokens[-2:]) < CONFIDENCE:
        return False
    return not any(map(_DIGIT.search, before)) and not any(map(_NAMED_FOR.match, before))


def is_plain(token: Token) -> bool:
    """True for Russian words, clearly read, that hold no figure and no name; «И» may be 71, «И» in «На» may not."""
    if token.confidence < CONFIDENCE:
        return False
    if _DASH.fullmatch(token.text):
        return token.width > token.height  # which no digit is
    parts = [part for part in _SIGNS.split(token.text) if part]
    return bool(parts) and all(map(_is_plain_word, parts))


def _is_plain_word(letters: str) -> bool:
    """True for known words, for capitals that are too few for a name («РТ», «ВК», an initial), for «Instagram».

    «Bcero» is a Russian word.
    """
    if _RUSSIAN.fullmatch(letters) is None:
        return len(letters) >= SHORT and letters.isascii() and len(_LATIN_ALONE.findall(letters)) > 1
    if letters.isupper() and letters.casefold() in ABBREVIATIONS:
        return True
    if is_word(letters) and (len(letters) >= SHORT or letters.islower()):
        return True
    return len(letters) < SHORT and (letters.isupper() or is_word(letters)) and is_unlike_digits(letters)


def has_digit(token: Token) -> bool:
    """True where something in it was read as a digit."""
    return _DIGIT.search(token.text) is not None


def is_unlike_digits(letters: str) -> bool:
    """True where one of the letters is taken for no digit: «ВК», but not «И» or «ЗО»."""
    return _UNLIKE_DIGITS.search(letters) is not None
