import socket

import pytest

from mailbot.inbox.errors import ConnectionLostError, ServerRefusedError
from mailbot.inbox.idle import wait_for_news
from tests.servers.scripted import CLOSE, SILENCE

DONE = (b"DONE", b"$ OK idle done\r\n")


def never():
    return False


@pytest.mark.parametrize(
    "pieces",
    [
        [b"+ idling\r\n", b"* 6 EXISTS\r\n"],
        [b"+ idling\r\n* 6 EXISTS\r\n"],
        [b"+ idling\r\n* 6 EX", b"ISTS\r\n"],
        [b"* 6 EXISTS\r\n+ idling\r\n"],
        [b"+ idling\r\n* OK Still here\r\n", b"* 3 EXPUNGE\r\n"],
    ],
    ids=["later", "in the same packet", "a line in two packets", "before the continuation", "after other lines"],
)
def test_news_are_heard_however_they_come(talk, pieces):
    server, connection = talk((b"IDLE", [*pieces, SILENCE]), DONE)
    assert wait_for_news(connection.mailbox, 5, never) is True
    assert server.heard[-1] == b"DONE"


def test_no_news_end_with_the_time(talk):
    _, connection = talk((b"IDLE", [b"+ idling\r\n* OK Still here\r\n", SILENCE]), DONE, (b"NOOP", b"$ OK done\r\n"))
    assert wait_for_news(connection.mailbox, 0.05, never) is False
    connection.look("INBOX")


def test_stopping_ends_it(talk):
    _, connection = talk((b"IDLE", [b"+ idling\r\n", SILENCE]), DONE)
    assert wait_for_news(connection.mailbox, 3600, lambda: True) is False


def test_another_thread_can_wake_it(talk):
    _, connection = talk((b"IDLE", [b"+ idling\r\n", SILENCE]), DONE)
    asked, (ours, theirs) = [], socket.socketpair()
    with ours, theirs:
        theirs.send(b".")
        assert wait_for_news(connection.mailbox, 3600, lambda: bool(asked.append(1)) or len(asked) > 1, ours) is False


@pytest.mark.parametrize(
    "pieces",
    [[b"+ idling\r\n", CLOSE], [b"+ idling\r\n* BYE timeout\r\n", SILENCE], [b"+ idling\r\n* 6 EX", CLOSE], [CLOSE]],
)
def test_a_dead_connection_is_noticed_at_once(talk, pieces):
    _, connection = talk((b"IDLE", pieces))
    with pytest.raises(ConnectionLostError, match="IDLE"):
        wait_for_news(connection.mailbox, 3600, never)


def test_a_server_that_does_not_answer_idle_is_lost(talk):
    _, connection = talk((b"IDLE", SILENCE), timeout_seconds=0.2)
    with pytest.raises(ConnectionLostError, match="не ответил"):
        wait_for_news(connection.mailbox, 3600, never)


def test_a_server_that_will_not_idle(talk):
    _, connection = talk((b"IDLE", b"$ NO not today\r\n"))
    with pytest.raises(ServerRefusedError, match="not today"):
        wait_for_news(connection.mailbox, 3600, never)
