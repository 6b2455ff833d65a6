"""Which of several instances on one database polls and reports: the one that holds a lock, for as long as it lives.

It saves work and log-ins, not correctness: landing, claims and roll-ups are safe in the hands of several at once. So a
lock that is lost for a moment, and taken by another meanwhile, does no harm.

Postgres: a session-level advisory lock on a connection of its own. It falls with the connection, and so with the
process; keepalives on the server's side tell of a machine that vanished. SQLite: one process, a lock on a file beside
the database.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final, Protocol

import structlog
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

_KEY: Final = (0x6D61696C, 1)
"""The two halves of the advisory lock's key: «mail», and the first use of it."""

_NAMED: Final = "mailbot poller "
_VANISHED: Final = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")
"""A machine that vanished without a word is given up by the server after some eleven seconds."""

_HOLDER: Final = """
    SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

log = structlog.get_logger(__name__)


class Leadership(Protocol):
    """A lock that one instance holds. For use by one thread at a time."""

    may_wait: bool
    """Whether a second instance may stand by until the lock is free, rather than end."""

    def acquire(self) -> bool:
        """Try to take the lock; whether it is ours now. Raises SQLAlchemyError or OSError where that can't be tried."""

    def holds(self) -> bool:
        """Whether the lock is still ours."""

    def holder(self) -> str:
        """Who has the lock, as far as that is known; empty where nobody has."""

    def release(self) -> None:
        """Give the lock up, if it is ours."""


def leadership_of(engine: Engine, worker: str) -> Leadership:
    """The lock for the database of `engine`; `worker` is the name under which others see its holder."""
    if engine.dialect.name == "postgresql":
        return _AdvisoryLock(engine, worker)
    return _FileLock(engine.url.database, worker)


def may_have_several(session: Session) -> bool:
    """Whether several instances of the service may share the database."""
    return session.get_bind().dialect.name == "postgresql"


def poller(session: Session) -> str:
    """The worker that polls the mailboxes now, by the word of a database that several share; empty where none does."""
    return _poller(session.connection())


def _poller(connection: Connection) -> str:
    name = connection.execute(text(_HOLDER), {"high": _KEY[0], "low": _KEY[1]}).scalar()
    return str(name or "").removeprefix(_NAMED)


class _AdvisoryLock:
    may_wait = True

    def __init__(self, engine: Engine, worker: str) -> None:
        self._engine = engine
        self._worker = worker
        self._connection: Connection | None = None
        self._ours = False

    def acquire(self) -> bool:
        if self._connection is None:
            self._connection = self._connect()
        try:
            self._ours = bool(self._connection.execute(select(func.pg_try_advisory_lock(*_KEY))).scalar())
        except SQLAlchemyError:
            self._drop()
            raise
        return self._ours

    def holds(self) -> bool:
        """The server keeps the lock while the connection lives, so ask it anything."""
        if self._connection is None or not self._ours:
            return False
        try:
            self._connection.execute(select(1))
        except SQLAlchemyError as error:
            log.warning("lock_connection_lost", reason=type(error).__name__)
            self._drop()
        return self._ours

    def holder(self) -> str:
        return _poller(self._connection) if self._connection is not None else ""

    def release(self) -> None:
        if self._connection is not None and self._ours:
            try:  # a connection that is closed frees its locks only when the server has noticed
                self._connection.execute(select(func.pg_advisory_unlock(*_KEY)))
            except SQLAlchemyError as error:
                log.debug("lock_unreleased", reason=type(error).__name__)
        self._drop()

    def _connect(self) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # it is closed with the lock, and never given to anyone else
        connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _NAMED + self._worker})
        for setting in _VANISHED:
            connection.execute(text(f"SET {setting}"))
        return connection

    def _drop(self) -> None:
        connection, self._connection, self._ours = self._connection, None, False
        if connection is not None:
            try:
                connection.close()
            except SQLAlchemyError as error:  # it was broken already
                log.debug("lock_connection_unclosed", reason=type(error).__name__)


class _FileLock:
    may_wait = False

    def __init__(self, database: str | None, worker: str) -> None:
        self._path = Path(f"{database}.lock") if database and database != ":memory:" else None
        self._worker = worker
        self._file: int | None = None

    def acquire(self) -> bool:
        if self._path is None or self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.pwrite(file, self._worker.encode(), 0)
        self._file = file
        return True

    def holds(self) -> bool:
        return self._path is None or self._file is not None

    def holder(self) -> str:
        if self._path is None:
            return ""
        try:
            return self._path.read_text(encoding="utf-8").strip()
        except OSError:  # gone, or not ours to read: then the name is all that is missing
            return ""

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
