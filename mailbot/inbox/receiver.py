"""One mailbox's receiver: keeps a connection over polls, and idles between them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.inbox.cursor import Progress
from mailbot.inbox.errors import ConnectionLostError, ServerRefusedError
from mailbot.inbox.idle import wait_for_news
from mailbot.inbox.receive import ReceiveResult, receive
from mailbot.inbox.session import Connection, connect
from mailbot.inbox.settings import MailboxSettings

SETTLE_SECONDS = 1.0
"""The first round of IDLE: a server that forgets what arrived just before IDLE is asked again after it."""

log = structlog.get_logger(__name__)


class Receiver:
    """Receives a mailbox for as long as the service lives. Not for use by several threads at once.

    `landed` is told of each committed batch how many new messages it brought; `quiet`: see `receive`.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        sessions: sessionmaker[Session],
        clock: Callable[[], datetime],
        landed: Callable[[int], None] = lambda _: None,
        quiet: Callable[[Session], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self._landed = landed
        self._quiet = quiet
        self._sessions = sessions
        self._clock = clock
        self._connection: Connection | None = None
        self._progress = Progress()
        self._may_idle = settings.idle
        self._waker: socket.socket | None = None
        self._ended = threading.Event()

    def poll(self) -> ReceiveResult:
        """Connect if there is no connection, and receive what is new.

        Raises ConnectionLostError or LoginRefusedError; the connection is dropped then, and the next call makes a new one.
        """
        try:
            connection = self._connected()
            return receive(
                connection, self._sessions, self.settings, self._clock, self._progress, self._landed, self._quiet
            )
        except ConnectionLostError:
            self.close()
            raise

    def listen(self, seconds: float, stopped: Callable[[], bool]) -> bool | None:
        """Idle on the first folder for up to `seconds`: true as soon as there is news, false when there was none.

        None where there is nothing to listen with (IDLE is off, or the server has none). Raises ConnectionLostError.
        """
        folders = self._progress.folders
        if self._connection is None or not folders or not self._idles(self._connection):
            return None

        def over() -> bool:
            return self._ended.is_set() or stopped()

        try:
            return self._listen(self._connection, folders[0], seconds, over)
        except ServerRefusedError as error:
            log.warning("idle_refused", mailbox=self.settings.name, reason=str(error))
            self._may_idle = False
            return None
        except ConnectionLostError:
            self.close()
            raise

    def stop_listening(self) -> None:
        """Have `listen` come to its end now, and for good; from another thread. A poll is not disturbed."""
        self._ended.set()
        waker = self._waker
        if waker is not None:
            with suppress(OSError):  # it has just stopped by itself
                waker.send(b".")

    def interrupt(self) -> None:
        """Break the connection from another thread: what is being fetched ends in ConnectionLostError, at once."""
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    def close(self) -> None:
        """Drop the connection; the next poll makes a new one and looks at everything again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._progress.forget()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self.settings)
            log.info("connected", mailbox=self.settings.name, host=self.settings.host)
        return self._connection

    def _idles(self, connection: Connection) -> bool:
        return self._may_idle and "IDLE" in connection.capabilities

    def _listen(self, connection: Connection, folder: str, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Rounds of IDLE, each followed by a look: short at first, then as long as servers bear."""
        connection.select(folder)
        left, this_round = seconds, SETTLE_SECONDS
        self._waker, woken = socket.socketpair()
        with self._waker, woken:
            while not stopped():
                if not self._progress.is_settled(folder, connection.look(folder)):
                    return True
                if left <= 0:
                    return False
                if wait_for_news(connection.mailbox, min(left, this_round), stopped, woken):
                    connection.expect_news()
                left -= this_round
                this_round = self.settings.idle_renew_seconds
        return False
