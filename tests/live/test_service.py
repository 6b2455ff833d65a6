"""The whole service as a process: from Dovecot to rows to one roll-up at the sink; signals; kill -9 at named points."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.live.whole import PATIENCE, ROOT, SAMPLE, WIDE, Outcome, alternating, fill

POINTS = (
    "after-fetch",
    "before-land-commit",
    "after-land-commit",
    "after-claim",
    "after-interpret",
    "before-save-commit",
    "after-save-commit",
    "before-rollup-commit",
    "after-rollup-commit",
    "before-smtp",
    "after-smtp-data",
    "after-sent-commit",
)


@contextmanager
def service(config, crash_at=""):
    """`mailbot run`; ended by SIGTERM, which it must obey within ten seconds."""
    environment = os.environ | ({"MAILBOT_CRASH_AT": crash_at} if crash_at else {})  # noqa: TID251 - for the child
    path = config.parent / "service.log"
    log = path.open("ab")
    before = path.read_bytes().count(b"service_started")
    process = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "run", "-c", str(config)], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    try:
        yield process
        if process.poll() is None:
            until(lambda: path.read_bytes().count(b"service_started") > before, config)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        log.close()


def until(condition, config):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, (config.parent / "service.log").read_text()
        time.sleep(0.1)


def test_replies_become_rows_and_one_roll_up_and_a_second_run_changes_nothing(
    dovecot, sink, config, empty_database, undisturbed_wide
):
    fill(dovecot, WIDE)
    outcome = Outcome(empty_database)
    with service(config):
        until(lambda: outcome.is_done(len(WIDE)), config)
    assert undisturbed_wide["figures"]
    assert outcome.rows() == undisturbed_wide
    with service(config):
        until(lambda: (config.parent / "service.log").read_text().count("connected") == 2, config)
        until(lambda: outcome.is_done(len(WIDE)), config)
    assert outcome.rows() == undisturbed_wide
    assert len(sink.mails) == 1
    assert b"To: contact@example.org" in sink.mails[0]


def test_a_message_is_read_within_a_second_or_two_of_its_arrival(dovecot, config, empty_database, mail):
    dovecot.deliver(mail(1))
    outcome = Outcome(empty_database)
    with service(config):
        until(lambda: outcome.is_done(1), config)
        for number in range(2, 5):
            dovecot.deliver(mail(number))
            arrived = time.monotonic()
            until(lambda expected=number: outcome.is_done(expected), config)
            assert time.monotonic() - arrived < 5


@pytest.mark.parametrize(("point", "empty_database"), alternating(POINTS), indirect=["empty_database"])
def test_killed_anywhere_and_started_again_the_outcome_is_the_same(
    dovecot, sink, config, empty_database, point, undisturbed
):
    fill(dovecot)
    with service(config, crash_at=point) as process:
        assert process.wait(PATIENCE) == -signal.SIGKILL
    outcome = Outcome(empty_database)
    with service(config):
        until(lambda: outcome.is_done(len(SAMPLE)), config)
    assert len(sink.mails) == 1
    assert outcome.rows() == undisturbed


def test_sighup_takes_a_new_configuration_and_refuses_a_broken_one(dovecot, config, empty_database, mail):
    dovecot.deliver(mail(1))
    outcome = Outcome(empty_database)
    log = config.parent / "service.log"
    good = config.read_text(encoding="utf-8")
    with service(config) as process:
        until(lambda: outcome.is_done(1), config)
        config.write_text(good.replace("port =", "prt =", 1), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        until(lambda: "mailbox.press.prt" in log.read_text(), config)
        assert process.poll() is None
        config.write_text(good + '[log]\nformat = "json"\n', encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        until(lambda: '"event": "service_started"' in log.read_text(), config)
        dovecot.deliver(mail(2))
        until(lambda: outcome.is_done(2), config)
