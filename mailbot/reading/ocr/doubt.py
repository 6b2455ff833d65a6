"""What of a first reading wants confirming: all but clear Russian words, and a word on either side of what does.

Known words clearly read, as many as the layout saw there, hold no figure that was missed or misread. Reading costs by
the length of what is read, so the rest of a line is cut out of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from mailbot.reading.ocr.engine import Gray, Token
from mailbot.reading.paper.words import is_word

CONFIDENCE = 75.0
"""Per cent, as Tesseract gives it for a word."""

SHORT = 4
"""Letters: shorter words are no names."""

_RUSSIAN = re.compile(r"[А-Яа-яЁё]+")
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


def doubtful_part(reading: Reading) -> Part | None:
    """The words that want confirming with one on either side; None where none does, all where one may be missing."""
    tokens = reading.tokens
    if not len(tokens) == reading.places > 0:
        return Part(reading)
    wanting = [index for index, token in enumerate(tokens) if not is_plain(token)]
    if not wanting:
        return None
    start, end = max(0, wanting[0] - 1), min(len(tokens), wanting[-1] + 2)
    left = _between(tokens[start - 1], tokens[start]) if start else 0
    right = _between(tokens[end - 1], tokens[end]) if end < len(tokens) else reading.picture.shape[1]
    picture = np.ascontiguousarray(reading.picture[:, left:right])
    inside = tuple(replace(token, left=token.left - left) for token in tokens[start:end])
    return Part(Reading(picture, inside), start, left)


def is_plain(token: Token) -> bool:
    """True for Russian words, clearly read, that hold no figure and no name; «И» may be 71, «И» in «На» may not."""
    parts = [part for part in _SIGNS.split(token.text) if part]
    return token.confidence >= CONFIDENCE and bool(parts) and all(map(_is_plain_word, parts))


def _is_plain_word(letters: str) -> bool:
    """True for known words, and for capitals that are too few for a name: «РТ», «ВК», an initial."""
    if _RUSSIAN.fullmatch(letters) is None:
        return False
    if is_word(letters) and (len(letters) >= SHORT or letters.islower()):
        return True
    return len(letters) < SHORT and (letters.isupper() or is_word(letters)) and is_unlike_digits(letters)


def is_unlike_digits(letters: str) -> bool:
    """True where one of the letters is taken for no digit: «ВК», but not «И» or «ЗО»."""
    return _UNLIKE_DIGITS.search(letters) is not None


def _between(word: Token, following: Token) -> int:
    return max(0, (word.left + word.width + following.left) // 2)
