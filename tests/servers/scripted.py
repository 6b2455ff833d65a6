"""An IMAP server that says what a test dictates, for the answers that a sane server never gives."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

CLOSE = b"<close>"
"""In the place of an answer, or at its end: hang up."""
SILENCE = b"<silence>"
"""At the end of an answer: say no more, and keep the connection open."""

USUAL = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n$ OK done\r\n",
    b"LOGIN": b"$ OK in\r\n",
    b"LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n$ OK done\r\n',
    b"LOGOUT": b"* BYE bye\r\n$ OK out\r\n",
}

Answer = bytes | Sequence[bytes]
Step = tuple[bytes, Answer]
"""A command's beginning (a regular expression), and the answer: one piece or several, sent as packets of their own.
`$` at the beginning of a line stands for the command's tag."""


class Scripted:
    """Answers commands by the steps, in order; what no step expects gets what `otherwise` or the usual says, or BAD.

    `heard` are the commands that came, without their tags. Each connection goes on where the last one stopped.
    """

    def __init__(self, steps: Sequence[Step], otherwise: Callable[[bytes], Answer | None] = lambda _: None) -> None:
        self.heard: list[bytes] = []
        self._otherwise = otherwise
        self._steps = list(steps)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up everywhere."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()
        self._thread.join(5)

    def left(self) -> list[Step]:
        """The steps that nobody has asked for yet."""
        return self._steps

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            try:
                self._converse(connection)
            except OSError:
                connection.close()

    def _converse(self, connection: socket.socket) -> None:
        connection.sendall(b"* OK ready\r\n")
        tag = b""
        with connection.makefile("rb") as lines:
            for line in lines:
                if b" " in line.strip():
                    tag, _, command = line.strip().partition(b" ")
                else:  # goes on with a command: DONE, or a part of AUTHENTICATE
                    command = line.strip()
                self.heard.append(command)
                if not self._answer(connection, tag, command):
                    connection.shutdown(socket.SHUT_RDWR)
                    connection.close()
                    return

    def _answer(self, connection: socket.socket, tag: bytes, command: bytes) -> bool:
        answer = self._next(command)
        for piece in [answer] if isinstance(answer, bytes) else answer:
            if piece == SILENCE:
                return True
            if piece == CLOSE:
                return False
            connection.sendall(re.sub(rb"(?m)^\$", tag, piece))
        return True

    def _next(self, command: bytes) -> Answer:
        if self._steps and re.match(self._steps[0][0], command):
            return self._steps.pop(0)[1]
        usual = USUAL.get(command.split(b" ")[0].upper(), b"$ BAD not expected here\r\n")
        return self._otherwise(command) or usual


@contextmanager
def scripted(*steps: Step, otherwise: Callable[[bytes], Answer | None] = lambda _: None) -> Iterator[Scripted]:
    """A server for the time of the block."""
    server = Scripted(steps, otherwise)
    try:
        yield server
    finally:
        server.close()
