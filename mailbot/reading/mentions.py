"""Mentions of municipalities in a text: what is named, how firmly, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mailbot.domain.directory import Directory
from mailbot.reading import placewords as near
from mailbot.reading.addresses import places_in_address
from mailbot.reading.fold import fold
from mailbot.reading.gazetteer import Gazetteer, Name, Rank, gazetteer
from mailbot.reading.inflection import adjective_stem, skeleton

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)+|[^\W\d_]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:ru|рф|com|org|net|info)\b\S*")
_SOFT = re.compile(r"[ \t\xa0]*[-.]?[ \t\xa0]*\n?")
_BREAK = re.compile(r"[,;:\n\t|()]")
_STOP = re.compile(r"[,;:|()\t]|\n\s*\n|\.\s*\n")
_QUOTE = frozenset("\"'«„“")
_MISSPELT_FROM = 7


class Strength(IntEnum):
    """How firmly a mention states a municipality; a weaker one never overrides a stronger."""

    CODE = 1  # letters in an address: roo.almet@…
    ORGANISATION = 2  # an adjective in an organisation's name, or standing bare: «Кайбицкая ООШ»
    SETTLEMENT = 3  # «с. Кузкеево», «Советский район» of a city
    CENTRE = 4  # «г. Буинск», «Чистополь»
    DISTRICT = 5  # «Буинский район», «Арча районы», «Тетюшский МР»


@dataclass(frozen=True, slots=True)
class Mention:
    """A municipality named in a text, at `span` (offsets in it)."""

    municipality: str
    strength: Strength
    span: tuple[int, int]
    text: str


class _Reader:
    """One text with its words; the methods ask what stands around a word."""

    def __init__(self, text: str, tables: Gazetteer) -> None:
        self.text = text
        self.folded = fold(text)
        self.tables = tables
        taken = [m.span() for pattern in (_EMAIL, _LINK) for m in pattern.finditer(self.folded)]
        found = [m for m in _TOKEN.finditer(self.folded) if not any(a <= m.start() < b for a, b in taken)]
        self.words = [m[0] for m in found]
        self.spans = [m.span() for m in found]

    def gap(self, i: int) -> str:
        """What stands between the words i and i + 1."""
        if i < 0 or i + 1 >= len(self.words):
            return "\n\n"
        return self.folded[self.spans[i][1] : self.spans[i + 1][0]]

    def word(self, i: int) -> str:
        return self.words[i] if 0 <= i < len(self.words) else ""

    def original(self, i: int) -> str:
        if not 0 <= i < len(self.words):
            return ""
        start, end = self.spans[i]
        return self.text[start:end]

    def capital(self, i: int) -> bool:
        return self.original(i)[:1].isupper()

    def line(self, i: int, j: int) -> tuple[str, str]:
        """What stands before the words i..j-1, and after them, on their line."""
        start, end = self.spans[i][0], self.spans[j - 1][1]
        left = self.folded.rfind("\n", 0, start) + 1
        right = self.folded.find("\n", end)
        return self.folded[left:start], self.folded[end : right if right >= 0 else None]

    # What follows, what precedes

    def district_after(self, j: int) -> bool:
        """Whether the words before j name a district: «… муниципальный район», «… МР», «… р-н», «… РОО»."""
        if _STOP.search(self.gap(j - 1)):
            return False
        while near.QUALIFIER.fullmatch(self.word(j)) and not _STOP.search(self.gap(j)):
            j += 1
        word = self.word(j)
        if near.DISTRICT.fullmatch(word) or _nearly_district(word):
            return True
        if word in ("р", "м") and self.gap(j)[:1] in ("-", "/", ".") and len(self.gap(j)) <= 2:
            following = self.word(j + 1)
            return following in ("н", "на", "не", "ну", "он", "ном") if word == "р" else following.startswith("р")
        return self._office(j)

    def _office(self, j: int) -> bool:
        word = self.word(j)
        if near.OFFICE.fullmatch(word):
            return len(word) < 5 or bool(near.EDUCATION.fullmatch(self.word(j + 1))) or word.startswith(("исп", "мет"))
        return word == "исполнительный" or (word == "методический" and self.word(j + 1).startswith("кабинет"))

    def district_before(self, i: int) -> bool:
        """Whether «район:» or «р-н» stands just before the word i."""
        if not re.fullmatch(r"[ \t\xa0:–—-]*\n?", self.gap(i - 1)):
            return False
        return bool(near.DISTRICT.fullmatch(self.word(i - 1))) or (
            self.word(i - 1) == "н" and self.word(i - 2) == "р" and self.gap(i - 2) == "-"
        )

    def organisation_beside(self, i: int, j: int) -> bool:
        """Whether the words i..j-1 belong to the name of a school or the like."""
        for k in range(j, j + 5):
            if _BREAK.search(self.gap(k - 1).replace("\n", " ", 1)):
                break
            if near.ORGANISATION.fullmatch(self.word(k)) or (self.word(k) == "д" and self.word(k + 1) == "с"):
                return True
        before = self.gap(i - 1)
        return not _BREAK.search(before) and bool(near.ORGANISATION.fullmatch(self.word(i - 1)))

    def street(self, i: int, j: int) -> bool:
        """Whether the words i..j-1 are a street's name."""
        if self.word(j) in near.STREET_AFTER and not _BREAK.search(self.gap(j - 1)):
            return True
        for k in (i - 1, i - 2):
            if _BREAK.search(self.gap(k)):
                return False
            if self.word(k) in near.STREET or (self.word(k) in ("т", "р") and self.word(k - 1) in near.STREET | {"б"}):
                return True
        return False

    def person(self, i: int, j: int, *, noun: bool) -> bool:
        """Whether the words i..j-1 are somebody's surname or namesake: «им. Буинского», «Арский И.И.», «М. Джалиль»."""
        if self.word(j) in near.NAMED_AFTER_TATAR and not _BREAK.search(self.gap(j - 1)):
            return True
        k = i - 1
        while k >= 0 and len(self.word(k)) == 1 and self.capital(k) and "." in self.gap(k) and k >= i - 2:
            k -= 1
        if self.word(k) in near.NAMED_AFTER or near.POETS.fullmatch(self.word(k)):
            return not _BREAK.search(self.gap(k))
        marks = near.CITY_MARK | near.SETTLEMENT_MARK if noun else frozenset[str]()
        if k < i - 1 and not (k == i - 2 and self.word(i - 1) in marks) and len(self.gap(i - 1)) <= 2:
            return True
        return not noun and self._initials(j)

    def _initials(self, j: int) -> bool:
        if len(self.word(j)) != 1 or not self.capital(j) or not self.gap(j).startswith("."):
            return False
        if re.search(r"[^ \t\xa0]", self.gap(j - 1)):
            return False
        return not (self.word(j) == "м" and self.word(j + 1).startswith("р"))

    def joined(self, i: int, j: int) -> bool:
        """Whether a hyphen without spaces ties the words i..j-1 to another: «Рубин-Казань», «Казань-Арена»."""
        before = self.gap(i - 1) == "-" and self.word(i - 1) not in near.JOINED
        return before or (self.gap(j - 1) == "-" and self.word(j) not in near.JOINED)

    def media(self, i: int) -> bool:
        """Whether the word i begins a quoted name of a newspaper, a club, a firm."""
        return bool(_QUOTE & set(self.gap(i - 1))) and self.word(i - 1) in near.MEDIA

    def marked(self, i: int, marks: frozenset[str]) -> bool:
        """Whether one of the marks («г.», «с.») stands just before the word i."""
        return self.word(i - 1) in marks and bool(re.fullmatch(r"[ \t\xa0.-]*\n?", self.gap(i - 1)))


def _nearly_district(word: str) -> bool:
    """Whether a word is «район», «района»… but for one letter."""
    forms = ("район", "района", "району", "районе", "районом", "районы")
    return word.startswith("р") and len(word) >= 4 and any(OSA.distance(word, f, score_cutoff=1) <= 1 for f in forms)


def _adjective(reader: _Reader, i: int, j: int, name: Name) -> Strength | None:
    """The strength of an adjective at the words i..j-1."""
    if reader.street(i, j) or reader.person(i, j, noun=False) or reader.media(i) or reader.joined(i, j):
        return None
    district = reader.district_after(j)
    if name.rank is Rank.DISTRICT_ONLY:
        return Strength.SETTLEMENT if district else None
    if name.rank is Rank.MUNICIPALITY and (district or _stands_for_district(reader, i, j)):
        return Strength.DISTRICT
    if reader.organisation_beside(i, j):
        return Strength.ORGANISATION
    if name.rank is not Rank.MUNICIPALITY:
        return Strength.ORGANISATION if near.RURAL.fullmatch(reader.word(j)) else None
    if reader.word(j) in near.NOT_EDUCATION or not reader.words[j - 1].endswith(("ого", "ому", "ом", "им", "ий", "их")):
        return None
    return Strength.ORGANISATION if not _after_first_name(reader, i) else None


def _stands_for_district(reader: _Reader, i: int, j: int) -> bool:
    """Whether a bare adjective names the district: a whole line or cell, «район: Арский», «Арский: …», «по Арскому:»."""
    word = reader.words[j - 1]
    before, after = reader.line(i, j)
    alone = not re.search(r"[^\W\d_]", before)
    if word.endswith("ий"):
        if reader.district_before(i):
            return True
        return alone and bool(re.match(r"[\s\W]*$|[\W_]*\d|\s*[:;|\t–—]|\s+-\s|-\s", after))
    return word.endswith("ому") and reader.word(i - 1) == "по" and bool(re.match(r"\s*(?:[:;,|–—(\d-]|$)", after))


def _after_first_name(reader: _Reader, i: int) -> bool:
    before = reader.gap(i - 1)
    return (
        before.strip() == "" and "\n" not in before and reader.capital(i - 1) and not reader.original(i - 1).isupper()
    )


def _noun(reader: _Reader, i: int, j: int, name: Name) -> Strength | None:
    """The strength of a noun at the words i..j-1: a centre, an alias, a settlement."""
    city = reader.marked(i, near.CITY_MARK) or bool(near.CITY_AFTER.fullmatch(reader.word(j)))
    settled = reader.marked(i, near.SETTLEMENT_MARK) or bool(near.SETTLEMENT_AFTER.fullmatch(reader.word(j)))
    if reader.street(i, j) or reader.person(i, j, noun=True) or reader.media(i) or reader.joined(i, j):
        return None
    if _like_a_surname(reader, i, j) or _another(reader, i, j):
        return None
    if name.rank is Rank.SETTLEMENT:
        if adjective_stem(reader.words[j - 1]) and not settled:
            return None
        return Strength.SETTLEMENT if settled or city or reader.capital(i) else None
    if near.DISTRICT.fullmatch(reader.word(j)) or near.QUALIFIER.fullmatch(reader.word(j)):
        if reader.district_after(j) and not re.search(r"\S", reader.gap(j - 1)):
            return Strength.DISTRICT
    if name.rank is Rank.DISTRICT_ONLY:
        return None
    if not reader.capital(i) and not city and reader.words[i].startswith(near.NEEDS_CAPITAL):
        return None
    return None if _seat_of_the_ministry(reader, i, j) else Strength.CENTRE


def _like_a_surname(reader: _Reader, i: int, j: int) -> bool:
    """«Муслюмова», «Исакова» are women's surnames unless a preposition or a mark («с.», not «С.») says otherwise."""
    if not reader.words[j - 1].endswith(("ова", "ева", "ина", "ову", "еву", "ину", "овым", "евым", "иным")):
        return False
    before = reader.word(i - 1)
    if re.search(r"\S", reader.gap(i - 1).replace(".", "")):
        return True
    marked = before in near.CITY_MARK | near.SETTLEMENT_MARK and not (len(before) == 1 and reader.capital(i - 1))
    return not marked and before not in near.PREPOSITIONS


def _another(reader: _Reader, i: int, j: int) -> bool:
    """Whether an adjective makes it another place: «Нижние Челны» are not «Челны»."""
    if j > i + 1 or reader.words[i] not in reader.tables.second_nouns or reader.gap(i - 1) not in (" ", "-", "\xa0"):
        return False
    return reader.capital(i - 1) and reader.word(i - 1).endswith(("ые", "ие", "ых", "их", "ым", "им", "ое", "ая", "ой", "ого"))


def _seat_of_the_ministry(reader: _Reader, i: int, j: int) -> bool:
    before, after = reader.line(i, j)
    return "министерств" in before or "министерств" in after


def _known(reader: _Reader, i: int) -> Iterator[tuple[int, Name | None, Name | None]]:
    """What may be named at the word i: (end, adjective, noun), the longest first."""
    tables, words = reader.tables, reader.words
    longest = 3 if words[i] in tables.firsts or reader.gap(i).strip() == "-" else 1
    for n in range(longest, 1, -1):
        gaps = [reader.gap(k) for k in range(i, i + n - 1)]
        if i + n > len(words) or not all(_SOFT.fullmatch(gap) for gap in gaps):
            continue
        key = "".join(words[i : i + n])
        yield i + n, _stem(tables.adjectives, key), tables.nouns.get(key)
    if i + 1 < len(words) and _shortened(reader, i):
        stem = adjective_stem(words[i + 1])
        adjective = _second(words[i], tables.second_adjectives.get(stem, ()))
        yield i + 2, adjective, _second(words[i], tables.second_nouns.get(words[i + 1], ()))
    yield i + 1, _stem(tables.adjectives, words[i]), tables.nouns.get(words[i])


def _stem(adjectives: Mapping[str, Name], key: str) -> Name | None:
    stem = adjective_stem(key)
    return adjectives.get(stem) if stem else None


def _shortened(reader: _Reader, i: int) -> bool:
    """Whether the word i may be a first word cut short: «Н. Челны», «Р-Слободский», «В Услон»."""
    gap = reader.gap(i)
    if len(gap) > 3 or gap.strip() not in (".", "-", ".-", ""):
        return False
    return gap.strip() != "" or (reader.capital(i) and reader.capital(i + 1))


def _second(first: str, pairs: tuple[tuple[str, Name], ...]) -> Name | None:
    fitting = {name for whole, name in pairs if whole.startswith(first) and whole != first}
    return fitting.pop() if len({name.municipality for name in fitting}) == 1 else None


def _at(reader: _Reader, i: int) -> tuple[int, str, Strength] | None:
    """The mention that begins at the word i: (end, municipality, strength)."""
    for end, adjective, noun in _known(reader, i):
        found = _strongest(
            (adjective, _adjective(reader, i, end, adjective) if adjective else None),
            (noun, _noun(reader, i, end, noun) if noun else None),
        )
        if found:
            return end, *found
    return _rare(reader, i)


def _strongest(*candidates: tuple[Name | None, Strength | None]) -> tuple[str, Strength] | None:
    found = [(strength, name.municipality) for name, strength in candidates if name and strength]
    if not found:
        return None
    strength, municipality = max(found, key=lambda pair: pair[0])
    return municipality, strength


def _rare(reader: _Reader, i: int) -> tuple[int, str, Strength] | None:
    """Abbreviations («ЕМР», «Альм. МР»), Latin letters, and words misspelt by one letter."""
    tables, word = reader.tables, reader.words[i]
    if reader.original(i).isupper() and word in tables.capitals:
        name = tables.capitals[word]
        return i + 1, name.municipality, Strength.DISTRICT if name.rank is Rank.MUNICIPALITY else Strength.CENTRE
    cut = _cut_short(reader, i)
    if cut:
        return cut
    if word.isascii():
        return _latin(reader, i)
    if len(word) < _MISSPELT_FROM:
        return None
    if adjective_stem(word) and reader.district_after(i + 1) and not reader.street(i, i + 1):
        return _misspelt(i, word, tables.forms, Strength.DISTRICT)
    if reader.marked(i, near.CITY_MARK):
        return _misspelt(i, word, tables.centres, Strength.CENTRE)
    return None


def _cut_short(reader: _Reader, i: int) -> tuple[int, str, Strength] | None:
    """An adjective cut short by a point before «МР» or «р-н»: «Альм. МР», «Рыбно-Слоб. р-н»."""
    for n in (2, 1):
        key = "".join(reader.words[i : i + n])
        last = i + n - 1
        if len(key) < 3 or not reader.gap(last).startswith(".") or (n == 2 and reader.gap(i) != "-"):
            continue
        whole = [name for canonical, name in reader.tables.canonicals.items() if canonical.startswith(key)]
        if len(whole) == 1 and reader.district_after(last + 1):
            return last + 1, whole[0], Strength.DISTRICT
    return None


def _latin(reader: _Reader, i: int) -> tuple[int, str, Strength] | None:
    tables = reader.tables
    for n in (2, 1):
        key = skeleton("".join(reader.words[i : i + n]))
        if len(key) < 4 or i + n > len(reader.words) or (n == 2 and not _SOFT.fullmatch(reader.gap(i))):
            continue
        name = tables.latin_adjectives.get(key)
        if name and name.rank is Rank.MUNICIPALITY and reader.district_after(i + n):
            return i + n, name.municipality, Strength.DISTRICT
        if name and reader.organisation_beside(i, i + n):
            return i + n, name.municipality, Strength.ORGANISATION
        noun = tables.latin.get(key)
        if noun and noun.rank is not Rank.DISTRICT_ONLY and not reader.street(i, i + n):
            return i + n, noun.municipality, Strength.CENTRE if noun.rank is Rank.CENTRE else Strength.SETTLEMENT
    return None


def _misspelt(i: int, word: str, forms: Mapping[str, str], strength: Strength) -> tuple[int, str, Strength] | None:
    close = process.extract(word, forms.keys(), scorer=OSA.distance, score_cutoff=1, limit=5)
    names = {forms[form] for form, _, _ in close if len(form) >= _MISSPELT_FROM}
    return (i + 1, names.pop(), strength) if len(names) == 1 else None


def _lists(reader: _Reader, mentions: list[tuple[int, int, str, Strength]]) -> None:
    """«Буинский и Тетюшский районы»: the word for a district is everybody's in the list."""
    for at in range(len(mentions) - 2, -1, -1):
        first, end, name, strength = mentions[at]
        following = mentions[at + 1]
        if strength is Strength.ORGANISATION and following[3] is Strength.DISTRICT and following[0] in (end, end + 1):
            between = reader.folded[reader.spans[end - 1][1] : reader.spans[following[0]][0]]
            if re.fullmatch(r"\s*(?:,|и|,\s*и|һәм)\s*", between):
                mentions[at] = (first, end, name, Strength.DISTRICT)


def find_places(text: str, directory: Directory) -> tuple[Mention, ...]:
    """The municipalities named in a text, in its order.

    «в Буинском районе», «Тетюшский МР», «Арча районы» are DISTRICT; «г. Буинск», «из Чистополя» CENTRE; «пгт
    Джалиль» SETTLEMENT; «Кайбицкая ООШ» ORGANISATION; an e-mail address in the text CODE. Not taken: streets,
    surnames, namesakes, newspapers and clubs, the ministry's own Казань.
    """
    tables = gazetteer(directory)
    reader = _Reader(text, tables)
    found: list[tuple[int, int, str, Strength]] = []
    i = 0
    while i < len(reader.words):
        one = _at(reader, i)
        if one:
            found.append((i, *one))
        i = one[0] if one else i + 1
    _lists(reader, found)
    mentions = []
    for first, end, municipality, strength in found:
        span = (reader.spans[first][0], reader.spans[end - 1][1])
        mentions.append(Mention(municipality, strength, span, text[span[0] : span[1]]))
    for address in _EMAIL.finditer(reader.folded):
        mentions.extend(
            Mention(name, Strength.CODE, address.span(), text[address.start() : address.end()])
            for name in places_in_address(address[0], directory)
        )
    return tuple(sorted(mentions, key=lambda mention: mention.span))
