"""Opening the database: the same promises on SQLite and Postgres.

Writers own short transactions: `with sessions(engine).begin() as session: ...`. On SQLite such a transaction begins
with BEGIN IMMEDIATE, so that two writers queue up instead of failing half-way with «database is locked» (those of one
process by turns, since SQLite itself only looks again and again, up to a tenth of a second apart); on Postgres
it is READ COMMITTED, and the functions of the store take the row locks that they need. Readers that change nothing use
`reading_sessions`, which see one snapshot throughout and never wait for a writer (SQLite: WAL).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

_READING: Final = "mailbot_reading"
_TURN: Final = "mailbot_turn"
_LOCK_SECONDS: Final = 30
_SQLITE_PRAGMAS: Final = (
    f"busy_timeout = {_LOCK_SECONDS * 1000}",  # first: the others may have to wait for a writer
    # A mail is tens of kilobytes: with pages of 4 it takes four times as many writes, twice over (WAL and checkpoint).
    "page_size = 16384",  # of a database that is made now; one that is there keeps its own
    "cache_size = -8000",  # kB: a batch of received messages stays in it until the commit, and is written once
    "journal_mode = WAL",
    "synchronous = FULL",  # a committed message survives a power cut
    "foreign_keys = ON",
)
_KEPT, _AT_MOST = 3, 15
"""Connections to SQLite: each that is kept holds half a megabyte of pages and schema; one more takes 2 ms to open."""
_POSTGRES_CONNECT: Final[Mapping[str, str | int]] = {
    "connect_timeout": 10,
    "application_name": "mailbot",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c timezone=UTC -c lock_timeout=60s -c idle_in_transaction_session_timeout=30min",
}


def open_engine(url: str) -> Engine:
    """An engine for `url`: «sqlite:///path/to/file.db» or «postgresql://user:password@host/database».

    Its errors don't quote the values of a statement: those are senders' names and words. Nothing is connected yet. Raises `sqlalchemy.exc.ArgumentError` for what is no URL and `ValueError` for a database
    that isn't supported.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed)
    if backend in ("postgresql", "postgres"):
        return _open_postgres(parsed)
    raise ValueError(f"database «{backend}» is not supported: use sqlite or postgresql")


def sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions that write; use `.begin()`, which commits at the end of the block."""
    return sessionmaker(engine, expire_on_commit=False)


def reading_sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions that only read: one snapshot each, no lock that a writer would wait for."""
    options: dict[str, Any] = {_READING: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return sessionmaker(engine.execution_options(**options), expire_on_commit=False)


def take_turns(session: Session | Connection, name: str) -> None:
    """Let only one transaction at a time do what `name` stands for («landing»), until it ends.

    SQLite has one writer anyhow; on Postgres it is an advisory lock.
    """
    connection = session.connection() if isinstance(session, Session) else session
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"mailbot {name}"))))


def _open_sqlite(url: URL) -> Engine:
    # the connection used last is used next: its pages are the newest, and the others need not be filled with theirs
    in_memory = url.database in (None, "", ":memory:")  # has one connection for each thread, and another pool
    kept: dict[str, Any] = (
        {} if in_memory else {"pool_size": _KEPT, "max_overflow": _AT_MOST - _KEPT, "pool_use_lifo": True}
    )
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), hide_parameters=True, **kept)
    turn = threading.Lock()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; the listener below begins
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READING, False)
        if not reading and not connection.info.get(_TURN):
            connection.info[_TURN] = turn.acquire(timeout=_LOCK_SECONDS)  # in vain: SQLite will say that it is locked
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def give_turn(_connection: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_TURN, False):  # after the commit or the rollback, whichever way it ended
            turn.release()

    return engine


def _open_postgres(url: URL) -> Engine:
    given = {key: value for key, value in _POSTGRES_CONNECT.items() if key not in url.query}
    # pre-ping: a server that was restarted costs a reconnection, not a failed job
    return create_engine(
        url.set(drivername="postgresql+psycopg"), connect_args=given, pool_pre_ping=True, hide_parameters=True
    )
