"""Backup and restore: a copy of one moment, made while the service writes; and its return into an empty place.

SQLite is copied by its online backup API, Postgres by its own pg_dump and pg_restore. A restored database remembers when
that was: what the time before it owes may have left already, so the sender looks before it sends such a mail.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, select, update
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from mailbot.store import schema
from mailbot.store.engine import sessions
from mailbot.store.tables import CampaignRow, OutboxRow

_MAGIC = b"SQLite format 3\x00"
_HOURS = 6


class BackupError(Exception):
    """A backup or a restore that could not be made; nothing is left behind. One Russian sentence."""


def backup(engine: Engine, target: Path, environment: Mapping[str, str]) -> None:
    """Copy the database as it is at one moment into the file `target`, which must not exist yet.

    The file appears when it is complete and checked, readable by its owner alone. `environment` is passed to pg_dump,
    whose version must not be older than the server's. Raises BackupError.
    """
    if target.exists():
        raise BackupError(f"{target}: такой файл уже есть; назовите другой")
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.touch(mode=0o600)
        if engine.dialect.name == "sqlite":
            _copy_sqlite(_file(engine), partial)
        else:
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={partial}"]
            _run("pg_dump", options, engine.url, environment)
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{target}: копия не удалась: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def restore(engine: Engine, source: Path, now: datetime, environment: Mapping[str, str]) -> None:
    """Bring the backup `source` back into the empty database of `engine`, and its schema up to date. Raises BackupError."""
    if not source.is_file():
        raise BackupError(f"{source}: такого файла нет")
    with source.open("rb") as file:
        is_sqlite = file.read(len(_MAGIC)) == _MAGIC
    if is_sqlite != (engine.dialect.name == "sqlite"):
        raise BackupError(f"{source}: это копия другой базы: SQLite и PostgreSQL друг друга не заменяют")
    _require_empty(engine)
    if is_sqlite:
        _restore_sqlite(source, _file(engine))
    else:
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _run("pg_restore", [*options, str(source)], engine.url, environment)
    if schema.current(engine) is None:
        raise BackupError(f"{source}: в этой копии нет базы mailbot")
    schema.upgrade(engine)
    with sessions(engine).begin() as session:
        _note_restored(session, now)


def _restore_sqlite(source: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    try:
        _copy_sqlite(source, partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{source}: восстановить не удалось: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _note_restored(session: Session, now: datetime) -> None:
    """What waits to be sent, and the roll-ups that were due by now, may have left after the backup was made."""
    session.execute(update(CampaignRow).values(restored_at=now))
    waiting = select(OutboxRow.id).where(OutboxRow.state.in_(("queued", "sending")))
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(waiting)).values(uncertain=True))


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _require_empty(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        if _file(engine).exists():
            raise BackupError(f"{_file(engine)}: база уже есть; остановите службу и уберите файл (и его -wal, -shm)")
        return
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise BackupError(f"база {engine.url.database} не пуста; восстанавливайте в новую (createdb)")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy in one reading transaction, which holds no writer up (WAL), check the copy, and leave it in one file."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as one,
        closing(sqlite3.connect(target)) as copy,
    ):
        one.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE").close()
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(str(verdict))


def _run(program: str, options: Sequence[str], url: URL, environment: Mapping[str, str]) -> None:
    """Run a program of Postgres on the database; the password goes by the environment, which other users can't read."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    command = [program, "--no-password", f"--dbname={plain}", *options]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            command, env={**environment, **secret}, capture_output=True, check=False, timeout=_HOURS * 3600
        )
    except FileNotFoundError as error:
        raise BackupError(f"{program} не найден: apt install postgresql-client") from error
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{program} не закончил за {_HOURS} часов") from error
    if done.returncode:
        words = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise BackupError(f"{program}: {words or done.returncode}")


def _flush(path: Path) -> None:
    """Have the file, or the folder's list of files, on the disk before anybody relies on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
