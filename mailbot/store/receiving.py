"""What RECEIVE needs: landing messages, the cursor of each folder, and the comparison with the server.

The caller owns the transaction: `with sessions.begin() as session: land(session, …)`. Raw bytes, locations and cursor
are committed together or not at all (promise 1), and the same mail is one message (promise 2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from mailbot.store import landing, respondents
from mailbot.store.bulk import table_of
from mailbot.store.engine import take_turns
from mailbot.store.landing import Incoming, recognise
from mailbot.store.tables import FolderRow, LocationRow, MessageRow

__all__ = [
    "FolderState",
    "Incoming",
    "LandResult",
    "Reconciliation",
    "folder_state",
    "import_file",
    "land",
    "note_look",
    "recognise",
    "record_counts",
    "unfetched",
]

_FOLDERS = table_of(FolderRow)
_LOOKED = (
    update(_FOLDERS)
    .where(_FOLDERS.c.mailbox == bindparam("of_mailbox"), _FOLDERS.c.name == bindparam("named"))
    .values(polled_at=bindparam("now"), counted_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class FolderState:
    """How far a folder has been received: every message of `uidvalidity` up to `last_uid` has a row."""

    uidvalidity: int | None
    last_uid: int
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LandResult:
    """What landing did: numbers of the new messages; of further copies of known ones; of UIDs that were known."""

    landed: tuple[int, ...] = ()
    duplicates: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Server against database for a folder.

    How many messages each has; the UIDs that the database lacks; how many copies were newly found gone from the folder
    (moved or deleted by its owner).
    """

    holds: int
    stored: int
    missing: tuple[int, ...]
    gone: int


def folder_state(session: Session, mailbox: str, folder: str) -> FolderState | None:
    """How far `folder` of `mailbox` has been received, or None where it never was."""
    row = session.scalar(select(FolderRow).where(FolderRow.mailbox == mailbox, FolderRow.name == folder))
    return None if row is None else FolderState(row.uidvalidity, row.last_uid, row.polled_at)


def land(
    session: Session, mailbox: str, folder: str, uidvalidity: int, batch: Sequence[Incoming], now: datetime
) -> LandResult:
    """Record every message of `batch`, and move the folder's cursor behind the last of them.

    The batch is in ascending order of UID and holds every message from the cursor up to its last UID. Landing is
    idempotent: a UID that is known is left alone, unless its bytes were missing and have come now. An empty batch
    records that the folder was looked at (and starts its cursor anew where `uidvalidity` is new).
    """
    take_turns(session, "landing")
    respondents.take_turn(session)
    place = landing.folder_row(session, mailbox, folder)
    landed = landing.land_batch(session, place, uidvalidity, batch, now)
    _move_cursor(place, uidvalidity, batch, now)
    session.flush()
    return LandResult(tuple(landed.new), landed.duplicates, landed.known)


def import_file(session: Session, name: str, raw: bytes, now: datetime) -> tuple[int, bool]:
    """Record a mail from a file; `name` is kept to say where it came from. Returns its number and whether it is new."""
    take_turns(session, "landing")
    return landing.import_one(session, name, raw, now)


def unfetched(session: Session, mailbox: str, folder: str, uidvalidity: int) -> tuple[int, ...]:
    """UIDs whose bytes could not be had so far and may be asked for again (`land` fills them in), ascending."""
    query = (
        select(LocationRow.uid)
        .join(FolderRow, FolderRow.id == LocationRow.folder_id)
        .join(MessageRow, MessageRow.id == LocationRow.message_id)
        .where(FolderRow.mailbox == mailbox, FolderRow.name == folder, LocationRow.uidvalidity == uidvalidity)
        .where(MessageRow.sha256.is_(None), ~LocationRow.gone)
        .order_by(LocationRow.uid)
    )
    return tuple(session.scalars(query))


def record_counts(
    session: Session,
    mailbox: str,
    folder: str,
    uidvalidity: int,
    holds: int,
    now: datetime,
    uids: Collection[int] | None = None,
) -> Reconciliation:
    """Compare what the server's folder `holds` with what the database has, and keep both counts for the roll-up.

    With `uids` (all UIDs of the folder) the comparison is exact: missing ones are returned, and locations that the
    folder no longer holds are marked as gone, so that they aren't counted (and as there again, where a list had left
    them out). Without them only the counts are compared.
    """
    place = landing.folder_row(session, mailbox, folder)
    here = (LocationRow.folder_id == place.id, LocationRow.uidvalidity == uidvalidity)
    missing: tuple[int, ...] = ()
    gone = 0
    if uids is not None:
        there = set(uids)
        ours = dict(session.execute(select(LocationRow.uid, LocationRow.gone).where(*here)).all())
        missing = tuple(sorted(there - ours.keys()))
        left = sorted(uid for uid, lost in ours.items() if uid not in there and not lost)
        back = sorted(uid for uid, lost in ours.items() if uid in there and lost)  # a list may have left it out
        for uids_of, lost in ((left, True), (back, False)):
            for chunk in respondents.in_chunks(uids_of):
                session.execute(update(LocationRow).where(*here, LocationRow.uid.in_(chunk)).values(gone=lost))
        gone = len(left)
    stored = session.scalar(select(func.count()).select_from(LocationRow).where(*here, ~LocationRow.gone)) or 0
    place.holds, place.stored, place.counted_at = holds, stored, now
    session.flush()
    return Reconciliation(holds, stored, missing, gone)


def note_look(session: Session, mailbox: str, folders: Sequence[str], now: datetime) -> None:
    """The folders were looked at and are as they were: what both sides hold is what the last comparison found."""
    session.connection().execute(_LOOKED, [{"of_mailbox": mailbox, "named": name, "now": now} for name in folders])


def _move_cursor(place: FolderRow, uidvalidity: int, batch: Sequence[Incoming], now: datetime) -> None:
    start = place.last_uid if place.uidvalidity == uidvalidity else 0
    place.uidvalidity = uidvalidity
    place.last_uid = max([start, *(incoming.uid for incoming in batch)])
    place.polled_at = now
