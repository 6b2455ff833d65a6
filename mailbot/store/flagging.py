"""The finding `overrides_other_sender`: whose figures a mail would change, in a sentence for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import FindingCode, Severity
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.overriding import Override, Sender, senders_named
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.tables import EvidenceRow, FindingRow, MessageRow, MunicipalityRow, OrganisationRow

CODE: Final = FindingCode.OVERRIDES_OTHER_SENDER.value
_SHOWN: Final = 3

_FINDINGS, _EVIDENCE = (table_of(row).c for row in (FindingRow, EvidenceRow))
_MUNICIPALITIES, _ORGANISATIONS = (table_of(row).c for row in (MunicipalityRow, OrganisationRow))
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_FLAGGED = select(_FINDINGS.message_id).where(_FINDINGS.message_id.in_(_NUMBERS), _FINDINGS.code == CODE)
_NO_FLAGS = delete(table_of(FindingRow)).where(_FINDINGS.message_id.in_(_NUMBERS), _FINDINGS.code == CODE)
_LAST_FINDINGS = (
    select(_FINDINGS.message_id, func.max(_FINDINGS.position))
    .where(_FINDINGS.message_id.in_(_NUMBERS))
    .group_by(_FINDINGS.message_id)
)
_PLACES = (
    select(_EVIDENCE.figure_id, _EVIDENCE.locator, _EVIDENCE.snippet)
    .where(_EVIDENCE.figure_id.in_(_NUMBERS), _EVIDENCE.position == 0)
    .order_by(_EVIDENCE.figure_id)
)
_MUNICIPALITIES_NAMED = select(_MUNICIPALITIES.id, _MUNICIPALITIES.name).where(_MUNICIPALITIES.id.in_(_NUMBERS))
_ORGANISATIONS_NAMED = select(_ORGANISATIONS.id, _ORGANISATIONS.name).where(_ORGANISATIONS.id.in_(_NUMBERS))


class Found(NamedTuple):
    """Figures of one respondent that a message would override; `figures`: rows of what it states in their place."""

    who: Respondent
    overrides: tuple[Override, ...]
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What was found of a message; nothing, where it no longer overrides anybody. `again`: it has the finding already."""

    message: MessageRow
    sender: Sender
    found: Sequence[Found]
    again: bool


def flagged(session: Session, messages: Sequence[int]) -> set[int]:
    """Those of the messages that were found to override another sender's figures."""
    session.flush()
    return {number for chunk in in_chunks(messages) for number in session.scalars(_FLAGGED, {"numbers": chunk})}


def put(session: Session, flags: Sequence[Flag], titles: Mapping[str, str]) -> None:
    """Write the findings of these messages anew; `titles` are the fields'. Their counts of findings follow."""
    session.flush()
    for chunk in in_chunks([flag.message.id for flag in flags if flag.again]):
        session.execute(_NO_FLAGS, {"numbers": chunk})
    for flag in flags:
        flag.message.finding_count += bool(flag.found) - flag.again
    standing = [flag for flag in flags if flag.found]
    last: dict[int, int] = {}
    for chunk in in_chunks([flag.message.id for flag in standing]):
        last |= dict(session.execute(_LAST_FINDINGS, {"numbers": chunk}).all())
    sentences = _Sentences(session, titles, [each.who for flag in standing for each in flag.found[:_SHOWN]])
    rows = [
        {
            "message_id": flag.message.id,
            "position": last.get(flag.message.id, -1) + 1,
            "code": CODE,
            "severity": Severity.BLOCKS.value,
            "message": sentences.of(flag),
        }
        for flag in standing
    ]
    _put_places(session, dict(zip(insert_numbered(session, FindingRow, rows), standing, strict=True)))


def _put_places(session: Session, flags: Mapping[int, Flag]) -> None:
    """Where the figures stand that the findings, by their numbers, speak of."""
    shown = {
        finding: sorted([figure for each in flag.found for figure in each.figures][:_SHOWN])
        for finding, flag in flags.items()
    }
    wanted = sorted({figure for figures in shown.values() for figure in figures})
    places = {
        figure: place for chunk in in_chunks(wanted) for figure, *place in session.execute(_PLACES, {"numbers": chunk})
    }
    rows = [
        {"finding_id": finding, "position": position, "locator": locator, "snippet": snippet}
        for finding, figures in shown.items()
        for position, (locator, snippet) in enumerate(places[figure] for figure in figures if figure in places)
    ]
    insert_rows(session, EvidenceRow, rows)


class _Sentences:
    """The sentences of the findings, with the names of the respondents that they show."""

    def __init__(self, session: Session, titles: Mapping[str, str], shown: Collection[Respondent]) -> None:
        self._titles = titles
        self._places = _named(session, _MUNICIPALITIES_NAMED, {who.municipality for who in shown})
        organisations = {who.organisation for who in shown if who.organisation is not None}
        self._organisations = _named(session, _ORGANISATIONS_NAMED, organisations)

    def of(self, flag: Flag) -> str:
        found = flag.found
        others = senders_named(override for each in found for override in each.overrides)
        told = "; ".join(f"{self._name(each.who)}: {self._changes(each.overrides)}" for each in found[:_SHOWN])
        doubt = "Почтовый сервер не подтвердил, что письмо отправлено с этого адреса. " if flag.sender.refuted else ""
        more = f" и ещё у {len(found) - _SHOWN}" if len(found) > _SHOWN else ""
        return (
            f"Письмо от {_address(flag.message.sender_address)} меняет цифры, которые прислал другой отправитель "
            f"({', '.join(map(_address, others))}): {told}{more}. {doubt}Решите, чьи цифры верны."
        )

    def _changes(self, overrides: Iterable[Override]) -> str:
        return ", ".join(
            f"{self._titles[each.field]} {each.stands} → {'нет' if each.would_be is None else each.would_be}"
            for each in overrides
        )

    def _name(self, who: Respondent) -> str:
        place = self._places[who.municipality]
        return place if who.organisation is None else f"{place}, {self._organisations[who.organisation]}"


def _named(session: Session, statement: Any, numbers: Collection[int]) -> dict[int, str]:
    return {
        number: name
        for chunk in in_chunks(sorted(numbers))
        for number, name in session.execute(statement, {"numbers": chunk})
    }


def _address(address: str) -> str:
    return address or "отправитель неизвестен"
