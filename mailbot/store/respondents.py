"""Respondents as rows: municipalities and organisations, found or made, and locked while their figures change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Report
from mailbot.store.bulk import insert_numbered, table_of
from mailbot.store.engine import take_turns
from mailbot.store.tables import MunicipalityRow, OrganisationRow, ReportRow

_Value = TypeVar("_Value")
_CHUNK = 500
"""How many values one IN (…) holds; both databases bound the number of parameters."""

_MUNICIPALITIES = table_of(MunicipalityRow).c
_ORGANISATIONS = table_of(OrganisationRow).c
_REPORTS = table_of(ReportRow).c

_MUNICIPALITIES_NAMED = select(_MUNICIPALITIES.name, _MUNICIPALITIES.id).where(
    _MUNICIPALITIES.name.in_(bindparam("names", expanding=True))
)
_LOCKED = (
    select(_MUNICIPALITIES.id)
    .where(_MUNICIPALITIES.id.in_(bindparam("numbers", expanding=True)))
    .order_by(_MUNICIPALITIES.id)
    .with_for_update(key_share=True)
)
_ORGANISATIONS_KEYED = select(_ORGANISATIONS.municipality_id, _ORGANISATIONS.key, _ORGANISATIONS.id).where(
    _ORGANISATIONS.municipality_id.in_(bindparam("places", expanding=True)),
    _ORGANISATIONS.key.in_(bindparam("keys", expanding=True)),
)
_OTHER_NAMES = select(_ORGANISATIONS.id, _ORGANISATIONS.same_as_id).where(
    _ORGANISATIONS.id.in_(bindparam("numbers", expanding=True)), _ORGANISATIONS.same_as_id.is_not(None)
)
_SPOKEN_OF = (
    select(_REPORTS.message_id, _REPORTS.municipality_id, _REPORTS.organisation_id)
    .where(_REPORTS.message_id.in_(bindparam("messages", expanding=True)))
    .distinct()
)


class Respondent(NamedTuple):
    """Who answers: an organisation, or (organisation None) a municipality as a whole. Numbers of rows."""

    municipality: int
    organisation: int | None


def municipality_ids(session: Session, names: Iterable[str]) -> dict[str, int]:
    """The numbers of the municipalities `names`; one that the configuration doesn't have is made, inactive."""
    wanted = sorted(set(names))
    found = _known_municipalities(session, wanted)
    if len(found) < len(wanted):
        take_turns(session, "municipalities")
        found = _known_municipalities(session, wanted)
        found |= {name: _new_municipality(session, name) for name in wanted if name not in found}
    return found


def take_turn(session: Session) -> None:
    """Let one transaction at a time change what counts, until it ends; before it locks any row.

    What one mail says can change the judgement of others, of other respondents: row locks alone would make two such
    transactions wait for each other.
    """
    take_turns(session, "figures")


def lock(session: Session, municipalities: Iterable[int]) -> None:
    """Let nobody else change figures of these municipalities until the transaction ends.

    Always in the order of their numbers, so that two transactions never wait for each other. (On SQLite the writer is
    alone anyhow.) NO KEY UPDATE: it doesn't conflict with the locks that foreign keys take.
    """
    session.execute(_LOCKED, {"numbers": sorted(set(municipalities))}).all()


def organisation_ids(session: Session, municipalities: dict[str, int], reports: Sequence[Report]) -> list[int | None]:
    """For each report the number of its organisation (None for the municipality as a whole), made where it is new."""
    keys = sorted({report.key for report in reports if report.key is not None})
    session.flush()
    found: dict[tuple[int, str], int] = {}
    for chunk in in_chunks(keys):
        named = session.execute(_ORGANISATIONS_KEYED, {"places": list(municipalities.values()), "keys": chunk})
        found |= {(place, key): number for place, key, number in named}
    wanted = [
        None if report.organisation is None else (municipalities[report.municipality], _key(report))
        for report in reports
    ]
    names = {place: report.organisation for place, report in reversed([*zip(wanted, reports, strict=True)])}
    new = [place for place in dict.fromkeys(wanted) if place is not None and place not in found]
    rows = [{"municipality_id": place[0], "key": place[1], "name": names[place]} for place in new]
    found |= dict(zip(new, insert_numbered(session, OrganisationRow, rows), strict=True))
    return [None if place is None else found[place] for place in wanted]


def canonical(session: Session, respondents: Collection[Respondent]) -> set[Respondent]:
    """The respondents whose figures these count for: an organisation that is another's other name is that other."""
    session.flush()
    numbers = sorted({who.organisation for who in respondents if who.organisation is not None})
    same: dict[int, int | None] = {}
    for chunk in in_chunks(numbers):
        same |= dict(session.execute(_OTHER_NAMES, {"numbers": chunk}).all())
    return {
        who if who.organisation is None else Respondent(who.municipality, same.get(who.organisation, who.organisation))
        for who in respondents
    }


def in_chunks(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """The values in portions that fit into one IN (…)."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def respondents_of(session: Session, message_id: int) -> set[Respondent]:
    """All respondents that any report of the message speaks of, counted or not."""
    return spoken_of(session, [message_id])[message_id]


def spoken_of(session: Session, message_ids: Sequence[int]) -> dict[int, set[Respondent]]:
    """The same for each of several messages, by their numbers."""
    session.flush()
    spoken: dict[int, set[Respondent]] = {number: set() for number in message_ids}
    for chunk in in_chunks(message_ids):
        for number, *who in session.execute(_SPOKEN_OF, {"messages": chunk}):
            spoken[number].add(Respondent(*who))
    return spoken


def _known_municipalities(session: Session, names: Sequence[str]) -> dict[str, int]:
    session.flush()
    return dict(session.execute(_MUNICIPALITIES_NAMED, {"names": names}).all())


def _key(report: Report) -> str:
    if report.key is None:
        raise ValueError(f"a report of the organisation «{report.organisation}» without its key")
    return report.key


def _new_municipality(session: Session, name: str) -> int:
    position = session.scalar(select(func.coalesce(func.max(MunicipalityRow.position), -1))) or 0
    row = MunicipalityRow(name=name, kind="", centre="", position=position + 1, active=False)
    session.add(row)
    session.flush()
    return row.id
