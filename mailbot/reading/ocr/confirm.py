"""What of a first reading is beyond doubt: readings that differ in language and size must agree.

One model errs alike at every size: a page of PT Serif gave 156 for 136 twice, with 95 and 96 % confidence. Models of
different languages err differently. So a figure stands only where the model for Russian and English read it on the
page, the one for English read the word alone, and the one for Russian read it with what lies beside it (which shows a
digit that was left out), the last two at a larger size, each with a confidence of at least `CONFIDENCE`. Names in a
table's cells stand where three readings by the Russian model agree in every letter, known words where two do. What of
a line is plain (`doubt.py`) is read once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mailbot.reading.ocr.doubt import (
    CONFIDENCE,
    SHORT,
    Part,
    Reading,
    doubtful_parts,
    has_digit,
    is_plain,
    is_unlike_digits,
)
from mailbot.reading.ocr.engine import RUSSIAN, Engine, Gray, Token
from mailbot.reading.ocr.strips import black_on_white, enlarged, read_strips
from mailbot.reading.paper.words import is_word

_LARGER = 4 / 3
_CLEAR = 60.0
_DIGIT = re.compile(r"\d")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC_ALONE = re.compile(r"[А-яЁё]")
_PUNCTUATION = re.compile(r"[\W_]+")
_NUMBER_SIGN = re.compile(r"№(\d+)\W*")
_TWO_CAPITALS = re.compile(r"\b[А-ЯЁ]{2}[а-яё]{3,}")  # «ПТигалеевская»: one letter read as two
_INITIALS = re.compile(r"(?:[А-ЯЁ30]\.){2}")
_NO_LETTER = re.compile(r"[\W\d_]+")
_FIGURE = re.compile(r"\d+[.,;:)]?")
_LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxykmrnu", "АВСЕНКМОРТХУасеорхукмгпи")


@dataclass(frozen=True, slots=True)
class Settled:
    """A line or a cell after all readings: its words, and for each whether it is doubtful."""

    tokens: tuple[Token, ...]
    doubts: tuple[bool, ...]


def digits(text: str) -> str:
    """The digits of a text, in order.

    >>> digits("№ 13, тел. 5-12")
    '13512'
    """
    return "".join(_DIGIT.findall(text))


def settle(readings: Sequence[Reading], engine: Engine, letter: float, *, names: bool = False) -> list[Settled]:
    """Read lines or cells again and again, each as long as another reading can still change what comes of it.

    `names` are cells, whose letters want confirmation as well. In a line only words that no dictionary knows do: with
    one letter wrong a name is another's.
    """
    parts = [doubtful_parts(reading) for reading in readings]
    found = iter(_settled_parts([part.reading for each in parts for part in each], engine, letter, names=names))
    return [
        _completed(reading, [(part, next(found)) for part in each])
        for reading, each in zip(readings, parts, strict=True)
    ]


def _completed(reading: Reading, parts: Sequence[tuple[Part, Settled]]) -> Settled:
    """A line with what came of its parts; the rest is beyond doubt."""
    tokens: list[Token] = []
    doubts: list[bool] = []
    done = 0
    for part, settled in parts:
        before = reading.tokens[done : part.start]
        tokens += [*before, *(replace(token, left=token.left + part.left) for token in settled.tokens)]
        doubts += [*(False for _ in before), *settled.doubts]
        done = part.end
    rest = reading.tokens[done:]
    return Settled((*tokens, *rest), (*doubts, *(False for _ in rest)))


def _settled_parts(readings: Sequence[Reading], engine: Engine, letter: float, *, names: bool) -> list[Settled]:
    pictures = [reading.picture for reading in readings]
    lines = _read(pictures, engine, RUSSIAN, letter)
    alone = _digits_alone(readings, lines, engine, letter)
    wants_third = _cell_wants_third if names else _line_wants_third
    asked = [index for index, line in enumerate(lines) if wants_third(readings[index].tokens, line)]
    found = read_strips([pictures[index] for index in asked], engine, RUSSIAN, letter)
    third = dict(zip(asked, found, strict=True))
    return [
        _settled(reading.tokens, line, third.get(index), words, names=names)
        for index, (reading, line, words) in enumerate(zip(readings, lines, alone, strict=True))
    ]


def _cell_wants_third(first: Sequence[Token], line: Sequence[Token]) -> bool:
    """True but for an empty cell that shows something by now, for clear figures, and for known words read alike twice."""
    if not first:
        return not line
    if _are_clear_signs(_better(first, line)):
        return False
    return not all(is_plain(token) or _NO_LETTER.fullmatch(token.text) for token in first) or _folded(first) != _folded(
        line
    )


def _line_wants_third(first: Sequence[Token], line: Sequence[Token]) -> bool:
    """True where a name of the first reading stands in the second as well: else it is doubtful already."""
    names = any(map(_is_name, first))
    return names and any(_is_name(token) and not _is_unsure_name(token, line) for token in _better(first, line))


def _settled(
    first: Sequence[Token],
    line: Sequence[Token],
    third: Sequence[Token] | None,
    alone: Sequence[Sequence[Token]],
    *,
    names: bool,
) -> Settled:
    """Weigh the readings of one line or cell: the first, the larger one, the plain one, and its words alone."""
    if not first:
        return _unread(line or third or ())
    doubts = [
        has_digit(token) and not (_is_seconded(token, first, line) and _agrees(token, word))
        for token, word in zip(first, alone, strict=True)
    ]
    tokens = _better(first, line)
    if not names:
        doubts = [
            doubt or _is_unsure_name(token, line, third or ()) for doubt, token in zip(doubts, tokens, strict=True)
        ]
    elif not _agree_in_letters(tokens, line, *([] if third is None else [third])):
        doubts = [True] * len(doubts)
        if third is not None and len(line) == len(tokens) and _folded(line) == _folded(third):  # two of three
            tokens = tuple(replace(token, text=other.text) for token, other in zip(tokens, line, strict=True))
    if not _digits(first) and _digits(line):  # a figure that was read as a word
        doubts = [True] * len(doubts)
    for index, word in enumerate(alone):
        if len(word) == 1 and not has_digit(first[index]) and _FIGURE.fullmatch(word[0].text):
            doubts[index] = True
            if names and len(first) == 1:  # «И» alone in a cell is a figure, 71 perhaps
                tokens = (replace(first[0], text=word[0].text),)
    return Settled(tokens, tuple(doubts))


def _is_seconded(token: Token, first: Sequence[Token], line: Sequence[Token]) -> bool:
    """True for a figure that is read surely in a line that has the same digits in the second reading, all of them sure."""
    return _digits(line) == _digits(first) and _sure(line) and _sure([token])


def _unread(line: Sequence[Token]) -> Settled:
    """What stands where the first reading found nothing though there is ink: a figure may be missed, so it shows."""
    tokens = tuple(line) or (Token("?", 0, 0, 1, 1, 0.0),)
    return Settled(tokens, (True,) * len(tokens))


def _read(pictures: Sequence[Gray], engine: Engine, language: str, letter: float) -> list[list[Token]]:
    pieces = [black_on_white(enlarged(picture, _LARGER)) for picture in pictures]
    return read_strips(pieces, engine, language, letter * _LARGER)


def _digits_alone(
    readings: Sequence[Reading], lines: Sequence[Sequence[Token]], engine: Engine, letter: float
) -> list[list[list[Token]]]:
    """For each word of each reading that may be a figure: how it reads alone by a model that knows no Russian.

    Figures that `lines`, the second readings, leave in doubt are not read again.
    """
    other = next((language for language in ("eng", "kaz") if language in engine.languages), None)
    asked = [(r, t) for r, reading in enumerate(readings) for t in range(len(reading.tokens))]
    asked = [(r, t) for r, t in asked if other and _may_be_figure(readings[r].tokens[t], readings[r].tokens, lines[r])]
    cut = {(r, t): _cut(readings[r].picture, readings[r].tokens[t], letter) for r, t in asked}
    pieces = {place: piece for place, piece in cut.items() if piece.size}  # a word may be told outside of the picture
    found = _read([*pieces.values()], engine, other or "", letter)
    answers: list[list[list[Token]]] = [[[] for _ in reading.tokens] for reading in readings]
    for (r, t), tokens in zip(pieces, found, strict=True):
        answers[r][t] = tokens
    return answers


def _may_be_figure(token: Token, first: Sequence[Token], line: Sequence[Token]) -> bool:
    """True for a figure that is seconded, and for a short word that is no word: «И» may be 71."""
    if has_digit(token):
        return _is_seconded(token, first, line)
    letters = _PUNCTUATION.sub("", token.text)
    is_little_word = is_word(letters) and letters.islower()
    return 0 < len(letters) < 3 and not is_little_word and not is_unlike_digits(letters)


def _cut(picture: Gray, token: Token, letter: float) -> Gray:
    """The word's own picture; of «№ 13» the figure alone, as no other language knows that sign."""
    margin = max(2, int(0.15 * letter))
    top, left = max(0, token.top - margin), max(0, token.left - margin)
    piece = picture[top : token.top + token.height + margin, left : token.left + token.width + margin]
    number = _NUMBER_SIGN.fullmatch(token.text)
    if number is not None and piece.size:
        piece = piece[:, max(0, _start_of_last(piece, len(number[1]), letter) - margin) :]
    return np.ascontiguousarray(piece)


def _start_of_last(piece: Gray, count: int, letter: float) -> int:
    """Where the last `count` digits of a word begin; 0 where it has no more than these. A closing quotation mark is lower."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(255 - black_on_white(piece), connectivity=8)
    highest = max((height for _, _, _, height, _ in stats[1:].tolist() if height <= 2 * letter), default=0)
    starts = sorted(left for left, _, _, height, _ in stats[1:].tolist() if height > max(0.5 * letter, 0.7 * highest))
    return int(starts[-count]) if len(starts) > count else 0


def _agree_in_letters(tokens: Sequence[Token], *others: Sequence[Token]) -> bool:
    """True where no letter differs; figures alone, and clear Latin names («Instagram»), need no such agreement."""
    if any(_TWO_CAPITALS.search(token.text) for token in tokens):
        return False
    text = _folded(tokens)
    return _are_clear_signs(tokens) or all(_folded(other) == text for other in others)


def _are_clear_signs(tokens: Sequence[Token]) -> bool:
    """True for figures and Latin letters alone, clearly read."""
    return _folded(tokens).isascii() and all(token.confidence >= _CLEAR for token in tokens)


def _is_name(token: Token) -> bool:
    """True for a word like «Шадкинская»: a capital first, unknown to the dictionary, and no «МБОУ»."""
    word = _PUNCTUATION.sub("", token.text)
    is_named = len(word) >= SHORT and word[0].isupper() and word.isalpha() and not word.isascii()
    return is_named and not is_word(word) and not is_plain(replace(token, confidence=100.0))


def _is_unsure_name(token: Token, *others: Sequence[Token]) -> bool:
    """True for a name that another reading of the line does not hold."""
    return _is_name(token) and not all(_folded([token]) in _folded(other) for other in others)


def _better(tokens: Sequence[Token], line: Sequence[Token]) -> tuple[Token, ...]:
    """The words, with Russian ones for Latin ones that only look so: «Bcero», «COLL», «BK»."""
    if len(tokens) != len(line):
        return tuple(_russian(token) for token in tokens)
    return tuple(
        replace(token, text=other.text)
        if _LATIN.search(token.text) and _CYRILLIC_ALONE.search(other.text) and _is_clear_word(other)
        else _russian(token)
        for token, other in zip(tokens, line, strict=True)
    )


def _is_clear_word(token: Token) -> bool:
    letters = _PUNCTUATION.sub("", token.text)
    return token.confidence >= _CLEAR and letters.isalpha() and (letters.isupper() or is_word(letters))


def _russian(token: Token) -> Token:
    """Letters for what only looks like figures or Latin: «3.М.», «COLL», «Bcero»."""
    if _INITIALS.fullmatch(token.text) and _CYRILLIC_ALONE.search(token.text):
        return replace(token, text=token.text.replace("3", "З").replace("0", "О"))
    letters = _PUNCTUATION.sub("", token.text)
    if not _LATIN.search(letters):
        return token
    russian = letters.replace("LL", "Ш").replace("W", "Ш").translate(_LOOKALIKES)
    if _LATIN.search(russian) or not (letters.isupper() or is_word(russian)):
        return token
    return replace(token, text=token.text.replace("LL", "Ш").replace("W", "Ш").translate(_LOOKALIKES))


def _folded(tokens: Sequence[Token]) -> str:
    return _PUNCTUATION.sub("", "".join(token.text for token in tokens)).casefold().replace("ё", "е")


def _digits(tokens: Sequence[Token]) -> str:
    return digits("".join(token.text for token in tokens))


def _sure(tokens: Sequence[Token]) -> bool:
    return all(token.confidence >= CONFIDENCE for token in tokens if has_digit(token))


def _agrees(token: Token, alone: Sequence[Token]) -> bool:
    return bool(alone) and _digits(alone) == digits(token.text) and _sure(alone)
