"""The campaign's words, compiled: where in a text is a field, an audience group, a foreign account or a total named.

The aliases are data (the campaign's configuration); this module adds what language does to them: case endings, Tatar
endings, either keyboard's letters, a misspelt letter or two in long words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from mailbot.domain.campaign import Campaign
from mailbot.reading.kept import kept, remembered
from mailbot.reading.text.fold import fold, fold_script

LabelKind = Literal["field", "total", "audience", "foreign"]

_LETTER = "a-zа-яәөүҗңһ"
_ENDING = "[а-яәөүҗңһ]{0,5}"
_LONG = 5  # letters from which an alias takes case endings
_FUZZY = 7  # letters from which an alias may be misspelt
_VERY_LONG = 9  # letters from which the first may be another one, and two may be wrong
_TOTALS = (
    "всего", "итого", "общего числа", "общего количества", "общем количестве", "общим числом", "итог", "итоги", "общее количество", "общее число", "общее кол-во", "общая сумма", "в сумме",
    "суммарно", "общий итог", "в общей сложности", "общий охват", "сумма", "барлыгы", "барысы", "җәмгысе", "total",
    "гомуми сан", "гомуми саны", "vsego", "itogo", "sum", "summa", "сум", "итого всего", "всего итого", "в целом", "общ. кол-во", "общ", "общее", "совокупно",
)  # fmt: skip
_LONGEST_CELL = 120  # characters of a cell that may be a network's name and nothing else
_EVENT = re.compile(
    r"трансляци|(?<![а-я])эфир|флешмоб|флэшмоб|челлендж|конкурс|марафон|викторин|(?<![а-я])акци[яию]|вебинар|мероприят"
)
_UPPER_LOOKALIKES = str.maketrans("вкотнмсреах", "bkothmcpeax")


@dataclass(frozen=True, slots=True)
class Label:
    """A name found in a text: `name` is the field's, group's or account's; `start`, `end` are characters."""

    kind: LabelKind
    name: str
    start: int
    end: int
    link: bool = False


class _Link(NamedTuple):
    """A field's address without the scheme, and the pattern of what it looks like in a text; that holds the address."""

    address: str
    pattern: re.Pattern[str]
    target: int


class _Entry(NamedTuple):
    """A pattern of an alias, which has so many `letters` without its endings, and what it names."""

    letters: int
    pattern: str
    target: int


class _Fuzzy(NamedTuple):
    """A long alias that may be misspelt, how it is heard, and its letters."""

    alias: str
    target: int
    heard: str
    letters: frozenset[str]


class Lexicon:
    """The compiled words of one campaign. Build it through `lexicon_of`, which keeps it."""

    def __init__(self, campaign: Campaign) -> None:
        self._targets: list[tuple[LabelKind, str]] = []
        entries: list[_Entry] = []
        links: list[_Link] = []
        self._fuzzy: list[_Fuzzy] = []

        def add(kind: LabelKind, name: str, aliases: tuple[str, ...], hrefs: tuple[str, ...] = ()) -> None:
            index = len(self._targets)
            self._targets.append((kind, name))
            links.extend(_link(href, index) for href in hrefs)
            for alias in aliases:
                patterns = _alias_patterns(alias, declined=kind == "audience")
                entries.extend(_Entry(len(alias), pattern, index) for pattern in patterns)
                folded = fold_script(alias)
                if len(folded) >= _FUZZY and " " not in folded and kind in ("field", "foreign"):
                    self._fuzzy.append(_Fuzzy(folded, index, _by_ear(folded), frozenset(folded)))

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
        links.sort(key=lambda link: -len(link.pattern.pattern))
        self._links = links
        self._far, self._near = _by_first_letter(self._fuzzy)
        self._names = _Names(entries)
        self._misspelt = lru_cache(maxsize=8192)(self._slip)
        self.labels = lru_cache(maxsize=512)(self._labels)
        self.sole = remembered(self._sole)
        topic = "|".join(re.escape(fold(w)) for w in campaign.topic) or r"(?!)"
        self._topic = re.compile(rf"(?<![{_LETTER}])(?:{topic})")

    def _labels(self, text: str) -> tuple[Label, ...]:
        """Every name in `text`, left to right, none overlapping; the longer of two at one place."""
        return tuple(sorted(self._found(text), key=lambda label: label.start))

    def names_field(self, text: str) -> bool:
        """Whether `labels` of `text` holds a field; of a long text that names one early, only its beginning is read."""
        return any(label.kind == "field" for label in self._found(text))

    def _sole(self, text: str) -> Label | None:
        """The network, total or group that a cell names: «ВКонтакте, чел.»; not what takes place there: «эфир ВКонтакте»."""
        if len(text) > _LONGEST_CELL or _EVENT.search(fold(text)):
            return None
        labels = self.labels(text)
        fields = [x for x in labels if x.kind == "field"]
        if len({x.name for x in fields}) == 1:
            return fields[0]
        return labels[0] if labels and not fields else None

    def _found(self, text: str) -> Iterator[Label]:
        """The names in `text` as they are found: addresses, then names, then misspelt ones; what is taken stays so."""
        scripted = fold_script(text)
        taken = bytearray(len(text))

        def take(start: int, end: int, index: int, *, link: bool = False) -> Iterator[Label]:
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                yield Label(*self._targets[index], start, end, link)

        if "." in text:
            folded = fold(text)
            for address, pattern, index in self._links:
                for match in pattern.finditer(folded) if address in folded else ():
                    yield from take(match.start(), match.end(), index, link=True)
        for start, end, index in self._names.find(scripted):
            yield from take(start, end, index)
        for match in _LONG_WORD.finditer(scripted):
            start, end = match.span()
            if taken.find(1, start, end) < 0 and (misspelt := self._misspelt(match.group())) is not None:
                yield from take(start, end, misspelt)

    def abbreviated(self, text: str) -> Label | None:
        """The one field that a short heading abbreviates: «Одн», «Инстагр.» are beginnings of its name."""
        word = fold_script(text).strip(" .,:-")
        if not 3 <= len(word) <= 12 or not word.isalpha():
            return None
        fields = {x.target for x in self._fuzzy if x.alias.startswith(word) and self._targets[x.target][0] == "field"}
        if len(fields) != 1:
            return None
        kind, name = self._targets[fields.pop()]
        return Label(kind, name, 0, len(text))

    def on_topic(self, text: str) -> bool:
        """Whether `text` speaks of this request: a topic word of the campaign."""
        return self._topic.search(fold(text)) is not None

    def _slip(self, word: str) -> int | None:
        """The target whose name a long word is a slip of the pen away from."""
        if _ORDINARY.match(word):
            return None
        by_ear, letters = _by_ear(word), frozenset(word)
        for alias, index, heard, its_letters in self._near.get(word[0], self._far):
            if abs(len(word) - len(alias)) > 3:
                continue
            allowed = 1 if len(alias) < _VERY_LONG else 2
            if by_ear.startswith(heard):  # «аднакласники», «адноклассники»
                return index
            if len(its_letters - letters) > allowed:
                continue  # each letter of the alias that the word lacks is a slip
            candidates = {word, word[: len(alias)], word[: len(alias) + 1], word[: len(alias) - 1]}
            if any(DamerauLevenshtein.distance(c, alias, score_cutoff=allowed) <= allowed for c in candidates):
                return index
        return None


def _by_first_letter(aliases: list[_Fuzzy]) -> tuple[tuple[_Fuzzy, ...], dict[str, tuple[_Fuzzy, ...]]]:
    """What a word may be a slip of: whatever it begins with, only very long aliases; else those with its letter, too."""
    far = tuple(x for x in aliases if len(x.alias) >= _VERY_LONG)
    letters = {x.alias[0] for x in aliases}
    near = {a: tuple(x for x in aliases if x.alias[0] == a or len(x.alias) >= _VERY_LONG) for a in letters}
    return far, near


@kept
def lexicon_of(campaign: Campaign) -> Lexicon:
    """The compiled words of `campaign`; compiled once."""
    return Lexicon(campaign)


_DOUBLED = re.compile(r"(.)\1")


def _by_ear(word: str) -> str:
    """A word as it is heard: an unstressed «о» sounds as «а», a double consonant as one."""
    return _DOUBLED.sub(r"\1", word.replace("о", "а"))


# Words of their own that are a slip away from a network's name: «контактное лицо», «контакты».
_ORDINARY = re.compile(r"контактн|контакты|контактов|контактам|инстанци|инструкц")
_LONG_WORD = re.compile(rf"(?<![{_LETTER}])[{_LETTER}]{{6,}}(?![{_LETTER}])")


def _alias_patterns(alias: str, *, declined: bool) -> list[str]:
    """Regular expressions, over text folded by `fold_script`, for an alias and its case forms.

    A declined alias is common nouns and adjectives («педагогические работники»): each word takes endings.
    """
    if declined:
        words = [
            re.escape(w[:-4]) + "(?:иеся|ихся|имся|имися)"
            if w.endswith("иеся")
            else re.escape(re.sub(r"[аяоеиыйьую]{1,2}$", "", w)) + _ENDING
            if len(w) >= _LONG + 1
            else re.escape(w)
            for w in fold_script(alias).split()
        ]
        return [r"[\s\-]+".join(words)]
    folded = fold_script(alias).strip()
    forms = {folded}
    if len(folded) <= 3:
        forms.add(fold_script(fold(alias).translate(_UPPER_LOOKALIKES)))
    patterns = []
    for form in forms:
        body = r"[\s\-.]*".join(re.escape(part) for part in form.split())
        if len(form) >= _LONG and form.endswith("а"):
            patterns.append(f"{body[:-1]}(?:ы|е|у|ой|ою)")
        cyrillic = bool(re.search(r"[а-я]", form[-1:]))
        ending = _ENDING if len(form) >= _LONG and cyrillic else ""
        if not ending and cyrillic:
            ending = "(?:-?(?:та|да|тә|дә|ка|га|е|е))?" if len(form) <= 3 else ""
        if re.fullmatch(r"[a-z0-9асеорхку.\-]+", form) and len(form) > 3:
            ending = "(?:-?[а-яәөүҗңһ]{1,3})?"
        patterns.append(body + ending)
    return patterns


def _link(link: str, index: int) -> _Link:
    host, _, path = fold(link).partition("/")
    address = f"{host}/{path.strip('/')}" if path else host
    pattern = r"(?:https?://)?(?:www\.|m\.)?" + re.escape(address) + r"[^\s,;|)\"]*"
    return _Link(address, re.compile(pattern), index)


class _Names:
    """Patterns by their first letter, the longest first: at a word's beginning only those that may fit are tried.

    The longest alias, that is: «Одн-ки» comes before «Одн», whose endings make the longer pattern.
    """

    def __init__(self, entries: list[_Entry]) -> None:
        by_letter: dict[str, list[tuple[str, int]]] = {}
        for _, pattern, target in sorted(entries, key=lambda entry: (-entry.letters, -len(entry.pattern))):
            by_letter.setdefault(pattern.removeprefix("\\")[0], []).append((pattern, target))
        self._starts = re.compile(rf"(?<![{_LETTER}])[{re.escape(''.join(sorted(by_letter)))}]")
        self._patterns = {
            letter: (
                re.compile("(?:" + "|".join(f"({pattern})" for pattern, _ in group) + rf")(?![{_LETTER}])"),
                tuple(target for _, target in group),
            )
            for letter, group in by_letter.items()
        }

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """All names in a folded text, left to right: (start, end, target)."""
        end = 0
        for start in self._starts.finditer(text):
            if start.start() < end:
                continue
            pattern, targets = self._patterns[start.group()]
            if match := pattern.match(text, start.start()):
                end = match.end()
                yield match.start(), end, targets[(match.lastindex or 1) - 1]
