"""What leaves: the outbox as a durable queue, and which roll-ups were made. The caller owns the transactions.

A mail is queued in the transaction that decides on it, with its Message-ID and bytes; every attempt sends the same. It
is claimed in one transaction, sent in none, and marked in another. Where a sender dies in between, nobody knows
whether the server took the mail: the next claim says so (`uncertain`), and the sender looks it up by its Message-ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from mailbot.store.engine import take_turns
from mailbot.store.tables import CampaignRow, OutboxRow, RollupRow

_WAITING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail that is to leave: `kind` («rollup», «receipt»), its stable Message-ID, addresses, and RFC 5322 bytes."""

    kind: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail claimed for sending. `uncertain`: an earlier attempt may have got through; look before sending again."""

    id: int
    mail: OutgoingMail
    worker: str
    attempt: int
    uncertain: bool
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when nothing may leave, and the server's words."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MadeRollup:
    """A roll-up that was made: for which date, of which kind, when (aware), and what it said."""

    for_date: date
    kind: str
    made_at: datetime
    snapshot: dict[str, Any]


def enqueue(session: Session, mail: OutgoingMail, now: datetime) -> int:
    """Queue a mail; returns its number. One with the same Message-ID is there only once."""
    take_turns(session, "outbox")
    known = session.scalar(select(OutboxRow.id).where(OutboxRow.message_id_header == mail.message_id))
    if known is not None:
        return known
    row = OutboxRow(
        kind=mail.kind,
        message_id_header=mail.message_id,
        sender=mail.sender,
        recipients=list(mail.recipients),
        subject=mail.subject,
        payload=mail.payload,
        state="queued",
        created_at=now,
        next_attempt_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def claim_due(
    session: Session, worker: str, now: datetime, limit: int, lease: timedelta, *, only: int | None = None
) -> list[DueMail]:
    """Take up to `limit` mails that are due, oldest first, for the time `lease`; nobody else gets them meanwhile.

    With `only`, that mail alone.
    """
    query = select(OutboxRow).where(_is_due(now)).order_by(OutboxRow.id).limit(limit)
    query = query.with_for_update(skip_locked=True)
    if only is not None:
        query = query.where(OutboxRow.id == only)
    rows = session.scalars(query).all()
    for row in rows:
        row.uncertain = row.uncertain or row.state == "sending"  # its sender died and left no word
        row.state, row.claimed_by, row.attempts = "sending", worker, row.attempts + 1
        row.next_attempt_at = now + lease
    session.flush()
    return [DueMail(row.id, _mail(row), worker, row.attempts, row.uncertain, row.created_at) for row in rows]


def held(session: Session, now: datetime) -> Hold | None:
    """Whether the server wants nothing of ours for a time: another attempt, with whatever mail, would prolong it."""
    until, reason = OutboxRow.holds_all_until, OutboxRow.last_error
    query = select(until, reason).where(OutboxRow.state.in_(_WAITING), until > now).order_by(until.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return None if row is None or row[0] is None else Hold(row[0], row[1] or "")


def recipients_since(session: Session, moment: datetime) -> int:
    """To how many recipients mail left after `moment`; each recipient of a mail counts."""
    query = select(OutboxRow.recipients).where(OutboxRow.state == "sent", OutboxRow.finished_at > moment)
    return sum(len(recipients) for recipients in session.scalars(query))


def next_due(session: Session, now: datetime) -> int | None:
    """The number of the mail that should be claimed next, if any is due and may leave."""
    if held(session, now) is not None:
        return None
    return session.scalar(select(OutboxRow.id).where(_is_due(now)).order_by(OutboxRow.id).limit(1))


def mark_sent(session: Session, due: DueMail, now: datetime) -> None:
    """Record that the server took the mail (or that it was found to have taken it earlier)."""
    row = session.get_one(OutboxRow, due.id, with_for_update=True)
    row.state, row.finished_at = "sent", now  # also where the claim was lost: it did leave
    row.claimed_by = row.last_error = row.holds_all_until = None
    row.uncertain = False


def mark_retry(
    session: Session,
    due: DueMail,
    error: str,
    next_attempt_at: datetime,
    *,
    uncertain: bool = False,
    holds_all: bool = False,
) -> bool:
    """Put the mail back until `next_attempt_at`; `uncertain` where the connection broke after the mail was handed over.

    `holds_all`: nothing else is to leave before that either. False where the claim was lost meanwhile.
    """
    row = _held(session, due)
    if row is None:
        return False
    row.state, row.claimed_by, row.next_attempt_at = "queued", None, next_attempt_at
    row.last_error, row.uncertain = error, row.uncertain or uncertain
    row.holds_all_until = next_attempt_at if holds_all else None
    return True


def mark_refused(session: Session, due: DueMail, error: str, now: datetime) -> bool:
    """Record that the server refused the mail for good, with its words. False where the claim was lost meanwhile."""
    row = _held(session, due)
    if row is None:
        return False
    row.state, row.claimed_by, row.finished_at, row.last_error = "refused", None, now, error
    return True


def rollup_due(session: Session, for_date: date, kind: str) -> bool:
    """True where no roll-up of this kind was made for the date."""
    made = exists().where(RollupRow.for_date == for_date, RollupRow.kind == kind)
    return not session.scalar(select(made))


def record_rollup(
    session: Session, for_date: date, kind: str, mail: OutgoingMail, snapshot: dict[str, Any], now: datetime
) -> int | None:
    """Queue the roll-up of a date and record that it was made, together; returns its number in the outbox.

    None, and nothing is queued, where somebody made it before (promise 6). `snapshot` is JSON: what the next one needs
    to tell what is new.
    """
    take_turns(session, "outbox")
    if not rollup_due(session, for_date, kind):
        return None
    number = enqueue(session, mail, now)
    if _may_have_left(session, for_date):
        session.execute(update(OutboxRow).where(OutboxRow.id == number).values(uncertain=True))
    session.add(RollupRow(for_date=for_date, kind=kind, made_at=now, outbox_id=number, snapshot=snapshot))
    session.flush()
    return number


def _may_have_left(session: Session, for_date: date) -> bool:
    """Whether the roll-up of the date may have left before the database was restored, in any time zone."""
    restored_at = session.scalar(select(CampaignRow.restored_at))
    return restored_at is not None and for_date <= restored_at.date() + timedelta(days=1)


def latest_rollup(session: Session) -> MadeRollup | None:
    """The roll-up that was made last, if any."""
    row = session.scalar(select(RollupRow).order_by(RollupRow.made_at.desc(), RollupRow.id.desc()).limit(1))
    return None if row is None else MadeRollup(row.for_date, row.kind, row.made_at, row.snapshot)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(OutboxRow.state.in_(_WAITING), OutboxRow.next_attempt_at <= now)


def _held(session: Session, due: DueMail) -> OutboxRow | None:
    query = select(OutboxRow).where(
        OutboxRow.id == due.id,
        OutboxRow.state == "sending",
        OutboxRow.claimed_by == due.worker,
        OutboxRow.attempts == due.attempt,
    )
    return session.scalar(query.with_for_update())


def _mail(row: OutboxRow) -> OutgoingMail:
    return OutgoingMail(
        kind=row.kind,
        message_id=row.message_id_header,
        sender=row.sender,
        recipients=tuple(row.recipients),
        subject=row.subject,
        payload=row.payload,
    )
