import pytest
from pydantic import SecretStr

from mailbot.inbox.session import connect
from mailbot.inbox.settings import MailboxSettings
from tests.servers.scripted import scripted


@pytest.fixture
def settings():
    """Makes settings for a scripted server."""

    def make(server, **changes):
        given = {"timeout_seconds": 2.0, "tls": "none", "folders": ("INBOX",), "password": SecretStr("secret")}
        return MailboxSettings(name="press", host="127.0.0.1", user="me", port=server.port, **(given | changes))

    return make


@pytest.fixture
def talk(settings):
    """Makes a server that follows the steps and a connection to it, with INBOX selected if `selected`."""
    open_servers, connections = [], []

    def make(*steps, selected=True, **changes):
        context = scripted(*([(b"EXAMINE", EXAMINED)] if selected else []), *steps)
        server = context.__enter__()
        open_servers.append(context)
        connection = connect(settings(server, **changes))
        connections.append(connection)
        if selected:
            connection.examine("INBOX")
        return server, connection

    yield make
    for connection in connections:
        connection.close()
    for context in open_servers:
        context.__exit__(None, None, None)


EXAMINED = b"* 5 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n$ OK [READ-ONLY] done\r\n"
