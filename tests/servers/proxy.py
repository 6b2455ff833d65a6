"""A TCP proxy on loopback that does harm at a chosen byte of a connection, and notes what it did."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.dovecot import HOST

Kind = Literal["cut", "reset", "stall", "drip", "lose", "corrupt", "bye"]
Way = Literal["to client", "to server"]

CHUNK = 65536
DRIPPED, DRIP_SECONDS = 60, 0.0005
"""Bytes that a slow line passes one by one, and how long it takes for each."""
LOST = 7
"""Bytes that vanish on the way."""
STALLED_SECONDS = 2.2
"""How long a stalled line is silent before it ends: longer than the rig's clients wait."""
LOOKS_SECONDS = 0.1
BYE = b"\r\n* BYE the server is going down\r\n"


@dataclass(slots=True)
class Fault:
    """What happens to a connection when `at` bytes have gone its `way`. `happened` once it really did."""

    kind: Kind
    way: Way
    at: int
    happened: bool = False


class Proxy:
    """Passes connections on to `port`; each new one gets the fault that `plan` gives it, or none."""

    def __init__(self, port: int, plan: Callable[[], Fault | None]) -> None:
        self._upstream = port
        self._plan = plan
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[_Line] = set()
        self._lock = threading.Lock()
        self._closed = False
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def hang_up(self) -> None:
        """End every connection that is open."""
        with self._lock:
            lines = list(self._open)
        for line in lines:
            line.close()

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._closed = True
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            try:
                server = socket.create_connection((HOST, self._upstream), 5)
            except OSError:  # the server is down: so is the line
                client.close()
                continue
            server.settimeout(None)
            line = _Line(client, server, self._plan(), self._forget)
            with self._lock:
                self._open.add(line)
            line.start()

    def _forget(self, line: _Line) -> None:
        with self._lock:
            self._open.discard(line)


@dataclass(eq=False, slots=True)
class _Line:
    """One connection, in a thread of its own: only so does a closed socket send what closing it should (RST, FIN)."""

    client: socket.socket
    server: socket.socket
    fault: Fault | None
    forget: Callable[[_Line], None]
    dead: threading.Event = field(default_factory=threading.Event)
    passed: dict[Way, int] = field(default_factory=lambda: {"to client": 0, "to server": 0})

    def start(self) -> None:
        threading.Thread(target=self._run, name="line", daemon=True).start()

    def close(self) -> None:
        """Have the line end: what is on its way is not passed on any more."""
        self.dead.set()

    def _run(self) -> None:
        try:
            while not self.dead.is_set() and self._pass_on():
                pass
        except OSError:  # one side is gone: so is the line
            pass
        self._hang_up()
        self.forget(self)

    def _pass_on(self) -> bool:
        """Pass on what has come, from either side; false at the end."""
        readable, _, _ = select.select([self.client, self.server], [], [], LOOKS_SECONDS)
        for source in readable:
            data = source.recv(CHUNK)
            if not data:
                return False
            way: Way = "to server" if source is self.client else "to client"
            target = self.server if source is self.client else self.client
            fault, before = self.fault, self.passed[way]
            self.passed[way] += len(data)
            if fault is None or fault.happened or fault.way != way or self.passed[way] < fault.at:
                target.sendall(data)
            elif not self._do_harm(fault, data, fault.at - before, target):
                return False
        return True

    def _do_harm(self, fault: Fault, data: bytes, at: int, target: socket.socket) -> bool:
        """What the fault does to `data`, from byte `at` on; whether the line goes on."""
        fault.happened = True
        target.sendall(data[:at])
        rest = data[at:]
        if fault.kind == "reset":
            for one in (self.client, self.server):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif fault.kind == "stall":
            self.dead.wait(STALLED_SECONDS)
        elif fault.kind == "bye":
            target.sendall(BYE)
        if fault.kind in ("cut", "reset", "stall", "bye"):
            return False
        if fault.kind == "drip":
            for byte in rest[:DRIPPED]:
                target.sendall(bytes([byte]))
                time.sleep(DRIP_SECONDS)
            rest = rest[DRIPPED:]
        elif fault.kind == "lose":
            rest = rest[LOST:]
        elif fault.kind == "corrupt" and rest:
            rest = bytes([rest[0] ^ 0x55]) + rest[1:]
        target.sendall(rest)
        return True

    def _hang_up(self) -> None:
        for one in (self.client, self.server):
            one.close()
