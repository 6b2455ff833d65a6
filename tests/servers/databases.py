"""Databases for tests: an empty one, or one with mailbot's schema, on SQLite and on Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from mailbot.store import schema
from mailbot.store.engine import open_engine, reading_sessions, sessions
from tests.servers.postgres import Postgres


@dataclass
class Database:
    """A database: its URL as in the configuration, its engine, and the factories of sessions."""

    url: str
    engine: Engine = field(init=False)
    sessions: sessionmaker[Session] = field(init=False)
    reading: sessionmaker[Session] = field(init=False)

    def __post_init__(self) -> None:
        self.engine = open_engine(self.url)
        self.sessions = sessions(self.engine)
        self.reading = reading_sessions(self.engine)

    @property
    def kind(self) -> str:
        """«sqlite» or «postgresql»."""
        return self.engine.dialect.name


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at `url`, closed afterwards."""
    database = Database(url)
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def sqlite_database(path: Path, template: Path | None = None) -> Iterator[Database]:
    """A database in the file `path`, copied from `template` if given."""
    if template is not None:
        path.write_bytes(template.read_bytes())
    with opened(f"sqlite:///{path}") as database:
        yield database


@contextmanager
def postgres_database(server: Postgres, template: str = "template1") -> Iterator[Database]:
    """A database on `server`, copied from `template`, removed afterwards."""
    name = server.create(template)
    try:
        with opened(server.url(name)) as database:
            yield database
    finally:
        server.drop(name)


def sqlite_template(path: Path) -> Path:
    """A file that holds mailbot's schema and nothing else."""
    with sqlite_database(path) as database:
        schema.upgrade(database.engine)
    return path


def postgres_template(server: Postgres) -> str:
    """The name of a database that holds mailbot's schema and nothing else."""
    name = server.create()
    with opened(server.url(name)) as database:
        schema.upgrade(database.engine)
    return name
