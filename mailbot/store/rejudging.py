"""Mails that would override another sender's figures: they go to a person (`overrides_other_sender`).

The reader sees one mail at a time and cannot know. So it is judged here, when a reading or a decision is saved: each
mail against what stood before it in order of time. Mails that came later are judged anew where what stood before them
has changed. Hence the outcome follows from the mails and the decisions alone, not from the order in which they arrived
here or were read. What a person decided about is not judged: she knows whom she believes.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from mailbot.domain.authentication import refuted
from mailbot.domain.interpretation import FindingCode, Severity, Status
from mailbot.store import cases, current, interpretations, respondents, verdicts
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.overriding import Houses, Ledger, Override, Sender, senders_named
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.superseding import Stated, Statement
from mailbot.store.tables import (
    CampaignRow,
    DecisionRow,
    EvidenceRow,
    FieldRow,
    FigureRow,
    FindingRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
)

CODE: Final = FindingCode.OVERRIDES_OTHER_SENDER.value
_SHOWN: Final = 3

_Moment = tuple[datetime, int]
"""The place of a message in the order of time: when it reached the server, and its number."""

_REPORTS, _MESSAGES, _DECISIONS = map(table_of, (ReportRow, MessageRow, DecisionRow))
_FIGURES, _FINDINGS, _EVIDENCE = (table_of(row).c for row in (FigureRow, FindingRow, EvidenceRow))
_MUNICIPALITIES, _ORGANISATIONS = (table_of(row).c for row in (MunicipalityRow, OrganisationRow))
_FIELDS, _CAMPAIGN = (table_of(row).c for row in (FieldRow, CampaignRow))
_FIELDS_KNOWN = select(_FIELDS.name, _FIELDS.kind, _FIELDS.title)
_CAMPAIGN_KNOWN = select(_CAMPAIGN.shared_domains, _CAMPAIGN.own_addresses, _CAMPAIGN.authserv_ids)
_FIRST_AND_LAST = (func.min(_REPORTS.c.message_id), func.max(_REPORTS.c.message_id))
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_MESSAGE: BindParameter[Any] = bindparam("message")
_AT: BindParameter[Any] = bindparam("at", type_=_MESSAGES.c.sent_at.type)
_OF_MUNICIPALITIES = and_(_REPORTS.c.organisation_id.is_(None), _REPORTS.c.municipality_id.in_(_NUMBERS))
_OF_ORGANISATIONS = _REPORTS.c.organisation_id.in_(_NUMBERS)
_OF_ALL_NAMES = _REPORTS.c.organisation_id.in_(
    select(_ORGANISATIONS.id).where(or_(_ORGANISATIONS.id.in_(_NUMBERS), _ORGANISATIONS.same_as_id.in_(_NUMBERS)))
)
_SPEAK_OF_MUNICIPALITIES = (
    select(_REPORTS.c.municipality_id, *_FIRST_AND_LAST).where(_OF_MUNICIPALITIES).group_by(_REPORTS.c.municipality_id)
)
_SPEAK_OF_ORGANISATIONS = (
    select(_REPORTS.c.organisation_id, *_FIRST_AND_LAST).where(_OF_ORGANISATIONS).group_by(_REPORTS.c.organisation_id)
)
_SAME = select(_ORGANISATIONS.id, _ORGANISATIONS.same_as_id).where(
    _ORGANISATIONS.same_as_id.is_not(None),
    or_(_ORGANISATIONS.id.in_(_NUMBERS), _ORGANISATIONS.same_as_id.in_(_NUMBERS)),
)


def _later(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The messages behind a moment that the reader accepted and nobody decided about, with a report `whose`."""
    sent, number = _MESSAGES.c.sent_at, _MESSAGES.c.id
    # in a coalesce: SQLite would take the index on the decision, and go through all reports that have none
    as_read = and_(func.coalesce(_REPORTS.c.decision_id, 0) == 0, _DECISIONS.c.id.is_(None))
    behind = or_(sent > _AT, and_(sent == _AT, number > _MESSAGE))
    return (
        select(sent, number)
        .select_from(_MESSAGES.join(_REPORTS, _REPORTS.c.message_id == number))
        .outerjoin(_DECISIONS, current.standing_decision())
        .where(whose, behind, _MESSAGES.c.reader_status == Status.ACCEPTED.value, as_read)
        .distinct()
    )


def _figures(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The figures under the conditions, in order of time, as `_Row`."""
    main = func.coalesce(_ORGANISATIONS.same_as_id, _ORGANISATIONS.id)
    report, sent = _REPORTS.c, (_MESSAGES.c.sent_at, _MESSAGES.c.id)
    return (
        select(report.municipality_id, main, report.message_id, report.kind, *_FIGURE)
        .select_from(current.joined(_REPORTS.join(_MESSAGES, _MESSAGES.c.id == report.message_id)))
        .where(*conditions)
        .order_by(*sent, report.municipality_id, main, report.position, _FIGURES.id)
    )


def _before(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The figures that count, of the reports `whose`, of the messages before a moment."""
    sent, number = _MESSAGES.c.sent_at, _MESSAGES.c.id
    return _figures(whose, current.report_counts(), ~or_(sent > _AT, and_(sent == _AT, number >= _MESSAGE)))


_FIGURE = (_FIGURES.field, _FIGURES.value, _FIGURES.id)
_MINE = _figures(_REPORTS.c.message_id == _MESSAGE, _REPORTS.c.decision_id.is_(None))
_BEFORE = (_before(_OF_MUNICIPALITIES), _before(_OF_ALL_NAMES))
_LATER = (_later(_OF_MUNICIPALITIES), _later(_OF_ALL_NAMES))
_SENDERS = select(
    _MESSAGES.c.id,
    _MESSAGES.c.sender_address,
    _MESSAGES.c.message_id_header,
    _MESSAGES.c.in_reply_to,
    _MESSAGES.c.reference_ids,
    _MESSAGES.c.authentication_results,
).where(_MESSAGES.c.id.in_(_NUMBERS))
_NO_FLAG = delete(table_of(FindingRow)).where(_FINDINGS.message_id == _MESSAGE, _FINDINGS.code == CODE)
_LAST_FINDING = select(func.coalesce(func.max(_FINDINGS.position), -1)).where(_FINDINGS.message_id == _MESSAGE)
_PLACES = (
    select(_EVIDENCE.locator, _EVIDENCE.snippet)
    .where(_EVIDENCE.figure_id.in_(_NUMBERS), _EVIDENCE.position == 0)
    .order_by(_EVIDENCE.figure_id)
)
_MUNICIPALITY_NAMED = select(_MUNICIPALITIES.name).where(_MUNICIPALITIES.id == bindparam("number"))
_ORGANISATION_NAMED = select(_ORGANISATIONS.name).where(_ORGANISATIONS.id == bindparam("number"))


class _Row(NamedTuple):
    """A figure of a message, as the query gives it."""

    municipality: int
    organisation: int | None
    message: int
    kind: str
    field: str
    value: int
    figure: int


class _Found(NamedTuple):
    """Figures of one respondent that a message would override."""

    who: Respondent
    overrides: tuple[Override, ...]
    figures: tuple[int, ...]


def rejudge(
    session: Session,
    message: MessageRow,
    concerned: Collection[Respondent],
    now: datetime,
    since: datetime | None = None,
) -> set[Respondent]:
    """Judge `message`, and every later one that speaks of the same respondents, and so on where a judgement changes.

    `concerned` are all of whom it spoke before or speaks now. `since`: from when on others are affected, where that is
    earlier than the message's time (it has moved). Returns of whom those speak whose judgement has changed: the caller
    has what stands for them computed anew (`current.refresh`). It has the turn (`respondents.take_turn`), and settles
    `message` itself afterwards.
    """
    session.flush()
    if not verdicts.is_flagged(session, message.id) and not others_speak(session, {message.id: concerned}):
        return set()
    judging = _Judging(session)
    start = min(message.sent_at, since or message.sent_at)
    waiting: list[_Moment] = [(message.sent_at, message.id), *judging.later(concerned, (start, 0))]
    heapq.heapify(waiting)
    seen: set[int] = set()
    touched: set[Respondent] = set()
    while waiting:
        moment = heapq.heappop(waiting)
        if moment[1] in seen:
            continue
        seen.add(moment[1])
        judged = message if moment[1] == message.id else session.get_one(MessageRow, moment[1])
        if judging.judge(judged, now):
            speaks_of = respondents.respondents_of(session, judged.id)
            touched |= speaks_of
            for later in judging.later(speaks_of, moment):
                heapq.heappush(waiting, later)
    return touched


class _Judging:
    """One run: the session, and what it goes by."""

    def __init__(self, session: Session) -> None:
        self._session = session
        fields = session.execute(_FIELDS_KNOWN).all()
        self._kinds = {name: kind for name, kind, _ in fields}
        self._titles = {name: title for name, _, title in fields}
        shared, own, servers = session.execute(_CAMPAIGN_KNOWN).first() or ([], [], [])
        self._houses = Houses(frozenset(map(str.casefold, shared)), frozenset(map(str.casefold, own)))
        self._servers: list[str] = servers

    def later(self, concerned: Collection[Respondent], moment: _Moment) -> list[_Moment]:
        """The messages behind `moment` that the reader accepted, that nobody decided about, and that speak of them."""
        at = {"at": moment[0], "message": moment[1]}
        return sorted({(sent_at, number) for sent_at, number in _asked(self._session, _LATER, concerned, at)})

    def judge(self, message: MessageRow, now: datetime) -> bool:
        """Judge one message; true where it is flagged now and was not before, or the other way round."""
        if self._is_decided(message):
            return False
        flagged = verdicts.is_flagged(self._session, message.id)
        found = self._found(message) if message.reader_status == Status.ACCEPTED else []
        if not found and not flagged:
            return False
        respondents.lock(
            self._session, {who.municipality for who in respondents.respondents_of(self._session, message.id)}
        )
        self._session.execute(_NO_FLAG, {"message": message.id})
        if found:
            self._flag(message, found)
        verdicts.apply_status(self._session, message)
        interpretations.tally(self._session, message)
        cases.settle(self._session, [message], now)
        return bool(found) != flagged

    def _is_decided(self, message: MessageRow) -> bool:
        return verdicts.standing_action(self._session, message.id) is not None

    def _found(self, message: MessageRow) -> list[_Found]:
        """The figures of others that the message would override, by respondent."""
        at = {"at": message.sent_at, "message": message.id}
        statements = {_who(rows[0]): _statement(rows) for rows in _grouped(self._session.execute(_MINE, at))}
        if not statements:
            return []
        ledgers = {who: Ledger(self._kinds, self._houses) for who in statements}
        said = _grouped(_asked(self._session, _BEFORE, statements, at))
        senders = self._senders({message.id, *(rows[0].message for rows in said)})
        for rows in said:
            ledgers[_who(rows[0])].note(_statement(rows), senders[rows[0].message])
        found = []
        for who, statement in statements.items():
            overrides = ledgers[who].overrides(statement, senders[message.id])
            if overrides:
                told = [statement.figures[each.field].figure for each in overrides if each.field in statement.figures]
                found.append(_Found(who, overrides, tuple(told or [next(iter(statement.figures.values())).figure])))
        return found

    def _senders(self, messages: Collection[int]) -> dict[int, Sender]:
        senders: dict[int, Sender] = {}
        for chunk in in_chunks(sorted(messages)):
            for number, address, name, *referred, results in self._session.execute(_SENDERS, {"numbers": chunk}):
                in_reply_to, references = referred
                names = frozenset(each.strip("<> ") for each in (in_reply_to, *(references or ())) if each.strip("<> "))
                is_refuted = refuted(results or (), self._servers, address.strip())
                senders[number] = Sender(address.strip(), name.strip("<> "), names, is_refuted)
        return senders

    def _flag(self, message: MessageRow, found: Sequence[_Found]) -> None:
        row = {
            "message_id": message.id,
            "position": self._session.scalars(_LAST_FINDING, {"message": message.id}).one() + 1,
            "code": CODE,
            "severity": Severity.BLOCKS.value,
            "message": self._sentence(message, found),
        }
        (number,) = insert_numbered(self._session, FindingRow, [row])
        figures = [figure for each in found for figure in each.figures][:_SHOWN]
        places = self._session.execute(_PLACES, {"numbers": figures}).all()
        rows = [
            {"finding_id": number, "position": position, "locator": locator, "snippet": snippet}
            for position, (locator, snippet) in enumerate(places)
        ]
        insert_rows(self._session, EvidenceRow, rows)

    def _sentence(self, message: MessageRow, found: Sequence[_Found]) -> str:
        is_refuted = self._senders([message.id])[message.id].refuted
        others = senders_named(override for each in found for override in each.overrides)
        told = "; ".join(f"{self._name(each.who)}: {self._changes(each.overrides)}" for each in found[:_SHOWN])
        doubt = "Почтовый сервер не подтвердил, что письмо отправлено с этого адреса. " if is_refuted else ""
        more = f" и ещё у {len(found) - _SHOWN}" if len(found) > _SHOWN else ""
        return (
            f"Письмо от {_address(message.sender_address)} меняет цифры, которые прислал другой отправитель "
            f"({', '.join(map(_address, others))}): {told}{more}. {doubt}Решите, чьи цифры верны."
        )

    def _changes(self, overrides: Iterable[Override]) -> str:
        return ", ".join(
            f"{self._titles[each.field]} {each.stands} → {'нет' if each.would_be is None else each.would_be}"
            for each in overrides
        )

    def _name(self, who: Respondent) -> str:
        place = self._session.scalar(_MUNICIPALITY_NAMED, {"number": who.municipality})
        if who.organisation is None:
            return str(place)
        name = self._session.scalar(_ORGANISATION_NAMED, {"number": who.organisation})
        return f"{place}, {name}"


def others_speak(session: Session, spoken: Mapping[int, Collection[Respondent]]) -> set[int]:
    """Those of the messages, given with whom they speak of, of whose respondents another message speaks too.

    Most mails are the first of whom they speak, and need no judging. An organisation that has other names counts as
    spoken of.
    """
    every = {who for each in spoken.values() for who in each}
    organisations = sorted({who.organisation for who in every if who.organisation is not None})
    places = sorted({who.municipality for who in every if who.organisation is None})
    speakers: dict[Respondent | int | None, tuple[int, int]] = {}
    renamed: set[int | None] = set()
    for chunk in in_chunks(places):
        rows = session.execute(_SPEAK_OF_MUNICIPALITIES, {"numbers": chunk})
        speakers |= {Respondent(place, None): (first, last) for place, first, last in rows}
    for chunk in in_chunks(organisations):
        rows = session.execute(_SPEAK_OF_ORGANISATIONS, {"numbers": chunk})
        speakers |= {organisation: (first, last) for organisation, first, last in rows}
        renamed.update(number for row in session.execute(_SAME, {"numbers": chunk}) for number in row)

    def is_alone(message: int, who: Respondent) -> bool:
        ends = speakers.get(who if who.organisation is None else who.organisation, (message, message))
        return ends == (message, message) and who.organisation not in renamed

    return {message for message, own in spoken.items() if not all(is_alone(message, who) for who in own)}


def _asked(
    session: Session,
    statements: tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]],
    concerned: Collection[Respondent],
    values: Mapping[str, Any],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """What the statements, for municipalities and for organisations, give of these respondents."""
    wanted = respondents.canonical(session, concerned)
    places = sorted(who.municipality for who in wanted if who.organisation is None)
    organisations = sorted(who.organisation for who in wanted if who.organisation is not None)
    for statement, numbers in zip(statements, (places, organisations), strict=True):
        for chunk in in_chunks(numbers):
            yield from session.execute(statement, {**values, "numbers": chunk})


def _grouped(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[list[_Row]]:
    """Figures in the order of the query, those of one respondent in one message together."""
    groups = groupby((_Row(*row) for row in rows), key=lambda row: (row.message, _who(row)))
    return [list(group) for _, group in groups]


def _who(row: _Row) -> Respondent:
    return Respondent(row.municipality, row.organisation)


def _statement(rows: Sequence[_Row]) -> Statement:
    figures = {row.field: Stated(row.value, row.figure) for row in rows}
    return Statement(message=rows[0].message, correction=rows[-1].kind == "correction", figures=figures)


def _address(address: str) -> str:
    return address or "отправитель неизвестен"
