"""What READ needs: messages to read are claimed, read, and saved; several workers share the work.

A claim is a lease: a worker that dies loses it by time, and another takes the message. A message whose reading dies
for the third time is `failed`, is shown, and stops nothing (promise 7). The caller owns the transactions: claim in one,
read in none, save in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, takewhile
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Finding, FindingCode, Interpretation, Severity, Status
from mailbot.store import cases, current, interpretations, rejudging, respondents, verdicts
from mailbot.store.bulk import table_of
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.tables import MessageRow, RawMessageRow

MAX_ATTEMPTS: Final = 3
CLAIMED_BYTES: Final = 16 * 1024 * 1024
"""What the messages of one claim may be together, in memory; the first of them may be of any size."""

_MESSAGES, _RAWS = table_of(MessageRow), table_of(RawMessageRow)
_DUE = or_(_MESSAGES.c.claimed_until.is_(None), _MESSAGES.c.claimed_until <= bindparam("now"))
_CANDIDATES = (
    select(_MESSAGES.c.id, _MESSAGES.c.attempts, _MESSAGES.c.size)
    .where(_MESSAGES.c.queued, _DUE, _MESSAGES.c.attempts < MAX_ATTEMPTS)
    .where(exists().where(_RAWS.c.message_id == _MESSAGES.c.id))
    .order_by(_MESSAGES.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=_MESSAGES)
)
_CLAIM = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("number"))
    .values(claimed_by=bindparam("worker"), claimed_until=bindparam("until"), attempts=bindparam("attempt"))
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to read. `worker` and `attempt` prove the claim when the result is saved."""

    id: int
    raw: bytes
    worker: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be read: how many messages, and since when the oldest of them is here (aware)."""

    messages: int
    oldest: datetime | None


def claim(
    session: Session,
    worker: str,
    now: datetime,
    limit: int,
    lease: timedelta,
    *,
    only: Collection[int] | None = None,
    fresh: bool = False,
) -> list[Claimed]:
    """Take up to `limit` messages to read, oldest first, for the time `lease`; of those numbered `only`, if given.

    Two workers never get the same one (Postgres: SKIP LOCKED; SQLite: one writer at a time). Large ones come in smaller
    portions (`CLAIMED_BYTES`). A message whose reading was begun before comes alone: should it kill its reader, no other
    one loses an attempt by it; with `fresh` it does not come at all. Messages whose last allowed attempt died without a
    word become `failed` here.
    """
    _give_up_the_dead(session, now)
    query = _CANDIDATES if only is None else _CANDIDATES.where(_MESSAGES.c.id.in_(only))
    rows = session.execute(query, {"now": now, "most": limit}).all()
    chosen = _together(rows) or ([] if fresh else rows[:1])
    if not chosen:
        return []
    attempts = {number: attempts + 1 for number, attempts, _ in chosen}
    values = {"worker": worker, "until": now + lease}
    session.execute(_CLAIM, [{"number": number, "attempt": attempt, **values} for number, attempt in attempts.items()])
    raws = _raw_bytes(session, list(attempts))
    return [Claimed(number, raws[number], worker, attempt) for number, attempt in attempts.items()]


def save(session: Session, claimed: Claimed, interpretation: Interpretation, now: datetime) -> bool:
    """Write what was read: envelope, reports, figures, evidence, findings, and what follows from them.

    Returns False, and writes nothing, where the claim was lost meanwhile (the lease ran out and another worker has
    it). Saving the same again gives the same rows.
    """
    return bool(save_all(session, [(claimed, interpretation)], now))


def save_all(session: Session, readings: Sequence[tuple[Claimed, Interpretation]], now: datetime) -> set[int]:
    """Write what was read of several messages, as `save` does; the numbers of those whose claims still held.

    Together they cost a fraction of what they do one by one.
    """
    respondents.take_turn(session)
    held = _held(session, [claimed for claimed, _ in readings])
    read = [(held[claimed.id], interpretation) for claimed, interpretation in readings if claimed.id in held]
    if not read:
        return set()
    messages = [message for message, _ in read]
    named = (report.municipality for _, interpretation in read for report in interpretation.reports)
    concerned = _lock_respondents(session, list(held), named)
    actions = verdicts.standing_actions(session, list(held))
    for message, interpretation in read:
        message.reader_status = interpretation.status.value
        message.read_at, message.error = now, None
        _leave_queue(message)
        message.status = verdicts.status_of(message, actions.get(message.id), is_flagged=False)
    for number, spoken in interpretations.put(session, read).items():
        concerned[number] |= spoken
    for number in actions:
        interpretations.tally(session, held[number])
    judged = rejudging.rejudge(session, concerned, now)
    cases.settle(session, messages, now)
    current.refresh(session, judged.touched.union(*concerned.values()), judged.histories)
    return set(held)


def fail(session: Session, claimed: Claimed, traceback: str, now: datetime) -> bool:
    """Note that reading died with `traceback`; True where that was the last allowed attempt, so it is `failed` now."""
    respondents.take_turn(session)
    message = _held(session, [claimed]).get(claimed.id)
    if message is None:
        return False
    message.error = traceback
    if message.attempts < MAX_ATTEMPTS:
        message.claimed_by = message.claimed_until = None
        return False
    concerned = _lock_respondents(session, [message.id])[message.id]
    _mark_failed(session, message, now)
    concerned |= rejudging.rejudge(session, {message.id: concerned}, now).touched
    current.refresh(session, concerned)
    return True


def release(session: Session, claimed: Sequence[Claimed]) -> None:
    """Give claimed messages back unread, as if they had not been claimed."""
    for message in _held(session, claimed).values():
        message.claimed_by = message.claimed_until = None
        message.attempts -= 1


def requeue(session: Session, message_ids: Collection[int] | None = None, *, unless_reader: str | None = None) -> int:
    """Have messages read again: those numbered `message_ids`, or all; not those that the version `unless_reader` read.

    What they said before stays in force until the new reading is saved. Returns how many were queued; messages whose
    bytes are gone (retention) can't be.
    """
    again: list[ColumnElement[bool]] = [_has_bytes()]
    if unless_reader is not None:
        again.append(MessageRow.reader != unless_reader)
    change = update(MessageRow).values(queued=True, attempts=0, claimed_by=None, claimed_until=None)
    portions: list[Sequence[int] | None] = [None] if message_ids is None else [*in_chunks(sorted(message_ids))]
    queued = 0
    for portion in portions:
        chosen = again if portion is None else [*again, MessageRow.id.in_(portion)]
        queued += len(session.scalars(change.where(*chosen).returning(MessageRow.id)).all())
    return queued


def waiting(session: Session, now: datetime) -> tuple[int, ...]:
    """The numbers of the messages that somebody should claim now, ascending.

    Among them those whose last allowed attempt died: the next claim, whosever, makes them `failed`.
    """
    query = select(MessageRow.id).where(MessageRow.queued, _is_free(now), _has_bytes()).order_by(MessageRow.id)
    return tuple(session.scalars(query))


def backlog(session: Session) -> Backlog:
    """What waits to be read."""
    query = select(func.count(), func.min(MessageRow.landed_at)).where(MessageRow.queued)
    return Backlog(*session.execute(query).one())


def _together(candidates: Sequence[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    """The first of the candidates that may be claimed together: none was begun before, and they don't fill the memory."""
    fresh = takewhile(lambda row: row.attempts == 0, candidates)
    held = accumulate(row.size for row in candidates)
    return [row for row, size in zip(fresh, held, strict=False) if row is candidates[0] or size <= CLAIMED_BYTES]


def _held(session: Session, claimed: Sequence[Claimed]) -> dict[int, MessageRow]:
    """The messages whose claims still hold, locked, by their numbers."""
    query = select(MessageRow).where(MessageRow.id.in_([each.id for each in claimed]), MessageRow.queued)
    locked = session.scalars(
        query.order_by(MessageRow.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    by = {each.id: (each.worker, each.attempt) for each in claimed}
    return {message.id: message for message in locked if by[message.id] == (message.claimed_by, message.attempts)}


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody has claimed it, or its claim has run out."""
    return or_(MessageRow.claimed_until.is_(None), MessageRow.claimed_until <= now)


def _has_bytes() -> ColumnElement[bool]:
    return exists().where(RawMessageRow.message_id == MessageRow.id)


def _raw_bytes(session: Session, message_ids: Sequence[int]) -> dict[int, bytes]:
    raws: dict[int, bytes] = {}
    for chunk in in_chunks(message_ids):
        query = select(RawMessageRow.message_id, RawMessageRow.raw).where(RawMessageRow.message_id.in_(chunk))
        raws |= dict(session.execute(query).all())
    return raws


def _give_up_the_dead(session: Session, now: datetime) -> None:
    """Fail what was claimed for the last allowed time by a worker that is dead now."""
    dead = and_(MessageRow.queued, MessageRow.attempts >= MAX_ATTEMPTS, MessageRow.claimed_until <= now)
    if session.scalar(select(MessageRow.id).where(dead).limit(1)) is None:
        return
    respondents.take_turn(session)
    messages = session.scalars(
        select(MessageRow).where(dead).order_by(MessageRow.id).with_for_update(skip_locked=True)
    ).all()
    concerned = _lock_respondents(session, [message.id for message in messages])
    for message in messages:
        message.error = message.error or f"the reading process died {message.attempts} times without a traceback"
        _mark_failed(session, message, now)
    judged = rejudging.rejudge(session, concerned, now)
    current.refresh(session, judged.touched.union(*concerned.values()))


def _lock_respondents(
    session: Session, message_ids: Sequence[int], municipalities: Iterable[str] = ()
) -> dict[int, set[Respondent]]:
    """Whom each of the messages, locked before, speaks of; their municipalities and those named are locked now.

    Always in this order, so that nobody changes what a message says meanwhile, and no two wait for each other.
    """
    concerned = respondents.spoken_of(session, message_ids)
    named = respondents.municipality_ids(session, municipalities)
    theirs = {who.municipality for spoken in concerned.values() for who in spoken}
    respondents.lock(session, theirs | set(named.values()))
    return concerned


def _mark_failed(session: Session, message: MessageRow, now: datetime) -> None:
    finding = Finding(
        code=FindingCode.READER_CRASHED,
        severity=Severity.BLOCKS,
        message=f"Чтение сообщения не удалось: {message.attempts} попытки закончились сбоем. Посмотрите его сами.",
    )
    message.reader_status = Status.FAILED
    message.read_at = now
    _leave_queue(message)
    interpretations.put_findings(session, {message.id: (finding,)})
    verdicts.apply_status(session, message)
    interpretations.tally(session, message)
    cases.settle(session, [message], now)


def _leave_queue(message: MessageRow) -> None:
    message.queued = False
    message.claimed_by = message.claimed_until = None
