"""The whole service as a process: from Dovecot to rows to one roll-up at the sink; signals; kill -9 at named points."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailbot.store.tables import FigureRow, LocationRow, MessageRow, OrganisationRow, OutboxRow, ReportRow
from tests.live.conftest import SAMPLE
from tests.servers.databases import opened
from tests.servers.dovecot import running
from tests.servers.smtp import Sink, running_sink

ROOT = Path(__file__).parents[2]
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
PATIENCE = 60


def midday_zone():
    """A zone where it is about noon: the day doesn't end while a test runs, whenever it runs."""
    hour = datetime.now(UTC).hour  # noqa: TID251 - the process under test reads the real clock
    return f"Etc/GMT{hour - 12:+d}"


@pytest.fixture
def sink(dovecot):
    """The SMTP sink; like Yandex, it keeps a copy of what it sends in the folder of sent mail."""
    with running_sink(dovecot.certificates) as sink:
        sink.taken = lambda raw: dovecot.deliver(raw, "Отправленные", seen=True)
        yield sink


def write_config(path, dovecot, smtp_port, database_url):
    path.write_text(
        f"""
        [mailbox.press]
        host = "localhost"
        port = {dovecot.port}
        user = "{dovecot.user}"
        password = "{dovecot.password}"
        ca_file = "{dovecot.certificates.authority}"
        [database]
        url = "{database_url}"
        [smtp]
        host = "localhost"
        port = {smtp_port}
        user = "{Sink.user}"
        password = "{Sink.password}"
        ca_file = "{dovecot.certificates.authority}"
        sender = "mailbot <press@example.org>"
        [report]
        to = ["contact@example.org"]
        at = 00:00:00
        zone = "{midday_zone()}"
        """,
        encoding="utf-8",
    )
    return path


@pytest.fixture
def config(dovecot, sink, empty_database, tmp_path):
    return write_config(tmp_path / "config.toml", dovecot, sink.port, empty_database.url)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows that one undisturbed poll makes of the replies, in a mailbox and a database of its own."""
    folder = tmp_path_factory.mktemp("undisturbed")
    url = f"sqlite:///{folder}/mailbot.db"
    with running() as own:
        fill(own)
        config = write_config(folder / "config.toml", own, 1, url)
        subprocess.run([sys.executable, "-m", "mailbot", "poll", "-c", str(config)], cwd=ROOT, check=True)
    with opened(url) as database:
        return Outcome(database).rows()


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


class Outcome:
    """What the database says, without numbers that depend on the order of events."""

    def __init__(self, database):
        self._sessions = database.reading

    def _all(self, query):
        with self._sessions() as session:
            return sorted((tuple(row) for row in session.execute(query)), key=str)

    def is_done(self, messages):
        try:
            statuses = self._all(select(MessageRow.status, MessageRow.queued))
            outbox = self._all(select(OutboxRow.state))
        except Exception:  # noqa: BLE001 - the tables are only just being made
            return False
        return len(statuses) == messages and not any(row[1] for row in statuses) and outbox == [("sent",)]

    def rows(self):
        figures = (
            select(MessageRow.sha256, OrganisationRow.name, FigureRow.field, FigureRow.value)
            .join(ReportRow, ReportRow.message_id == MessageRow.id)
            .join(FigureRow, FigureRow.report_id == ReportRow.id)
            .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
        )
        return {
            "messages": self._all(select(MessageRow.sha256, MessageRow.status, MessageRow.kind)),
            "places": self._all(select(LocationRow.uid, LocationRow.gone)),
            "figures": self._all(figures),
        }


def fill(dovecot):
    for path in SAMPLE:
        dovecot.deliver(path.read_bytes(), when=datetime(2021, 8, 15, 9, 30, tzinfo=UTC))


def test_replies_become_rows_and_one_roll_up_and_a_second_run_changes_nothing(
    dovecot, sink, config, empty_database, undisturbed
):
    fill(dovecot)
    outcome = Outcome(empty_database)
    with service(config):
        until(lambda: outcome.is_done(len(SAMPLE)), config)
    assert undisturbed["figures"]
    assert outcome.rows() == undisturbed
    with service(config):
        until(lambda: (config.parent / "service.log").read_text().count("connected") == 2, config)
        until(lambda: outcome.is_done(len(SAMPLE)), config)
    assert outcome.rows() == undisturbed
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


@pytest.mark.parametrize("point", POINTS)
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
