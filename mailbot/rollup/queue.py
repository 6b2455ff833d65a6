"""REPORT: the story of a roll-up, from top to bottom.

In one transaction: decide what is due by what is recorded, gather the facts, compose the mail, queue it in the outbox,
and record that the roll-up of this date and kind was made, with its snapshot. Either all of it is there or nothing; so
a crash at any point makes it neither twice nor never (promise 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.campaign import Campaign
from mailbot.domain.crashpoint import reach
from mailbot.domain.weights import Weights
from mailbot.loading import loading
from mailbot.rollup.compose import RollupMail, compose, kind_of
from mailbot.rollup.due import Due, Made, Schedule, due, is_late
from mailbot.rollup.watched import Watched
from mailbot.store.bulk import table_of
from mailbot.store.engine import reading_sessions
from mailbot.store.outgoing import OutgoingMail, latest_rollup, record_rollup
from mailbot.store.tables import RollupRow

if TYPE_CHECKING:
    from mailbot.rollup.facts import Facts

Pack = Callable[[RollupMail, datetime], OutgoingMail]
"""Makes the outgoing mail of a composed roll-up: addresses, Message-ID, bytes. The second argument dates it."""

_UNIQUE_KEYS = ("uq_rollups_for_date", "uq_outbox_message_id_header")

_ROLLUPS = table_of(RollupRow).c
_MADE = select(_ROLLUPS.for_date, _ROLLUPS.kind)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reporting:
    """All that making roll-ups needs.

    `weights` are those of the thermometer. `sign` makes the token of a roll-up from its date and kind; "" signs none.
    `mailboxes` are those that the roll-up names where they could not be looked at.
    """

    sessions: sessionmaker[Session]
    campaign: Campaign
    schedule: Schedule
    pack: Pack
    weights: Weights = field(default_factory=Weights)
    sign: Callable[[date, str], str] = lambda _date, _kind: ""
    mailboxes: tuple[Watched, ...] = ()


def queue_due(reporting: Reporting, now: datetime) -> tuple[Due, ...]:
    """Make and queue every roll-up that is due at `now`; returns those that were made here.

    Several processes may do this at once: each roll-up is made by one of them. Reading should have caught up before,
    since the mail says what the store holds now.
    """
    queued: list[Due] = []
    while True:
        try:
            each = _queue_first(reporting, now)
        except _MadeMeanwhileError:
            continue
        if each is None:
            return tuple(queued)
        queued.append(each)


def queue_extra(reporting: Reporting, now: datetime) -> None:
    """Make and queue a roll-up that somebody asks for, besides those that are due; twice in a second it is one."""
    day = now.astimezone(reporting.schedule.zone).date()
    with suppress(_MadeMeanwhileError), _transaction(reporting) as session:
        _queue(session, reporting, Due(day, "extra", now), now)


def preview(reporting: Reporting, now: datetime) -> tuple[Facts, RollupMail]:
    """The roll-up that would be made now, of what is there; nothing is queued or recorded, and nobody waits for it."""
    each = Due(now.astimezone(reporting.schedule.zone).date(), "daily", now)
    engine = reporting.sessions.kw["bind"]
    with reading_sessions(engine)() as session:
        facts = _facts(session, reporting, each, now)
    return facts, _composed(reporting, facts)


def owed(session: Session, schedule: Schedule, now: datetime) -> tuple[Due, ...]:
    """The roll-ups that are due at `now` (aware) and not made yet, in the order in which they came due."""
    return due(now, schedule, made_rollups(session))


def made_rollups(session: Session) -> frozenset[Made]:
    """Date and kind of every roll-up that was made."""
    return frozenset(session.execute(_MADE))


class _MadeMeanwhileError(Exception):
    """Another process made the same roll-up first."""


def _queue_first(reporting: Reporting, now: datetime) -> Due | None:
    """Make the first roll-up that is due, in one transaction; None where none is."""
    with _transaction(reporting) as session:
        waiting = owed(session, reporting.schedule, now)
        if not waiting:
            return None
        first = waiting[0]
        _queue(session, reporting, first, now)
        reach("before-rollup-commit")
    reach("after-rollup-commit")
    log.info("rollup_queued", date=first.date.isoformat(), kind=first.kind)
    return first


def _queue(session: Session, reporting: Reporting, each: Due, now: datetime) -> None:
    facts = _facts(session, reporting, each, now)
    with loading:
        from mailbot.rollup.gather import snapshot_of  # noqa: PLC0415 - see `_facts`

    mail = reporting.pack(_composed(reporting, facts), now)
    if record_rollup(session, each.date, kind_of(facts), mail, snapshot_of(facts), now) is None:
        raise _MadeMeanwhileError


def _composed(reporting: Reporting, facts: Facts) -> RollupMail:
    return compose(facts, reporting.sign(facts.date, kind_of(facts)))


def _facts(session: Session, reporting: Reporting, each: Due, now: datetime) -> Facts:
    with loading:
        from mailbot.rollup.facts import Occasion  # noqa: PLC0415 - as the next
        from mailbot.rollup.gather import gather  # noqa: PLC0415 - with its queries 2 MB; loaded once a day

    occasion = Occasion(each.date, each.kind, delayed=is_late(each, now, reporting.schedule))
    return gather(
        session,
        reporting.campaign,
        now,
        reporting.schedule.zone,
        latest_rollup(session),
        occasion=occasion,
        weights=reporting.weights,
        mailboxes=reporting.mailboxes,
    )


@contextmanager
def _transaction(reporting: Reporting) -> Iterator[Session]:
    """A transaction that sees one state of the database throughout, so that the sums of a mail agree with its rows.

    SQLite's are so anyhow. On Postgres another process can then have made the same roll-up without our seeing it; the
    unique keys tell.
    """
    try:
        with reporting.sessions.begin() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
    except IntegrityError as error:
        if error.orig is None or not any(name in str(error.orig) for name in _UNIQUE_KEYS):
            raise
        raise _MadeMeanwhileError from error
