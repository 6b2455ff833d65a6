"""The database opened: times, text, transactions, and readers beside a writer."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError, StatementError

from mailbot.store.engine import open_engine
from mailbot.store.tables import CampaignRow, FieldRow, FolderRow, LocationRow
from tests.servers.databases import opened
from tests.store.builders import DEADLINE, NOW, crash_after

MOSCOW = timezone(timedelta(hours=3))


def put_campaign(session, deadline):
    session.add(CampaignRow(id=1, name="c", title="C", quota=None, deadline=deadline, synchronised_at=NOW))


def test_a_time_comes_back_aware_and_in_utc_whatever_zone_it_was_given_in(database):
    with database.sessions.begin() as session:
        put_campaign(session, datetime(2021, 8, 17, 15, tzinfo=MOSCOW))
    with database.reading() as session:
        deadline = session.scalar(select(CampaignRow.deadline))
    assert deadline == DEADLINE
    assert deadline.tzinfo is UTC


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
def test_times_compare_to_the_microsecond(database, microseconds):
    moment = DEADLINE + timedelta(microseconds=microseconds)
    with database.sessions.begin() as session:
        put_campaign(session, DEADLINE)
        found = session.scalar(select(func.count()).where(CampaignRow.deadline >= moment))
    assert found == (microseconds <= 0)


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(StatementError, match="without a zone"), database.sessions.begin() as session:
        put_campaign(session, datetime(2021, 8, 17, 15))  # noqa: DTZ001 - the fault that is meant


def test_text_that_a_database_cannot_hold_is_mended_not_refused(database):
    with database.sessions.begin() as session:
        session.add(FolderRow(mailbox="m", name="a\x00b\ud800c", last_uid=0))
    with database.reading() as session:
        assert session.scalar(select(FolderRow.name)) == "a\ufffdb\ufffdc"


def test_references_are_enforced(database):
    place = {"folder_id": 7, "uidvalidity": 1, "uid": 1, "landed_at": NOW, "gone": False}
    with pytest.raises(IntegrityError), database.sessions.begin() as session:
        session.add(LocationRow(message_id=7, **place))


def test_an_aborted_transaction_leaves_nothing(database):
    field = FieldRow(name="vk", kind="account", title="ВК", position=0)
    with pytest.raises(KeyboardInterrupt):
        crash_after(database, lambda session: (session.add(field), session.flush()))
    with database.reading() as session:
        assert session.scalars(select(FieldRow)).all() == []


def test_readers_see_one_snapshot_and_do_not_wait_while_the_service_writes(database):
    with database.sessions.begin() as writer:
        writer.add(FieldRow(name="vk", kind="account", title="ВК", position=0))
        writer.flush()
        with database.reading() as reader:
            before = reader.scalar(select(func.count()).select_from(FieldRow))
            writer.commit()
            after = reader.scalar(select(func.count()).select_from(FieldRow))
    with database.reading() as reader:
        later = reader.scalar(select(func.count()).select_from(FieldRow))
    assert (before, after, later) == (0, 0, 1)


def test_a_plain_connection_reads_the_file_while_the_service_writes(sqlite_database):
    """As an analyst's sqlite3 would."""
    import sqlite3  # noqa: PLC0415 - only this test leaves SQLAlchemy aside

    path = sqlite_database.url.removeprefix("sqlite:///")
    with sqlite_database.sessions.begin() as writer:
        writer.add(FieldRow(name="vk", kind="account", title="ВК", position=0))
        writer.flush()
        analyst = sqlite3.connect(path, timeout=0)
        assert analyst.execute("SELECT count(*) FROM current_figures").fetchone() == (0,)
        analyst.close()


def test_a_second_writer_waits_from_its_first_statement_on(sqlite_database):
    """BEGIN IMMEDIATE: it can't read first and then fail on writing with «database is locked»."""
    with sqlite_database.sessions.begin() as first:
        first.scalar(select(func.count()).select_from(FieldRow))
        other = open_engine(sqlite_database.url)
        with other.connect() as second:
            second.connection.driver_connection.execute("PRAGMA busy_timeout = 0").close()
            with pytest.raises(Exception, match="database is locked"):
                second.scalar(select(func.count()).select_from(FieldRow))
        other.dispose()


def test_writers_of_one_process_take_turns_and_one_that_fails_gives_its_turn_on(sqlite_database):
    order = []

    def write(number):
        with suppress(ZeroDivisionError), sqlite_database.sessions.begin() as session:
            session.add(FolderRow(mailbox="m", name=str(number), last_uid=0))
            session.flush()
            order.append(("begins", number))
            if number % 2:
                raise ZeroDivisionError
            order.append(("ends", number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    ends = [place for place, (what, number) in enumerate(order) if what == "ends"]
    assert [order[place - 1] for place in ends] == [("begins", order[place][1]) for place in ends]
    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FolderRow)) == len(ends) == 20
    assert sqlite_database.engine.pool.checkedout() == 0


def test_sqlite_keeps_what_it_committed_through_a_power_cut(sqlite_database):
    with sqlite_database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_new_sqlite_database_has_pages_for_mails_and_an_old_one_keeps_its_own(tmp_path):
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.execute("PRAGMA page_size = 4096")
        old.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)")
    for name, size in (("old.db", 4096), ("new.db", 16384)):
        with opened(f"sqlite:///{tmp_path / name}") as database, database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY)"))
            connection.execute(text("INSERT INTO kept DEFAULT VALUES"))
            assert connection.scalar(text("PRAGMA page_size")) == size
            assert connection.scalar(text("SELECT count(*) FROM kept")) == 1


@pytest.mark.parametrize("url", ["postgres://user:secret@host/base", "postgresql+psycopg2://user@host/base"])
def test_every_spelling_of_postgres_means_psycopg(url):
    assert open_engine(url).dialect.driver == "psycopg"


def test_other_databases_are_refused_in_words():
    with pytest.raises(ValueError, match="«mysql» is not supported"):
        open_engine("mysql://host/base")
    with pytest.raises(ArgumentError):
        open_engine("no url")


def test_the_password_is_not_in_the_engine_s_text():
    assert "secret" not in repr(open_engine("postgresql://user:secret@host/base"))
