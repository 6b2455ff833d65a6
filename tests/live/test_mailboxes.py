"""Several mailboxes in one service: each polled and reconciled by itself, the same mail in two of them one message."""

import subprocess
import sys

import pytest
from sqlalchemy import select

from mailbot.store.health import conditions
from mailbot.store.tables import FolderRow, LocationRow, MessageRow
from tests.live.processes import instances, until
from tests.live.whole import ROOT, SAMPLE, fill, write_config
from tests.servers.dovecot import running

SHARED = SAMPLE[:3]


@pytest.fixture
def second():
    """Another server with the same mailbox name, so that UIDs and folders of the two are alike."""
    with running() as server:
        yield server


def section(name, server, password):
    return f"""
        [mailbox.{name}]
        host = "localhost"
        port = {server.port}
        user = "{server.user}"
        password = "{password}"
        ca_file = "{server.certificates.authority}"
        """


def redelivered(raw):
    """The same mail as another server took it in."""
    return b"Received: from a by another.example.org; Mon, 16 Aug 2021 12:00:00 +0300\n" + raw


class Shown:
    """What the database says of the mailboxes."""

    def __init__(self, database):
        self._sessions = database.reading

    def read(self):
        """How many messages are there, if all of them are read."""
        with self._sessions() as session:
            queued = session.scalars(select(MessageRow.queued)).all()
        return 0 if any(queued) else len(queued)

    def folders(self):
        with self._sessions() as session:
            rows = session.execute(select(FolderRow.mailbox, FolderRow.name, FolderRow.holds, FolderRow.stored))
            return {(row[0], row[1]): row[2:] for row in rows}

    def mailboxes_by_message(self):
        query = select(LocationRow.message_id, FolderRow.mailbox).join(FolderRow).order_by(FolderRow.mailbox)
        found = {}
        with self._sessions() as session:
            for number, mailbox in session.execute(query):
                found.setdefault(number, []).append(mailbox)
        return found

    def faults(self):
        with self._sessions() as session:
            return {one.component: one.fault for one in conditions(session) if one.component.startswith("receive")}


def test_each_is_polled_and_reconciled_and_a_refused_password_or_a_dead_server_stops_no_other(
    dovecot, second, sink, sqlite_database, tmp_path, mail
):
    config = write_config(tmp_path / "config.toml", dovecot, sink.port, sqlite_database.url)
    more = section("second", second, second.password) + section("locked", second, "неверный")
    config.write_text(config.read_text() + more, encoding="utf-8")
    fill(dovecot)
    second.deliver(SHARED[0].read_bytes())
    second.deliver(redelivered(SHARED[1].read_bytes()))
    second.deliver(redelivered(SHARED[2].read_bytes()), "Спам")
    second.deliver(mail(1))
    shown = Shown(sqlite_database)
    with instances(config, 1) as (service,):
        until(lambda: shown.read() == len(SAMPLE) + 1, [service])
        until(lambda: service.said("receiving_failed") == 1, [service])
        places = list(shown.mailboxes_by_message().values())
        assert places.count(["press", "second"]) == len(SHARED)
        assert places.count(["press"]) == len(SAMPLE) - len(SHARED)
        assert places.count(["second"]) == 1

        dovecot.kill()
        until(lambda: service.said("receiving_failed") == 2, [service])
        second.deliver(mail(2))
        until(lambda: shown.read() == len(SAMPLE) + 2, [service])
        until(lambda: shown.folders()[("second", "INBOX")] == (4, 4), [service])
        assert shown.folders() == {
            ("press", "INBOX"): (len(SAMPLE), len(SAMPLE)),
            ("press", "Спам"): (0, 0),
            ("second", "INBOX"): (4, 4),
            ("second", "Спам"): (1, 1),
        }
        faults = shown.faults()
        assert faults["receive:second"] is None
        assert "отклонён" in faults["receive:locked"]
        refusals = [line for line in service.lines() if line.get("mailbox") == "locked"]
        assert [line["event"] for line in refusals] == ["receiving_failed"]  # an hour until the next try
        service.end()
    command = [sys.executable, "-m", "mailbot", "status", "-c", str(config)]
    status = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert status.returncode == 6
    assert "получение locked: localhost" in status.stdout
    assert "папка second/Спам: на сервере 1, в базе 1" in status.stdout
