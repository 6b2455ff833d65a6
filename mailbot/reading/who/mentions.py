"""Mentions of municipalities in a text: what is named, how firmly, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mailbot.domain.directory import Directory
from mailbot.reading.kept import kept, remembered
from mailbot.reading.who import placewords as near
from mailbot.reading.who.addresses import places_in_address
from mailbot.reading.who.gazetteer import Name, Rank, gazetteer
from mailbot.reading.who.inflection import adjective_stem, skeleton
from mailbot.reading.who.surroundings import Surroundings

_SOFT = re.compile(r"[ \t\xa0]*[-.]?[ \t\xa0]*\n?")
_ADJECTIVE_LIKE = re.compile(r"[сц]к[аиоу]|ьн[аоуы]")
_MISSPELT_FROM = 7
_LONG = 12


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


def _adjective(reader: Surroundings, i: int, j: int, name: Name) -> Strength | None:
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


def _stands_for_district(reader: Surroundings, i: int, j: int) -> bool:
    """Whether a bare adjective names the district: a whole line or cell, «район: Арский», «Арский: …», «по Арскому:»."""
    word = reader.words[j - 1]
    before, after = reader.line(i, j)
    alone = not re.search(r"[^\W\d_]", before)
    if word.endswith("ий"):
        if reader.district_before(i):
            return True
        return alone and bool(re.match(r"[\s\W]*$|[\W_]*\d|\s*[:;|\t–—]|\s+-\s|-\s", after))
    return word.endswith("ому") and reader.word(i - 1) == "по" and bool(re.match(r"\s*(?:[:;,|–—(\d-]|$)", after))


def _after_first_name(reader: Surroundings, i: int) -> bool:
    before = reader.gap(i - 1)
    return (
        before.strip() == "" and "\n" not in before and reader.capital(i - 1) and not reader.original(i - 1).isupper()
    )


def _noun(reader: Surroundings, i: int, j: int, name: Name) -> Strength | None:
    """The strength of a noun at the words i..j-1: a centre, an alias, a settlement."""
    city = reader.marked(i, near.CITY_MARK) or bool(near.CITY_AFTER.fullmatch(reader.word(j)))
    settled = reader.marked(i, near.SETTLEMENT_MARK) or bool(near.SETTLEMENT_AFTER.fullmatch(reader.word(j)))
    if reader.street(i, j) or reader.person(i, j, noun=True) or reader.media(i) or reader.joined(i, j):
        return None
    if _like_a_surname(reader, i, j) or _another(reader, i, j):
        return None
    if _district_beside(reader, j):
        return Strength.DISTRICT
    if name.rank is Rank.SETTLEMENT:
        if adjective_stem(reader.words[j - 1]) and not settled:
            return None
        return Strength.SETTLEMENT if settled or city or reader.capital(i) else None
    if name.rank is Rank.DISTRICT_ONLY:
        return None
    if not reader.capital(i) and not city and reader.words[i].startswith(near.NEEDS_CAPITAL):
        return None
    return None if _seat_of_the_ministry(reader, i, j) else Strength.CENTRE


def _district_beside(reader: Surroundings, j: int) -> bool:
    """«Арча районы», «Буа муниципаль районы»: the word for a district stands right after the noun."""
    word = reader.word(j)
    if not (near.DISTRICT.fullmatch(word) or near.QUALIFIER.fullmatch(word)):
        return False
    return reader.district_after(j) and not re.search(r"\S", reader.gap(j - 1))


def _like_a_surname(reader: Surroundings, i: int, j: int) -> bool:
    """«Муслюмова», «Исакова» are women's surnames unless a preposition or a mark («с.», not «С.») says otherwise."""
    if not reader.words[j - 1].endswith(("ова", "ева", "ина", "ову", "еву", "ину", "овым", "евым", "иным")):
        return False
    before = reader.word(i - 1)
    if re.search(r"\S", reader.gap(i - 1).replace(".", "")):
        return True
    marked = before in near.CITY_MARK | near.SETTLEMENT_MARK and not (len(before) == 1 and reader.capital(i - 1))
    return not marked and before not in near.PREPOSITIONS


_MINISTRY_BEFORE = re.compile(
    r"(?<!аккаунты )(?<!аккаунт )(?<!аккаунтов )(?<!страницы )(?<!страницу )(?<!страниц )(?<!группы )(?<!группу )министерств[^;!?]{0,90}$"
)
_MINISTRY_AFTER = re.compile(r"[\s,.]{1,4}министерств")


def _another(reader: Surroundings, i: int, j: int) -> bool:
    """Whether an adjective makes it another place: «Нижние Челны» are not «Челны», «Иске Казань» is not «Казань»."""
    if j > i + 1 or reader.gap(i - 1) not in (" ", "-", "\xa0") or not reader.capital(i - 1):
        return False
    return bool(near.ANOTHER.fullmatch(reader.word(i - 1)))


def _seat_of_the_ministry(reader: Surroundings, i: int, j: int) -> bool:
    """«В Министерство образования и науки РТ, г. Казань», not «Чистополь, на аккаунты Министерства подписались …»."""
    before, after = reader.line(i, j)
    return bool(_MINISTRY_BEFORE.search(before) or _MINISTRY_AFTER.match(after))


def _known(reader: Surroundings, i: int) -> Iterator[tuple[int, Name | None, Name | None]]:
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


def _shortened(reader: Surroundings, i: int) -> bool:
    """Whether the word i may be a first word cut short: «Н. Челны», «Р-Слободский», «В Услон»."""
    gap = reader.gap(i)
    if len(gap) > 3 or gap.strip() not in (".", "-", ".-", ""):
        return False
    return gap.strip() != "" or (reader.capital(i) and reader.capital(i + 1))


def _second(first: str, pairs: tuple[tuple[str, Name], ...]) -> Name | None:
    fitting = {name for whole, name in pairs if whole.startswith(first) and whole != first}
    return fitting.pop() if len({name.municipality for name in fitting}) == 1 else None


@remembered
def _is_telling(word: str) -> bool:
    """Whether a word may be a place's name by itself: an adjective of place, Latin letters."""
    return _ADJECTIVE_LIKE.search(word) is not None or word.isascii()


def _hopeful(reader: Surroundings) -> Iterator[int]:
    """The words that may begin a mention; nearly all words of a letter are passed over so."""
    words, starts, folded = reader.words, reader.tables.starts, reader.folded
    following, before = [*words[1:], ""], ["", *words]
    for i, word in enumerate(words):
        if (
            word in starts
            or _is_telling(word)
            or following[i].startswith(("р", "мр", "муниц"))
            or folded.startswith((".", "-"), reader.spans[i][1])
            or before[i] in near.CITY_MARK
        ):
            yield i


def _at(reader: Surroundings, i: int) -> tuple[int, str, Strength] | None:
    """The mention that begins at the word i: (end, municipality, strength)."""
    for end, adjective, noun in _known(reader, i):
        by_adjective = _adjective(reader, i, end, adjective) if adjective else None
        settled = by_adjective is Strength.DISTRICT or (by_adjective and reader.organisation_beside(i, end))
        by_noun = _noun(reader, i, end, noun) if noun and not settled else None  # «в Арском лицее» is no «за Арском»
        found = _strongest((adjective, by_adjective), (noun, by_noun))
        if found:
            return end, *found
    return _rare(reader, i)


def _strongest(*candidates: tuple[Name | None, Strength | None]) -> tuple[str, Strength] | None:
    found = [(strength, name.municipality) for name, strength in candidates if name and strength]
    if not found:
        return None
    strength, municipality = max(found, key=lambda pair: pair[0])
    return municipality, strength


def _rare(reader: Surroundings, i: int) -> tuple[int, str, Strength] | None:
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
    for n in (2, 1):
        if (n == 1 or reader.gap(i).strip(" ") == "-") and reader.district_after(i + n) and not reader.street(i, i + n):
            key = "".join(reader.words[i : i + n])
            misspelt = _misspelt(key, tables.forms)
            if misspelt:
                return i + n, misspelt, Strength.DISTRICT
    if reader.marked(i, near.CITY_MARK):
        misspelt = _misspelt(word, tables.centres)
        return (i + 1, misspelt, Strength.CENTRE) if misspelt else None
    return None


def _cut_short(reader: Surroundings, i: int) -> tuple[int, str, Strength] | None:
    """An adjective cut short by a point before «МР» or «р-н»: «Альм. МР», «Рыбно-Слоб. р-н»."""
    gap = reader.gap(i)
    if gap != "-" and not gap.startswith("."):
        return None
    for n in (2, 1):
        key = "".join(reader.words[i : i + n])
        last = i + n - 1
        if len(key) < 3 or not reader.gap(last).startswith(".") or (n == 2 and reader.gap(i) != "-"):
            continue
        whole = [name for canonical, name in reader.tables.canonicals.items() if canonical.startswith(key)]
        if len(whole) == 1 and reader.district_after(last + 1):
            return last + 1, whole[0], Strength.DISTRICT
    return None


def _latin(reader: Surroundings, i: int) -> tuple[int, str, Strength] | None:
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


def _misspelt(word: str, forms: Mapping[str, str]) -> str | None:
    """The only municipality whose form a word is but for one letter, or two of a long word."""
    if len(word) < _MISSPELT_FROM:
        return None
    slips = 2 if len(word) >= _LONG else 1
    close = process.extract(word, forms.keys(), scorer=OSA.distance, score_cutoff=slips, limit=20)
    nearest = min((distance for _, distance, _ in close), default=0)
    names = {forms[form] for form, distance, _ in close if distance == nearest and len(form) >= _MISSPELT_FROM}
    return names.pop() if len(names) == 1 else None


def _lists(reader: Surroundings, mentions: list[tuple[int, int, str, Strength]]) -> None:
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
    return _finder(directory)(text)


@kept
def _finder(directory: Directory) -> Callable[[str], tuple[Mention, ...]]:
    """`find_places` for one directory: short texts, such as subjects and senders' names, come again and again."""
    return remembered(lambda text: _places(text, directory))


def _places(text: str, directory: Directory) -> tuple[Mention, ...]:
    tables = gazetteer(directory)
    reader = Surroundings(text, tables)
    found: list[tuple[int, int, str, Strength]] = []
    end = 0
    for i in _hopeful(reader):
        if i >= end and (one := _at(reader, i)):
            found.append((i, *one))
            end = one[0]
    _lists(reader, found)
    mentions = []
    for first, end, municipality, strength in found:
        span = (reader.spans[first][0], reader.spans[end - 1][1])
        mentions.append(Mention(municipality, strength, span, text[span[0] : span[1]]))
    for start, end in reader.addresses:
        names = places_in_address(reader.folded[start:end], directory)
        mentions.extend(Mention(name, Strength.CODE, (start, end), text[start:end]) for name in names)
    return tuple(sorted(mentions, key=lambda mention: mention.span))
