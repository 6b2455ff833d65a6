"""Names of organisations in a text, as the sender writes them: schools, kindergartens, colleges.

A name begins with a legal form («МБОУ», or in full words) or with the words that say what the organisation is
(«Тетюшская СОШ», «5-я школа», «балалар бакчасы»), and needs something that identifies it: a number, an adjective, a
quoted or a namesake's name. The figures that follow a name are not taken into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.domain.directory import Directory, OrganisationKind
from mailbot.reading.figures.wording import COUNTED
from mailbot.reading.text.fold import fold
from mailbot.reading.text.morphology import noun_of
from mailbot.reading.who import organisation_words as words
from mailbot.reading.who.mentions import Strength, find_places
from mailbot.reading.who.organisation_key import kind_of, organisation_key

_OPENING, _CLOSING = '«„“"', '»”“"'
_MARK = re.compile(rf"[\t\n{_OPENING}{_CLOSING}]")
_QUOTE_NEXT = re.compile(rf"{words.SP}*(?=[«„“\"]\s?[^\s\W_])")
_LEFT_ADJECTIVE = re.compile(rf"(?:.*[\s«“„\"'(,;:–—])?({words.ADJECTIVE})[ \t\xa0]+", re.DOTALL | re.IGNORECASE)
_ADJECTIVE_LIKE = re.compile(r"(?:ая|яя|ий|ый|ой|ое|ого|ому|ом|им|ей|ую)[ \t\xa0]{1,3}$", re.IGNORECASE)
_LEFT_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"\n]{2,40})[»”\"]\s$")
# A quoted name may run over a line break in a letterhead: to its closing mark, with no figures on the way.
_NO_FIGURE = r"(?:[^\n«»“”„\"\t:;\d]|№\s?\d{1,3}(?!\d)){0,80}"
_NEXT_LINES = re.compile(rf"\n{_NO_FIGURE}(?:\n{_NO_FIGURE})?(?:[«„“]{_NO_FIGURE})?[»”\"]")
_LIKE_A_FIGURE = 25
# Bounds of a name in characters: a hostile text must not make the search quadratic.
_LONGEST, _NEAR, _DEEPEST = 300, 60, 4
_UNKNOWN_FORM = re.compile(r"(?<![\w-])[А-ЯЁӘӨҮҖҢҺ]{2,8}У[ \xa0]$")  # «У» as in «учреждение», «учреждениесе»
_BRANCH = re.compile(r"(?<![\w-])(?:[А-ЯЁ][\w-]+ий\s+)?[Фф]илиал[ \xa0]+$")
_INSIDE_UNIVERSITY = re.compile(rf"(?<![\w-])(?:{words.HEADS})[ \xa0]+$", re.IGNORECASE)
_REST_OF_OUTER = re.compile(r"[^«»“”„\"\n\t:;|–—]{0,60}[»”\"]")


@dataclass(frozen=True, slots=True)
class OrganisationMention:
    """An organisation's name at `span` (offsets in the text); `text` has its white space folded."""

    text: str
    span: tuple[int, int]
    key: str
    kind: OrganisationKind


def find_organisations(text: str, directory: Directory | None = None) -> tuple[OrganisationMention, ...]:
    """The organisations named in a text, in its order.

    A locality or «X района» belongs to the name unless a comma, a line break or a bracket parts it. With a directory a
    town is known without «г.» too («СОШ №5 Буинск»). Examples: «МБОУ «СОШ №5» - 34» gives «МБОУ «СОШ №5»»; «школа 5
    34 40 31» gives «школа 5».
    """
    anchors = sorted(
        [(m.start(), m.end(), True) for m in words.FORM.finditer(text)]
        + [(m.start(), m.end(), False) for m in words.HEAD.finditer(text)]
    )
    tatar = {m.start(): m.end() for m in words.TATAR_NAME.finditer(text)}
    anchors = sorted([*anchors, *((start, end, False) for start, end in tatar.items())])
    found: list[OrganisationMention] = []
    floor = 0
    for start, end, is_form in anchors:
        if start < floor:
            continue
        if tatar.get(start) == end:
            span: tuple[int, int] | None = _from_tatar(text, start, end, floor)
        else:
            span = _from_form(text, start, end) if is_form else _from_head(text, start, end, floor)
        if span is None or words.OFFICE.search(text[span[0] : span[1]]):
            continue
        if directory is not None:
            span = (span[0], _town_after(text, span[1], directory))
        span = (_branch(text, span[0], floor), _in_two_languages(text, _without_district(text, span)))
        floor = span[1]
        name = " ".join(text[span[0] : span[1]].split())
        found.append(OrganisationMention(name, span, organisation_key(name), kind_of(name)))
    return tuple(found)


def _branch(text: str, at: int, floor: int) -> int:
    """The start of a name with the branch that it is of: «Муслюмовский филиал ГАПОУ «…»»."""
    found = _BRANCH.search(text, max(floor, at - _NEAR), at)
    return found.start() if found else at


_DISTRICT_APART = re.compile(
    r"(?<=[»”\"])\s+[^\W\d_]+(?:-[^\W\d_]+)?ий\s+(?:муниципальный\s+)?(?:район|р-н)(?:\s+(?:республики\s+татарстан|рт))?$",
    re.IGNORECASE,
)


def _without_district(text: str, span: tuple[int, int]) -> int:
    """The end of a name without a district in the nominative after its closing mark: that is a line of its own."""
    apart = _DISTRICT_APART.search(text[span[0] : span[1]])
    return span[0] + apart.start() if apart else span[1]


def _in_two_languages(text: str, at: int) -> int:
    """The end of a name that goes on in Tatar: «МБДОУ «Кояшкай» балалар бакчасы», «… СОШ» / «… урта мәктәбе»»."""
    for pattern in (words.TATAR_TAIL, words.SECOND_LANGUAGE):
        if match := pattern.match(text, at):
            at = match.end()
    return at


def _town_after(text: str, at: int, directory: Directory) -> int:
    """The end of a town's or a district's name that only spaces part from `at`, else `at`."""
    line = text[at : at + _NEAR].split("\n", 1)[0]
    if not re.match(r"[ \xa0]+[^\W\d_]", line):
        return at
    for mention in find_places(line, directory):
        if line[: mention.span[0]].strip() == "" and mention.strength in (Strength.CENTRE, Strength.SETTLEMENT):
            return at + mention.span[1]
        break
    return at


def _quoted(text: str, start: int) -> int:
    """The end of the quoted name that opens at `start`, or -1. Inner quotes may share the closing mark of the outer.

    «Детский сад «Айгуль» ends at its only closing mark; «Лицей «Рост» с. Шемордан» at the second.
    """
    depth, end = 0, -1
    for found in _MARK.finditer(text, start, start + _LONGEST):
        at, mark = found.start(), found[0]
        if mark == "\t":
            break
        if mark == "\n" and not (end < 0 and _NEXT_LINES.match(text, at)):
            break
        if mark in _OPENING and _opens(text, at, start):
            depth += 1
            if depth > _DEEPEST:
                break
        elif mark in _CLOSING and depth:
            depth -= 1
            end = at + 1
            if depth == 0 or not _REST_OF_OUTER.match(text, end):
                break
    return end


def _opens(text: str, at: int, start: int) -> bool:
    """Whether the mark at `at` opens a quotation: «"» does after a space or another opening mark, before a letter."""
    if text[at] in "«„":
        return True
    return (at == start or text[at - 1] in ' \xa0(-«"“„') and text[at + 1 : at + 2].strip() != ""


def _from_form(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name that begins with a legal form, whatever follows it: a quoted name, a number, a head.

    A school inside a university has its own word first: «Лицей-интернат ФГБОУ ВО «КНИТУ»».
    """
    if text[start : start + 2].upper() == "ФГ" and (
        own := _INSIDE_UNIVERSITY.search(text, max(0, start - _NEAR), start)
    ):
        start = own.start()
    at = end
    while text[at : at + 1].isspace() and at < end + _NEAR:
        at += 1
    if text[at : at + 1] and text[at] in _OPENING and text[end:at].count("\n") <= 1:
        stop = _quoted(text, at)
        if stop > 0:
            return start, _tail(text, stop, numbered=True)[0]
        end = at + 1
    head = words.HEAD_AFTER_FORM.match(text, end)
    adjectives = [w for w in head[0].split()[:-1] if not words.GENERIC_ADJECTIVE.fullmatch(w)] if head else []
    stop, identified = _number(text, head.end() if head else end, adjectival=bool(adjectives))
    acronym = None if identified else words.ACRONYM.match(text, end)
    stop, identified = (max(stop, acronym.end()), True) if acronym else (stop, identified)
    stop, by_name = _proper(text, stop, text[start:stop])
    stop, by_tail = _tail(text, stop, numbered=identified)
    return (start, stop) if identified or by_name or by_tail or adjectives else None


def _from_head(text: str, start: int, end: int, floor: int) -> tuple[int, int] | None:
    """A name that begins with what the organisation is, with or without a legal form and quotation marks before it."""
    left, by_left, numbered = _left(text, start, end, floor)
    if text[left - 1 : left] and text[left - 1] in _OPENING and left > floor:
        stop = _quoted(text, left - 1)
        if stop > end:
            return _with_form(text, left - 1, floor), _tail(text, stop, numbered=True)[0]
    stop, by_number = (end, False) if numbered else _number(text, end, adjectival=by_left)
    stop, by_name = _proper(text, stop, text[start:end])
    stop, by_tail = _tail(text, stop, numbered=by_number or numbered)
    alone = left == start and stop == end and _stands_alone(text, start, end)
    return (left, stop) if by_left or by_number or by_name or by_tail or alone else None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether an institution of which there is one stands by itself at the beginning of a line: «Дом пионеров, Елабуга»."""
    begins = not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t\xa0*•–—-")
    return (
        begins
        and words.ALONE.fullmatch(text, start, end) is not None
        and words.BESIDE_ALONE.match(text, end) is not None
    )


def _from_tatar(text: str, start: int, end: int, floor: int) -> tuple[int, int]:
    """A Tatar name, with the legal form that stands before its opening mark: «МБГБУ «Яңа Кенәр урта мәктәбе»»."""
    if text[start].isdigit() and (place := words.TATAR_PLACE.search(text, max(floor, start - _NEAR), start)):
        start = place.start()
    if start > floor and text[start - 1] in _OPENING:
        form, stop = _with_form(text, start - 1, floor), _quoted(text, start - 1)
        whole = stop == end + 1 and not text[stop : stop + 1].isalpha()  # not «… мәктәбе»ннән
        if stop > end and (form < start - 1 or whole):
            return form, stop
    return start, end


def _with_form(text: str, at: int, floor: int) -> int:
    """The start of a name with a legal form unknown to us before its opening mark: «МБГБУ «… мәктәбе»», an institution."""
    form = _UNKNOWN_FORM.search(text, max(floor, at - _NEAR), at)
    return form.start() if form else at


def _proper(text: str, at: int, said: str) -> tuple[int, bool]:
    """Take a kindergarten's proper name that stands without quotation marks: «д/с Ромашка»."""
    if kind_of(said) != "kindergarten":
        return at, False
    found = words.PROPER.match(text, at) or _in_small_letters(text, at)
    return (found.end(), True) if found else (at, False)


def _in_small_letters(text: str, at: int) -> re.Match[str] | None:
    """A proper name that somebody in a hurry wrote as a common noun: «мбдоу 27 рябинка, лениногорск»."""
    found = words.PROPER_IN_SMALL_LETTERS.match(text, at)
    noun = noun_of(found[1]) if found else None
    return found if found and noun and fold(noun) == fold(found[1]) and noun not in COUNTED else None


def _number(text: str, at: int, *, adjectival: bool) -> tuple[int, bool]:
    """Take the number that follows a head: signed always, bare if it can be no figure (see the module's words).

    After a name that an adjective already tells, a bare number is the school's only where a label follows it
    («Лаишевская СОШ 2: ВК 34»).
    """
    signed = words.SIGNED_NUMBER.match(text, at)
    if signed:
        return signed.end(), True
    bare = None if words.STAFF_OF.search(text, max(0, at - _NEAR), at) else words.BARE_NUMBER.match(text, at)
    if bare and (words.LABEL_NEXT.match(text, bare.end()) if adjectival else not _figure(text, bare)):
        return bare.end(), True
    return at, False


def _figure(text: str, bare: re.Match[str]) -> bool:
    """Whether a bare number after a head is rather the first figure: «гимназия 34 40 31», «гимназия 34 40 31 105»."""
    following = words.FIGURES_NEXT.match(text, bare.end())
    if not following:
        return False
    first, rest = int(re.sub(r"\D", "", bare[0])), [int(n) for n in re.findall(r"\d+", following[1])]
    return first >= _LIKE_A_FIGURE if len(rest) == 2 else first + sum(rest[:2]) == rest[2]


def _tail(text: str, at: int, *, numbered: bool) -> tuple[int, bool]:
    """Follow a name to its end over quoted names, namesakes, profiles, places. The end, and whether one was met."""
    met = False
    while True:
        opening = _QUOTE_NEXT.match(text, at)
        stop = _quoted(text, opening.end()) if opening else -1
        if stop < 0 and not numbered:
            signed = words.SIGNED_NUMBER.match(text, at)
            stop, numbered = (signed.end(), True) if signed else (-1, False)
        if stop < 0:
            stop = next((m.end() for pattern in words.TAIL if (m := pattern.match(text, at))), -1)
        if stop < 0:
            return at, met
        at, met = stop, True


def _left(text: str, start: int, end: int, floor: int) -> tuple[int, bool, bool]:
    """Take adjectives or an ordinal, or a quoted name, before a head: (start, whether they tell which, numbered)."""
    at, told, floor = start, False, max(floor, start - _LONGEST)
    while _ADJECTIVE_LIKE.search(text, max(floor, at - 6), at):
        found = _LEFT_ADJECTIVE.fullmatch(text, max(floor, at - _NEAR), at)
        if found is None or fold(found[1]) in words.NO_NAME_ADJECTIVE or words.ORDINAL.match(found[1] + " "):
            break
        at = found.start(1)
        told = told or not words.GENERIC_ADJECTIVE.fullmatch(found[1])
    floor = max(floor, at - _NEAR)
    quoted = _LEFT_QUOTED.search(text, floor, at) if text[at - 2 : at - 1] in _CLOSING else None
    if quoted and not told:
        return quoted.start(), True, False
    ordinal = words.ORDINAL.search(text, floor, at)
    if (
        not ordinal
        or told
        or "\n" in ordinal[0]
        or re.search(r"[№#nN.:–—-]\s*$|\d\s*$", text[floor : ordinal.start(1)])
    ):
        return at, told, False
    counted = (
        words.COUNTED_HEAD.fullmatch(text[start:end])
        or words.SIGNED_NUMBER.match(text, end)
        or words.COUNT_BEFORE.search(text, max(0, ordinal.start(1) - _NEAR), ordinal.start(1))
        or words.COUNT_AFTER.match(text, end)
    )
    if counted and words.BARE_ORDINAL.fullmatch(ordinal[1]):  # «34 школы»; «ОК 30 детский сад № 9»
        return at, told, False
    if ordinal[1].startswith("№") and words.SIGNED_NUMBER.match(text, end):  # «№1 СОШ №16»: a running number
        return at, told, False
    tatar = (
        re.search(r"(?:^|(?<=\s))[А-ЯЁӘӨҮҖҢҺ]\w+\s$", text[floor : ordinal.start(1)]) if "нч" in ordinal[1] else None
    )
    return (floor + tatar.start() if tatar else ordinal.start(1)), True, True
