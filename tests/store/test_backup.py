"""Backup and restore on both databases: a copy of one moment, made while others write."""

import sqlite3
import stat
import threading
from contextlib import closing

import pytest
from sqlalchemy import create_engine, select

from mailbot.config.sources import environment
from mailbot.store import backup as backups
from mailbot.store import schema, views
from mailbot.store.backup import BackupError, backup, restore
from mailbot.store.outgoing import OutgoingMail, claim_due, enqueue, record_rollup
from mailbot.store.receiving import land
from mailbot.store.tables import FolderRow, LocationRow, MessageRow, RawMessageRow
from tests.servers import databases
from tests.store.builders import LEASE, NOW, answer, incoming, report, set_up


@pytest.fixture
def empty(request, database, tmp_path):
    """An empty database of the kind of `database`."""
    if database.kind == "sqlite":
        with databases.sqlite_database(tmp_path / "restored.db") as made:
            yield made
    else:
        with databases.postgres_database(request.getfixturevalue("postgres")) as made:
            yield made


@pytest.fixture
def filled(database):
    set_up(database)
    for number in range(5):
        answer(database, report("Арский", f"Школа № {number}", vk=30 + number))
    return database


def shown(database):
    with database.reading() as session:
        return {name: views.read(session, name) for name in views.VIEW_NAMES}


def mail(name):
    return OutgoingMail("rollup", f"<{name}@x>", "a@b.ru", ("c@d.ru",), "Сводка", b"...")


def test_what_comes_back_is_what_was_there(filled, empty, tmp_path):
    target = tmp_path / "копия #1?.bak"
    before = shown(filled)
    backup(filled.engine, target, environment())
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.partial")) == []
    answer(filled, report("Арский", "Школа № 1", vk=99))  # after the backup
    restore(empty.engine, target, NOW, environment())
    assert shown(empty) == before
    assert schema.check(empty.engine) == []


def test_a_copy_made_while_messages_land_holds_whole_batches(filled, empty, tmp_path):
    stopped, landed = threading.Event(), []

    def keep_landing():
        uid = 1000
        while not stopped.is_set() and uid < 6000:
            batch = [incoming(uid + number) for number in range(10)]
            with filled.sessions.begin() as session:
                done = land(session, "press", "Поток", 1, batch, NOW)
            landed.append(done)  # committed
            uid += 10

    writer = threading.Thread(target=keep_landing)
    writer.start()
    try:
        while len(landed) < 3:
            assert writer.is_alive()
        backup(filled.engine, tmp_path / "copy", environment())
        during = len(landed)
        while len(landed) < during + 3:  # the backup keeps nobody from writing
            assert writer.is_alive()
    finally:
        stopped.set()
        writer.join(30)
    restore(empty.engine, tmp_path / "copy", NOW, environment())
    with empty.reading() as session:
        cursor = session.scalar(select(FolderRow.last_uid).where(FolderRow.name == "Поток"))
        folder = session.scalar(select(FolderRow.id).where(FolderRow.name == "Поток"))
        uids = session.scalars(select(LocationRow.uid).where(LocationRow.folder_id == folder)).all()
        messages = set(session.scalars(select(MessageRow.id)))
        raws = set(session.scalars(select(RawMessageRow.message_id)))
    assert len(uids) >= 30
    assert sorted(uids) == list(range(1000, cursor + 1))  # the cursor and the messages are of one moment
    assert len(uids) % 10 == 0
    assert messages == raws


def test_what_may_have_left_after_the_backup_is_looked_for_before_it_is_sent(filled, empty, tmp_path):
    with filled.sessions.begin() as session:
        enqueue(session, mail("waits"), NOW)
    backup(filled.engine, tmp_path / "copy", environment())
    restore(empty.engine, tmp_path / "copy", NOW, environment())
    with empty.sessions.begin() as session:
        record_rollup(session, NOW.date(), "daily", mail("today"), {}, NOW)
        record_rollup(session, NOW.date().replace(day=30), "daily", mail("weeks later"), {}, NOW)
    with empty.sessions.begin() as session:
        due = claim_due(session, "w", NOW, 10, LEASE)
    assert [(each.mail.message_id, each.uncertain) for each in due] == [
        ("<waits@x>", True),
        ("<today@x>", True),
        ("<weeks later@x>", False),
    ]


def test_nothing_is_written_over(filled, tmp_path):
    target = tmp_path / "copy"
    backup(filled.engine, target, environment())
    size = target.stat().st_size
    with pytest.raises(BackupError, match="уже есть"):
        backup(filled.engine, target, environment())
    with pytest.raises(BackupError, match=r"уже есть|не пуста"):
        restore(filled.engine, target, NOW, environment())
    assert target.stat().st_size == size
    assert len(shown(filled)["current_figures"]) == 5


def test_what_is_no_backup_is_refused(empty, tmp_path):
    (tmp_path / "mail").write_bytes(b"From: a@b.ru\n\n")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(BackupError):
        restore(empty.engine, tmp_path / "nothing", NOW, environment())
    with pytest.raises(BackupError):
        restore(empty.engine, tmp_path / "mail", NOW, environment())
    with pytest.raises(BackupError):
        restore(empty.engine, tmp_path / "other.db", NOW, environment())
    assert list(tmp_path.glob("*.partial")) == []


def test_a_damaged_copy_is_noticed(sqlite_database, tmp_path):
    set_up(sqlite_database)
    for number in range(30):
        answer(sqlite_database, report("Арский", f"Школа № {number}", vk=30))
    backup(sqlite_database.engine, tmp_path / "copy", environment())
    data = bytearray((tmp_path / "copy").read_bytes())
    data[8192:65536] = b"\xff" * (65536 - 8192)
    (tmp_path / "copy").write_bytes(data)
    with databases.sqlite_database(tmp_path / "restored.db") as empty, pytest.raises(BackupError):
        restore(empty.engine, tmp_path / "copy", NOW, environment())
    assert not (tmp_path / "restored.db").exists()


def test_a_missing_program_of_postgres_is_named(monkeypatch):
    monkeypatch.setattr(backups.subprocess, "run", lambda *_, **__: (_ for _ in ()).throw(FileNotFoundError()))
    engine = create_engine("postgresql+psycopg://me:secret@localhost/mailbot")
    with pytest.raises(BackupError, match="apt install postgresql-client"):
        backups._run("pg_dump", [], engine.url, {})


def test_the_password_is_not_on_the_command_line(monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(command=command, **options)
        return backups.subprocess.CompletedProcess(command, 1, b"", b"pg_dump: error:\n no luck\n")

    monkeypatch.setattr(backups.subprocess, "run", run)
    engine = create_engine("postgresql+psycopg://me:s3cret@localhost/mailbot")
    with pytest.raises(BackupError, match="pg_dump: pg_dump: error: no luck"):
        backups._run("pg_dump", [], engine.url, {"PATH": "/usr/bin"})
    assert "s3cret" not in str(seen["command"])
    assert seen["env"] == {"PATH": "/usr/bin", "PGPASSWORD": "s3cret"}
