"""The reporting job: roll-ups that are due go into the outbox, as mail. The timer proposes, the database decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.desk.settings import PackReceipt, Text
from mailbot.loading import loading
from mailbot.outbox.settings import Addresses
from mailbot.rollup.compose import XLSX, RollupMail
from mailbot.rollup.queue import Pack, Reporting, owed, queue_due
from mailbot.store.outgoing import OutgoingMail
from mailbot.store.reading_queue import backlog

PATIENCE = timedelta(minutes=15)
"""How long a due roll-up waits for mail that is coming in and for reading, before it goes out with what is there."""

log = structlog.get_logger(__name__)


def packer(addresses: Addresses) -> Pack:
    """Makes the outgoing mail of a roll-up, from and to these addresses."""

    def pack(rollup: RollupMail, moment: datetime) -> OutgoingMail:
        with loading:
            from mailbot.outbox.message import Content, File, outgoing  # noqa: PLC0415 - loaded when there is mail to write

        workbook = File(rollup.workbook_name, rollup.workbook, XLSX)
        content = Content(rollup.subject, rollup.text, rollup.html, (workbook,))
        return outgoing("rollup", rollup.identity, content, addresses, moment)

    return pack


def receipt_packer(addresses: Addresses, clock: Callable[[], datetime]) -> PackReceipt:
    """Makes the outgoing mail of a receipt: to whoever wrote the mail that it answers, in its thread."""

    def pack(identity: str, text: Text, to: str, in_reply_to: str) -> OutgoingMail:
        with loading:
            from mailbot.outbox.message import Content, outgoing  # noqa: PLC0415 - loaded when there is mail to write

        content = Content(text.subject, text.plain, text.html)
        thread = f"<{in_reply_to}>" if in_reply_to else ""
        return outgoing("receipt", identity, content, Addresses(addresses.sender, (to,)), clock(), thread)

    return pack


class Reporter:
    """Queues what is due, once the mailboxes are polled and what has landed is read; then calls `queued`.

    `polled` tells whether every mailbox has been polled since the start, or needn't be waited for (`FirstPoll`).
    """

    def __init__(
        self,
        reporting: Reporting,
        sessions: sessionmaker[Session],
        clock: Callable[[], datetime],
        polled: Callable[[], bool],
        queued: Callable[[], None],
    ) -> None:
        self._reporting = reporting
        self._sessions = sessions
        self._clock = clock
        self._polled = polled
        self._queued = queued
        self._waiting_since: datetime | None = None

    def report(self) -> bool:
        """Queue every roll-up that is due; false where that must wait for what is not yet polled or read."""
        if not self._has_caught_up():
            return False
        if queue_due(self._reporting, self._clock()):
            self._queued()
        return True

    def has_nothing_to_do(self, session: Session) -> bool:
        """Whether `report` would queue nothing and wait for nothing, as nothing is unread. By one cheap query."""
        if not self._polled() or owed(session, self._reporting.schedule, self._clock()):
            return False
        self._waiting_since = None
        return True

    def _has_caught_up(self) -> bool:
        """Whether everything that can be known by now is known, or has been waited for long enough."""
        with self._sessions() as session:
            waiting = backlog(session).messages
        now = self._clock()
        if self._polled() and not waiting:
            self._waiting_since = None
            return True
        self._waiting_since = min(self._waiting_since or now, now)
        if now - self._waiting_since < PATIENCE:
            return False
        log.warning("reporting_without_all", unread=waiting, polled=self._polled())
        return True
