"""Every form of every name of a directory's municipalities, made once and then looked up in texts.

A key is a folded name written together («верхнегоуслона»), so that hyphens and spaces do not matter; an adjective's
key is its stem («буинск»). A key that tells two municipalities at the same rank tells none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from mailbot.domain.directory import Directory, Municipality
from mailbot.reading.kept import kept
from mailbot.reading.text.fold import fold
from mailbot.reading.who.inflection import (
    adjective_forms,
    adjective_stem,
    name_forms,
    noun_forms,
    settlement_adjectives,
    skeleton,
    tatar_forms,
)

_WORD = re.compile(r"[^\W\d_]+")
_TATAR_LETTERS = frozenset("әөүҗңһ")
_DISTRICT_TAIL = re.compile(r"\s+район(ы?)$")


class Rank(IntEnum):
    """What a key is to its municipality; where one key has two ranks, the higher counts."""

    SETTLEMENT = 1
    DISTRICT_ONLY = 2  # tells only before «район»: «Тукай районы», «Советский район» of a city
    CENTRE = 3
    MUNICIPALITY = 4


@dataclass(frozen=True, slots=True)
class Name:
    """The meaning of a key."""

    municipality: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The tables.

    `nouns`: forms of centres, aliases and settlements; `adjectives`: stems of municipalities and settlements;
    `firsts`: words that begin a name of several words; `second_nouns`, `second_adjectives`: last words of such names,
    with the first word, for «Н. Челны» and «Р-Слободский»; `capitals`: abbreviations that are written in capitals
    («ЕМР»); `latin`: skeletons; `forms`: all forms of the municipalities' adjectives, for misspelt ones; `canonicals`:
    for adjectives cut short («Альм. МР»); `starts`: words that may begin a name; for addresses: `codes`, `stems` (skeletons
    by their first three letters), `towns` (skeletons of centres).
    """

    nouns: Mapping[str, Name]
    adjectives: Mapping[str, Name]
    firsts: frozenset[str]
    starts: frozenset[str]
    second_nouns: Mapping[str, tuple[tuple[str, Name], ...]]
    second_adjectives: Mapping[str, tuple[tuple[str, Name], ...]]
    capitals: Mapping[str, Name]
    latin: Mapping[str, Name]
    latin_adjectives: Mapping[str, Name]
    forms: Mapping[str, str]
    centres: Mapping[str, str]
    canonicals: Mapping[str, str]
    codes: Mapping[str, str]
    stems: Mapping[str, tuple[tuple[str, str, Rank], ...]]
    towns: tuple[tuple[str, str], ...]


def together(name: str) -> str:
    """A name folded and written together: «Рыбно-Слободский» gives «рыбнослободский»."""
    return "".join(_WORD.findall(fold(name)))


def words_of(name: str) -> list[str]:
    """The folded words of a name: «Рыбно-Слободский» gives «рыбно», «слободский»."""
    return _WORD.findall(fold(name))


def _settle(meanings: Mapping[str, Iterable[Name]]) -> dict[str, Name]:
    """For each key the name of the highest rank, if it tells one municipality."""
    result = {}
    for key, names in meanings.items():
        top = max(name.rank for name in names)
        best = {name.municipality for name in names if name.rank == top}
        if len(best) == 1:
            result[key] = Name(best.pop(), top)
    return result


class _Builder:
    """Collects what all municipalities' names may look like."""

    def __init__(self) -> None:
        self.nouns: dict[str, set[Name]] = defaultdict(set)
        self.adjectives: dict[str, set[Name]] = defaultdict(set)
        self.firsts: set[str] = set()
        self.second_nouns: dict[str, set[tuple[str, Name]]] = defaultdict(set)
        self.second_adjectives: dict[str, set[tuple[str, Name]]] = defaultdict(set)
        self.capitals: dict[str, set[Name]] = defaultdict(set)
        self.latin: dict[str, set[Name]] = defaultdict(set)
        self.latin_adjectives: dict[str, set[Name]] = defaultdict(set)
        self.stems: list[tuple[str, str, Rank]] = []

    def noun(self, name: str, meaning: Name) -> None:
        """A name in the nominative, Russian or Tatar: «Верхний Услон», «Яр Чаллы»."""
        folded = fold(name)
        words = _WORD.findall(folded)
        tatar = meaning.rank > Rank.SETTLEMENT or bool(_TATAR_LETTERS & set(folded))
        forms = name_forms(folded) | (tatar_forms(folded) if tatar else frozenset())
        for key in forms:
            self.nouns[key].add(meaning)
        if len(words) > 1:
            self.firsts.update(*(noun_forms(word) for word in words[:-1]), words[:-1])
            lasts = noun_forms(words[-1]) | (tatar_forms(words[-1]) if tatar else frozenset())
            for last in lasts:
                self.second_nouns[last].add((words[0], meaning))
        for adjective in settlement_adjectives(folded):
            self.adjectives[adjective_stem(adjective)].add(Name(meaning.municipality, Rank.SETTLEMENT))
        russian = [together(name)] if meaning.rank == Rank.SETTLEMENT else name_forms(folded)
        for key in {skeleton(form) for form in russian}:
            self.latin[key].add(meaning)
        if meaning.rank is not Rank.DISTRICT_ONLY:
            self.stems.append((skeleton(together(name)), meaning.municipality, meaning.rank))

    def adjective(self, name: str, meaning: Name) -> None:
        """An adjective in the masculine nominative: «Рыбно-Слободский»."""
        words = words_of(name)
        self.adjectives[adjective_stem("".join(words))].add(meaning)
        if len(words) > 1:
            self.firsts.update(words[:-1])
            self.second_adjectives[adjective_stem(words[-1])].add((words[0], meaning))
        for form in adjective_forms("".join(words)):
            self.latin_adjectives[skeleton(form)].add(meaning)
        if meaning.rank is not Rank.DISTRICT_ONLY:
            self.stems.append((skeleton("".join(words)), meaning.municipality, meaning.rank))

    def place(self, text: str, municipality: str, rank: Rank) -> None:
        """An alias or a settlement as the directory lists it."""
        tail = _DISTRICT_TAIL.search(text)
        if tail:
            kind = self.noun if tail[1] else self.adjective
            kind(text[: tail.start()], Name(municipality, Rank.DISTRICT_ONLY))
        elif text.isupper() and len(text) <= 4:
            self.capitals[fold(text)].add(Name(municipality, Rank.CENTRE))
        elif text.endswith(("ский", "ской", "цкий")):
            if rank is Rank.SETTLEMENT:
                for ending in ("ий", "ого", "ому", "им", "ом"):
                    self.nouns[adjective_stem(together(text)) + ending].add(Name(municipality, rank))
                self.adjective(text, Name(municipality, rank))
            else:
                self.adjective(text, Name(municipality, Rank.MUNICIPALITY))
        else:
            self.noun(text, Name(municipality, rank))

    def municipality(self, one: Municipality) -> None:
        """All names of one municipality."""
        if one.canonical.endswith(("ский", "ской", "цкий")):
            self.adjective(one.canonical, Name(one.canonical, Rank.MUNICIPALITY))
            initials = "".join(word[0] for word in words_of(one.canonical))
            self.capitals[initials + "мр"].add(Name(one.canonical, Rank.MUNICIPALITY))
        if one.centre_tells:
            self.noun(one.centre, Name(one.canonical, Rank.CENTRE))
        for alias in one.aliases:
            self.place(alias, one.canonical, Rank.CENTRE)
        for settlement in one.settlements:
            self.place(settlement, one.canonical, Rank.SETTLEMENT)


def build(municipalities: tuple[Municipality, ...]) -> Gazetteer:
    """Make the tables; about a tenth of a second for Tatarstan."""
    builder = _Builder()
    for one in municipalities:
        builder.municipality(one)
    stems = defaultdict(list)
    for stem in sorted(set(builder.stems)):
        stems[stem[0][:3]].append(stem)
    districts = [m.canonical for m in municipalities if m.canonical.endswith(("ский", "ской", "цкий"))]
    return Gazetteer(
        nouns=_settle(builder.nouns),
        adjectives=_settle(builder.adjectives),
        firsts=frozenset(builder.firsts),
        starts=frozenset((*builder.firsts, *builder.nouns, *builder.capitals)),
        second_nouns={key: tuple(sorted(pairs, key=repr)) for key, pairs in builder.second_nouns.items()},
        second_adjectives={key: tuple(sorted(pairs, key=repr)) for key, pairs in builder.second_adjectives.items()},
        capitals=_settle(builder.capitals),
        latin=_settle(builder.latin),
        latin_adjectives=_settle(builder.latin_adjectives),
        forms={form: name for name in districts for form in adjective_forms(together(name))},
        centres={form: m.canonical for m in municipalities if m.centre_tells for form in name_forms(fold(m.centre))},
        canonicals={together(name): name for name in districts},
        codes={code: m.canonical for m in municipalities for code in m.codes},
        stems={start: tuple(group) for start, group in stems.items()},
        towns=tuple((stem, name) for stem, name, rank in sorted(set(builder.stems)) if rank is Rank.CENTRE),
    )


@kept
def gazetteer(directory: Directory) -> Gazetteer:
    """The tables of a directory, made at its first use."""
    return build(directory.municipalities)
