"""Who a line or a cell names: an organisation as written, and the municipality that stands beside it in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from mailbot.domain.directory import Directory
from mailbot.reading.figures.lexicon import Lexicon
from mailbot.reading.figures.lines import Named
from mailbot.reading.figures.statements import Subject
from mailbot.reading.kept import kept, remembered
from mailbot.reading.text.fold import fold
from mailbot.reading.who.organisations import find_organisations
from mailbot.reading.who.places import Strength, find_places

_OFFICE = re.compile(
    r"управлени|отдел(?:а|у|ом|е|ы|ов|ени\w*)?\s|департамент|комитет|министерств|методическ\w+\s+(?:кабинет|центр)|исполнительн"
)
_PLURAL = re.compile(
    r"(?:школы|школам|школах|школами|гимназиям|гимназиях|лицеям|детские|детским|детских|сады|садам|садах)(?!\w)[^\d\"№]*$"
)
_COUNTED = re.compile(
    r"\s*(?:сотрудник|работник|педагог|учител|учащ|учени|обучающ|воспитанник|дет|чел|подписчик|подписал|человек|родител|кеше)"
)
_SIGN = re.compile(r"[№#\"»]|[nN]\s?\d")
_BARE_FIRST = re.compile(r"\d{1,3}(?=\s+[^\W\d])")
_NUMBER_JUST_BEFORE = re.compile(r"\d\s*(?:чел\w*\.?)?[\s\-–—(]*(?:(?:в|на)\s+)?$", re.IGNORECASE)
_BESIDE = re.compile(r"\s*[»\"]?\s*(?:\(([^)\n]{3,60})\)|,\s*([^\n;:–—]{3,60}?)(?=\s*[:;–—\n]|\s-\s|$|,\s*(?:вк|vk)))")


def _is_cut(text: str, end: int) -> bool:
    """Whether a name closes a quotation that the text did not open: the rest of it stands on the line before."""
    closing = text[end : end + 1] in ("»", "”") or text[end - 1 : end] in ("»", "”")
    return closing and not re.search(r"[«“„]", text[:end])


# «Не путайте с пятой школой», «спасибо гимназии №2, пустили»: named in passing.
_OF_ANOTHER = re.compile(
    r"(?:не\s+пута(?:йте|ть)\s+с|спасибо|благодаря|в\s+отличие\s+от|почт\w+)[ \t]+$", re.IGNORECASE
)


@kept
def _namer_for(directory: Directory) -> Callable[[Lexicon], Namer]:
    return lru_cache(maxsize=8)(lambda lexicon: Namer(directory, lexicon))


def namer_of(directory: Directory, lexicon: Lexicon) -> Namer:
    """The `Namer` of a directory, with what it remembers of the mails before."""
    return _namer_for(directory)(lexicon)


class Namer:
    """Finds names in texts for one directory; remembers what it saw in short texts."""

    def __init__(self, directory: Directory, lexicon: Lexicon) -> None:
        self._directory = directory
        self._lexicon = lexicon
        self.names = remembered(self._names)
        self.place = remembered(self._place)

    def _names(self, text: str) -> tuple[Named, ...]:
        """Organisations in `text`, each with the municipality that brackets or a comma put beside it."""
        found = []
        for mention in find_organisations(text, self._directory):
            start, end = mention.span
            bare = _BARE_FIRST.match(text, start, end)
            if bare and self._is_of_a_network(text, start):
                return self._names(text[:start] + " " * len(bare.group()) + text[bare.end() :])
            if _is_cut(text, end) or _OF_ANOTHER.search(text, max(0, start - 40), start):
                continue
            if _OFFICE.search(fold(mention.text)) or _PLURAL.match(fold(mention.text)):
                continue
            if (
                mention.text[-1].isdigit()
                and _COUNTED.match(fold(text[end : end + 20]))
                and not _SIGN.search(mention.text)
            ):
                continue
            beside = _BESIDE.match(text, end)
            place = self.place(beside.group(1) or beside.group(2)) if beside else None
            found.append(Named(Subject(mention.text, place), start, end))
        return tuple(found)

    def _is_of_a_network(self, text: str, at: int) -> bool:
        """«ВК 34, ОК 30 лицей №3»: the number is the network's right before it, where each stands before its number."""
        line = text[text.rfind("\n", 0, at) + 1 : at]
        fields = [x for x in self._lexicon.labels(line) if x.kind == "field"]
        if not fields or not re.fullmatch(r"[\s:=\-–—]*", line[fields[-1].end :]):
            return False
        return not all(_NUMBER_JUST_BEFORE.search(line[: x.start]) for x in (fields[0], fields[-1]))

    def _place(self, text: str) -> str | None:
        """The one municipality that a short text states, by district or centre, or None."""
        mentions = [m for m in find_places(text, self._directory) if m.strength >= Strength.SETTLEMENT]
        if not mentions:
            return None
        top = max(m.strength for m in mentions)
        names = {m.municipality for m in mentions if m.strength == top}
        return names.pop() if len(names) == 1 else None
