"""The Procrastinate way: a service that hands over, and workers that are killed at random. Nothing lost, nothing twice."""

import random
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from mailbot.service.procrastination import READ
from mailbot.store.job_queue import SCHEMA
from tests.live.conftest import mail, polled
from tests.live.processes import Instance, Workers, instances, read_so_far, until
from tests.live.whole import LIGHT, ROOT, Outcome, fill, write_config
from tests.servers.databases import postgres_database
from tests.servers.postgres import find_programs, running_postgres

SEED, KILLS, WORKERS = 2021, 5, 4
REPLIES = LIGHT[::32]


@pytest.fixture
def shared(postgres):
    with postgres_database(postgres) as database:
        yield database


@pytest.fixture
def config(dovecot, sink, shared, tmp_path):
    path = write_config(tmp_path / "config.toml", dovecot, sink.port, shared.url)
    path.write_text(path.read_text() + '\n[queue]\nengine = "procrastinate"\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return polled(tmp_path_factory.mktemp("undisturbed"), REPLIES)


def jobs_left(database):
    """Status and task of every job in the queue."""
    with database.sessions() as session:
        return session.execute(text(f"SELECT status::text, task_name FROM {SCHEMA}.procrastinate_jobs")).all()


def test_four_workers_killed_at_random_lose_nothing(
    dovecot, sink, shared, config, undisturbed, record_property, request
):
    fill(dovecot, REPLIES)
    outcome, dice = Outcome(shared), random.Random(SEED)
    with instances(config, 1) as (service,):
        workers = Workers(config, WORKERS)
        request.addfinalizer(lambda: [one.process.kill() or one.process.wait() for one in workers.all])
        everyone = [service, *workers.all]
        for number in range(KILLS):
            until(lambda n=number: read_so_far(shared) > n * len(REPLIES) // (KILLS + 1), everyone)
            time.sleep(dice.random() * 0.3)
            workers.kill_one(dice)
        until(lambda: outcome.is_done(len(REPLIES)), everyone)
        assert outcome.rows() == undisturbed
        assert len(sink.mails) == 1
        assert (service.said("read"), service.said("mail_sent")) == (0, 0)
        assert workers.said("mail_sent") == 1
        read = workers.said("read")
        assert len(REPLIES) <= read + KILLS
        assert read <= len(REPLIES)

        dovecot.deliver(mail(1))  # and a new one comes at once, by LISTEN
        arrived = time.monotonic()
        until(lambda: outcome.is_done(len(REPLIES) + 1), everyone)
        took = time.monotonic() - arrived
        record_property(
            "score",
            f"{KILLS} of {WORKERS} workers killed over {len(REPLIES)} messages: 0 lost; a new one in {took:.1f} s",
        )
        workers.end()
        service.end()
        assert all(status != "todo" for status, _ in jobs_left(shared))


def test_lost_jobs_are_asked_for_again_and_nobody_working_is_told(dovecot, shared, config):
    dovecot.deliver(mail(1))
    status = [sys.executable, "-m", "mailbot", "status", "-c", str(config)]
    with instances(config, 1) as (service,):
        until(lambda: service.said("handed_over") == 1, [service])
        told = subprocess.run(status, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        assert told.returncode == 6
        assert "! работники (mailbot worker): ни одного" in told.stdout
        assert "! чтение: нет ни одного работника" in told.stdout
        with shared.sessions.begin() as session:
            session.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
            session.execute(text("DELETE FROM procrastinate_jobs"))
        until(lambda: service.said("handed_over") == 2, [service])
        readings = [status for status, task in jobs_left(shared) if task == READ]  # a roll-up may be due by now
        assert readings == ["todo"]  # asked for once, however often it is swept
        service.end()


def test_a_worker_finds_a_restarted_server_again(dovecot, sink, tmp_path):
    programs = find_programs()
    if programs is None:
        pytest.skip("Postgres is not installed (Debian: apt install postgresql)")
    with running_postgres(programs) as server, postgres_database(server) as own:
        path = write_config(tmp_path / "config.toml", dovecot, sink.port, own.url)
        path.write_text(path.read_text() + '\n[queue]\nengine = "procrastinate"\n')
        dovecot.deliver(mail(1))
        outcome = Outcome(own)
        with instances(path, 1) as (service,):
            worker = Instance(path, "worker", "worker")
            try:
                until(lambda: outcome.is_done(1), [service, worker])
                server.stop()
                server.start()
                dovecot.deliver(mail(2))
                until(lambda: outcome.is_done(2), [service, worker])
                worker.end()
                service.end()
            finally:
                worker.process.kill()
                worker.process.wait()


def test_upgrade_makes_the_tables_and_without_them_a_worker_says_so(shared, config):
    def run(*words):
        command = [sys.executable, "-m", "mailbot", *words, "-c", str(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    config.write_text(config.read_text().replace('"procrastinate"', '"embedded"'), encoding="utf-8")
    assert run("db", "upgrade").returncode == 0
    refused = run("worker")
    assert (refused.returncode, refused.stderr.count("\n")) == (3, 1)
    config.write_text(config.read_text().replace('"embedded"', '"procrastinate"'), encoding="utf-8")
    missing = run("worker")
    assert (missing.returncode, missing.stderr.count("\n")) == (5, 1)
    assert "mailbot db upgrade" in missing.stderr
    for _ in range(2):
        assert run("db", "upgrade").returncode == 0
    assert run("db", "check").returncode == 0
    assert jobs_left(shared) == []
