"""Pipes to a process that may hang: what is written and read over them has to be through by a moment.

`poll` waits, not a thread with a timer: starting and joining one would cost more than a small attachment's reading.
"""

from __future__ import annotations

import os
import select
import time

_CHUNK = 1 << 20


class LateError(Exception):
    """The other side did not take or give everything in time."""


class TimedPipe:
    """One end of a pipe, as a file whose `read` and `write` do all that they are told to. Owns its descriptor.

    Say before each task how long it may take (`allow`); reading and writing beyond that raise LateError.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | select.POLLOUT)
        self._deadline = 0.0

    def allow(self, seconds: float) -> None:
        """From now on so much time, by the clock on the wall."""
        self._deadline = time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer where the pipe ends before."""
        data = bytearray()
        while len(data) < size:
            try:
                part = os.read(self._descriptor, min(size - len(data), _CHUNK))
            except BlockingIOError:
                self._wait()
                continue
            if not part:
                break
            data += part
        return bytes(data)

    def write(self, data: bytes) -> int:
        """Write all of it; how many bytes that were. Raises BrokenPipeError where nobody reads any more."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                self._wait()
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._descriptor)

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0 or not self._poll.poll(left * 1000):
            raise LateError
