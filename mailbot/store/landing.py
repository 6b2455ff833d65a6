"""How a batch lands: the steps behind `mailbot.store.receiving`, which holds the lock that they rely on.

What the database knows of the batch is looked up in a few queries beforehand; then each message is a new one, a further
copy of one that is known, or known at its very place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Finding, Status
from mailbot.store import cases, current, interpretations, rejudging
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.identity import Identity, identify
from mailbot.store.respondents import in_chunks, respondents_of
from mailbot.store.tables import CaseRow, DecisionRow, FolderRow, LocationRow, MessageRow, RawMessageRow
from mailbot.store.times import server_time

_MESSAGES, _LOCATIONS, _FOLDERS = table_of(MessageRow), table_of(LocationRow), table_of(FolderRow)
_HERE = (_LOCATIONS.c.folder_id == bindparam("folder"), _LOCATIONS.c.uidvalidity == bindparam("validity"))
_PLACES = select(_LOCATIONS.c.id, _LOCATIONS.c.uid).where(
    *_HERE, _LOCATIONS.c.uid.in_(bindparam("uids", expanding=True))
)
_BY_DIGEST, _BY_FINGERPRINT = (
    select(_MESSAGES.c.id, digest).where(digest.in_(bindparam("wanted", expanding=True)))
    for digest in (_MESSAGES.c.sha256, _MESSAGES.c.fingerprint)
)
_ELSEWHERE = _LOCATIONS.alias()
_WITHOUT_BYTES = (
    select(_MESSAGES.c.id, _MESSAGES.c.size, _ELSEWHERE.c.internal_date)
    .join(_ELSEWHERE, _ELSEWHERE.c.message_id == _MESSAGES.c.id)
    .join(_FOLDERS, _FOLDERS.c.id == _ELSEWHERE.c.folder_id)
    .where(_MESSAGES.c.sha256.is_(None), _MESSAGES.c.size > 0, _FOLDERS.c.mailbox == bindparam("of_mailbox"))
    .where(_ELSEWHERE.c.internal_date.is_not(None))
    .where(~exists().where(_LOCATIONS.c.message_id == _MESSAGES.c.id, *_HERE))
    .order_by(_MESSAGES.c.id)
    .distinct()
)
"""Messages of the mailbox whose bytes could not be had, with size and INTERNALDATE.

Not those of this folder under this UIDVALIDITY, where two UIDs are two messages.
"""


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
    _identity: Identity | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what nobody could explain afterwards: no bytes and no reason."""
        if (self.raw is None) != (self.finding is not None):
            raise ValueError(f"UID {self.uid}: either the bytes or a finding, and not both")

    @property
    def identity(self) -> Identity | None:
        """What the bytes are known by; None where there are none. Computed when it is first asked for: see `recognise`."""
        if self._identity is None and self.raw is not None:
            object.__setattr__(self, "_identity", identify(self.raw))
        return self._identity


def recognise(batch: Iterable[Incoming]) -> None:
    """Compute what the messages are known by, before the transaction: nobody need wait for a lock meanwhile."""
    for incoming in batch:
        _ = incoming.identity


@dataclass(slots=True)
class Landed:
    """What became of a batch: numbers of the new messages, and how many were copies, or known at their place."""

    new: Sequence[int] = ()
    duplicates: int = 0
    known: int = 0


@dataclass(slots=True)
class _New:
    """A message that nobody has seen, until the batch is written; not an ORM row, whose making costs ten times as much.

    `first` is the copy that its bytes, or the reason why there are none, are taken from; `internal_date` the earliest.
    """

    first: Incoming
    internal_date: datetime | None
    id: int = 0


@dataclass(slots=True)
class _Known:
    """What the database has of a batch: its places, its bytes, and messages whose bytes could not be had."""

    places: dict[int, LocationRow]
    bytes: dict[str, MessageRow | _New]
    bare: dict[tuple[int, datetime], list[MessageRow]]

    def find(self, incoming: Incoming) -> MessageRow | _New | None:
        """The message that is the same as the incoming one.

        By its bytes; else (a message whose bytes could not be had, met again elsewhere in the mailbox) by size and
        INTERNALDATE.
        """
        identity = incoming.identity
        if identity is not None:
            for digest in (identity.sha256, identity.fingerprint):
                if digest is not None and digest in self.bytes:
                    return self.bytes[digest]
        if incoming.internaldate is None:
            return None
        alike = self.bare.get((incoming.size, incoming.internaldate))
        return alike.pop(0) if alike else None

    def note(self, identity: Identity | None, message: MessageRow | _New) -> None:
        """Remember a message for the rest of the batch."""
        if identity is not None:
            self.bytes[identity.sha256] = message
            if identity.fingerprint is not None:
                self.bytes[identity.fingerprint] = message


def folder_row(session: Session, mailbox: str, folder: str) -> FolderRow:
    """The row of a folder, made where there is none yet."""
    row = session.scalar(select(FolderRow).where(FolderRow.mailbox == mailbox, FolderRow.name == folder))
    if row is None:
        row = FolderRow(mailbox=mailbox, name=folder, last_uid=0)
        session.add(row)
        session.flush()
    return row


def land_batch(
    session: Session, place: FolderRow, uidvalidity: int, batch: Sequence[Incoming], now: datetime
) -> Landed:
    """Record the messages of a folder, in their order."""
    known = _look_up(session, place, uidvalidity, batch)
    landed = Landed()
    new: list[_New] = []
    copies: list[tuple[MessageRow | _New, Incoming]] = []
    for incoming in batch:
        if (location := known.places.get(incoming.uid)) is not None:
            landed.known += 1
            location.gone = False
            _complete(session, session.get_one(MessageRow, location.message_id), incoming)
            continue
        message = known.find(incoming)
        if message is None:
            message = _New(incoming, incoming.internaldate)
            new.append(message)
        else:
            landed.duplicates += 1
            message = _note_copy(session, message, incoming, now)
        known.note(incoming.identity, message)
        copies.append((message, incoming))
    landed.new = _write_new(session, place, new, now)
    _write_places(session, place, uidvalidity, copies, now)
    return landed


def import_one(session: Session, name: str, raw: bytes, now: datetime) -> tuple[int, bool]:
    """Record a mail that came from the file `name`; returns its number and whether it is new."""
    incoming = Incoming(uid=0, raw=raw, internaldate=None, size=len(raw))
    same = _same_bytes(session, [incoming])
    if same:
        return min(message.id for message in same.values()), False
    message = MessageRow(**_values(_New(incoming, None), now), imported_from=name)
    session.add(message)
    session.flush()
    session.add(RawMessageRow(message_id=message.id, raw=raw))
    session.flush()
    return message.id, True


def _look_up(session: Session, place: FolderRow, uidvalidity: int, batch: Sequence[Incoming]) -> _Known:
    here = {"folder": place.id, "validity": uidvalidity}
    places: dict[int, LocationRow] = {}
    for chunk in in_chunks([item.uid for item in batch]):
        for number, uid in session.execute(_PLACES, here | {"uids": chunk}).all():
            places[uid] = session.get_one(LocationRow, number)
    alike: dict[tuple[int, datetime], list[MessageRow]] = {}
    for number, size, when in session.execute(_WITHOUT_BYTES, here | {"of_mailbox": place.mailbox}).all():
        alike.setdefault((size, when), []).append(session.get_one(MessageRow, number))
    return _Known(places, {**_same_bytes(session, batch)}, alike)


def _same_bytes(session: Session, batch: Sequence[Incoming]) -> dict[str, MessageRow]:
    """Messages that have the bytes or the fingerprint of one of the `batch`, by these."""
    session.flush()
    found: dict[str, MessageRow] = {}
    for chunk in in_chunks([incoming.identity for incoming in batch if incoming.identity is not None]):
        digests = [identity.sha256 for identity in chunk]
        prints = [identity.fingerprint for identity in chunk if identity.fingerprint is not None]
        for query, wanted in ((_BY_DIGEST, digests), (_BY_FINGERPRINT, prints)):
            for number, digest in session.execute(query, {"wanted": wanted}).all():
                found[digest] = session.get_one(MessageRow, number)
    return found


def _values(new: _New, now: datetime) -> dict[str, Any]:
    """The row of a new message: the same columns for each."""
    incoming, identity = new.first, new.first.identity
    sent_at, source = server_time(None, new.internal_date, None, now)
    return {
        "status": Status.RECEIVED.value if identity else Status.REVIEW.value,
        "reader_status": None if identity else Status.REVIEW.value,
        "sent_at": sent_at,
        "sent_at_source": source,
        "internal_date": new.internal_date,
        "landed_at": now,
        "size": incoming.size if incoming.raw is None else len(incoming.raw),
        "sha256": identity.sha256 if identity else None,
        "fingerprint": identity.fingerprint if identity else None,
        "queued": identity is not None,
    }


def _write_new(session: Session, place: FolderRow, new: Sequence[_New], now: datetime) -> Sequence[int]:
    """Insert the new messages with their bytes, or with the reason why there are none; their numbers, in order."""
    rows = [_values(message, now) | {"folder_id": place.id} for message in new]
    numbers = insert_numbered(session, MessageRow, rows)
    for message, number in zip(new, numbers, strict=True):
        message.id = number
    raws = [{"message_id": message.id, "raw": message.first.raw} for message in new if message.first.raw is not None]
    insert_rows(session, RawMessageRow, raws)
    for message in new:
        if message.first.finding is not None:
            interpretations.put_findings(session, {message.id: (message.first.finding,)})
            row = session.get_one(MessageRow, message.id)
            interpretations.tally(session, row)
            cases.settle(session, [row], now)
    return numbers


def _write_places(
    session: Session,
    place: FolderRow,
    uidvalidity: int,
    copies: Sequence[tuple[MessageRow | _New, Incoming]],
    now: datetime,
) -> None:
    """Insert the places of all copies, and note the folder as the last where their messages were met."""
    for message, _ in copies:
        if isinstance(message, MessageRow):
            message.folder_id = place.id
    here = {"folder_id": place.id, "uidvalidity": uidvalidity, "landed_at": now, "gone": False}
    places = [
        {**here, "message_id": message.id, "uid": incoming.uid, "internal_date": incoming.internaldate}
        for message, incoming in copies
    ]
    insert_rows(session, LocationRow, places)


def _note_copy(session: Session, message: MessageRow | _New, incoming: Incoming, now: datetime) -> MessageRow | _New:
    """Note a further copy of a message; returns the message that it belongs to.

    The earliest INTERNALDATE of all copies is the time of arrival; what was derived from it follows.
    """
    when = incoming.internaldate
    earlier = when is not None and (message.internal_date is None or when < message.internal_date)
    if isinstance(message, _New):  # two copies in one batch: both have bytes, by which they were found to be one
        message.internal_date = when if earlier else message.internal_date
        return message
    if when is not None and earlier:
        before = message.sent_at
        current.retime(session, message, when)
        spoken = {message.id: respondents_of(session, message.id)}
        judged = rejudging.rejudge(session, spoken, now, since=before)
        current.refresh(session, judged.touched)
    return _complete(session, message, incoming)


def _complete(session: Session, message: MessageRow, incoming: Incoming) -> MessageRow:
    """Give a message without bytes those that came now, so that it is read; returns what it is then."""
    identity = incoming.identity
    if incoming.raw is None or identity is None or message.sha256 is not None:
        return message
    twins = _same_bytes(session, [incoming])
    if twins:
        return _unite(session, message, next(iter(twins.values())))
    message.sha256, message.fingerprint, message.size = identity.sha256, identity.fingerprint, len(incoming.raw)
    message.queued, message.attempts = True, 0
    session.add(RawMessageRow(message_id=message.id, raw=incoming.raw))
    session.flush()
    return message


def _unite(session: Session, message: MessageRow, twin: MessageRow) -> MessageRow:
    """Make the copies of a message without bytes copies of `twin`; it goes, unless a person decided about it."""
    if session.scalar(select(DecisionRow.id).where(DecisionRow.message_id == message.id).limit(1)) is not None:
        return message
    session.execute(update(LocationRow).where(LocationRow.message_id == message.id).values(message_id=twin.id))
    twin.folder_id = message.folder_id
    session.execute(delete(CaseRow).where(CaseRow.message_id == message.id))
    session.delete(message)
    session.flush()
    return twin
