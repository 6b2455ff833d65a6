"""Who a line or a cell names: an organisation as written, and the municipality that stands beside it in brackets."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.domain.directory import Directory
from mailbot.reading.fold import fold
from mailbot.reading.organisations import find_organisations
from mailbot.reading.places import Strength, find_places
from mailbot.reading.prose import Named
from mailbot.reading.statements import Subject

_OFFICE = re.compile(r"управлени|отдел\w*\s|департамент|комитет|министерств|методическ\w+\s+(?:кабинет|центр)|исполнительн")
_BESIDE = re.compile(r"\s*[»\"]?\s*(?:\(([^)\n]{3,60})\)|,\s*([^\n;:–—]{3,60}?)(?=\s*[:;–—\n]|\s-\s|$|,\s*(?:вк|vk)))")


class Namer:
    """Finds names in texts for one directory; remembers what it has seen within a message."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.names = lru_cache(maxsize=2048)(self._names)
        self.place = lru_cache(maxsize=2048)(self._place)

    def _names(self, text: str) -> tuple[Named, ...]:
        """Organisations in `text`, each with the municipality that brackets or a comma put beside it."""
        found = []
        for mention in find_organisations(text):
            if _OFFICE.search(fold(mention.text)):
                continue
            start, end = mention.span
            beside = _BESIDE.match(text, end)
            place = self.place(beside.group(1) or beside.group(2)) if beside else None
            found.append(Named(Subject(mention.text, place), start, end))
        return tuple(found)

    def _place(self, text: str) -> str | None:
        """The one municipality that a short text states, by district or centre, or None."""
        mentions = [m for m in find_places(text, self._directory) if m.strength >= Strength.SETTLEMENT]
        if not mentions:
            return None
        top = max(m.strength for m in mentions)
        names = {m.municipality for m in mentions if m.strength == top}
        return names.pop() if len(names) == 1 else None
