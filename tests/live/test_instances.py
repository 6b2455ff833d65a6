"""Several instances on one database: one polls, all read, and another takes over when the poller is killed."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest

from tests.live.whole import PATIENCE, ROOT, SAMPLE, Outcome, fill, write_config
from tests.servers.databases import postgres_database, sqlite_database

TAKEN_OVER_WITHIN = 10.0


class Instance:
    """A running `mailbot run` (or another command), and its log."""

    def __init__(self, config, name, command="run"):
        self._log = config.parent / f"{name}.log"
        with self._log.open("wb") as log:
            words = [sys.executable, "-m", "mailbot", command, "-c", str(config)]
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)

    def said(self, event):
        """How often the log tells of the event."""
        return sum(line["event"] == event for line in self.lines())

    def lines(self):
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(12) == 0


@contextmanager
def instances(config, count):
    config.write_text(config.read_text() + '\n[log]\nformat = "json"\n')
    with ExitStack() as stack:
        made = [Instance(config, f"instance{number}") for number in range(count)]
        for one in made:
            stack.callback(one.process.wait)
            stack.callback(one.process.kill)
        yield made


def until(condition, instances):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, [one.lines()[-5:] for one in instances]
        time.sleep(0.05)


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
