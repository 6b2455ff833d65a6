"""What AFTER-CARE needs: which copies of read messages are still to be marked or moved, and noting that they were.

Only what is committed counts: a message whose reading is saved, and that does not wait to be read again. What was done
is noted after it was done, so a crash in between does it again, which changes nothing; a copy that was noted is left
alone, so what a person changes afterwards stays. The caller owns the transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailbot.store.tables import FolderRow, LocationRow, MessageRow


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is to be cared for: number of its location, UID, and what its message is known by.

    `copied_from_uid`: a move by copying was begun; if the copy was made, it has this UID in the target folder or a later.
    """

    location: int
    uid: int
    sha256: str
    fingerprint: str | None
    copied_from_uid: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """The copies of a folder that are due, ascending by UID; their UIDs are those of `uidvalidity`."""

    uidvalidity: int
    copies: tuple[Copy, ...]


def due(session: Session, mailbox: str, folder: str, statuses: Collection[str], mark: str, limit: int) -> Due | None:
    """Up to `limit` copies in the folder whose messages are read, with one of these statuses, and not yet so marked.

    None where there are none.
    """
    query = (
        select(LocationRow, FolderRow.uidvalidity, MessageRow.sha256, MessageRow.fingerprint)
        .join(FolderRow, FolderRow.id == LocationRow.folder_id)
        .join(MessageRow, MessageRow.id == LocationRow.message_id)
        .where(FolderRow.mailbox == mailbox, FolderRow.name == folder)
        .where(LocationRow.uidvalidity == FolderRow.uidvalidity, ~LocationRow.gone)
        .where(LocationRow.after_care.is_distinct_from(mark))
        .where(~MessageRow.queued, MessageRow.read_at.is_not(None), MessageRow.sha256.is_not(None))
        .where(MessageRow.status.in_(statuses))
        .order_by(LocationRow.uid)
        .limit(limit)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    copies = (Copy(row.id, row.uid, str(sha), fingerprint, row.copied_from_uid) for row, _, sha, fingerprint in rows)
    return Due(int(rows[0].uidvalidity or 0), tuple(copies))


def note_marked(session: Session, copies: Sequence[Copy], mark: str) -> None:
    """These copies carry the mark now."""
    _update(session, copies, after_care=mark)


def note_moved(session: Session, copies: Sequence[Copy], mark: str) -> None:
    """These copies lie elsewhere now: the folder does not hold them any more, and that is no loss."""
    _update(session, copies, after_care=mark, gone=True, copied_from_uid=None)


def note_copying(session: Session, copy: Copy, from_uid: int) -> None:
    """A copy is about to be made; it will have the UID `from_uid` in the target folder, or a later one."""
    _update(session, [copy], copied_from_uid=from_uid)


def _update(session: Session, copies: Sequence[Copy], **values: object) -> None:
    numbers = [copy.location for copy in copies]
    session.execute(update(LocationRow).where(LocationRow.id.in_(numbers)).values(**values))
