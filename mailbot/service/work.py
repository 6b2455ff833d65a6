"""Reading and sending as the service asks for them: done here, or handed over to workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from mailbot.service.reading import Reader

QueueEngine = Literal["embedded", "procrastinate"]
"""Who reads and sends: the service itself, or `mailbot worker` processes that Procrastinate gives the jobs to."""

EMBEDDED_SECONDS = 60.0


class Work(Protocol):
    """What waits to be read and sent gets done. Close it at the end."""

    every_seconds: float
    """How often to ask, besides whenever there is something to do."""

    def read(self) -> int:
        """See to what waits to be read; returns how many messages that were."""

    def send(self) -> Sequence[str]:
        """See to what is due to be sent; returns what went wrong, in Russian sentences."""

    def problems(self) -> Sequence[str]:
        """What keeps all of this from being done, in Russian sentences."""

    def close(self) -> None:
        """End what was begun for it."""


class Embedded:
    """Work done by this process. `take_up` frees what dead processes of this machine hold."""

    every_seconds = EMBEDDED_SECONDS

    def __init__(self, reader: Reader, send: Callable[[], Sequence[str]], take_up: Callable[[], None]) -> None:
        self._reader = reader
        self._send = send
        self._take_up = take_up

    def read(self) -> int:
        """Read until nothing waits."""
        self._take_up()
        return self._reader.read_waiting()

    def send(self) -> Sequence[str]:
        """Send what is due."""
        return self._send()

    def problems(self) -> Sequence[str]:
        """Nobody else is needed."""
        return ()

    def close(self) -> None:
        """End the processes that open attachments."""
        self._reader.close()
