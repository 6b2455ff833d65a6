"""Patterns with the words that they need: most texts hold none of them, and to look for a word costs next to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


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
