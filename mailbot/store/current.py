"""Which figures count now: superseding, computed from the whole history of a respondent.

A later report of the same respondent replaces the earlier one; a correction replaces only the fields that it gives
(`mailbot.store.superseding`). «Later» is by the time at which the mail reached the server, then by the order of
landing; hence the order in which messages happen to be read or to arrive here doesn't matter. Only reports of accepted
messages count, and where a person decided about a message, only the figures of that decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Row,
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


def figures_under(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The figures of the reports under the conditions, in order of time, as `statements_of` takes them."""
    report, figure, sent = _REPORTS.c, _FIGURES.c, (_MESSAGES.c.sent_at, _MESSAGES.c.id)
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
        .where(*conditions)
        .order_by(*sent, report.municipality_id, main, report.position, figure.id)
    )


def statements_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[tuple[Respondent, Statement]]:
    """The rows of `figures_under` as statements: what one message says of one respondent, be it in one report or several."""
    whose: tuple[int, int, int | None] | None = None
    stated: dict[str, Stated] = {}
    kind, spelling = "", None
    for row in rows:
        municipality, organisation, message, row_kind, row_spelling, field, value, figure = row
        if whose != (message, municipality, organisation):
            if whose is not None:
                yield Respondent(*whose[1:]), Statement(whose[0], kind == "correction", stated, spelling)
            whose, stated = (message, municipality, organisation), {}
        kind, spelling = row_kind, row_spelling
        stated[field] = Stated(value, figure)
    if whose is not None:
        yield Respondent(*whose[1:]), Statement(whose[0], kind == "correction", stated, spelling)


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
_OF_MUNICIPALITIES = figures_under(
    _REPORTS.c.organisation_id.is_(None), _REPORTS.c.municipality_id.in_(_NUMBERS), report_counts()
)
_OF_ORGANISATIONS = figures_under(_REPORTS.c.organisation_id.in_(_NUMBERS), report_counts())


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
    if numbers:
        for who, statement in statements_of(session.execute(query, {"numbers": numbers}).all()):
            history.setdefault(who, []).append(statement)
    return {**history}


def _name_as_last_reported(session: Session, spellings: Mapping[int, str]) -> None:
    """Give organisations, by their numbers, the names that their latest reports use; the roster's keep the roster's."""
    for chunk in in_chunks(list(spellings)):
        for number, name in session.execute(_OWN_NAMES, {"numbers": chunk}).all():
            if name != spellings[number]:
                change = update(OrganisationRow).where(OrganisationRow.id == number)
                session.execute(change.values(name=spellings[number]))
