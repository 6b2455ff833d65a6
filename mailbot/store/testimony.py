"""What messages state of their respondents and what stood before them, in memory while mails are judged.

All that a run of judging may need is asked in a few queries; what counts changes here as the judgements do. Times are
moments: when a message reached the server, and its number.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from mailbot.domain.authentication import refuted
from mailbot.domain.interpretation import Status
from mailbot.store import current, respondents
from mailbot.store.bulk import table_of
from mailbot.store.overriding import Sender
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.superseding import Statement
from mailbot.store.tables import DecisionRow, FigureRow, MessageRow, OrganisationRow, ReportRow

Moment = tuple[datetime, int]
"""The place of a message in the order of time: when it reached the server, and its number."""

_REPORTS, _MESSAGES, _DECISIONS = map(table_of, (ReportRow, MessageRow, DecisionRow))
_FIGURES, _ORGANISATIONS = (table_of(row).c for row in (FigureRow, OrganisationRow))
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_AT: BindParameter[Any] = bindparam("at", type_=_MESSAGES.c.sent_at.type)
_MESSAGE: BindParameter[Any] = bindparam("message")
_OF_MUNICIPALITIES = and_(_REPORTS.c.organisation_id.is_(None), _REPORTS.c.municipality_id.in_(_NUMBERS))
_OF_ALL_NAMES = _REPORTS.c.organisation_id.in_(
    select(_ORGANISATIONS.id).where(or_(_ORGANISATIONS.id.in_(_NUMBERS), _ORGANISATIONS.same_as_id.in_(_NUMBERS)))
)
# in a coalesce: SQLite would take the index on the decision, and go through all reports that have none
_AS_READ = func.coalesce(_REPORTS.c.decision_id, 0) == 0


def _later(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The messages behind a moment that the reader accepted and nobody decided about, with a report `whose`."""
    sent, number = _MESSAGES.c.sent_at, _MESSAGES.c.id
    behind = or_(sent > _AT, and_(sent == _AT, number > _MESSAGE))
    return (
        select(number)
        .select_from(_MESSAGES.join(_REPORTS, _REPORTS.c.message_id == number))
        .outerjoin(_DECISIONS, current.standing_decision())
        .where(whose, behind, _MESSAGES.c.reader_status == Status.ACCEPTED.value, _AS_READ)
        .where(_DECISIONS.c.id.is_(None))
        .distinct()
    )


_MINE = current.figures_under(_REPORTS.c.message_id.in_(_NUMBERS), _AS_READ)
_COUNTING = tuple(
    current.figures_under(whose, current.report_counts()) for whose in (_OF_MUNICIPALITIES, _OF_ALL_NAMES)
)
_LATER = (_later(_OF_MUNICIPALITIES), _later(_OF_ALL_NAMES))
_SENDERS = select(
    _MESSAGES.c.id,
    _MESSAGES.c.sent_at,
    _MESSAGES.c.sender_address,
    _MESSAGES.c.message_id_header,
    _MESSAGES.c.in_reply_to,
    _MESSAGES.c.reference_ids,
    _MESSAGES.c.authentication_results,
).where(_MESSAGES.c.id.in_(_NUMBERS))


class Testimony:
    """Of the messages and the respondents that were asked for; of nobody else. `servers`: our own mail servers' names."""

    def __init__(self, session: Session, servers: Sequence[str]) -> None:
        self._session = session
        self._servers = servers
        self._own: dict[int, dict[Respondent, Statement]] = {}
        self._histories: dict[Respondent, list[Statement]] = {}
        self._moments: dict[int, Moment] = {}
        self.senders: dict[int, Sender] = {}

    @property
    def histories(self) -> Mapping[Respondent, Sequence[Statement]]:
        """All that counts now of the respondents that were asked for, in order of time."""
        return self._histories

    def take_up(self, messages: Collection[int]) -> None:
        """Ask what these messages state as the reader read them, and all that counts of the same respondents."""
        new = sorted(set(messages) - self._own.keys())
        self._own |= {number: {} for number in new}
        for chunk in in_chunks(new):
            for who, statement in current.statements_of(self._session.execute(_MINE, {"numbers": chunk}).all()):
                self._own[statement.message][who] = statement
        missing = {who for number in new for who in self._own[number]} - self._histories.keys()
        self._histories |= {who: [] for who in missing}
        for who, statement in current.statements_of(_asked(self._session, _COUNTING, missing, {})):
            self._histories[who].append(statement)
        told = {statement.message for who in missing for statement in self._histories[who]}
        self._ask_senders({*new, *told} - self.senders.keys())

    def of(self, message: int) -> Mapping[Respondent, Statement]:
        """What a message, taken up before, states, whether it counts or not."""
        return self._own[message]

    def before(self, who: Respondent, moment: Moment) -> Iterator[Statement]:
        """What counts of a respondent before a moment, in order of time."""
        for statement in self._histories[who]:
            if self._moments[statement.message] >= moment:
                return
            yield statement

    def count(self, message: int, *, counts: bool) -> None:
        """From now on what the message states counts, or counts no more."""
        for who, statement in self._own[message].items():
            history = [each for each in self._histories[who] if each.message != message]
            if counts:
                insort(history, statement, key=lambda each: self._moments[each.message])
            self._histories[who] = history

    def _ask_senders(self, messages: Collection[int]) -> None:
        for chunk in in_chunks(sorted(messages)):
            for number, sent_at, address, name, *referred, results in self._session.execute(
                _SENDERS, {"numbers": chunk}
            ).all():
                in_reply_to, references = referred
                names = frozenset(each.strip("<> ") for each in (in_reply_to, *(references or ())) if each.strip("<> "))
                is_refuted = refuted(results or (), self._servers, address.strip())
                self.senders[number] = Sender(address.strip(), name.strip("<> "), names, is_refuted)
                self._moments[number] = sent_at, number


def later(session: Session, concerned: Collection[Respondent], moment: Moment) -> set[int]:
    """The messages behind `moment` that the reader accepted, that nobody decided about, and that speak of them."""
    at = {"at": moment[0], "message": moment[1]}
    return {number for (number,) in _asked(session, _LATER, concerned, at)}


def _asked(
    session: Session,
    statements: tuple[Select[*tuple[Any, ...]], ...],
    concerned: Collection[Respondent],
    values: Mapping[str, Any],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """What the statements, for municipalities and for organisations, give of these respondents."""
    wanted = respondents.canonical(session, concerned)
    places = sorted(who.municipality for who in wanted if who.organisation is None)
    organisations = sorted(who.organisation for who in wanted if who.organisation is not None)
    for statement, numbers in zip(statements, (places, organisations), strict=True):
        for chunk in in_chunks(numbers):
            yield from session.execute(statement, {**values, "numbers": chunk}).all()
