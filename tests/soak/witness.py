"""A witness who idles on the same folder: when the server told of each message, which is none of mailbot's doing.

Dovecot gathers changes for half a second before it tells of them.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools.imap_utf7 import utf7_encode

from tests.servers.dovecot import HOST, Dovecot

SECONDS = 600.0
"""How long the server may be silent: it says that it is still there every two minutes."""

RENEWED_SECONDS = 1200.0
"""Servers hang up on an IDLE of half an hour (RFC 2177)."""

_EXISTS = re.compile(rb"\* (\d+) EXISTS")


class Witness:
    """`told[n]` is the time (of time.time) when the server first told of a folder with n + 1 messages or more."""

    def __init__(self) -> None:
        self.told: list[float] = []

    def hear(self, line: bytes) -> None:
        """Take note of a line of the server's."""
        match = _EXISTS.match(line)
        if match:
            self.told += [time.time()] * (int(match[1]) - len(self.told))


@contextmanager
def listening(server: Dovecot) -> Iterator[Witness]:
    """A witness from now until the end of the block; the INBOX must be empty."""
    context = ssl.create_default_context(cafile=server.certificates.authority)
    witness = Witness()
    with (
        socket.create_connection((HOST, server.port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        lines = connection.makefile("rb")
        password = server.password.encode()
        connection.sendall(b"a LOGIN %s {%d+}\r\n%s\r\n" % (server.user.encode(), len(password), password))
        _until(lines, b"a OK")
        connection.sendall(b"b EXAMINE %s\r\n" % utf7_encode("INBOX"))
        _until(lines, b"b OK")
        connection.sendall(b"c IDLE\r\n")
        _until(lines, b"+")
        thread = threading.Thread(target=_listen, args=(connection, lines, witness), daemon=True)
        thread.start()
        yield witness
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS' own would wait for the reading thread
    thread.join(SECONDS)


def _until(lines: Iterator[bytes], wanted: bytes) -> None:
    for line in lines:
        if line.startswith(wanted):
            return
        if line.startswith(wanted[:2] + b"NO"):
            break
    raise ConnectionError(f"the witness did not hear {wanted!r}")


def _listen(connection: ssl.SSLSocket, lines: Iterator[bytes], witness: Witness) -> None:
    began = time.monotonic()
    with suppress(OSError, ValueError):  # the end of the run closes the connection
        for line in lines:
            witness.hear(line)
            if time.monotonic() - began > RENEWED_SECONDS:
                connection.sendall(b"DONE\r\nd IDLE\r\n")
                began = time.monotonic()
