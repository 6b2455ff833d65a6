"""What stands around a word of a text: a district's word, a street, a person, an organisation, a quotation mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from mailbot.reading.text.fold import fold
from mailbot.reading.who import placewords as near
from mailbot.reading.who.gazetteer import Gazetteer

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)+|[^\W\d_]+")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\.(?:ru|рф|com|org|net|info)\b\S*")
_IN_ADDRESS = re.compile(r"[\w.+-]")
_LOCAL_PART, _HOST = 64, 100
_LINE = 200
_BREAK = re.compile(r"[,;:\n\t|()]")
_STOP = re.compile(r"[,;:|()\t]|\n\s*\n|\.\s*\n")
_OF_A_DISTRICT = frozenset("агимоуmrр")  # with which the words for a district, its office and «муниципальный» begin
_QUOTE = frozenset("\"'«„“")


def _leftwards(text: str, at: int, most: int) -> int:
    """Where the letters of an address that end at `at` begin, `most` of them at most."""
    start = at
    while start > max(0, at - most) and _IN_ADDRESS.match(text[start - 1]):
        start -= 1
    return start


def addresses(folded: str) -> list[tuple[int, int]]:
    """The spans of e-mail addresses in a text. Looked for from their @, so that no text makes the search slow."""
    found = []
    at = folded.find("@")
    while at >= 0:
        start = _leftwards(folded, at, _LOCAL_PART)
        domain = _DOMAIN.match(folded, at + 1)
        if domain and start < at:
            found.append((start, domain.end()))
        at = folded.find("@", at + 1)
    return found


def _links(folded: str) -> list[tuple[int, int]]:
    if "." not in folded and "http" not in folded:
        return []
    return [(_leftwards(folded, m.start(), _HOST), m.end()) for m in _LINK.finditer(folded)]


def _outside(taken: list[tuple[int, int]], words: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The words that lie in none of the spans, which are sorted."""
    at = 0
    for word in words:
        while at < len(taken) and taken[at][1] <= word.start():
            at += 1
        if at == len(taken) or word.start() < taken[at][0]:
            yield word


class Surroundings:
    """One text with its words; the methods ask what stands around a word."""

    def __init__(self, text: str, tables: Gazetteer) -> None:
        self.text = text
        self.folded = fold(text)
        self.tables = tables
        self.addresses = addresses(self.folded)
        taken = sorted(self.addresses + _links(self.folded))
        words = _TOKEN.finditer(self.folded)
        found = list(_outside(taken, words) if taken else words)
        self.words = [m[0] for m in found]
        self.spans = [m.span() for m in found]

    def gap(self, i: int) -> str:
        """What stands between the words i and i + 1."""
        if i < 0 or i + 1 >= len(self.words):
            return "\n\n"
        return self.folded[self.spans[i][1] : self.spans[i + 1][0]]

    def word(self, i: int) -> str:
        """The folded word i, an empty string outside the text."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def original(self, i: int) -> str:
        """The word i as it is written."""
        if not 0 <= i < len(self.words):
            return ""
        start, end = self.spans[i]
        return self.text[start:end]

    def capital(self, i: int) -> bool:
        """Whether the word i begins with a capital letter."""
        return self.original(i)[:1].isupper()

    def line(self, i: int, j: int) -> tuple[str, str]:
        """What stands before the words i..j-1, and after them, on their line (of a long line, what is near)."""
        start, end = self.spans[i][0], self.spans[j - 1][1]
        before, after = self.folded[max(0, start - _LINE) : start], self.folded[end : end + _LINE]
        return before.rpartition("\n")[2], after.partition("\n")[0]

    # What follows, what precedes

    def district_after(self, j: int) -> bool:
        """Whether the words before j name a district: «… муниципальный район», «… МР», «… р-н», «… РОО»."""
        if self.word(j)[:1] not in _OF_A_DISTRICT or _STOP.search(self.gap(j - 1)):
            return False
        for _ in range(2):
            if near.QUALIFIER.fullmatch(self.word(j)) and not _STOP.search(self.gap(j)):
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
        if _BREAK.search(self.gap(i - 1)) or near.ROLE.fullmatch(self.word(i - 2)):
            return False  # «директор школы Буинская Лилия»
        return bool(near.ORGANISATION.fullmatch(self.word(i - 1)))

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
