"""A hundred injected faults, by the rig of tests/chaos: nothing lost, nothing twice, the figures as without them.

`make chaos` does a thousand and more, on further servers.
"""

import socket

import pytest

from tests.chaos.kills import kills
from tests.chaos.proxy import Fault, Protocol, proxies
from tests.chaos.rig import rig
from tests.chaos.servers import SetUp

SEED = 2021
MOST_ROUNDS = 12


def run(set_up, faults, brings):
    """Rounds until so many faults have taken effect."""
    with rig(set_up, SEED) as made:
        while made.tally.total < faults and made.tally.rounds < MOST_ROUNDS:
            made.round(brings[made.tally.rounds % len(brings)])
    assert made.tally.broken == []
    assert made.tally.total >= faults
    assert made.tally.messages >= made.tally.rounds
    assert made.tally.rollups > 0


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("dovecot")
@pytest.mark.filterwarnings("ignore:Exception ignored in. .generator object")  # of a workbook, on a full disk
def test_faults_between_mailbot_and_its_servers_on_sqlite():
    run(SetUp("dovecot", "sqlite"), 40, ("imap+smtp", "disk", "imap", "restart imap"))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("dovecot", "postgres")
def test_faults_between_mailbot_and_its_servers_on_postgres():
    run(SetUp("yandex", "postgres"), 56, ("postgres+imap", "restart postgres", "postgres+smtp", "postgres"))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("dovecot", "postgres")
def test_kills_of_the_whole_service():
    with kills(SEED) as made:
        made.life("sqlite", "after-land-commit")
        made.life("postgres", "")
    assert made.tally.broken == []
    assert made.tally.total == 4


@pytest.fixture
def echo():
    """A connection through a proxy to a server that says back what it hears, and the proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listener, proxies() as loop:
        listener.settimeout(5)
        proxy = loop.proxy(listener.getsockname()[1], plain=True, stall_seconds=0.2)
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as client, listener.accept()[0] as server:
            client.settimeout(5)
            server.settimeout(5)
            yield proxy, client, server


def heard(client):
    """What comes until the end, and how it ended."""
    data = b""
    try:
        while piece := client.recv(100):
            data += piece
    except ConnectionResetError:
        return data, "reset"
    return data, "end"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("truncate", (b"* 1 EX", "end")),
        ("close", (b"* 1 EXISTS\r\n", "end")),
        ("bye", (b"* 1 EXISTS\r\n* BYE the server is going down\r\n", "end")),
    ],
)
def test_a_fault_strikes_at_its_byte(echo, kind, expected):
    proxy, client, server = echo
    proxy.plan([Fault(kind, "down", 6)])
    server.sendall(b"* 1 EXISTS\r\n")
    assert heard(client) == expected
    assert [fault.kind for fault in proxy.fired] == [kind]


@pytest.mark.parametrize("kind", ["reset", "stall"])
def test_what_ends_with_a_reset(echo, kind):
    proxy, client, server = echo
    proxy.plan([Fault(kind, "down", 6)])
    server.sendall(b"* 1 EXISTS\r\n")
    data, ended = heard(client)
    assert b"* 1 EX".startswith(data)  # a reset may take what was under way with it
    assert ended == "reset"


def test_a_corrupted_byte_in_the_clear_is_none_of_a_literal(echo):
    proxy, client, server = echo
    proxy.plan([Fault("corrupt", "down", 8)])
    server.sendall(b"* {5}\r\nabcde)\r\n")
    assert client.recv(100) == b"* {5}\r\nabcde\xa9\r\n"


def test_a_drip_loses_nothing_and_a_fault_whose_byte_never_comes_is_not_counted(echo):
    proxy, client, server = echo
    proxy.plan([Fault("drip", "up", 2), Fault("reset", "down", 1000)])
    client.sendall(b"x" * 100)
    got = b""
    while len(got) < 100:
        got += server.recv(100)
    server.sendall(b"short")
    assert client.recv(100) == b"short"
    assert [fault.kind for fault in proxy.fired] == ["drip"]
    assert (proxy.cancel(), proxy.waiting) == (1, 0)


def test_lines_are_told_from_literals_in_pieces():
    protocol = Protocol()
    assert protocol.spans(b"* 1 FETCH {1") == [(0, 12)]
    assert protocol.spans(b"0}\r\n12345") == [(0, 4)]
    assert not protocol.between_lines
    assert protocol.spans(b"67890)\r\n") == [(5, 8)]
    assert protocol.between_lines
