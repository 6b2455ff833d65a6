"""Handing over: a job for what waits without one, each once; tables of the queue in a schema of their own."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from mailbot.service import procrastination
from mailbot.service.handover import NOBODY, HandedOver
from mailbot.store import job_queue, schema
from mailbot.store.errors import SchemaError
from mailbot.store.outgoing import OutgoingMail, enqueue
from mailbot.store.reading_queue import claim
from mailbot.store.receiving import Incoming, land

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def database(postgres_database):
    procrastination.install(postgres_database.engine)
    with postgres_database.sessions.begin() as session:
        mails = [Incoming(uid, b"Subject: %d\r\n\r\n%d" % (uid, uid), NOON, 20) for uid in range(1, 4)]
        land(session, "press", "INBOX", 1, mails, NOON)
    return postgres_database


@pytest.fixture
def handover(database):
    made = HandedOver(database.engine, database.sessions, lambda: NOON, lambda: None)
    yield made
    made.close()


def queue(database):
    query = f"SELECT task_name, args FROM {job_queue.SCHEMA}.procrastinate_jobs ORDER BY id"
    with database.sessions() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_what_waits_gets_a_job_and_only_once(database, handover):
    with database.sessions.begin() as session:
        claim(session, "somebody", NOON, 1, LEASE, only=[2])
    assert handover.read() == 2
    assert queue(database) == [("mailbot.read", {"message": 1}), ("mailbot.read", {"message": 3})]
    assert handover.read() == 0
    with database.sessions.begin() as session:
        mails = [Incoming(4, b"Subject: 4\r\n\r\n4", NOON, 20)]
        land(session, "press", "INBOX", 1, mails, NOON)
    assert handover.read() == 1
    assert len(queue(database)) == 3


def test_a_sweep_that_loses_the_race_queues_the_rest(database, handover):
    handover._defer([procrastination.reading_job(2)])
    handover._defer([procrastination.reading_job(number) for number in (1, 2, 3)])
    assert sorted(arguments["message"] for _, arguments in queue(database)) == [1, 2, 3]


def test_mails_leave_one_after_the_other(database, handover):
    handover.send()
    assert queue(database) == []
    with database.sessions.begin() as session:
        for number in (1, 2):
            enqueue(session, OutgoingMail("rollup", f"<{number}@x>", "a@x", ("b@x",), "x", b"x"), NOON)
    for _ in range(2):
        handover.send()
    assert queue(database) == [("mailbot.send", {"mail": 1})]


def test_that_nobody_works_is_told(database, handover):
    assert handover.problems() == (NOBODY,)
    with database.sessions.begin() as session:
        session.execute(text(f"INSERT INTO {job_queue.SCHEMA}.procrastinate_workers DEFAULT VALUES"))
    assert handover.problems() == ()
    with database.sessions.begin() as session:
        table = f"{job_queue.SCHEMA}.procrastinate_workers"
        session.execute(text(f"UPDATE {table} SET last_heartbeat = now() - interval '2 minutes'"))
    assert handover.problems() == (NOBODY,)


def test_tables_of_another_version_are_made_anew_and_ours_are_let_alone(database, handover):
    handover.read()
    assert procrastination.install(database.engine) is False
    job_queue.install(database.engine, "CREATE TABLE other (x integer); CREATE TABLE another (x integer)", "2.0")
    with pytest.raises(SchemaError, match=r"found: 2\.0"):
        procrastination.require(database.engine)
    assert procrastination.install(database.engine) is True
    procrastination.require(database.engine)
    assert schema.check(database.engine) == []
    assert (queue(database), handover.read()) == ([], 3)


def test_a_service_that_reads_by_itself_does_without_the_library():
    code = "import sys, mailbot.service.service, mailbot.cli.run, mailbot.cli.db; print('procrastinate' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
