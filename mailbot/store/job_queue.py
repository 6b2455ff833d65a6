"""The tables of Procrastinate, where `[queue] engine` asks for it: in a Postgres schema of their own, beside ours.

Its jobs carry numbers of messages and mails and nothing else: what is to be done, by whom and how often it was tried
stands in our own tables. So a job that is lost or done twice does no harm, and a new version of the library gets new,
empty tables instead of a migration: the next sweep fills them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Engine, String, cast, column, func, literal, select, table, text
from sqlalchemy.orm import Session

from mailbot.store.engine import take_turns
from mailbot.store.errors import SchemaError

SCHEMA: Final = "mailbot_queue"
_JOBS: Final = table("procrastinate_jobs", column("queueing_lock"), column("status"), schema=SCHEMA)
_WORKERS: Final = table("procrastinate_workers", column("last_heartbeat"), schema=SCHEMA)
_ALIVE: Final = timedelta(seconds=60)


def install(engine: Engine, statements: str, version: str) -> bool:
    """Make the tables of this version of the library by its SQL `statements`; whether they weren't there.

    Jobs in the tables of another version are forgotten: the sweep asks for them anew. Serialised, all or nothing.
    """
    with engine.begin() as connection:
        take_turns(connection, "migration")
        if _installed(connection) == version:
            return False
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        raw = connection.connection.driver_connection
        if raw is None:
            raise SchemaError("the connection was lost while the tables of the queue were being made")
        raw.execute(statements)  # past SQLAlchemy, which sends one statement at a time
        literal = version.replace("'", "")
        connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS 'Procrastinate {literal}'"))
    return True


def require(engine: Engine, version: str) -> None:
    """Raise `SchemaError` unless the tables of this version of the library are there."""
    with engine.connect() as connection:
        found = _installed(connection)
    if found != version:
        raise SchemaError(
            f"the tables of Procrastinate {version} are missing (found: {found or 'none'}): run «mailbot db upgrade»"
        )


def workers_alive(session: Session) -> int:
    """How many workers have given a sign of life within the last minute."""
    alive = _WORKERS.c.last_heartbeat > func.now() - literal(_ALIVE)  # by the database's clock, which wrote them
    return session.scalar(select(func.count()).select_from(_WORKERS).where(alive)) or 0


def without_job(session: Session, names: Collection[str]) -> list[str]:
    """Those of the jobs with these names (queueing locks) that don't wait in the queue, in the given order."""
    queued = set(session.scalars(select(_JOBS.c.queueing_lock).where(cast(_JOBS.c.status, String) == "todo")))
    return [name for name in names if name not in queued]


def _installed(connection: Connection) -> str | None:
    query = text("SELECT obj_description(to_regnamespace(:schema), 'pg_namespace')")
    comment = connection.scalar(query, {"schema": SCHEMA})
    return str(comment).removeprefix("Procrastinate ") if comment else None
