"""RECEIVE: the story of a poll, from top to bottom.

For each folder: what does it say of itself? If that is settled, done. Else: which UIDs are new, how large are they,
fetch them whole in bounded batches, and land each batch (bytes, places and cursor in one transaction). From time to
time the folder is compared with the database UID by UID, and whatever is missing is fetched then. At the end, where that is
configured, what has been read is marked or moved (`after_care.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.crashpoint import reach
from mailbot.domain.interpretation import Finding, FindingCode, Severity
from mailbot.inbox.after_care import take_care
from mailbot.inbox.answers import Listed
from mailbot.inbox.cursor import MAX_STRIKES, Progress, batches
from mailbot.inbox.errors import FolderMissingError, ServerRefusedError
from mailbot.inbox.session import Connection, Look
from mailbot.inbox.settings import MEGABYTE, MailboxSettings
from mailbot.store.receiving import Incoming, folder_state, land, note_look, recognise, record_counts, unfetched

LISTED_AT_ONCE = 500
BATCHES_AT_ONCE = 3
"""Batches in memory: one is being fetched; the ones before it are being recognised, or landed."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ReceiveResult:
    """What a poll did: new messages, further copies of known ones, and what it could not do, in Russian sentences."""

    landed: int = 0
    duplicates: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Poll:
    """All that a poll works with; `progress` is kept from one poll to the next. `landed`, `quiet`: see `receive`."""

    connection: Connection
    sessions: sessionmaker[Session]
    settings: MailboxSettings
    clock: Callable[[], datetime]
    progress: Progress
    landed: Callable[[int], None] = lambda _: None
    quiet: Callable[[Session], None] = lambda _: None
    result: ReceiveResult = field(default_factory=ReceiveResult)


def receive(
    connection: Connection,
    sessions: sessionmaker[Session],
    settings: MailboxSettings,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    landed: Callable[[int], None] = lambda _: None,
    quiet: Callable[[Session], None] = lambda _: None,
) -> ReceiveResult:
    """Poll once: every message of the configured folders that the store lacks lands in it.

    `landed` is told of each batch, once it is committed, how many new messages it brought: they can be read while the
    next one is on its way. `quiet` may add to the transaction that notes folders without news, where nothing went wrong:
    at rest it is the minute's only one, and each costs an fsync.

    A folder that is missing or refuses becomes a problem of the result and stops no other folder. Raises
    ConnectionLostError; what was landed before stays landed. With nothing new, costs one command for each folder.
    """
    poll = Poll(connection, sessions, settings, clock, progress or Progress(), landed, quiet)
    settled: list[str] = []
    for folder in _folders(poll):
        try:
            if not _receive_folder(poll, folder):
                settled.append(folder)
            take_care(poll.connection, poll.sessions, poll.settings, folder)
        except ServerRefusedError as error:
            if isinstance(error, FolderMissingError):
                poll.progress.folders = None  # renamed, deleted or re-created: ask for the list again next time
            poll.result.problems.append(str(error))
    if settled:
        with sessions.begin() as session:
            note_look(session, settings.name, settled, clock())
            if not poll.result.problems:
                quiet(session)
    return poll.result


def _folders(poll: Poll) -> list[str]:
    """The folders to read; asked of the server as often as each of them is compared with the database."""
    progress = poll.progress
    if progress.folders is None or progress.is_listing_due(poll.clock(), poll.settings.recheck_seconds):
        folders, missing = poll.connection.find_folders()
        progress.listed(folders, poll.clock())
        for use in missing:
            log.warning("folder_not_found", mailbox=poll.settings.name, special_use=use)
        return folders
    return progress.folders


def _receive_folder(poll: Poll, folder: str) -> bool:
    """Receive what is new; false where the folder says that there is nothing."""
    look = poll.connection.look(folder)
    due = poll.progress.is_recheck_due(folder, poll.clock(), poll.settings.recheck_seconds)
    if poll.progress.is_settled(folder, look) and not due:
        return False
    if due or not poll.connection.has_selected(folder):  # else it has just been looked at from within
        look = poll.connection.examine(folder)
    counted = _receive_new(poll, folder, look)
    if due:
        _receive_missing(poll, folder, look)
    if due or not counted:
        with poll.sessions.begin() as session:
            land(session, poll.settings.name, folder, look.uidvalidity, [], poll.clock())
            record_counts(session, poll.settings.name, folder, look.uidvalidity, look.messages, poll.clock())
    poll.progress.settle(folder, look)
    return True


def _receive_new(poll: Poll, folder: str, look: Look) -> bool:
    """Land everything above the cursor; whether the folder was counted with the last batch.

    A changed UIDVALIDITY starts from the first message again.
    """
    with poll.sessions() as session:
        state = folder_state(session, poll.settings.name, folder)
    if state and state.uidvalidity not in (None, look.uidvalidity):
        log.warning("uidvalidity_changed", folder=folder, before=state.uidvalidity, now=look.uidvalidity)
    after = state.last_uid if state and state.uidvalidity == look.uidvalidity else 0
    return _land_all(poll, folder, look, poll.connection.search_after(after))


def _receive_missing(poll: Poll, folder: str, look: Look) -> None:
    """Compare the folder with the database, and land what is missing or could not be had before."""
    there = poll.connection.search_after(0)
    with poll.sessions.begin() as session:
        compared = record_counts(
            session, poll.settings.name, folder, look.uidvalidity, len(there), poll.clock(), uids=there
        )
        again = unfetched(session, poll.settings.name, folder, look.uidvalidity)
    if compared.missing:
        log.warning("messages_missing", mailbox=poll.settings.name, folder=folder, count=len(compared.missing))
    wanted = sorted({*compared.missing, *again} & set(there))
    poll.progress.forgive(folder, look.uidvalidity, wanted, poll.clock(), poll.settings.recheck_seconds)
    _land_all(poll, folder, look, wanted)
    poll.progress.recheck_done(folder, poll.clock())


def _land_all(poll: Poll, folder: str, look: Look, uids: Sequence[int]) -> bool:
    """Fetch, recognise and land, each in a thread of its own, through which the batches pass in their order.

    Returns whether the folder was counted with the last of them: that spares the reader, who has been told of it and
    wants to claim, another writer's commit.
    """
    counted = False
    with (
        ThreadPoolExecutor(1, thread_name_prefix="land") as writer,
        ThreadPoolExecutor(1, thread_name_prefix="recognise") as clerk,
    ):
        under_way: deque[Future[None]] = deque()
        for incoming in _fetch_all(poll, folder, look, uids):
            reach("after-fetch")
            recognised = clerk.submit(recognise, incoming)
            before = under_way[-1] if under_way else None
            counted = incoming[-1].uid == uids[-1]
            under_way.append(writer.submit(_land_after, before, recognised, poll, folder, look, incoming, counted))
            if len(under_way) == BATCHES_AT_ONCE:
                under_way.popleft().result()
        for each in under_way:
            each.result()
    return counted


def _land_after(
    before: Future[None] | None,
    recognised: Future[None],
    poll: Poll,
    folder: str,
    look: Look,
    incoming: Sequence[Incoming],
    is_last: bool,
) -> None:
    """Land the batch, unless the one before it could not be: the cursor must not pass what has not landed."""
    if before is not None:
        before.result()
    recognised.result()
    _land(poll, folder, look, incoming, is_last=is_last)


def _land(poll: Poll, folder: str, look: Look, incoming: Sequence[Incoming], *, is_last: bool) -> None:
    with poll.sessions.begin() as session:
        done = land(session, poll.settings.name, folder, look.uidvalidity, incoming, poll.clock())
        if is_last:
            record_counts(session, poll.settings.name, folder, look.uidvalidity, look.messages, poll.clock())
        reach("before-land-commit")
    reach("after-land-commit")
    poll.result.landed += len(done.landed)
    poll.result.duplicates += done.duplicates
    ends = {"first": done.landed[0], "last": done.landed[-1]} if done.landed else {}
    copies = done.duplicates
    log.info("landed", mailbox=poll.settings.name, folder=folder, messages=len(done.landed), copies=copies, **ends)
    poll.landed(len(done.landed))


def _fetch_all(poll: Poll, folder: str, look: Look, uids: Sequence[int]) -> Iterator[list[Incoming]]:
    """The messages in ascending order of UID, in batches bounded by bytes and count. Vanished ones are left out."""
    settings, progress = poll.settings, poll.progress
    for start in range(0, len(uids), LISTED_AT_ONCE):
        chunk = uids[start : start + LISTED_AT_ONCE]
        listed = {message.uid: message for message in poll.connection.list_messages(chunk)}
        wanted = [listed.get(uid) or Listed(uid, 0, None) for uid in chunk]
        suspects = frozenset(uid for uid in chunk if progress.struck(folder, look.uidvalidity, uid))
        for batch in batches(wanted, settings.batch_bytes, settings.batch_count, suspects):
            incoming = _fetch_batch(poll, folder, look, batch)
            if incoming:
                yield incoming


def _fetch_batch(poll: Poll, folder: str, look: Look, batch: Sequence[Listed]) -> list[Incoming]:
    askable = [m.uid for m in batch if _obstacle(poll, folder, look, m) is None]
    poll.progress.start(folder, look.uidvalidity, askable)
    bodies = poll.connection.fetch(askable)
    for uid in askable:
        if uid not in bodies:  # one bad message must not take its neighbours with it: ask again, alone
            bodies |= poll.connection.fetch([uid])
    poll.progress.finish(folder, look.uidvalidity, askable)
    incoming = (_incoming(poll, folder, look, message, bodies.get(message.uid)) for message in batch)
    return [one for one in incoming if one is not None]


def _incoming(poll: Poll, folder: str, look: Look, message: Listed, raw: bytes | None) -> Incoming | None:
    """What lands for a message: its bytes, or the reason why there are none; None where the folder lost it meanwhile."""
    if raw is not None:
        return Incoming(message.uid, raw, message.internaldate, message.size or len(raw))
    finding = _obstacle(poll, folder, look, message)
    if finding is None:
        if not poll.connection.holds(message.uid):
            log.info("vanished", mailbox=poll.settings.name, folder=folder, uid=message.uid)
            return None
        finding = _unavailable(f"сервер не отдал письмо (папка «{folder}», UID {message.uid})")
    return Incoming(message.uid, None, message.internaldate, message.size, finding)


def _obstacle(poll: Poll, folder: str, look: Look, message: Listed) -> Finding | None:
    """Why the message isn't asked for at all, if it isn't."""
    place = f"папка «{folder}», UID {message.uid}"
    if message.size > poll.settings.message_bytes:
        size, limit = message.size / MEGABYTE, poll.settings.message_bytes / MEGABYTE
        return Finding(
            code=FindingCode.MESSAGE_TOO_LARGE,
            severity=Severity.BLOCKS,
            message=f"письмо больше предела: {size:.1f} МБ при пределе {limit:.1f} МБ; прочтите его в почте ({place})",
        )
    if poll.progress.struck(folder, look.uidvalidity, message.uid) >= MAX_STRIKES:
        return _unavailable(f"связь с сервером {MAX_STRIKES} раза обрывалась на этом письме ({place})")
    return None


def _unavailable(reason: str) -> Finding:
    return Finding(
        code=FindingCode.MESSAGE_UNAVAILABLE, severity=Severity.BLOCKS, message=f"{reason}; прочтите его в почте"
    )
