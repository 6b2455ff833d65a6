"""Mails that would override another sender's figures: they go to a person (`overrides_other_sender`).

The reader sees one mail at a time and cannot know. So it is judged here, when a reading or a decision is saved: each
mail against what stood before it in order of time. Mails that came later are judged anew where what stood before them
has changed. Hence the outcome follows from the mails and the decisions alone, not from the order in which they arrived
here or were read. What a person decided about is not judged: she knows whom she believes.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from mailbot.domain.authentication import refuted
from mailbot.domain.interpretation import FindingCode, Severity, Status
from mailbot.store import cases, current, interpretations, respondents, verdicts
from mailbot.store.bulk import table_of
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


_FIELDS, _CAMPAIGN, _REPORTS = (table_of(row).c for row in (FieldRow, CampaignRow, ReportRow))
_FIELDS_KNOWN = select(_FIELDS.name, _FIELDS.kind, _FIELDS.title)
_CAMPAIGN_KNOWN = select(_CAMPAIGN.shared_domains, _CAMPAIGN.own_addresses, _CAMPAIGN.authserv_ids)
_FIRST_AND_LAST = (func.min(_REPORTS.message_id), func.max(_REPORTS.message_id))
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_SPEAK_OF_MUNICIPALITIES = (
    select(_REPORTS.municipality_id, *_FIRST_AND_LAST)
    .where(_REPORTS.organisation_id.is_(None), _REPORTS.municipality_id.in_(_NUMBERS))
    .group_by(_REPORTS.municipality_id)
)
_SPEAK_OF_ORGANISATIONS = (
    select(_REPORTS.organisation_id, *_FIRST_AND_LAST)
    .where(_REPORTS.organisation_id.in_(_NUMBERS))
    .group_by(_REPORTS.organisation_id)
)
_ORGANISATIONS = table_of(OrganisationRow).c
_SAME = select(_ORGANISATIONS.id, _ORGANISATIONS.same_as_id).where(
    _ORGANISATIONS.same_as_id.is_not(None),
    or_(_ORGANISATIONS.id.in_(_NUMBERS), _ORGANISATIONS.same_as_id.in_(_NUMBERS)),
)


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
) -> None:
    """Judge `message`, and every later one that speaks of the same respondents, and so on where a judgement changes.

    `concerned` are all of whom it spoke before or speaks now. `since`: from when on others are affected, where that is
    earlier than the message's time (it has moved). The caller has the turn (`respondents.take_turn`) and settles
    `message` itself afterwards; what stands for the respondents of the others is computed anew here.
    """
    session.flush()
    if not verdicts.is_flagged(session, message.id) and not others_speak(session, {message.id: concerned}):
        return
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
    if touched:
        current.refresh(session, touched)


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
        found: set[_Moment] = set()
        for whose in _conditions(self._session, concerned):
            query = (
                select(MessageRow.sent_at, MessageRow.id)
                .join(ReportRow, ReportRow.message_id == MessageRow.id)
                .outerjoin(DecisionRow, current.standing_decision())
                .where(whose, _behind(moment), _may_be_judged())
            )
            found.update((sent_at, number) for sent_at, number in self._session.execute(query.distinct()))
        return sorted(found)

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
        self._session.execute(delete(FindingRow).where(FindingRow.message_id == message.id, FindingRow.code == CODE))
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
        mine = and_(ReportRow.message_id == message.id, ReportRow.decision_id.is_(None))
        statements = {_who(rows[0]): _statement(rows) for rows in self._grouped(mine)}
        ledgers = {who: Ledger(self._kinds, self._houses) for who in statements}
        senders: dict[int, Sender] = {}
        for whose in _conditions(self._session, statements):
            before = and_(whose, current.report_counts(), ~_behind((message.sent_at, message.id), or_at=True))
            for rows in self._grouped(before):
                number = rows[0].message
                senders[number] = senders.get(number) or self._sender(self._session.get_one(MessageRow, number))
                ledgers[_who(rows[0])].note(_statement(rows), senders[number])
        found = []
        for who, statement in statements.items():
            overrides = ledgers[who].overrides(statement, self._sender(message))
            if overrides:
                told = [statement.figures[each.field].figure for each in overrides if each.field in statement.figures]
                found.append(_Found(who, overrides, tuple(told or [next(iter(statement.figures.values())).figure])))
        return found

    def _grouped(self, condition: ColumnElement[bool]) -> list[list[_Row]]:
        """The figures under `condition`, in order of time, those of one respondent in one message together."""
        main = func.coalesce(OrganisationRow.same_as_id, OrganisationRow.id)
        query = (
            select(
                ReportRow.municipality_id, main, ReportRow.message_id, ReportRow.kind,
                FigureRow.field, FigureRow.value, FigureRow.id,
            )
            .join(MessageRow, MessageRow.id == ReportRow.message_id)
            .join(FigureRow, FigureRow.report_id == ReportRow.id)
            .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
            .outerjoin(DecisionRow, current.standing_decision())
            .where(condition)
            .order_by(
                MessageRow.sent_at, MessageRow.id, ReportRow.municipality_id, main, ReportRow.position, FigureRow.id
            )
        )  # fmt: skip
        rows = [_Row(*row) for row in self._session.execute(query)]
        return [list(group) for _, group in groupby(rows, key=lambda row: (row.message, _who(row)))]

    def _sender(self, message: MessageRow) -> Sender:
        referred = [message.in_reply_to, *(message.reference_ids or ())]
        names = frozenset(name.strip("<> ") for name in referred if name.strip("<> "))
        address = message.sender_address.strip()
        is_refuted = refuted(message.authentication_results or (), self._servers, address)
        return Sender(address, message.message_id_header.strip("<> "), names, is_refuted)

    def _flag(self, message: MessageRow, found: Sequence[_Found]) -> None:
        last = self._session.scalar(select(func.max(FindingRow.position)).where(FindingRow.message_id == message.id))
        finding = FindingRow(
            message_id=message.id,
            position=0 if last is None else last + 1,
            code=CODE,
            severity=Severity.BLOCKS.value,
            message=self._sentence(message, found),
        )
        self._session.add(finding)
        self._session.flush()
        figures = [figure for each in found for figure in each.figures][:_SHOWN]
        query = select(EvidenceRow).where(EvidenceRow.figure_id.in_(figures), EvidenceRow.position == 0)
        for position, place in enumerate(self._session.scalars(query.order_by(EvidenceRow.figure_id)).all()):
            row = EvidenceRow(finding_id=finding.id, position=position, locator=place.locator, snippet=place.snippet)
            self._session.add(row)
        self._session.flush()

    def _sentence(self, message: MessageRow, found: Sequence[_Found]) -> str:
        is_refuted = self._sender(message).refuted
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
        place = self._session.scalar(select(MunicipalityRow.name).where(MunicipalityRow.id == who.municipality))
        if who.organisation is None:
            return str(place)
        name = self._session.scalar(select(OrganisationRow.name).where(OrganisationRow.id == who.organisation))
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


def _conditions(session: Session, concerned: Collection[Respondent]) -> list[ColumnElement[bool]]:
    """Conditions on `ReportRow` and `OrganisationRow` that together select the reports of these respondents."""
    wanted = respondents.canonical(session, concerned)
    places = sorted(who.municipality for who in wanted if who.organisation is None)
    organisations = sorted(who.organisation for who in wanted if who.organisation is not None)
    found: list[ColumnElement[bool]] = [
        and_(ReportRow.organisation_id.is_(None), ReportRow.municipality_id.in_(chunk)) for chunk in in_chunks(places)
    ]
    for chunk in in_chunks(organisations):
        names = select(OrganisationRow.id).where(
            or_(OrganisationRow.id.in_(chunk), OrganisationRow.same_as_id.in_(chunk))
        )
        found.append(ReportRow.organisation_id.in_(names))
    return found


def _behind(moment: _Moment, *, or_at: bool = False) -> ColumnElement[bool]:
    """Whether a `MessageRow` is later than `moment` (`or_at`: or at it) in the order of time."""
    sent_at, number = moment
    numbers: Any = MessageRow.id >= number if or_at else MessageRow.id > number
    return or_(MessageRow.sent_at > sent_at, and_(MessageRow.sent_at == sent_at, numbers))


def _may_be_judged() -> ColumnElement[bool]:
    # in a coalesce: SQLite would take the index on the decision, and go through all reports that have none
    as_read = and_(func.coalesce(ReportRow.decision_id, 0) == 0, DecisionRow.id.is_(None))
    return and_(MessageRow.reader_status == Status.ACCEPTED, as_read)


def _who(row: _Row) -> Respondent:
    return Respondent(row.municipality, row.organisation)


def _statement(rows: Sequence[_Row]) -> Statement:
    figures = {row.field: Stated(row.value, row.figure) for row in rows}
    return Statement(message=rows[0].message, correction=rows[-1].kind == "correction", figures=figures)


def _address(address: str) -> str:
    return address or "отправитель неизвестен"
