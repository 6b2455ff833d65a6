"""Patterns with the words or the first letters that they need: most texts hold none, and to look for those costs little."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache, cached_property


@cache
def _every_character() -> str:
    """All that may equal a letter where case is ignored: «K» also equals the sign for kelvin."""
    return "".join(map(chr, range(0x10000)))


class Worded:
    """A pattern, and `words` of which at least one stands in whatever it matches.

    A search over a pattern of many alternatives tries them all at every character; where none of its words is in the
    text there is nothing to try. What the methods return is what the pattern's own return.
    """

    __slots__ = ("pattern", "words")

    def __init__(self, pattern: str, *words: str) -> None:
        self.pattern = re.compile(pattern)
        self.words = words

    def may_match(self, text: str) -> bool:
        """Whether one of the words is in `text`."""
        for word in self.words:  # noqa: SIM110 - any() makes a generator, which costs more than the looking
            if word in text:
                return True
        return False

    def search(self, text: str) -> re.Match[str] | None:
        """The first match, as of `re.Pattern.search`."""
        return self.pattern.search(text) if self.may_match(text) else None

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """All matches, as of `re.Pattern.finditer`."""
        found: Iterator[re.Match[str]] | tuple[()] = self.pattern.finditer(text) if self.may_match(text) else ()
        return found


class Begun:
    """A pattern, and the `letters` that whatever it matches begins with.

    Where a pattern begins with a look back, or case is ignored, the engine tries all its alternatives at every character
    of a text; told the letters, it goes quickly to the next of them. What the methods return is what the pattern's own
    return.
    """

    def __init__(self, pattern: str, letters: str, *, ignore_case: bool = False) -> None:
        self.pattern = re.compile(pattern, re.IGNORECASE if ignore_case else re.NOFLAG)
        self._letters = letters

    @cached_property
    def _starts(self) -> re.Pattern[str]:
        """Matches the first character of whatever the pattern matches; made when a text is first searched.

        A match of it is a letter that has the whole pattern ahead: the look ahead starts where the letter does.
        """
        ignored = self.pattern.flags & re.IGNORECASE
        letters = (
            "".join(re.findall(f"[{self._letters}]", _every_character(), re.IGNORECASE)) if ignored else self._letters
        )
        ahead = f"(?i:{self.pattern.pattern})" if ignored else self.pattern.pattern
        return re.compile(f"[{letters}](?<=(?={ahead}).)")

    def is_in(self, text: str) -> bool:
        """Whether the pattern matches somewhere in `text`."""
        return self._starts.search(text) is not None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match, as of `re.Pattern.search`."""
        first = self._starts.search(text, start, end)
        return self.pattern.match(text, first.start(), end) if first else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, as of `re.Pattern.finditer`."""
        end = 0
        for first in self._starts.finditer(text):
            if first.start() >= end and (match := self.pattern.match(text, first.start())):
                end = match.end()
                yield match

    def findall(self, text: str) -> list[str]:
        """The texts of all matches, as of `re.Pattern.findall` where the pattern has no groups."""
        return [match.group() for match in self.finditer(text)]
