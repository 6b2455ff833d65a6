"""A Dovecot for each test, the pieces of RECEIVE pointed at it, and the configuration of a whole service."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from mailbot.inbox.receiver import Receiver
from mailbot.inbox.settings import MailboxSettings
from mailbot.store.tables import FindingRow, FolderRow, LocationRow, MessageRow, RawMessageRow
from tests.live.whole import ROOT, SAMPLE, WIDE, Outcome, fill, write_config
from tests.servers import dovecot as servers
from tests.servers.databases import opened
from tests.servers.smtp import running_sink


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture
def dovecot():
    """A running Dovecot. Where none is installed: an error in CI, elsewhere a skip that says so."""
    if not Path(servers.PROGRAM).exists():
        message = "Dovecot is not installed: nothing is tested on a real server (Debian: apt install dovecot-imapd)"
        if "CI" in os.environ:  # noqa: TID251 - CI must not pass for want of a program
            pytest.fail(message)
        pytest.skip(message)
    with servers.running() as server:
        yield server


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self):
        self.time = datetime(2021, 8, 16, 12, tzinfo=UTC)

    def __call__(self):
        return self.time

    def move(self, **by):
        self.time += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(dovecot):
    """Makes settings for the mailbox; keyword arguments change them."""

    def make(**changes):
        given = {
            "name": "press",
            "host": "localhost",
            "port": dovecot.port,
            "user": dovecot.user,
            "password": SecretStr(dovecot.password),
            "ca_file": dovecot.certificates.authority,
            "timeout_seconds": 10.0,
        }
        return MailboxSettings(**(given | changes))

    return make


@pytest.fixture
def receiver(settings, database, clock):
    """Makes receivers of the mailbox into the database; they are closed at the end."""
    made = []

    def make(**changes):
        made.append(Receiver(settings(**changes), database.sessions, clock))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Rows:
    """What the database holds, in a form that tests compare."""

    def __init__(self, database):
        self._sessions = database.sessions

    def _all(self, query):
        with self._sessions() as session:
            return [tuple(row) for row in session.execute(query)]

    def raws(self):
        """Message numbers and raw bytes."""
        return dict(self._all(select(RawMessageRow.message_id, RawMessageRow.raw)))

    def messages(self):
        """Number, status and landing time of each message."""
        return self._all(select(MessageRow.id, MessageRow.status, MessageRow.landed_at).order_by(MessageRow.id))

    def places(self):
        """Folder, UIDVALIDITY, UID, message and whether it is gone, for each location."""
        query = select(
            FolderRow.name, LocationRow.uidvalidity, LocationRow.uid, LocationRow.message_id, LocationRow.gone
        ).join(FolderRow, FolderRow.id == LocationRow.folder_id)
        return sorted(self._all(query))

    def findings(self):
        """Message number, code and sentence of each finding."""
        return self._all(select(FindingRow.message_id, FindingRow.code, FindingRow.message))

    def folders(self):
        """What each folder holds, and what is stored of it."""
        return {row[0]: row[1:] for row in self._all(select(FolderRow.name, FolderRow.holds, FolderRow.stored))}


@pytest.fixture
def rows(database):
    return Rows(database)


def mail(number, size=0):
    """A small distinct message, filled up to about `size` bytes."""
    head = f"From: a@example.org\nMessage-ID: <{number}@example.org>\nSubject: {number}\n\nТекст {number}\n".encode()
    return head + (b"x" * 70 + b"\n") * (size // 71)


@pytest.fixture(name="mail")
def _mail():
    return mail


@pytest.fixture
def sink(dovecot):
    """The SMTP sink; like Yandex, it keeps a copy of what it sends in the folder of sent mail."""
    with running_sink(dovecot.certificates) as sink:
        sink.taken = lambda raw: dovecot.deliver(raw, "Отправленные", seen=True)
        yield sink


@pytest.fixture
def config(dovecot, sink, empty_database, tmp_path):
    return write_config(tmp_path / "config.toml", dovecot, sink.port, empty_database.url)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows that one undisturbed poll makes of the sample."""
    return polled(tmp_path_factory.mktemp("undisturbed"), SAMPLE)


@pytest.fixture(scope="module")
def undisturbed_wide(tmp_path_factory):
    """The rows that one undisturbed poll makes of the wide sample."""
    return polled(tmp_path_factory.mktemp("undisturbed"), WIDE)


def polled(folder, replies):
    """The rows of one poll of these replies, in a mailbox and a database of its own."""
    url = f"sqlite:///{folder}/mailbot.db"
    with servers.running() as own:
        fill(own, replies)
        config = write_config(folder / "config.toml", own, 1, url)
        subprocess.run([sys.executable, "-m", "mailbot", "poll", "-c", str(config)], cwd=ROOT, check=True)
    with opened(url) as database:
        return Outcome(database).rows()
