"""imaplib's client with bounds: no endless literal, no command that drips for ever, and lines that IDLE can wait for.

imaplib reads through a buffered file, which cannot be waited on: a line that is already in that buffer is invisible to
`poll`, and a line that spans two TCP segments breaks a non-blocking read. So the two methods that imaplib documents as
replaceable, `read` and `readline`, work here on a buffer of our own.
"""

from __future__ import annotations

import imaplib
import select
import socket
import ssl
import time
from typing import Protocol

RECEIVE_BYTES = 1 << 16
"""Four records of TLS. A fresh buffer for each would be cut to what came, and cost more than the receiving."""

KEPT_BYTES = 1 << 20
"""Literals up to this size are put together in memory that is kept, and already has its pages."""

PORT = 143
LINE_BYTES = 20 * 1024 * 1024


class Bounded(imaplib.IMAP4):
    """A client whose every answer is bounded in size and time; mixed into the plain and the TLS client below."""

    max_literal = 1 << 30
    """Bytes: a literal announced larger than this ends the connection before anything is allocated."""

    def open(self, host: str = "", port: int | None = 143, timeout: float | None = None) -> None:
        """Connect as imaplib does, with an empty buffer."""
        self._buffer = bytearray()
        self._received = memoryview(bytearray(RECEIVE_BYTES))
        self._literal: memoryview | None = None
        self._deadline: float | None = None
        super().open(host, port or PORT, timeout)
        self._buffered_from: socket.socket = self.sock

    def limit(self, seconds: float | None) -> None:
        """From now on, answers must be complete within `seconds`, however slowly they drip; None lifts the limit."""
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of a literal; raises `abort` at the end of the stream or over the bound."""
        if size > self.max_literal:
            raise self.abort(f"literal of {size} bytes announced, {self.max_literal} allowed")
        self._drop_foreign()
        view = self._kept()[:size] if size <= KEPT_BYTES else memoryview(bytearray(size))
        have = min(size, len(self._buffer))
        view[:have] = self._buffer[:have]
        del self._buffer[:have]
        while have < size:
            have += self._counted(self.sock.recv_into(view[have:]))
        return bytes(view)

    def readline(self) -> bytes:
        """The next line with its line end; raises `abort` at the end of the stream or over the bound."""
        self._drop_foreign()
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LINE_BYTES:
                raise self.abort(f"a line of more than {LINE_BYTES} bytes")
            self._buffer += self._received[: self._counted(self.sock.recv_into(self._received))]
        return self._take(end + 1)

    def wait_line(self, seconds: float, wake: socket.socket | None = None) -> bytes | None:
        """The next complete line without its line end, or None when `seconds` pass without one.

        None at once, too, as soon as there is something to read from `wake`, which stays there.

        Looks at the buffer before the socket, and joins lines that arrive in pieces. Raises `abort` at the end of the
        stream: a dead socket is readable, and says nothing, for ever.
        """
        until = time.monotonic() + seconds
        while (end := self._buffer.find(b"\n")) < 0:
            came = self._fill(max(0.0, until - time.monotonic()), wake)
            if not came and (time.monotonic() >= until or readable(0, wake)):
                return None
            if len(self._buffer) > LINE_BYTES:
                raise self.abort(f"a line of more than {LINE_BYTES} bytes")
        return self._take(end + 1).rstrip(b"\r\n")

    def rest(self) -> None:
        """Give back the memory for literals: while we listen, nothing is fetched."""
        self._literal = None

    def _kept(self) -> memoryview:
        if self._literal is None:
            self._literal = memoryview(bytearray(KEPT_BYTES))
        return self._literal

    def _take(self, count: int) -> bytes:
        line = bytes(self._buffer[:count])
        del self._buffer[:count]
        return line

    def _counted(self, received: int) -> int:
        """Pass on a number of received bytes, unless it is the end of the stream or the deadline has passed."""
        if received == 0:
            raise self.abort("socket error: EOF")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise self.abort("the answer took longer than allowed")
        return received

    def _fill(self, seconds: float, wake: socket.socket | None) -> bool:
        """Wait for bytes and put them into the buffer; whether there were any."""
        pending = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if not pending and self.sock not in readable(seconds, self.sock, wake):
            return False
        timeout = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            data = self.sock.recv(RECEIVE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False  # TLS housekeeping, or half a record: nothing to read yet
        finally:
            self.sock.settimeout(timeout)
        self._buffer += data
        return self._counted(len(data)) > 0

    def _drop_foreign(self) -> None:
        """Forget what came before STARTTLS: bytes that someone put in front of the handshake (CVE-2011-0411)."""
        if self._buffered_from is not self.sock:
            self._buffer.clear()
            self._buffered_from = self.sock


def readable(seconds: float, *sockets: socket.socket | None) -> list[socket.socket]:
    """Which of the sockets have something to read within `seconds` (an end of stream included)."""
    poller = select.poll()
    numbers = {sock.fileno(): sock for sock in sockets if sock is not None}
    for number in numbers:
        poller.register(number, select.POLLIN)
    return [numbers[number] for number, _ in poller.poll(seconds * 1000)]


class PlainClient(Bounded):
    """Without TLS, or before STARTTLS."""


class TlsClient(Bounded, imaplib.IMAP4_SSL):
    """TLS from the first byte."""


class HasClient(Protocol):
    """A mailbox of imap-tools whose client is ours."""

    client: Bounded
