"""AFTER-CARE, optional: what has been read is marked in the mailbox, or moved out of the way. Off by default.

At the end of a poll: which copies of read messages are not cared for yet? Select the folder for writing, do it, note it.
The reading was committed before; whatever breaks in between is done again by the next poll, and does no harm then:
adding a flag twice and moving what is no longer there change nothing. A server without MOVE gets the copy first, having
noted from which UID on it will be found, so that a crash between the copy and the note makes no second one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.crashpoint import reach
from mailbot.inbox.changes import Changes
from mailbot.inbox.errors import FolderMissingError, ServerRefusedError
from mailbot.inbox.session import Connection
from mailbot.inbox.settings import AfterCare, MailboxSettings
from mailbot.store.after_care import Copy, Due, due, note_copying, note_marked, note_moved
from mailbot.store.identity import identify

AT_ONCE = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Care:
    """All that caring for a folder works with."""

    connection: Connection
    sessions: sessionmaker[Session]
    settings: MailboxSettings
    folder: str

    @property
    def wanted(self) -> AfterCare:
        return self.settings.after_care


def take_care(connection: Connection, sessions: sessionmaker[Session], settings: MailboxSettings, folder: str) -> int:
    """Do what is configured to the read messages of the folder; returns to how many.

    Costs one query where nothing is due. Raises ServerRefusedError with a Russian sentence where the server can't or
    won't, and ConnectionLostError; what was done before stays done.
    """
    care = _Care(connection, sessions, settings, folder)
    wanted = settings.after_care
    if wanted.action == "none" or (wanted.action == "move" and wanted.folder == folder):
        return 0
    step = _way(care)
    done = 0
    while batch := _due(care):
        try:
            counted = step(care, batch)
        except FolderMissingError as error:
            raise ServerRefusedError(f"письма папки «{folder}» не перенести в «{wanted.folder}»: {error}") from error
        done += counted
        if counted < AT_ONCE:
            break
    if done:
        log.info("cared", mailbox=settings.name, folder=folder, messages=done, what=wanted.mark)
    return done


def _way(care: _Care) -> Callable[[_Care, Due], int]:
    """How it is done on this server."""
    if care.wanted.action != "move":
        return _flag
    if "MOVE" in care.connection.capabilities:
        return _move
    return _move_by_copy


def _due(care: _Care) -> Due | None:
    with care.sessions() as session:
        return due(session, care.settings.name, care.folder, care.wanted.statuses, care.wanted.mark, AT_ONCE)


def _flag(care: _Care, batch: Due) -> int:
    flag = {"seen": "\\Seen", "flag": "\\Flagged"}.get(care.wanted.action, care.wanted.keyword)
    with Changes(care.connection, care.folder) as changes:
        if not _is_current(changes, batch):
            return 0
        if not changes.keeps(flag):
            raise ServerRefusedError(f"папка «{care.folder}» не хранит отметку «{flag}»: письма не отмечены")
        reach("before-after-care")
        changes.add_flag([copy.uid for copy in batch.copies], flag)
    reach("after-after-care")
    with care.sessions.begin() as session:
        note_marked(session, batch.copies, care.wanted.mark)
    return len(batch.copies)


def _move(care: _Care, batch: Due) -> int:
    with Changes(care.connection, care.folder) as changes:
        if not _is_current(changes, batch):
            return 0
        uids = [copy.uid for copy in batch.copies]
        reach("before-after-care")
        changes.move(uids, care.wanted.folder)
        left = changes.left(uids)
    reach("after-after-care")
    moved = [copy for copy in batch.copies if copy.uid not in left]
    with care.sessions.begin() as session:
        note_moved(session, moved, care.wanted.mark)
    if left:
        raise ServerRefusedError(f"папка «{care.folder}»: сервер не переместил писем: {len(left)}")
    return len(moved)


def _move_by_copy(care: _Care, batch: Due) -> int:
    """Copy and expunge one message after the other; not at all where the expunging would concern others' messages."""
    if "UIDPLUS" not in care.connection.capabilities:
        raise ServerRefusedError(
            "сервер не умеет ни MOVE, ни UIDPLUS: переместить письма, не тронув чужих, нельзя; они остались на месте"
        )
    for copy in batch.copies:
        if not _copied(care, copy) and not _copy(care, copy, batch):
            return 0
        with Changes(care.connection, care.folder) as changes:
            if not _is_current(changes, batch):
                return 0
            changes.expunge(copy.uid)
        reach("after-after-care")
        with care.sessions.begin() as session:
            note_moved(session, [copy], care.wanted.mark)
    return len(batch.copies)


def _copied(care: _Care, copy: Copy) -> bool:
    """Whether a copy that was begun, before a crash, is there."""
    if copy.copied_from_uid is None:
        return False
    care.connection.examine(care.wanted.folder)
    for uid in care.connection.search_after(copy.copied_from_uid - 1):
        for raw in care.connection.fetch([uid]).values():
            identity = identify(raw)
            if identity.sha256 == copy.sha256 or (copy.fingerprint and identity.fingerprint == copy.fingerprint):
                return True
    return False


def _copy(care: _Care, copy: Copy, batch: Due) -> bool:
    """Copy the message, having noted where its copy will be; false where the folder is another one now."""
    target = care.connection.look(care.wanted.folder)
    with care.sessions.begin() as session:
        note_copying(session, copy, target.uidnext)
    reach("before-after-care")
    with Changes(care.connection, care.folder) as changes:
        if not _is_current(changes, batch):
            return False
        changes.copy(copy.uid, care.wanted.folder)
    reach("after-copy")
    return True


def _is_current(changes: Changes, batch: Due) -> bool:
    """Whether the UIDs still mean what they meant when they were stored (RFC 3501, 2.3.1.1)."""
    return changes.uidvalidity == batch.uidvalidity
