from datetime import UTC, datetime

import pytest

from mailbot.inbox.backoff import Backoff
from mailbot.inbox.errors import ConnectionLostError, LoginRefusedError
from mailbot.inbox.receive import ReceiveResult
from mailbot.inbox.settings import MailboxSettings
from mailbot.service.health import Health
from mailbot.service.receiving import Receiving
from mailbot.store.health import conditions

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)


class Receiver:
    """Does what the test says: results or errors, in turn."""

    settings = MailboxSettings(name="press", host="localhost", user="me", poll_seconds=60)

    def __init__(self):
        self.polls = []
        self.hears = False

    def poll(self):
        outcome = self.polls.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def listen(self, seconds, stopped):
        assert seconds == 60
        assert not stopped()
        if isinstance(self.hears, Exception):
            raise self.hears
        return self.hears


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def polled():
    return []


@pytest.fixture
def receiving(receiver, polled, sqlite_database):
    health = Health(sqlite_database.sessions, lambda: NOON)
    return Receiving(receiver, Backoff(lambda: 1.0), health, lambda: False, lambda: polled.append(len(receiver.polls)))


@pytest.fixture
def fault(sqlite_database):
    def read():
        with sqlite_database.sessions() as session:
            return conditions(session)[0].fault

    return read


def test_after_listening_the_next_turn_is_at_once_without_idle_after_the_interval(receiving, receiver, polled):
    receiver.polls = [ReceiveResult(landed=2), ReceiveResult(), ReceiveResult()]
    assert receiving.turn() == 0
    receiver.hears = True
    assert receiving.turn() == 0
    receiver.hears = None
    assert receiving.turn() == 60
    assert polled == [2, 1, 0]


def test_failures_wait_longer_and_longer_a_success_ends_that(receiving, receiver, fault):
    lost = ConnectionLostError("сервер закрыл соединение")
    receiver.polls = [lost, lost, ReceiveResult(), lost]
    assert [receiving.turn(), receiving.turn()] == [5, 10]
    assert fault() == "сервер закрыл соединение"
    assert not receiving.first_poll.is_done
    assert receiving.turn() == 0
    assert fault() is None
    assert receiving.first_poll.is_done
    assert receiving.turn() == 5


def test_a_refused_password_is_told_at_once_and_tried_rarely(receiving, receiver, fault):
    receiver.polls = [LoginRefusedError("вход отклонён")]
    assert receiving.turn() >= 3600
    assert fault() == "вход отклонён"


def test_a_connection_that_dies_while_listening_counts_as_lost(receiving, receiver):
    receiver.polls = [ReceiveResult()]
    receiver.hears = ConnectionLostError("IDLE: сервер закрыл соединение")
    assert receiving.turn() == 5


def test_a_missing_folder_is_shown_and_stops_nothing(receiving, receiver, fault):
    receiver.polls = [ReceiveResult(problems=["папка «Архив»: нет такой"])]
    assert receiving.turn() == 0
    assert fault() == "папка «Архив»: нет такой"
