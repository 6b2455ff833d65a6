import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from mailbot.domain.campaign import Campaign, CampaignField
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation, Kind, Status
from mailbot.service import reading
from mailbot.service.apart import ReaderProcess
from mailbot.service.reading import Bounds, Reader, Reading
from mailbot.store.receiving import Incoming, land
from mailbot.store.tables import MessageRow

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)
CAMPAIGN = Campaign(name="x", title="X", fields=(CampaignField(name="vk", title="ВК"),), deadline=NOON)
IGNORED = Interpretation(status=Status.IGNORED, kind=Kind.OTHER)


@pytest.fixture
def stop():
    """Set `stop.now` to end the reading."""

    class Stop:
        now = False

    return Stop()


@pytest.fixture
def reader(database, stop):
    with database.sessions.begin() as session:
        mails = [Incoming(uid, b"Subject: %d\r\n\r\n%d" % (uid, uid), NOON, 20) for uid in range(1, 13)]
        land(session, "press", "INBOX", 1, mails, NOON)
    job = Reading(
        database.sessions, CAMPAIGN, Directory(municipalities=()), Limits(), lambda: NOON, "me", lambda: stop.now
    )
    reader = Reader(job, Bounds())
    yield reader
    reader.close()


@pytest.fixture
def states(database):
    def read():
        with database.sessions() as session:
            query = select(MessageRow.id, MessageRow.status, MessageRow.attempts, MessageRow.claimed_by)
            return {row[0]: row[1:] for row in session.execute(query.order_by(MessageRow.id))}

    return read


def test_everything_that_waits_is_read_and_then_nothing(reader, states, monkeypatch):
    monkeypatch.setattr(reading, "interpret", lambda *_: IGNORED)
    assert reader.read_waiting() == 12
    assert {state[0] for state in states().values()} == {"ignored"}
    assert reader.read_waiting() == 0


def test_a_message_that_raises_is_tried_three_times_and_the_others_are_read(reader, states, monkeypatch):
    def interpret(_, mail, *__):
        if mail.envelope.subject == "5":
            raise ZeroDivisionError("внутри")
        return IGNORED

    monkeypatch.setattr(reading, "interpret", interpret)
    reader.read_waiting()
    found = states()
    assert found.pop(5)[:2] == ("failed", 3)
    assert {state[0] for state in found.values()} == {"ignored"}


def test_stopping_gives_back_what_was_claimed_as_if_it_never_had_been(reader, states, stop, monkeypatch):
    def interpret(*_):
        stop.now = True
        return IGNORED

    monkeypatch.setattr(reading, "interpret", interpret)
    assert reader.read_waiting() == 1
    found = states()
    assert found.pop(1)[0] == "ignored"
    assert set(found.values()) == {("received", 0, None)}


def test_a_failing_database_is_no_fault_of_the_message(reader, states, monkeypatch):
    real, failures = reading.save_all, [OperationalError("x", {}, Exception("gone"))]

    def save_all(*arguments):
        if failures:
            raise failures.pop()
        return real(*arguments)

    monkeypatch.setattr(reading, "interpret", lambda *_: IGNORED)
    monkeypatch.setattr(reading, "save_all", save_all)
    with pytest.raises(OperationalError):
        reader.read_waiting()
    assert reader.read_waiting() == 12
    assert {state[0] for state in states().values()} == {"ignored"}


def test_what_was_read_together_is_saved_together_and_what_took_long_by_itself(reader, monkeypatch):
    saved, now = [], [0.0]

    def interpret(_, mail, *__):
        now[0] += 5 if mail.envelope.subject == "3" else 0.1
        return IGNORED

    def save_all(session, readings, moment):
        saved.append(len(readings))
        return real(session, readings, moment)

    real = reading.save_all
    monkeypatch.setattr(reading, "interpret", interpret)
    monkeypatch.setattr(reading, "save_all", save_all)
    monkeypatch.setattr(reading.time, "monotonic", lambda: now[0])
    assert reader.read_waiting() == 12
    assert saved == [3, 5, 1, 3], "and what follows by itself, until it is known to be quick"


@pytest.mark.parametrize(("seconds", "portions"), [(0.01, [8, 4]), (0.5, [8, 2, 2]), (4, [8, *[1] * 9])])
def test_as_much_is_claimed_as_is_read_soon_and_a_slow_reader_gives_the_rest_back(
    reader, states, monkeypatch, seconds, portions
):
    claims, now = [], [0.0]

    def interpret(*_):
        now[0] += seconds
        return IGNORED

    def claim(*arguments, **more):
        claimed = real(*arguments, **more)
        claims.append(len(claimed))
        return claimed

    real = reading.claim
    monkeypatch.setattr(reading, "interpret", interpret)
    monkeypatch.setattr(reading, "claim", claim)
    monkeypatch.setattr(reading.time, "monotonic", lambda: now[0])
    assert reader.read_waiting() == 12
    assert claims == [*portions, 0]
    assert {state[:2] for state in states().values()} == {("ignored", 1)}


def test_a_message_that_cannot_be_saved_holds_up_none_of_those_read_with_it(reader, states, monkeypatch):
    def save_all(session, readings, moment):
        done = real(session, readings, moment)
        if 5 in done:
            raise ZeroDivisionError("внутри")
        return done

    real = reading.save_all
    monkeypatch.setattr(reading, "interpret", lambda *_: IGNORED)
    monkeypatch.setattr(reading, "save_all", save_all)
    reader.read_waiting()
    found = states()
    assert found.pop(5)[:2] == ("failed", 3)
    assert {state[:2] for state in found.values()} == {("ignored", 1)}


def test_several_workers_share_the_queue_each_in_a_process_of_its_own(states, reader):
    several = Reader(reader._reading, Bounds(workers=2))
    try:
        assert several.read_waiting() == 12
    finally:
        several.close()
    assert {state[1:] for state in states().values()} == {(1, None)}
    assert "received" not in {state[0] for state in states().values()}


def test_where_others_read_rubbish_is_looked_for_as_seldom_here_where_it_is_saved(reader, monkeypatch):
    told = []
    monkeypatch.setattr(reading, "look_seldom", lambda: told.append("seldom"))
    Reader(reader._reading, Bounds(workers=2)).close()
    assert told


def test_a_process_that_dies_is_noted_with_its_message_and_the_others_are_read(states, reader, monkeypatch):
    def interpret(self, raw):
        if raw.startswith(b"Subject: 5"):
            self._ready()
            self._process.kill()
        return real(self, raw)

    real = ReaderProcess.interpret
    monkeypatch.setattr(ReaderProcess, "interpret", interpret)
    several = Reader(reader._reading, Bounds(workers=2))
    try:
        several.read_waiting()
    finally:
        several.close()
    found = states()
    assert found.pop(5)[:2] == ("failed", 3)
    assert {state[1:] for state in found.values()} == {(1, None)}


def test_one_thread_reads_whoever_asks(reader, monkeypatch, database):
    """The allocator keeps memory for each thread that ever read a large message."""
    threads = set()

    def interpret(*_):
        threads.add(threading.get_ident())
        return IGNORED

    monkeypatch.setattr(reading, "interpret", interpret)
    for uid in (13, 14, 15):
        reader.read_waiting()
        with database.sessions.begin() as session:
            land(session, "press", "INBOX", 1, [Incoming(uid, b"Subject: %d\r\n\r\n" % uid, NOON, 20)], NOON)
        asker = threading.Thread(target=reader.read_waiting)
        asker.start()
        asker.join()
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_closing_ends_the_reading_after_the_message_that_is_being_read(reader, states, monkeypatch):
    """As an interruption from the keyboard does: what was claimed beside it is given back."""
    began, go_on = threading.Event(), threading.Event()

    def interpret(*_):
        began.set()
        assert go_on.wait(20)
        return IGNORED

    monkeypatch.setattr(reading, "interpret", interpret)
    asker = threading.Thread(target=reader.read_waiting)
    asker.start()
    assert began.wait(20)
    closer = threading.Thread(target=reader.close)
    closer.start()
    assert reader._closing.wait(20)
    go_on.set()
    closer.join()
    asker.join()
    found = states()
    assert found.pop(1)[0] == "ignored"
    assert set(found.values()) == {("received", 0, None)}


def test_one_message_is_read_by_its_number_unless_somebody_has_it(reader, states, stop, monkeypatch):
    monkeypatch.setattr(reading, "interpret", lambda *_: IGNORED)
    assert [reader.read_one(7), reader.read_one(7), reader.read_one(99)] == [True, False, False]
    assert [number for number, state in states().items() if state[0] == "ignored"] == [7]
    stop.now = True
    assert reader.read_one(8) is False
    assert states()[8] == ("received", 0, None)


def test_what_a_failing_database_left_claimed_is_given_back(reader, states, monkeypatch):
    def save_all(*_):
        raise OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(reading, "interpret", lambda *_: IGNORED)
    monkeypatch.setattr(reading, "save_all", save_all)
    with pytest.raises(OperationalError):
        reader.read_one(7)
    assert states()[7] == ("received", 1, "me")
    reader.give_back()
    assert states()[7] == ("received", 0, None)
