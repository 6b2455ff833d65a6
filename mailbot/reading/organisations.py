"""Names of organisations in a text, as the sender writes them: schools, kindergartens, colleges.

A name begins with a legal form («МБОУ», or in full words) or with the words that say what the organisation is
(«Тетюшская СОШ», «5-я школа», «балалар бакчасы»), and needs something that identifies it: a number, an adjective, a
quoted or a namesake's name. The figures that follow a name are not taken into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.domain.directory import OrganisationKind
from mailbot.reading.fold import fold
from mailbot.reading.organisation_key import kind_of, organisation_key

_SP = r"[ \t\xa0]"
_ABBREVIATION = (
    r"(?:м[бак]?(?:н|с|в)?оу(?:до)?|м[бак]?доу|м[бак]у(?:[ \t\xa0]*д\.?о\.?)?|г[бак]?п?оу(?:[ \t\xa0]+(?:спо|мо))?|гб?до?у|гау(?:[ \t\xa0]*до)?"
    r"|гбу(?:[ \t\xa0]*до)?|гкоу|чо?доу|чоу|чу|ноу|ноочу|фг[бакк]*оу(?:[ \t\xa0]+во)?|ано(?:[ \t\xa0]+(?:до|по|оо|доо))?|[мк]с?коу|муп|мбс\(к\)оу|г[бк]с?\(к\)оу)"
)
_FULL_FORM = (
    r"(?:муниципальн|государственн|частн|федеральн|автономн|негосударственн)\w+(?:\s+(?:\w+(?:ое|ого|ому|ым|ом)\s+){0,6}?)?(?:учреждени\w*|организаци\w*)"
    r"(?:\s+(?:дополнительного\s+образования(?:\s+детей)?|среднего\s+профессионального\s+образования))?"
)
_HEADS = (
    r"средн\w+(?:\s+общеобразовательн\w+)?\s+школ\w*(?:-интернат\w*|-сад\w*)?|основн\w+(?:\s+общеобразовательн\w+)?\s+школ\w*|начальн\w+(?:\s+общеобразовательн\w+)?\s+школ\w*(?:\s*-\s*детск\w+\s+сад\w*)?"
    r"|общеобразовательн\w+\s+школ\w*|сош|оош|нош|сш|нш-дс|ншдс|сошдс|гбоши|кадетск\w+\s+(?:школ\w*|корпус\w*)(?:-интернат\w*)?"
    r"|(?:детск\w+\s+)?(?:музыкальн\w+|художественн\w+|спортивн\w+)\s+школ\w*|детск\w+\s+школ\w*\s+искусств|школ\w*\s*-\s*(?:интернат\w*|детск\w+\s+сад\w*)|школ[аыеуо]\w{0,2}"
    r"|(?:про)?гимнази[яиюей]{1,2}(?:\s*-\s*интернат\w*)?|лице[йяюем]{1,2}(?:\s*-\s*интернат\w*|-инженерн\w+\s+центр\w*)?"
    r"|црр\s*[-–]?\s*детск\w+\s+сад\w*|центр\w*\s+развития\s+реб[её]нка(?:\s*[-–]\s*детск\w+\s+сад\w*)?|црр|ясли-сад|детск\w+\s+сад(?:а|у|ом|е|ик\w*)?|дет\.?\s?сад(?:а|у|ом|е|ик\w*)?|детсад(?:а|у|ом|е|ик\w*)?|д\s?[/\\.-]\s?с(?:ад)?|дс|доу"
    r"|дюсш|сдюсшор|дши|дмш|дхш|цдт|ддт|ддют|цвр|цдо|цдод|дом\w*\s+(?:детского\s+)?творчества|двор\w+\s+(?:детского\s+)?творчества|центр\w*\s+(?:детского\s+творчества|внешкольной\s+работы|дополнительного\s+образования|образования)"
    r"|техникум\w*|колледж\w*|училищ\w*|интернат\w*"
    r"|(?:урта|төп|башлангыч|гомуми)[\w\s]{0,40}?м[әэ]кт[әэ][пб]\w*|м[әэ]кт[әэ][пб]\w*|балалар\s+бакча\w*|бакча\w*|лицее|гимназиясе"
)
_ADJ = r"(?:[А-ЯЁӘӨҮҖҢҺа-яёәөүҗңһ]+[-‐‑–]){0,3}[А-ЯЁӘӨҮҖҢҺа-яёәөүҗңһ]+(?:ая|яя|ий|ый|ой|ое|ого|ому|ом|им|ей|ую)"
_NUMBER = r"(?:(?:№+|[n#](?=\s?\d)|номер)\s*\d{1,4}(?!\d)(?:\s?[а-в](?![\w.]))?|[-‐‑]\s?\d{1,3}(?![\d.,])|\d{1,3}(?![\d.,:]|\s*(?:чел|человек|подпис|%|шт|класс|кеше)))"
_INITIALS = r"[А-ЯЁӘӨҮҖҢҺ]\.\s?(?:[А-ЯЁӘӨҮҖҢҺ]\.\s?)?"
_SURNAME = r"[А-ЯЁӘӨҮҖҢҺ][а-яёәөүҗңһ]+(?:-[А-ЯЁӘӨҮҖҢҺ][а-яёәөүҗңһ]+)?"
_OFFICE_OF = r"(?:героя|героев|дважды|советского|союза|российской|федерации|социалистического|труда|академика|поэта|писателя|генерала\w*|маршала|народного|народной|артиста|заслуженного|учителя|летчика|лётчика|космонавта|профессора|братьев|сестер|святого|хазрата)"
_NETWORK = r"(?:вк|вконтакте|инст|однокл|одн|ок|итого|всего|vk|insta|facebook|директор|заведующ)"
_NAMED = rf"(?:им\.?|имени)\s*(?:(?i:{_OFFICE_OF})\s+){{0,5}}(?:{_INITIALS}{_SURNAME}|{_SURNAME}\s+{_INITIALS}|(?!(?i:{_NETWORK})){_SURNAME}(?:{_SP}+(?!(?i:{_NETWORK}))[А-ЯЁӘӨҮҖҢҺ][а-яёәөүҗңһ]*(?:а|я|ы|и|ой|ого|го|на|ой)(?!\w))?)"
_LOCALITY_MARK = r"(?:г|гор|с|д|п|пос|пгт|п\.г\.т|р\.п|рп|н\.п|ст|города|город|села|село|деревни|деревня|поселка|посёлка|поселок|посёлок)"
_LOCALITY = rf"{_LOCALITY_MARK}\.?{_SP}*[А-ЯЁӘӨҮҖҢҺ][а-яёәөүҗңһ]+(?:[-{_SP[1:-1]}]+[А-ЯЁӘӨҮҖҢҺ][а-яёәөүҗңһ]+)?"
_DISTRICT = rf"{_SURNAME}(?:ого|ому)(?:{_SP}+(?i:муниципального|мун\.))?{_SP}+(?i:района|р-на|МР)(?!\w)(?:{_SP}+(?:(?i:республики){_SP}+Татарстан|РТ))?|[А-Я]{{1,3}}МР(?:{_SP}+РТ)?|РТ(?!\w)"
_PROFILE = (
    r"(?i:с\s+(?:угл\w*|углубл[её]нным)\.?\s+изуч\w*\.?(?:\s+отдельн\w+\s+предметов|\s+\w+\s+языка|\s+\w+)?|с\s+\w+\s+языком\s+обучения|комбинированн\w+\s+вида|общеразвивающ\w+\s+вида|компенсирующ\w+\s+вида|присмотра\s+и\s+оздоровления"
    r"|для\s+одар[её]нных\s+детей|искусств|интернатного\s+типа|(?:ОАО|АО|ПАО)\s*[«\"]?РЖД[»\"]?)"
)
_OPEN, _CLOSE = "«“„\"'‘”", "»”“\"'’"
_E = "(?i:"

_HEAD = re.compile(rf"(?<![\w-])(?:{_HEADS})(?![\w]|\.\w)", re.IGNORECASE)
_FORM = re.compile(rf"(?<![\w-])(?:{_ABBREVIATION}|{_FULL_FORM})(?![\w-])", re.IGNORECASE)
_LEFT_ADJECTIVE = re.compile(rf"(?:^|(?<=[\s«“„\"'(]))({_ADJ})\s+$")
_LEFT_ORDINAL = re.compile(r"(?:^|(?<=[\s«“„\"'(]))(\d{1,3}(?:\s?-?\s?(?:я|ой|ая|й|ый|го))?)\s+$", re.IGNORECASE)
_RIGHT = (
    ("number", re.compile(rf"\s?{_NUMBER}", re.IGNORECASE)),
    ("named", re.compile(rf"{_SP}*{_NAMED}")),
    ("profile", re.compile(rf"{_SP}*{_PROFILE}")),
    ("place", re.compile(rf"{_SP}+{_LOCALITY}")),
    ("place", re.compile(rf"{_SP}+(?:{_DISTRICT})")),
)
_SIGNED = re.compile(r"\s?(?:№|#|n|номер)", re.IGNORECASE)
_NO_ADJECTIVE = frozenset(
    "наш нашей нашего наша каждой каждая каждый любой другой другая эта этой какой такой всей вся данной данный данная которая"
    " который которой нижеследующий уважаемый добрый моей мой своей одной одна первой второй новой новая новый районной городской"
    " районный городской сельской сельская муниципальный муниципальной государственный иной весь самой самый образовательной".split()
)
# What a kind of school is, not which: these adjectives alone identify nothing.
_GENERIC = re.compile(
    r"средн\w+|основн\w+|начальн\w+|общеобразоват\w+|образоват\w+|дошкольн\w+|детск\w+|муниципальн\w+|бюджетн\w+|автономн\w+|казенн\w+|казённ\w+|государственн\w+|кадетск\w+|татарск\w+|русск\w+"
)


@dataclass(frozen=True, slots=True)
class OrganisationMention:
    """An organisation's name at `span` (offsets in the text); `text` has its white space folded."""

    text: str
    span: tuple[int, int]
    key: str
    kind: OrganisationKind


def _quoted(text: str, start: int) -> int:
    """The end of the quoted name that opens at `start`, or -1. Inner quotes may share the closing mark of the outer.

    «Детский сад «Айгуль» ends at its only closing mark; «Лицей «Рост» с. Шемордан» at the second.
    """
    depth, at, end = 0, start, -1
    while at < len(text) and text[at] not in "\n\t":
        mark = text[at]
        if mark in _OPEN or mark in _CLOSE:
            opening = mark in "«„" or (
                mark in _OPEN
                and mark != "”"
                and (at == start or text[at - 1] in ' \xa0(-«"“„')
                and text[at + 1 : at + 2].strip() != ""
            )
            if opening:
                if depth == 0 and at != start:
                    break
                depth += 1
            elif depth:
                depth -= 1
                end = at + 1
                if depth == 0 or not re.match(r"[^«»“”„\"\n\t:;|–—]{0,60}[»”\"]", text[end:]):
                    break
        at += 1
    return end


def _extend_right(text: str, at: int, *, inside: bool) -> tuple[int, bool]:
    """Follow a name to its end. Returns the end, and whether something identifying was met."""
    identified, numbered, begin = False, False, -1 if inside else at
    while True:
        opening = re.compile(rf"{_SP}*(?=[«“„\"])").match(text, at)
        if (
            opening
            and opening.end() < len(text)
            and text[opening.end()] in '«“„"'
            and re.match(r"[«“„\"]\s?[^\s\W_]", text[opening.end() :])
        ):
            end = _quoted(text, opening.end())
            if end > 0 and not (inside and text[opening.end()] == '"' and not text[at : opening.end()]):
                at, identified = end, True
                continue
        for what, pattern in _RIGHT:
            found = pattern.match(text, at)
            bare = what == "number" and bool(found) and not _SIGNED.match(found[0] if found else "")
            if found and not (what == "number" and numbered) and not (bare and at != begin):
                at = found.end()
                numbered = numbered or what == "number"
                identified = identified or what in ("number", "named", "place")
                break
        else:
            return at, identified


def _extend_left(text: str, at: int, floor: int) -> tuple[int, bool]:
    """Take the adjectives, or the ordinal, before a head. Returns the start, and whether they identify it."""
    identified = False
    while True:
        found = _LEFT_ADJECTIVE.search(text, floor, at)
        if not found or fold(found[1]) in _NO_ADJECTIVE or "\n" in found[0]:
            break
        at = found.start(1)
        identified = identified or not _GENERIC.fullmatch(fold(found[1]))
    ordinal = _LEFT_ORDINAL.search(text, floor, at)
    if (
        ordinal
        and not identified
        and "\n" not in ordinal[0]
        and not re.search(r"[№#nN.,:;)–—-]\s*$|\d\s*$", text[floor : ordinal.start(1)])
    ):
        return ordinal.start(1), True
    return at, identified


def _form_before(text: str, at: int, floor: int) -> tuple[int, bool]:
    """Take the legal form, and an opening quotation mark, that stand before a name. Returns start and «quoted»."""
    window = text[floor:at]
    mark = re.search(r"[«“„\"]\s?$", window)
    forms = list(_FORM.finditer(window))
    if forms and re.fullmatch(r"\s*[«“„\"]?\s?", window[forms[-1].end() :]):
        return floor + forms[-1].start(), bool(mark)
    return (floor + mark.start(), True) if mark else (at, False)


def find_organisations(text: str) -> tuple[OrganisationMention, ...]:
    """The organisations named in a text, in its order.

    A locality or «X района» belongs to the name unless a comma, a line break or a bracket parts it. Examples:
    «МБОУ «СОШ №5» - 34» gives «МБОУ «СОШ №5»»; «школа 5 34 40 31» gives «школа 5».
    """
    anchors = sorted(
        [
            *((m.start(), m.end(), True) for m in _FORM.finditer(text)),
            *((m.start(), m.end(), False) for m in _HEAD.finditer(text)),
        ]
    )
    found: list[OrganisationMention] = []
    floor = 0
    for start, end, is_form in anchors:
        if start < floor:
            continue
        span = _with_form(text, start, end) if is_form else _with_head(text, start, end, floor)
        if span:
            found.append(_mention(text, span))
            floor = span[1]
    return tuple(found)


def _mention(text: str, span: tuple[int, int]) -> OrganisationMention:
    name = " ".join(text[span[0] : span[1]].split())
    return OrganisationMention(name, span, organisation_key(name), kind_of(name))


def _with_form(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name that begins with a legal form, whatever follows it: a quoted name, a number, a head."""
    at = re.compile(r"\s*").match(text, end).end()  # type: ignore[union-attr]
    if at < len(text) and text[at] in '«“„"':
        stop = _quoted(text, at)
        if stop > 0:
            return start, _extend_right(text, stop, inside=True)[0]
        at += 1
    head = re.compile(
        rf"(?:{_ADJ}\s+){{0,4}}(?:(?:\d{{1,3}}\s?-?\s?(?:я|ая)\s+)?)(?:{_HEADS})(?![\w])", re.IGNORECASE
    ).match(text, at)
    stop, identified = _extend_right(text, head.end() if head else end, inside=False)
    adjective = bool(head) and any(not _GENERIC.fullmatch(fold(w)) for w in head[0].split()[:-1]) if head else False
    return (start, stop) if identified or adjective else None


def _with_head(text: str, start: int, end: int, floor: int) -> tuple[int, int] | None:
    """A name that begins with what the organisation is, with or without quotation marks around it."""
    left, by_left = _extend_left(text, start, floor)
    begin, quoted = _form_before(text, left, floor)
    if quoted and text[begin] in '«“„"':
        stop = _quoted(text, begin)
        if stop > end:
            stop, _ = _extend_right(text, stop, inside=True)
            return begin, stop
    stop, by_right = _extend_right(text, end, inside=False)
    if not by_left and not by_right:
        return None
    return (left if quoted else begin), stop
