"""WHERE a reply comes from: the municipality, by the rule of a careful clerk.

What the text says of itself comes first; subject, sender's name, file names and addresses help where it is silent. A
weaker mention never overrides a stronger one; two that are equally strong and differ are a conflict, for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from mailbot.domain.directory import Directory
from mailbot.reading.who.addresses import places_in_address
from mailbot.reading.who.mentions import Mention, Strength, find_places
from mailbot.reading.who.organisation_key import match_roster
from mailbot.reading.who.organisations import find_organisations

__all__ = [
    "Mention",
    "PlaceEvidence",
    "PlaceSource",
    "Resolution",
    "SourceRole",
    "Strength",
    "find_places",
    "place_of",
    "places_in_address",
    "resolve",
]


class SourceRole(IntEnum):
    """Where a text stands."""

    BODY = 1
    SIGNATURE = 2
    LETTERHEAD = 3
    ATTACHMENT = 4
    SUBJECT = 5
    SENDER_NAME = 6
    SHEET = 7
    ATTACHMENT_NAME = 8
    ADDRESS = 9


_TEXTS = frozenset({SourceRole.BODY, SourceRole.SIGNATURE, SourceRole.LETTERHEAD, SourceRole.ATTACHMENT})
_HEADS = frozenset({SourceRole.SUBJECT, SourceRole.SENDER_NAME})
_FILES = frozenset({SourceRole.SHEET, SourceRole.ATTACHMENT_NAME})
_ROLE_WORDS = {
    SourceRole.BODY: "в тексте",
    SourceRole.SIGNATURE: "в подписи",
    SourceRole.LETTERHEAD: "в шапке письма",
    SourceRole.ATTACHMENT: "во вложении",
    SourceRole.SUBJECT: "в теме",
    SourceRole.SENDER_NAME: "в имени отправителя",
    SourceRole.SHEET: "в названии листа",
    SourceRole.ATTACHMENT_NAME: "в имени файла",
    SourceRole.ADDRESS: "в адресе отправителя",
}
# Cities where an office merely sits: the capital, and the city that is another municipality's seat.
_CAPITAL = "Казань"
# «Казань, МБОУ «Школа № 171»»: there it is the school's place, and no office's.
_SCHOOL_NEXT = re.compile(
    r"\s*[,:.–—-]?\s*(?:м[а-я]?д?оу|г[а-я]?п?оу|чо?у|школ|сош|оош|гимнази|лице|детск\w+\s+сад|д/с|колледж|техникум)(?![a-z])",
    re.IGNORECASE,
)
_FROM_OR_IN = re.compile(r"(?<!\w)(?:из|во?)\s$", re.IGNORECASE)
_AWAY = re.compile(
    r"пишу|отвечаю|нахожусь|уехал|жив[уё]м?(?!\w)|(?:на|с)\s+(?:курс|экскурс|совещани|конференци|учеб|сесси|отдых|лечени|семинар)|в\s+(?:отпуске|командировке)|головн|(?:был|ездил)[аи]?(?!\w)",
    re.IGNORECASE,
)
_OFFICE_OF = re.compile(
    r"(?:^|\n)\W*(?:[^\W\d]+\W+){0,2}(?:отдел|управлени[ея])\s+образовани\w+[^\n.:]{0,50}$", re.IGNORECASE
)
_STREET = re.compile(
    r"[»\"]?\s*,\s*(?:ул|улица|пр|пр-т|проспект|пер|переулок|мкр|микрорайон|площадь|пл|бульвар|б-р|шоссе)[.\s]",
    re.IGNORECASE,
)
# Characters of one text that are looked through: who writes is said long before.
_ENOUGH = 100_000


@dataclass(frozen=True, slots=True)
class PlaceSource:
    """A text that may tell the municipality; `locator` as in evidence («body:4»), empty for headers."""

    role: SourceRole
    text: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class PlaceEvidence:
    """A mention and the source that it was found in."""

    source: PlaceSource
    mention: Mention


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer. `reason` is a Russian clause for a finding; `conflict` where two statements are equally strong."""

    municipality: str | None
    candidates: tuple[str, ...]
    evidence: tuple[PlaceEvidence, ...]
    reason: str
    conflict: bool = False


def place_of(text: str, directory: Directory) -> str | None:
    """The one municipality that a text names most firmly (a cell of a column «Район»), else None."""
    mentions = find_places(text, directory)
    top = max((mention.strength for mention in mentions), default=None)
    names = {mention.municipality for mention in mentions if mention.strength == top}
    return names.pop() if len(names) == 1 else None


def _gather(sources: Iterable[PlaceSource], directory: Directory) -> list[PlaceEvidence]:
    evidence = []
    for source in sources:
        if source.role is SourceRole.ADDRESS:
            span = (0, len(source.text))
            names = places_in_address(source.text, directory)
            evidence += [PlaceEvidence(source, Mention(n, Strength.CODE, span, source.text)) for n in names]
        else:
            text = source.text[:_ENOUGH]
            said = [mention for mention in find_places(text, directory) if not _in_passing(text, mention)]
            evidence += [PlaceEvidence(_as_said(source, mention), mention) for mention in said]
            evidence += [PlaceEvidence(source, mention) for mention in _listed(text, directory)]
    return evidence


def _in_passing(text: str, mention: Mention) -> bool:
    """«Пишу из Казани, я на курсах», «мы на экскурсии в Болгаре»: where the sender is, and no place to answer for."""
    if mention.strength is not Strength.CENTRE or not _FROM_OR_IN.search(
        text, max(0, mention.span[0] - 4), mention.span[0]
    ):
        return False
    start = max(text.rfind(mark, 0, mention.span[0]) for mark in ".!?\n") + 1
    return _AWAY.search(text, start, mention.span[1] + 40) is not None


def _as_said(source: PlaceSource, mention: Mention) -> PlaceSource:
    """Where a mention really stands: an address or an office's name is a signature, wherever a sender puts it.

    «г. Тетюши, ул. Ленина», «Отдел образования исполнительного комитета Сабинского муниципального района».
    """
    start, end = mention.span
    signs = (mention.strength is Strength.CENTRE and _STREET.match(source.text, end)) or (
        mention.strength is Strength.DISTRICT and _OFFICE_OF.search(source.text, max(0, start - 90), start)
    )
    return replace(source, role=SourceRole.SIGNATURE) if signs and source.role is SourceRole.BODY else source


def _listed(text: str, directory: Directory) -> Iterable[Mention]:
    """Municipalities told by organisations that the roster, if there is one, knows in one place alone."""
    if not directory.organisations:
        return
    for named in find_organisations(text):
        listed = match_roster(named.text, None, directory.organisations)
        if listed:
            yield Mention(listed.municipality, Strength.ORGANISATION, named.span, named.text)


def _without_seats(evidence: list[PlaceEvidence], directory: Directory) -> list[PlaceEvidence]:
    """Leave out the city where an office merely sits.

    That is the capital, where the texts name another place; and a district's seat that is a municipality of its own
    («Тукаевский район, г. Набережные Челны»), where the district is named.
    """
    named = {e.mention.municipality for e in evidence if e.mention.strength >= Strength.SETTLEMENT}
    own = {m.centre: m.canonical for m in directory.municipalities if m.centre_tells}
    seats = {own.get(m.centre) for m in directory.municipalities if not m.centre_tells and m.canonical in named}
    in_texts = [e.mention for e in evidence if e.source.role in _TEXTS and e.mention.strength >= Strength.SETTLEMENT]
    part_of_it = any(m.municipality == _CAPITAL and m.strength is not Strength.CENTRE for m in in_texts) or any(
        e.mention.municipality == _CAPITAL and _SCHOOL_NEXT.match(e.source.text, e.mention.span[1])
        for e in evidence
        if e.source.role in _TEXTS
    )
    if not part_of_it and any(m.municipality != _CAPITAL for m in in_texts):
        seats.add(_CAPITAL)
    return [e for e in evidence if e.mention.municipality not in seats or e.mention.strength is Strength.DISTRICT]


def _names(evidence: Iterable[PlaceEvidence], roles: frozenset[SourceRole], *strengths: Strength) -> tuple[str, ...]:
    found = (e.mention.municipality for e in evidence if e.source.role in roles and e.mention.strength in strengths)
    return tuple(dict.fromkeys(found))


def _stated(evidence: Sequence[PlaceEvidence], roles: frozenset[SourceRole]) -> dict[SourceRole, tuple[str, ...]]:
    """For each role what it states most firmly, a district before a centre."""
    stated = {}
    for role in sorted(roles):
        only = frozenset({role})
        names = _names(evidence, only, Strength.DISTRICT) or _names(evidence, only, Strength.CENTRE)
        if names:
            stated[role] = names
    return stated


def _agree(stated: dict[SourceRole, tuple[str, ...]]) -> set[str]:
    """What all the roles can agree on; empty where they contradict one another."""
    return set.intersection(*(set(names) for names in stated.values()))


def _differences(stated: dict[SourceRole, tuple[str, ...]]) -> str:
    return "; ".join(f"{_ROLE_WORDS[role]}: {', '.join(names)}" for role, names in stated.items())


def resolve(sources: Sequence[PlaceSource], directory: Directory) -> Resolution:
    """The municipality that a reply speaks for.

    1. Body, signature, letterhead and the files' own text state a district or its centre: if they agree, that is it,
       unless the subject or the sender's name states another; if two of them contradict each other: conflict. Where
       one text names several, whatever else names exactly one of them decides.
    2. Else subject and sender's name, else sheets' and files' names; a settlement named in a text must not disagree.
    3. Else a settlement. 4. Else the adjective of an organisation's name («Кайбицкая ООШ»), if all agree; an address
    may choose among several, and one that disagrees is a conflict. 5. Else the sender's address.

    An address does not contradict a district that a text states: people write from each other's mailboxes, and
    `reason` mentions it. Against a mere town («были на совещании в Казани») it does: conflict.
    """
    evidence = _without_seats(_gather(sources, directory), directory)
    for step in (_from_texts, _from_heads, _from_settlements, _from_organisations, _from_address):
        answer = step(evidence)
        if answer:
            return answer
    return Resolution(None, (), tuple(evidence), "муниципалитет не назван ни в тексте, ни в подписи, ни в адресе")


def _found(name: str, evidence: Sequence[PlaceEvidence], reason: str) -> Resolution:
    other = [e.mention.municipality for e in evidence if e.source.role is SourceRole.ADDRESS]
    if other and name not in other:
        reason += f"; адрес отправителя говорит о другом: {', '.join(other)}"
    return Resolution(name, (name,), tuple(evidence), reason)


def _conflict(names: Iterable[str], evidence: Sequence[PlaceEvidence], reason: str) -> Resolution:
    return Resolution(None, tuple(dict.fromkeys(names)), tuple(evidence), reason, conflict=True)


def _from_texts(evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    stated = _stated(evidence, _TEXTS)
    if not stated:
        return None
    common = _agree(stated)
    everything = [name for names in stated.values() for name in names]
    if not common:
        return _conflict(everything, evidence, _differences(stated))
    if len(common) > 1:
        return _choose(common, evidence) or _conflict(everything, evidence, _differences(stated))
    name = next(iter(common))
    contrary: dict[SourceRole, tuple[str, ...]] = {
        role: names for role, names in _stated(evidence, _HEADS).items() if len(names) == 1 and name not in names
    }
    coded = _names(evidence, frozenset({SourceRole.ADDRESS}), Strength.CODE)
    if coded and name not in coded and not _names(evidence, _TEXTS, Strength.DISTRICT):
        contrary[SourceRole.ADDRESS] = coded
    if contrary:
        everything = [name, *(n for others in contrary.values() for n in others)]
        return _conflict(everything, evidence, _differences(stated | contrary))
    return _found(name, evidence, f"{_ROLE_WORDS[next(iter(stated))]} назван {name}")


def _choose(among: set[str], evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    """Where a text names several municipalities: the one that subject, sender, file names or address point at."""
    for roles in (_HEADS, _FILES, frozenset({SourceRole.ADDRESS})):
        pointed = {e.mention.municipality for e in evidence if e.source.role in roles}
        if len(pointed) == 1 and pointed <= among:
            name = pointed.pop()
            return _found(name, evidence, f"из названных в тексте на {name} указывает и отправитель")
    return None


def _from_heads(evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    stated = _stated(evidence, _HEADS) or _stated(evidence, _FILES)
    if not stated:
        return None
    common = _agree(stated)
    settled = _names(evidence, _TEXTS, Strength.SETTLEMENT)
    if settled and not common <= set(settled):
        stated = {SourceRole.BODY: tuple(settled), **stated}
        common = set()
    if len(common) != 1:
        return _conflict([n for names in stated.values() for n in names], evidence, _differences(stated))
    name = next(iter(common))
    return _found(name, evidence, f"{_ROLE_WORDS[next(iter(stated))]} назван {name}")


def _from_settlements(evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    names = _names(evidence, _TEXTS, Strength.SETTLEMENT) or _names(evidence, _HEADS | _FILES, Strength.SETTLEMENT)
    if not names:
        return None
    if len(names) > 1:
        return _choose(set(names), evidence) or _conflict(names, evidence, f"населённые пункты из: {', '.join(names)}")
    return _found(names[0], evidence, f"по населённому пункту: {names[0]}")


def _from_organisations(evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    names = _names(evidence, _TEXTS | _HEADS | _FILES, Strength.ORGANISATION)
    if not names:
        return None
    coded = _names(evidence, frozenset(SourceRole), Strength.CODE)
    if len(names) == 1 and (not coded or names[0] in coded):
        return _found(names[0], evidence, f"по названию организации: {names[0]}")
    chosen = [name for name in names if name in coded]
    if len(chosen) == 1:
        return _found(chosen[0], evidence, f"по названию организации и адресу: {chosen[0]}")
    return _conflict(
        [*names, *coded], evidence, f"названия организаций и адрес говорят о разном: {', '.join([*names, *coded])}"
    )


def _from_address(evidence: Sequence[PlaceEvidence]) -> Resolution | None:
    names = _names(evidence, frozenset(SourceRole), Strength.CODE)
    if not names:
        return None
    if len(names) > 1:
        return _conflict(names, evidence, f"адреса говорят о разном: {', '.join(names)}")
    return _found(names[0], evidence, f"по адресу: {names[0]}")
