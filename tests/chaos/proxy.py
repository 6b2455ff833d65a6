"""A TCP proxy on loopback that breaks connections at chosen bytes: between mailbot and one of its servers.

A test queues faults. The head of the queue waits until so many bytes have passed in its direction since it became the
head, over however many connections, and is then done to the connection that carries that very byte. So a fault that is
`fired` has taken effect: something was withheld, altered, slowed down or broken off. What never came to its byte is
`cancelled` and counts for nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Literal

from tests.servers.dovecot import HOST

Kind = Literal["reset", "close", "truncate", "stall", "drip", "corrupt", "bye"]
Direction = Literal["down", "up"]
"""Down is from the server to mailbot, up the other way."""

PIECE = 8192
DRIPPED = 48
DRIP_BYTES, DRIP_SECONDS = 8, 0.004
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r?\n$")


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do, in which direction, and to which byte (counted since the fault before it)."""

    kind: Kind
    direction: Direction
    after: int
    goodbye: bytes = b"* BYE the server is going down\r\n"


class Protocol:
    """Follows an IMAP or SMTP stream in the clear, to tell lines from the bytes of literals."""

    def __init__(self) -> None:
        self._left = 0
        self._line = b""

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """The parts of `data` that stand outside of literals."""
        spans, at = [], 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
            else:
                end = data.find(b"\n", at)
                step = (len(data) if end < 0 else end + 1) - at
                self._line += data[at : at + step]
                spans.append((at, at + step))
                if end >= 0:
                    found = _LITERAL.search(self._line)
                    self._left, self._line = int(found[1]) if found else 0, b""
            at += step
        return spans

    @property
    def between_lines(self) -> bool:
        """Whether a line of the server's own may be put in here."""
        return not self._left and not self._line


class _Connection:
    """The two ends of one connection, and what has been done to it."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server
        self.protocol = Protocol()
        self.silent = asyncio.Event()
        self.slow = 0

    def to(self, direction: Direction) -> asyncio.StreamWriter:
        return self.client if direction == "down" else self.server

    def break_off(self, *, reset: bool) -> None:
        for writer in (self.client, self.server):
            if reset:
                with suppress(OSError):
                    raw = writer.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()


class Proxy:
    """Listens on `port` and connects to `target`. `plain` tells that the stream is in the clear, in lines.

    In the clear a corrupted byte is one outside of literals, with its top bit turned: nothing could tell a corrupted
    byte of a message from another message. Under TLS any byte is as good.
    """

    def __init__(self, target: int, *, plain: bool = False, stall_seconds: float = 5.0) -> None:
        self.target, self.port, self.plain, self._stall_seconds = target, 0, plain, stall_seconds
        self.fired: list[Fault] = []
        self.passed = {"down": 0, "up": 0}
        self._plan: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def plan(self, faults: Sequence[Fault]) -> None:
        """Queue these faults."""
        with self._lock:
            self._plan.extend(faults)

    @property
    def waiting(self) -> int:
        """Faults whose byte has not come yet."""
        with self._lock:
            return len(self._plan)

    def cancel(self) -> int:
        """Forget the faults whose byte has not come; returns how many they were."""
        with self._lock:
            left = len(self._plan)
            self._plan.clear()
        return left

    async def start(self) -> None:
        """Listen, in the running loop."""
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Break off everything."""
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection outside of a task")
        self._tasks.add(task)
        try:
            try:
                from_server, server = await asyncio.open_connection(HOST, self.target)
            except OSError:  # the server is down: so is the way to it
                client.transport.abort()
                return
            connection = _Connection(client, server)
            up = asyncio.create_task(self._pump(connection, from_client, "up"))
            down = asyncio.create_task(self._pump(connection, from_server, "down"))
            try:
                await asyncio.gather(up, down)
            finally:
                up.cancel()
                down.cancel()
                connection.break_off(reset=False)
        finally:
            self._tasks.discard(task)

    async def _pump(self, connection: _Connection, reader: asyncio.StreamReader, direction: Direction) -> None:
        """Pass on what comes, until one end hangs up or a fault ends it."""
        with suppress(OSError):
            while data := await reader.read(PIECE):
                if connection.silent.is_set():
                    continue  # a stalled connection swallows what the client still says, and hears it hang up
                if not await self._pass(connection, data, direction):
                    return
        if connection.silent.is_set() and direction == "down":
            return
        with suppress(OSError):
            connection.to(direction).write_eof()
        if direction == "up":
            connection.break_off(reset=False)

    async def _pass(self, connection: _Connection, data: bytes, direction: Direction) -> bool:
        """Pass a piece on, with what the fault does to it; false where the connection is over."""
        spans = connection.protocol.spans(data) if self.plain and direction == "down" else [(0, len(data))]
        fault, at = self._due(connection, spans, len(data), direction)
        self.passed[direction] += len(data)
        if fault is None:
            await self._write(connection, data, direction)
            return True
        return await self._do(connection, fault, data, at, direction)

    def _due(
        self, connection: _Connection, spans: list[tuple[int, int]], size: int, direction: Direction
    ) -> tuple[Fault | None, int]:
        """The fault whose byte is among these, and where; it is fired then."""
        with self._lock:
            head = self._plan[0] if self._plan else None
            if head is None or head.direction != direction:
                return None, 0
            at: int | None = head.after if head.after < size else None
            if at is not None and head.kind == "bye":
                at = size if connection.protocol.between_lines else None
            if at is not None and head.kind == "corrupt":
                at = next((max(at, start) for start, end in spans if end > max(head.after, start)), None)
            if at is None:
                self._plan[0] = replace(head, after=max(0, head.after - size))
                return None, 0
            self.fired.append(self._plan.popleft())
            return head, at

    async def _do(self, connection: _Connection, fault: Fault, data: bytes, at: int, direction: Direction) -> bool:
        match fault.kind:
            case "reset" | "truncate" | "bye":
                await self._write(connection, data[:at], direction)
                if fault.kind == "bye":
                    await self._write(connection, fault.goodbye, direction)
                connection.break_off(reset=fault.kind == "reset")
                return False
            case "close":
                await self._write(connection, data, direction)
                connection.break_off(reset=False)
                return False
            case "stall":
                await self._write(connection, data[:at], direction)
                connection.silent.set()
                asyncio.get_running_loop().call_later(self._stall_seconds, lambda: connection.break_off(reset=True))
                return True
            case "drip":
                connection.slow = DRIPPED
                await self._write(connection, data, direction)
                return True
            case "corrupt":
                changed = data[:at] + bytes([data[at] ^ 0x80]) + data[at + 1 :]
                await self._write(connection, changed, direction)
                return True

    async def _write(self, connection: _Connection, data: bytes, direction: Direction) -> None:
        """Write, and where the connection drips, its next bytes a few at a time."""
        writer = connection.to(direction)
        while data and connection.slow > 0:
            writer.write(data[:DRIP_BYTES])
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)
            data = data[DRIP_BYTES:]
            connection.slow -= 1
        if data:
            writer.write(data)
            await writer.drain()


class Loop:
    """An event loop in a thread, where the proxies live."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()
        self._proxies: list[Proxy] = []

    def proxy(self, target: int, *, plain: bool = False, stall_seconds: float = 5.0) -> Proxy:
        """A proxy in front of the server that listens on `target`."""
        made = Proxy(target, plain=plain, stall_seconds=stall_seconds)
        asyncio.run_coroutine_threadsafe(made.start(), self._loop).result(10)
        self._proxies.append(made)
        return made

    def stop(self) -> None:
        """Stop the proxies and the loop."""
        for proxy in self._proxies:
            asyncio.run_coroutine_threadsafe(proxy.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def proxies() -> Iterator[Loop]:
    """A loop for the time of the block."""
    loop = Loop()
    try:
        yield loop
    finally:
        loop.stop()
