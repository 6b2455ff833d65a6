"""Which figures count now: superseding, computed from the whole history of a respondent.

A later report of the same respondent replaces the earlier one; a correction replaces only the fields that it gives
(`mailbot.store.superseding`). «Later» is by the time at which the mail reached the server, then by the order of
landing; hence the order in which messages happen to be read or to arrive here doesn't matter. Only reports of accepted
messages count, and where a person decided about a message, only the figures of that decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Status
from mailbot.store import respondents
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.superseding import Stated, Statement, supersede
from mailbot.store.tables import (
    DecisionRow,
    FieldRow,
    FigureRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
    StandingFigureRow,
    StandingRow,
)
from mailbot.store.times import server_time

_MESSAGES, _REPORTS, _FIGURES, _DECISIONS = map(table_of, (MessageRow, ReportRow, FigureRow, DecisionRow))
_STANDINGS, _ORGANISATIONS, _FIELDS = map(table_of, (StandingRow, OrganisationRow, FieldRow))


class _Said(NamedTuple):
    """A figure of the history, as the query gives it."""

    municipality: int
    organisation: int | None
    message: int
    kind: str
    spelling: str | None
    field: str
    value: int
    figure: int


def refresh(
    session: Session,
    concerned: Collection[Respondent],
    known: Mapping[Respondent, Sequence[Statement]] = MappingProxyType({}),
) -> None:
    """Compute anew what stands for the respondents `concerned` (an organisation's other names count for it).

    The caller has locked their municipalities (`respondents.lock`) before it changed anything of theirs. `known`: all
    that counts of some of them, in order of time, where the caller has just asked for it.
    """
    session.flush()
    wanted = respondents.canonical(session, concerned)
    kinds = dict(session.execute(_KINDS).all())
    told = {who: known[who] for who in wanted if who in known}
    for chunk in in_chunks(sorted(who for who in wanted if who.organisation is None)):
        numbers = [who.municipality for who in chunk]
        session.execute(_FORGET_MUNICIPALITIES, {"numbers": numbers})
        unknown = [who.municipality for who in chunk if who not in told]
        _stand(session, _of(chunk, told) | _history(session, _OF_MUNICIPALITIES, unknown), kinds)
    for chunk in in_chunks(sorted(who for who in wanted if who.organisation is not None)):
        numbers = [who.organisation for who in chunk if who.organisation is not None]
        others = dict(session.execute(_OTHER_NAMES, {"numbers": numbers}).all())
        session.execute(_FORGET_ORGANISATIONS, {"numbers": [*numbers, *others]})
        unknown = [who.organisation for who in chunk if who.organisation is not None and who not in told]
        unknown += [other for other, number in others.items() if number in unknown]
        _stand(session, _of(chunk, told) | _history(session, _OF_ORGANISATIONS, unknown), kinds)


def _of(
    whose: Iterable[Respondent], told: Mapping[Respondent, Sequence[Statement]]
) -> dict[Respondent, Sequence[Statement]]:
    return {who: told[who] for who in whose if who in told}


def rebuild(session: Session) -> None:
    """Compute everything anew from the history, for example after the campaign's fields changed."""
    respondents.lock(session, session.scalars(select(MunicipalityRow.id)))
    session.execute(delete(StandingRow))
    query = select(ReportRow.municipality_id, ReportRow.organisation_id).distinct()
    refresh(session, {Respondent(*row) for row in session.execute(query)})


def retime(session: Session, message: MessageRow, internal_date: datetime) -> None:
    """Note an earlier INTERNALDATE of a message; where its time follows, so does what it supersedes."""
    session.refresh(message, with_for_update=True)
    concerned = respondents.respondents_of(session, message.id)
    respondents.lock(session, (who.municipality for who in concerned))
    message.internal_date = internal_date
    message.sent_at, message.sent_at_source = server_time(
        message.received_at, internal_date, message.date_header, message.landed_at
    )
    refresh(session, concerned)


def report_counts() -> ColumnElement[bool]:
    """Whether a report counts; for queries that join `MessageRow` and, outer, its standing `DecisionRow`."""
    as_read = and_(_DECISIONS.c.id.is_(None), _REPORTS.c.decision_id.is_(None))
    # in a coalesce, or SQLite takes the index on the status and goes through all accepted messages, not the few reports
    accepted = func.coalesce(_MESSAGES.c.status, "") == Status.ACCEPTED.value
    return and_(accepted, or_(as_read, _REPORTS.c.decision_id == _DECISIONS.c.id))


def standing_decision() -> ColumnElement[bool]:
    """The condition that joins a `MessageRow` to the decision in force about it."""
    return and_(_DECISIONS.c.message_id == _MESSAGES.c.id, _DECISIONS.c.standing)


def _history_of(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """All that counts of what the respondents said whose reports `whose` selects, in order of time, as `_Said`."""
    report, figure = _REPORTS.c, _FIGURES.c
    main = func.coalesce(_ORGANISATIONS.c.same_as_id, _ORGANISATIONS.c.id)
    return (
        select(
            report.municipality_id,
            main,
            report.message_id,
            report.kind,
            report.organisation_name,
            figure.field,
            figure.value,
            figure.id,
        )
        .select_from(joined(_REPORTS.join(_MESSAGES, _MESSAGES.c.id == report.message_id)))
        .where(whose, report_counts())
        .order_by(report.municipality_id, main, _MESSAGES.c.sent_at, _MESSAGES.c.id, report.position, figure.id)
    )


def joined(reports: FromClause) -> FromClause:
    """Reports and their messages, with the figures, the organisation and the decision in force."""
    return (
        reports.join(_FIGURES, _FIGURES.c.report_id == _REPORTS.c.id)
        .outerjoin(_ORGANISATIONS, _ORGANISATIONS.c.id == _REPORTS.c.organisation_id)
        .outerjoin(_DECISIONS, standing_decision())
    )


_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_KINDS = select(_FIELDS.c.name, _FIELDS.c.kind)
_FORGET_MUNICIPALITIES = delete(_STANDINGS).where(
    _STANDINGS.c.organisation_id.is_(None), _STANDINGS.c.municipality_id.in_(_NUMBERS)
)
_FORGET_ORGANISATIONS = delete(_STANDINGS).where(_STANDINGS.c.organisation_id.in_(_NUMBERS))
_OTHER_NAMES = select(_ORGANISATIONS.c.id, _ORGANISATIONS.c.same_as_id).where(_ORGANISATIONS.c.same_as_id.in_(_NUMBERS))
_OWN_NAMES = select(_ORGANISATIONS.c.id, _ORGANISATIONS.c.name).where(
    _ORGANISATIONS.c.id.in_(_NUMBERS), ~_ORGANISATIONS.c.on_roster
)
_OF_MUNICIPALITIES = _history_of(and_(_REPORTS.c.organisation_id.is_(None), _REPORTS.c.municipality_id.in_(_NUMBERS)))
_OF_ORGANISATIONS = _history_of(_REPORTS.c.organisation_id.in_(_NUMBERS))


def _stand(session: Session, history: Mapping[Respondent, Sequence[Statement]], kinds: Mapping[str, str]) -> None:
    """Write the standings of respondents, whose history is given; none are there yet."""
    history = {who: statements for who, statements in history.items() if statements}
    rows = [
        {
            "municipality_id": who.municipality,
            "organisation_id": who.organisation,
            "message_id": statements[-1].message,
            "first_message_id": statements[0].message,
            "statements": len(statements),
        }
        for who, statements in history.items()
    ]
    numbers = insert_numbered(session, StandingRow, rows)
    figures = [
        {"standing_id": number, "field": field, "value": stated.value, "figure_id": stated.figure}
        for number, statements in zip(numbers, history.values(), strict=True)
        for field, stated in supersede(statements, kinds).items()
    ]
    insert_rows(session, StandingFigureRow, figures)
    last = {who.organisation: statements[-1].spelling for who, statements in history.items()}
    _name_as_last_reported(session, {who: name for who, name in last.items() if who is not None and name is not None})


def _history(
    session: Session, query: Select[*tuple[Any, ...]], numbers: Sequence[int]
) -> dict[Respondent, Sequence[Statement]]:
    """All that counts of what respondents said, in order of time."""
    history: dict[Respondent, list[Statement]] = {}
    if not numbers:
        return {}
    said = [_Said(*row) for row in session.execute(query, {"numbers": numbers}).all()]
    for (who, message), parts in groupby(said, key=lambda row: (Respondent(*row[:2]), row.message)):
        history.setdefault(who, []).append(_statement(message, list(parts)))
    return {**history}


def _statement(message: int, rows: Sequence[_Said]) -> Statement:
    """What one message says of one respondent, be it in one row of a table or in several."""
    return Statement(
        message=message,
        correction=rows[-1].kind == "correction",
        figures={row.field: Stated(row.value, row.figure) for row in rows},
        spelling=rows[-1].spelling,
    )


def _name_as_last_reported(session: Session, spellings: Mapping[int, str]) -> None:
    """Give organisations, by their numbers, the names that their latest reports use; the roster's keep the roster's."""
    for chunk in in_chunks(list(spellings)):
        for number, name in session.execute(_OWN_NAMES, {"numbers": chunk}).all():
            if name != spellings[number]:
                change = update(OrganisationRow).where(OrganisationRow.id == number)
                session.execute(change.values(name=spellings[number]))
