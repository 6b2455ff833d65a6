"""Words with their places on a page, gathered into lines and the lines into paragraphs.

Lengths are in any one unit (points for a PDF, pixels for a picture), from the page's upper left corner.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDE_GAP = 1.8
"""In line heights: a wider gap between two words is no blank of a justified line; it becomes a tab."""

_CLOSE = 1.0  # lines of one paragraph lie closer than this many line heights
_SPACE = 0.25  # a blank's width in line heights
_SLACK = 0.4  # in line heights: by how much right margins of one paragraph may differ
_INDENT = 0.8  # in line heights
_SIZE_RATIO = 1.3
_ITEM = re.compile(r"(?:\d{1,2}[.)]|[•▪●○■◦*·–—-])(?:\s|$)")
_ENDED = re.compile(r"[.:;!?]\s*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box. `doubtful` as for cells: recognition read it without confirmation."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    doubtful: bool = False

    @property
    def height(self) -> float:
        """The box's height."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """The box's width."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one line, from left to right; never empty."""

    words: tuple[Word, ...]

    @property
    def left(self) -> float:
        """The left edge of the first word."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """The right edge of the last word."""
        return self.words[-1].right

    @property
    def top(self) -> float:
        """The upper edge, of the word that is typical for the line."""
        return statistics.median(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """The lower edge, of the word that is typical for the line."""
        return statistics.median(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        """The typical word's height."""
        return statistics.median(word.height for word in self.words)

    @property
    def text(self) -> str:
        """The words with blanks between them, and a tab where the gap is wide."""
        return "\t".join(" ".join(word.text for word in part.words) for part in self.split(WIDE_GAP))

    @property
    def doubtful(self) -> bool:
        """True where a word is doubtful."""
        return any(word.doubtful for word in self.words)

    def split(self, gap: float) -> tuple[Line, ...]:
        """Cut the line where words stand more than `gap` line heights apart."""
        parts: list[list[Word]] = []
        limit = gap * self.height
        for word in self.words:
            if parts and word.left - parts[-1][-1].right <= limit:
                parts[-1].append(word)
            else:
                parts.append([word])
        return tuple(Line(tuple(part)) for part in parts)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: its text, and whether a word in it is doubtful."""

    text: str
    doubtful: bool = False


def gather(words: Iterable[Word]) -> list[Line]:
    """Group words into lines, from the top of the page down.

    A word belongs to the line that it shares half of its height with.
    """
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.left)):
        fitting = (group for group in reversed(groups[-4:]) if _beside(word, group))
        group = next(fitting, None)
        if group is None:
            groups.append([word])
        else:
            group.append(word)
    lines = [Line(tuple(sorted(group, key=lambda word: word.left))) for group in groups]
    return sorted(lines, key=lambda line: (line.top, line.left))


def paragraphs(lines: Sequence[Line], edge: float = 0.0) -> list[Passage]:
    """Join the lines that one paragraph was broken into; words divided by a hyphen are made whole.

    Two lines belong together where the second one's first word would not have fitted at the end of the first. `edge`
    is how far text reaches to the right on the page; lines that end under one another tell it better.
    """
    margin = _margin(lines, edge)
    left = min((line.left for line in lines), default=0.0)
    passages: list[Passage] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and _continues(previous, line, left, margin):
            last = passages[-1]
            passages[-1] = Passage(join(last.text, line.text), last.doubtful or line.doubtful)
        else:
            passages.append(Passage(line.text, line.doubtful))
        previous = line
    return passages


def join(first: str, second: str) -> str:
    """Join two lines of one paragraph.

    >>> join("сообщаем о подпис-", "чиках"), join("Набережно-", "Морквашская"), join("тел. 294-95-", "30")
    ('сообщаем о подписчиках', 'Набережно-Морквашская', 'тел. 294-95-30')
    """
    if first.endswith("\u00ad"):
        return first[:-1] + second
    if re.search(r"[^\W\d_]-$", first) and second[:1].isalpha():
        return (first if second[0].isupper() else first[:-1]) + second
    if re.search(r"\d-$", first) and second[:1].isdigit():
        return first + second
    return f"{first} {second}"


def _margin(lines: Sequence[Line], edge: float) -> float:
    rights = sorted(line.right for line in lines)
    slack = _SLACK * max((line.height for line in lines), default=0.0)
    shared = [second for first, second in itertools.pairwise(rights) if second - first < slack]
    return max(shared, default=max([edge, *rights]))


def _beside(word: Word, group: Sequence[Word]) -> bool:
    top = statistics.median(other.top for other in group)
    bottom = statistics.median(other.bottom for other in group)
    shared = min(word.bottom, bottom) - max(word.top, top)
    return shared > 0.5 * min(word.height, bottom - top)


def _continues(first: Line, second: Line, left: float, margin: float) -> bool:
    height = max(first.height, second.height)
    if height > _SIZE_RATIO * min(first.height, second.height) or second.top - first.bottom > _CLOSE * height:
        return False
    if len(first.split(WIDE_GAP)) > 1 or len(second.split(WIDE_GAP)) > 1:
        return False
    indented = second.left - min(first.left, left) > _INDENT * height
    if indented and second.left > first.left - _SLACK * height and not _centred(first, second):
        return False
    if _centred(second, first):  # a letterhead: a short line over a long one
        return False
    if _ITEM.match(second.text) and (_ENDED.search(first.text) or first.right < margin - _SLACK * height):
        return False
    room = margin - first.right
    return room < second.words[0].width + (_SPACE + _SLACK) * height


def _centred(first: Line, second: Line) -> bool:
    """True where the second line stands under, or over, the middle of the first, narrower on both sides."""
    shift = abs(first.left + first.right - second.left - second.right) / 2
    return shift < _SLACK * second.height and second.right < first.right - _INDENT * second.height
