"""How one message lands: the steps behind `mailbot.store.receiving`, which holds the lock that they rely on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Finding, Status
from mailbot.store import cases, current, interpretations
from mailbot.store.identity import Identity, identify
from mailbot.store.tables import CaseRow, DecisionRow, FolderRow, LocationRow, MessageRow, RawMessageRow
from mailbot.store.times import server_time

Outcome = Literal["landed", "duplicate", "known"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as the server gave it.

    `raw` is None where the bytes could not be had (too large, refused); then `finding` says why. `size` in bytes, as
    the server states it, 0 where unknown; `internaldate` aware.
    """

    uid: int
    raw: bytes | None
    internaldate: datetime | None
    size: int
    finding: Finding | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody could explain afterwards: no bytes and no reason."""
        if (self.raw is None) != (self.finding is not None):
            raise ValueError(f"UID {self.uid}: either the bytes or a finding, and not both")


def folder_row(session: Session, mailbox: str, folder: str) -> FolderRow:
    """The row of a folder, made where there is none yet."""
    row = session.scalar(select(FolderRow).where(FolderRow.mailbox == mailbox, FolderRow.name == folder))
    if row is None:
        row = FolderRow(mailbox=mailbox, name=folder, last_uid=0)
        session.add(row)
        session.flush()
    return row


def land_one(
    session: Session, place: FolderRow, uidvalidity: int, incoming: Incoming, now: datetime
) -> tuple[Outcome, int]:
    """Record one message of a folder; returns what it was and its number."""
    location = session.scalar(
        select(LocationRow).where(
            LocationRow.folder_id == place.id,
            LocationRow.uidvalidity == uidvalidity,
            LocationRow.uid == incoming.uid,
        )
    )
    if location is not None:
        location.gone = False
        return "known", _complete(session, location.message_id, incoming)
    identity = None if incoming.raw is None else identify(incoming.raw)
    message = _same_bytes(session, identity) or _same_without_bytes(session, place, uidvalidity, incoming)
    outcome: Outcome = "landed" if message is None else "duplicate"
    if message is None:
        message = _new_message(session, incoming, identity, now)
    else:
        _note_copy(session, message, incoming)
        _complete(session, message.id, incoming)
    session.add(
        LocationRow(
            message_id=message.id,
            folder_id=place.id,
            uidvalidity=uidvalidity,
            uid=incoming.uid,
            internal_date=incoming.internaldate,
            landed_at=now,
            gone=False,
        )
    )
    session.flush()
    return outcome, message.id


def import_one(session: Session, name: str, raw: bytes, now: datetime) -> tuple[int, bool]:
    """Record a mail that came from the file `name`; returns its number and whether it is new."""
    identity = identify(raw)
    known = _same_bytes(session, identity)
    if known is not None:
        return known.id, False
    message = _new_message(session, Incoming(uid=0, raw=raw, internaldate=None, size=len(raw)), identity, now)
    message.imported_from = name
    session.flush()
    return message.id, True


def _same_bytes(session: Session, identity: Identity | None) -> MessageRow | None:
    if identity is None:
        return None
    same = MessageRow.sha256 == identity.sha256
    if identity.fingerprint is not None:  # comparing with None would find every message that has none
        same = or_(same, MessageRow.fingerprint == identity.fingerprint)
    return session.scalar(select(MessageRow).where(same).order_by(MessageRow.id).limit(1))


def _same_without_bytes(session: Session, place: FolderRow, uidvalidity: int, incoming: Incoming) -> MessageRow | None:
    """A message whose bytes could not be had, met again elsewhere in the mailbox: size and INTERNALDATE tell it.

    Not within one folder under one UIDVALIDITY, where two UIDs are two messages.
    """
    if not incoming.size or incoming.internaldate is None:
        return None
    here = select(LocationRow.message_id).where(
        LocationRow.folder_id == place.id, LocationRow.uidvalidity == uidvalidity
    )
    return session.scalar(
        select(MessageRow)
        .join(LocationRow, LocationRow.message_id == MessageRow.id)
        .join(FolderRow, FolderRow.id == LocationRow.folder_id)
        .where(MessageRow.sha256.is_(None), MessageRow.size == incoming.size, FolderRow.mailbox == place.mailbox)
        .where(LocationRow.internal_date == incoming.internaldate, MessageRow.id.not_in(here))
        .order_by(MessageRow.id)
        .limit(1)
    )


def _new_message(session: Session, incoming: Incoming, identity: Identity | None, now: datetime) -> MessageRow:
    sent_at, source = server_time(None, incoming.internaldate, None, now)
    message = MessageRow(
        status=Status.RECEIVED if identity else Status.REVIEW,
        reader_status=None if identity else Status.REVIEW,
        sent_at=sent_at,
        sent_at_source=source,
        internal_date=incoming.internaldate,
        landed_at=now,
        size=incoming.size if incoming.raw is None else len(incoming.raw),
        sha256=identity.sha256 if identity else None,
        fingerprint=identity.fingerprint if identity else None,
        queued=identity is not None,
    )
    session.add(message)
    session.flush()
    if incoming.raw is not None:
        session.add(RawMessageRow(message_id=message.id, raw=incoming.raw))
    if incoming.finding is not None:
        interpretations.put_findings(session, message.id, (incoming.finding,))
        cases.settle(session, message, now)
    return message


def _note_copy(session: Session, message: MessageRow, incoming: Incoming) -> None:
    """The earliest INTERNALDATE of all copies is the time of arrival; what was derived from it follows."""
    if incoming.internaldate is None:
        return
    if message.internal_date is not None and message.internal_date <= incoming.internaldate:
        return
    current.retime(session, message, incoming.internaldate)


def _complete(session: Session, message_id: int, incoming: Incoming) -> int:
    """Give a message without bytes those that came now, so that it is read; returns the number that it has then."""
    message = session.get_one(MessageRow, message_id)
    if incoming.raw is None or message.sha256 is not None:
        return message_id
    identity = identify(incoming.raw)
    twin = _same_bytes(session, identity)
    if twin is not None:
        return _unite(session, message, twin)
    message.sha256, message.fingerprint, message.size = identity.sha256, identity.fingerprint, len(incoming.raw)
    message.queued, message.attempts = True, 0
    session.add(RawMessageRow(message_id=message.id, raw=incoming.raw))
    session.flush()
    return message_id


def _unite(session: Session, message: MessageRow, twin: MessageRow) -> int:
    """Make the copies of a message without bytes copies of `twin`; it goes, unless a person decided about it."""
    if session.scalar(select(DecisionRow.id).where(DecisionRow.message_id == message.id).limit(1)) is not None:
        return message.id
    session.execute(update(LocationRow).where(LocationRow.message_id == message.id).values(message_id=twin.id))
    session.execute(delete(CaseRow).where(CaseRow.message_id == message.id))
    session.delete(message)
    session.flush()
    return twin.id
