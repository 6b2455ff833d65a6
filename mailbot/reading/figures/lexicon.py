"""The campaign's words, compiled: where in a text is a field, an audience group, a foreign account or a total named.

The aliases are data (the campaign's configuration); this module adds what language does to them: case endings, Tatar
endings, either keyboard's letters, a misspelt letter or two in long words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from mailbot.domain.campaign import Campaign
from mailbot.reading.fold import fold, fold_script

LabelKind = Literal["field", "total", "audience", "foreign"]

_LETTER = "a-zа-яәөүҗңһ"
_ENDING = "[а-яәөүҗңһ]{0,5}"
_LONG = 5  # letters from which an alias takes case endings
_FUZZY = 7  # letters from which an alias may be misspelt
_TOTALS = (
    "всего", "итого", "общего числа", "общего количества", "общем количестве", "общим числом", "итог", "итоги", "общее количество", "общее число", "общее кол-во", "общая сумма", "в сумме",
    "суммарно", "общий итог", "в общей сложности", "общий охват", "сумма", "барлыгы", "барысы", "җәмгысе", "total",
    "итого всего", "всего итого", "в целом", "общ. кол-во", "общ", "общее", "совокупно",
)  # fmt: skip
_UPPER_LOOKALIKES = str.maketrans("вкотнмсреах", "bkothmcpeax")


@dataclass(frozen=True, slots=True)
class Label:
    """A name found in a text: `name` is the field's, group's or account's; `start`, `end` are characters."""

    kind: LabelKind
    name: str
    start: int
    end: int
    link: bool = False


class Lexicon:
    """The compiled words of one campaign. Build it through `lexicon_of`, which keeps it."""

    def __init__(self, campaign: Campaign) -> None:
        self._targets: list[tuple[LabelKind, str]] = []
        entries: list[tuple[str, int]] = []
        links: list[tuple[str, int]] = []
        self._fuzzy: list[tuple[str, int]] = []

        def add(kind: LabelKind, name: str, aliases: tuple[str, ...], hrefs: tuple[str, ...] = ()) -> None:
            index = len(self._targets)
            self._targets.append((kind, name))
            links.extend((_link_pattern(h), index) for h in hrefs)
            for alias in aliases:
                entries.extend((pattern, index) for pattern in _alias_patterns(alias, declined=kind == "audience"))
                folded = fold_script(alias)
                if len(folded) >= _FUZZY and " " not in folded and kind in ("field", "foreign"):
                    self._fuzzy.append((folded, index))

        for field in campaign.fields:
            kind: LabelKind = "total" if field.kind == "total" else "field"
            extra = _TOTALS if kind == "total" else ()
            add(kind, field.name, (field.title, *field.aliases, *extra), field.links)
        if campaign.total is None:
            add("total", "", _TOTALS)
        for group in campaign.audience:
            add("audience", group.name, (group.title, *group.aliases))
        for account in campaign.foreign_accounts:
            add("foreign", account, (account,))
        self._links = _union(links)
        self._names = _union(entries)
        topic = "|".join(re.escape(fold(w)) for w in campaign.topic) or r"(?!)"
        self._topic = re.compile(rf"(?<![{_LETTER}])(?:{topic})")

    def labels(self, text: str) -> tuple[Label, ...]:
        """Every name in `text`, left to right, none overlapping; the longer of two at one place."""
        folded, scripted = fold(text), fold_script(text)
        found: list[Label] = []
        taken = bytearray(len(text))
        for (regex, targets), source, link in ((self._links, folded, True), (self._names, scripted, False)):
            for match in regex.finditer(source):
                if any(taken[match.start() : match.end()]):
                    continue
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                kind, name = self._targets[targets[(match.lastindex or 1) - 1]]
                found.append(Label(kind, name, match.start(), match.end(), link))
        for match in _long_words(scripted):
            if any(taken[match.start() : match.end()]):
                continue
            index = self._misspelt(match.group())
            if index is not None:
                kind, name = self._targets[index]
                found.append(Label(kind, name, match.start(), match.end()))
        return tuple(sorted(found, key=lambda label: label.start))

    def abbreviated(self, text: str) -> Label | None:
        """The one field that a short heading abbreviates: «Одн», «Инстагр.» are beginnings of its name."""
        word = fold_script(text).strip(" .,:-")
        if not 3 <= len(word) <= 12 or not word.isalpha():
            return None
        fields = {i for alias, i in self._fuzzy if alias.startswith(word) and self._targets[i][0] == "field"}
        if len(fields) != 1:
            return None
        kind, name = self._targets[fields.pop()]
        return Label(kind, name, 0, len(text))

    def on_topic(self, text: str) -> bool:
        """Whether `text` speaks of this request: a topic word of the campaign."""
        return self._topic.search(fold(text)) is not None

    def _misspelt(self, word: str) -> int | None:
        if _ORDINARY.match(word):
            return None
        for alias, index in self._fuzzy:
            if (word[0] != alias[0] and len(alias) < 9) or abs(len(word) - len(alias)) > 3:
                continue
            allowed = 1 if len(alias) < 9 else 2
            candidates = {word, word[: len(alias)], word[: len(alias) + 1], word[: len(alias) - 1]}
            if any(DamerauLevenshtein.distance(c, alias, score_cutoff=allowed) <= allowed for c in candidates):
                return index
        return None


@lru_cache(maxsize=8)
def lexicon_of(campaign: Campaign) -> Lexicon:
    """The compiled words of `campaign`; compiled once."""
    return Lexicon(campaign)


# Words of their own that are a slip away from a network's name: «контактное лицо», «контакты».
_ORDINARY = re.compile(r"контактн|контакты|контактов|контактам|инстанци|инструкц")
_LONG_WORD = re.compile(rf"(?<![{_LETTER}])[{_LETTER}]{{6,}}(?![{_LETTER}])")


def _long_words(text: str) -> list[re.Match[str]]:
    return list(_LONG_WORD.finditer(text))


def _alias_patterns(alias: str, *, declined: bool) -> list[str]:
    """Regular expressions, over text folded by `fold_script`, for an alias and its case forms.

    A declined alias is common nouns and adjectives («педагогические работники»): each word takes endings.
    """
    if declined:
        words = [
            re.escape(re.sub(r"[аяоеиыйьую]{1,2}$", "", w)) + _ENDING if len(w) >= _LONG + 1 else re.escape(w)
            for w in fold_script(alias).split()
        ]
        return [rf"(?<![{_LETTER}])" + r"[\s\-]+".join(words) + rf"(?![{_LETTER}])"]
    folded = fold_script(alias).strip()
    forms = {folded}
    if len(folded) <= 3:
        forms.add(fold_script(fold(alias).translate(_UPPER_LOOKALIKES)))
    patterns = []
    for form in forms:
        body = r"[\s\-.]*".join(re.escape(part) for part in form.split())
        cyrillic = bool(re.search(r"[а-я]", form[-1:]))
        ending = _ENDING if len(form) >= _LONG and cyrillic else ""
        if not ending and cyrillic:
            ending = "(?:-?(?:та|да|тә|дә|ка|га|е|е))?" if len(form) <= 3 else ""
        if re.fullmatch(r"[a-z0-9асеорхку.\-]+", form) and len(form) > 3:
            ending = "(?:-?[а-яәөүҗңһ]{1,3})?"
        patterns.append(rf"(?<![{_LETTER}]){body}{ending}(?![{_LETTER}])")
    return patterns


def _link_pattern(link: str) -> str:
    host, _, path = fold(link).partition("/")
    return (
        r"(?:https?://)?(?:www\.|m\.)?"
        + re.escape(host)
        + ("/" + re.escape(path.strip("/")) if path else "")
        + r"[^\s,;|)\"]*"
    )


def _union(entries: list[tuple[str, int]]) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """One alternation of all patterns, the longest first, and the target of each of its groups."""
    ordered = sorted(entries, key=lambda entry: -len(entry[0]))
    if not ordered:
        return re.compile(r"(?!)"), ()
    return re.compile("|".join(f"({pattern})" for pattern, _ in ordered)), tuple(index for _, index in ordered)
