"""A line of running text, and what is found in it before anything is bound: names of organisations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailbot.reading.figures.statements import Subject


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text and its place; a quoted line only tells what the answers between quoted lines mean."""

    text: str
    locator: str
    doubtful: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation's name found in a line: the subject, and the span (start, end) in characters."""

    subject: Subject
    start: int
    end: int


NameFinder = Callable[[str], Sequence[Named]]
