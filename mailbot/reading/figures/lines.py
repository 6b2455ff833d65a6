"""A line of running text, and what is found in it before anything is bound: names of organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.reading.figures.statements import Subject


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text and its place; a quoted line only tells what the answers between quoted lines mean."""

    text: str
    locator: str
    doubtful: bool = False
    quoted: bool = False


LONGEST = 2000
"""Characters of a line that is read at once: what is made of it costs their square, and people write no longer ones."""
_ENDS = (". ", "; ", ", ", " ")


def pieces(line: Line) -> Iterator[Line]:
    """A line, or one of more than `LONGEST` characters in pieces, cut where a sentence, a clause or a word ends."""
    text = line.text
    while len(text) > LONGEST:
        cuts = (text.rfind(mark, LONGEST // 2, LONGEST) + len(mark.rstrip()) for mark in _ENDS)
        cut = next((cut for cut in cuts if cut > LONGEST // 2), LONGEST)
        yield replace(line, text=text[:cut])
        text = text[cut:]
    yield line if text is line.text else replace(line, text=text)


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation's name found in a line: the subject, and the span (start, end) in characters."""

    subject: Subject
    start: int
    end: int


NameFinder = Callable[[str], Sequence[Named]]
