"""Messages that a server lists and will not give, one way or another: each ends as a row, and stops no other."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from mailbot.inbox import receive
from mailbot.inbox.errors import ConnectionLostError
from mailbot.inbox.receiver import Receiver
from mailbot.store.receiving import folder_state, land
from mailbot.store.tables import FindingRow, LocationRow, RawMessageRow
from tests.servers.scripted import CLOSE, scripted

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)


class Inbox:
    """A folder with messages 1 to 5; `faults` say what a FETCH of a message gives instead of it."""

    def __init__(self):
        self.mails = {uid: b"Subject: %d\r\n\r\ntext %d\r\n" % (uid, uid) for uid in range(1, 6)}
        self.faults = {}
        self.size = {}

    def __call__(self, command):
        if command.startswith(b"NOOP"):
            return b"$ OK done\r\n"
        if command.startswith(b"EXAMINE"):
            state = b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 6] ok\r\n$ OK done\r\n"
            return state % len(self.mails)
        if command.startswith(b"STATUS"):
            return b"* STATUS INBOX (MESSAGES %d UIDNEXT 6 UIDVALIDITY 7)\r\n$ OK done\r\n" % len(self.mails)
        if found := re.match(rb"UID SEARCH UID (\d+)(:\*)?", command):
            low, high = int(found[1]), 99 if found[2] else int(found[1])
            return b"* SEARCH %s\r\n$ OK done\r\n" % b" ".join(b"%d" % u for u in self.mails if low <= u <= high)
        if found := re.match(rb"UID FETCH (\S+) \(UID (\S+)", command):
            return self._fetch(found[1], found[2])
        return None

    def _fetch(self, numbers, what):
        answers = []
        for uid in self._named(numbers):
            if b"BODY" in what:
                answers.append(
                    self.faults.get(uid) or b"(UID %d BODY[] {%d}\r\n%s)" % (uid, len(self.mails[uid]), self.mails[uid])
                )
            else:
                size = self.size.get(uid, len(self.mails[uid]))
                answers.append(b"(UID %d RFC822.SIZE %d)" % (uid, size))
        if CLOSE in answers:
            return [CLOSE]
        return b"".join(b"* 1 FETCH %s\r\n" % answer for answer in answers if answer != b"-") + b"$ OK done\r\n"

    def _named(self, numbers):
        for part in numbers.decode().split(","):
            low, _, high = part.partition(":")
            yield from (uid for uid in range(int(low), int(high or low) + 1) if uid in self.mails)


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def receiver(inbox, settings, sqlite_database):
    with scripted(otherwise=inbox) as server:
        receiver = Receiver(settings(server, idle=False, message_bytes=1000), sqlite_database.sessions, lambda: NOON)
        yield receiver
        receiver.close()


@pytest.fixture
def stored(sqlite_database):
    """UIDs with a row, those with bytes, and the findings."""

    def read():
        with sqlite_database.sessions() as session:
            uids = session.scalars(select(LocationRow.uid).order_by(LocationRow.uid)).all()
            having = select(LocationRow.uid).join(RawMessageRow, RawMessageRow.message_id == LocationRow.message_id)
            whole = session.scalars(having.order_by(LocationRow.uid)).all()
            findings = session.scalars(select(FindingRow.code)).all()
            return uids, whole, findings, folder_state(session, "press", "INBOX").last_uid

    return read


ALL = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "fault", [b"-", b"(UID 3 BODY[] NIL)", b'(UID 3 BODY[] "")', b"(UID 3 BODY[] {0}\r\n)", b"(UID 3 FLAGS ())"]
)
def test_a_uid_that_comes_back_with_nothing_becomes_a_row(inbox, receiver, stored, fault):
    inbox.faults[3] = fault
    receiver.poll()
    assert stored() == (ALL, [1, 2, 4, 5], ["message_unavailable"], 5)


def test_each_batch_is_told_once_its_messages_are_in_the_database(inbox, settings, sqlite_database):
    told = []

    def landed(messages):
        with sqlite_database.sessions() as session:
            told.append((messages, len(session.scalars(select(RawMessageRow.message_id)).all())))

    with scripted(otherwise=inbox) as server:
        own = settings(server, idle=False, message_bytes=1000, batch_count=2)
        receiver = Receiver(own, sqlite_database.sessions, lambda: NOON, landed)
        receiver.poll()
        receiver.close()
    assert told == [(2, 2), (2, 4), (1, 5)]


def test_after_a_batch_that_cannot_land_none_lands(inbox, settings, sqlite_database, monkeypatch):
    tried = []

    def landing(session, mailbox, folder, uidvalidity, batch, now):
        tried.append([message.uid for message in batch])
        if len(tried) == 2:
            raise RuntimeError("the disk is full")
        return land(session, mailbox, folder, uidvalidity, batch, now)

    monkeypatch.setattr(receive, "land", landing)
    with scripted(otherwise=inbox) as server:
        own = settings(server, idle=False, message_bytes=1000, batch_count=1)
        receiver = Receiver(own, sqlite_database.sessions, lambda: NOON)
        with pytest.raises(RuntimeError, match="full"):
            receiver.poll()
        receiver.close()
    with sqlite_database.sessions() as session:
        state = folder_state(session, "press", "INBOX")
    assert (tried, state.last_uid) == ([[1], [2]], 1)


def test_it_is_asked_for_again_and_filled_in(inbox, receiver, stored):
    inbox.faults[3] = b"-"
    receiver.poll()
    inbox.faults.clear()
    receiver.close()
    receiver._progress.rechecked.clear()
    receiver.poll()
    assert stored()[:2] == (ALL, ALL)


def test_a_message_that_breaks_the_connection_is_passed_over_after_the_third_time(inbox, receiver, stored):
    inbox.faults[3] = CLOSE
    for _ in range(3):
        with pytest.raises(ConnectionLostError):
            receiver.poll()
    receiver.poll()
    assert stored() == (ALL, [1, 2, 4, 5], ["message_unavailable"], 5)


def test_what_was_passed_over_is_asked_for_again_at_the_hourly_comparison_and_not_before(inbox, receiver, stored):
    """Three broken connections may have been the line's doing: a service that runs for months must not forget it."""
    inbox.faults[3] = CLOSE
    hours = iter([0.0] * 30)
    receiver._clock = lambda: NOON + timedelta(hours=next(hours))
    for _ in range(3):
        with pytest.raises(ConnectionLostError):
            receiver.poll()
    receiver.poll()
    assert stored()[1] == [1, 2, 4, 5]
    hours = iter([1.1] * 30)
    with pytest.raises(ConnectionLostError):
        receiver.poll()
    receiver.poll()
    assert stored()[1] == [1, 2, 4, 5]
    inbox.faults.clear()
    receiver.poll()
    assert stored()[1] == [1, 2, 4, 5]
    hours = iter([2.2] * 30)
    receiver.poll()
    assert stored()[1] == ALL


def test_a_broken_connection_blames_nobody_once_it_holds(inbox, receiver, stored):
    inbox.faults[3] = CLOSE
    for _ in range(2):
        with pytest.raises(ConnectionLostError):
            receiver.poll()
    inbox.faults.clear()
    receiver.poll()
    assert stored()[:3] == (ALL, ALL, [])
    assert not +receiver._progress.strikes


def test_a_message_that_is_larger_than_the_server_says_is_not_taken_in(inbox, receiver, stored):
    inbox.mails[3] = b"x" * (2 << 20)
    inbox.size[3] = 10
    for _ in range(3):
        with pytest.raises(ConnectionLostError, match="literal"):
            receiver.poll()
    receiver.poll()
    assert stored()[:3] == (ALL, [1, 2, 4, 5], ["message_unavailable"])


def test_a_message_without_a_size_is_fetched_all_the_same(inbox, receiver, stored):
    inbox.size[3] = 0
    receiver.poll()
    assert stored()[:2] == (ALL, ALL)


def test_a_message_over_the_limit_is_never_asked_for(inbox, receiver, stored):
    inbox.size[3] = 5000
    inbox.faults[3] = CLOSE
    receiver.poll()
    assert stored() == (ALL, [1, 2, 4, 5], ["message_too_large"], 5)


def test_a_folder_that_comes_to_be_on_a_living_connection_is_read_within_the_hour(inbox, settings, sqlite_database):
    uses, now = [b"", b"\\Junk"], [NOON]

    def answer(command):
        if command.startswith(b"LIST"):
            return b'* LIST (%s) "/" INBOX\r\n$ OK done\r\n' % uses[0]
        return inbox(command)

    with scripted(otherwise=answer) as server:
        receiver = Receiver(
            settings(server, idle=False, folders=("\\Junk",), recheck_seconds=3600),
            sqlite_database.sessions,
            lambda: now[0],
        )
        assert receiver.poll().landed == 0
        uses.pop(0)
        now[0] += timedelta(minutes=59)
        assert receiver.poll().landed == 0
        now[0] += timedelta(minutes=1)
        assert receiver.poll().landed == 5
        assert sum(command.startswith(b"LIST") for command in server.heard) == 2
        receiver.close()
