"""Several instances on one database: one polls, all read, and another takes over when the poller is killed."""

import subprocess
import sys
import time

import pytest

from tests.live.processes import instances, until
from tests.live.whole import ROOT, SAMPLE, Outcome, fill, write_config
from tests.servers.databases import postgres_database, sqlite_database

TAKEN_OVER_WITHIN = 10.0


@pytest.fixture
def shared(postgres):
    with postgres_database(postgres) as database:
        yield database


def test_one_polls_all_read_and_another_takes_over_when_it_is_killed(
    dovecot,
    sink,
    shared,
    tmp_path,
    undisturbed,
    mail,
    record_property,
):
    config = write_config(tmp_path / "config.toml", dovecot, sink.port, shared.url)
    fill(dovecot)
    outcome = Outcome(shared)
    with instances(config, 2) as pair:
        until(lambda: outcome.is_done(len(SAMPLE)), pair)
        assert outcome.rows() == undisturbed
        assert [one.said("lead_taken") for one in pair].count(1) == 1
        assert sum(one.said("read") for one in pair) == len(SAMPLE)
        leader, other = sorted(pair, key=lambda one: -one.said("lead_taken"))
        assert (leader.said("connected"), other.said("connected")) == (1, 0)

        leader.process.kill()
        killed = time.monotonic()
        dovecot.deliver(mail(1))
        until(lambda: outcome.is_done(len(SAMPLE) + 1), pair)
        took = time.monotonic() - killed
        record_property("score", f"another instance polls, and a new mail is read, {took:.1f} s after the kill")
        assert took < TAKEN_OVER_WITHIN
        assert other.said("lead_taken") == 1
        assert len(sink.mails) == 1
        other.end()


def test_on_sqlite_a_second_instance_is_told_in_a_line(dovecot, sink, tmp_path):
    with sqlite_database(tmp_path / "mailbot.db") as database:
        config = write_config(tmp_path / "config.toml", dovecot, sink.port, database.url)
        with instances(config, 1) as (first,):
            until(lambda: first.said("service_started"), [first])
            command = [sys.executable, "-m", "mailbot", "run", "-c", str(config)]
            second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
            assert second.returncode == 5
            assert f"/{first.process.pid}/" in second.stderr
            assert second.stderr.count("\n") == 1
            assert first.process.poll() is None
            first.end()
