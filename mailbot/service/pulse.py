"""Signs of life of the jobs: whether each of them goes on, or hangs.

A timer that ticks proves nothing of the work. So a job gives a sign whenever it takes a step, and says at its end when
it will be back; who gives none for longer than his longest step may take, hangs. The signs come from the functions that
every job asks between its steps anyway, the clock and «have we been stopped?» (see `beating`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Pulse:
    """When each job must next give a sign, by a clock that nobody can set. Used by several threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._patience: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def expect(self, job: str, patience: float) -> None:
        """From now on the job is watched; its longest step may take `patience` seconds."""
        with self._lock:
            self._patience[job] = patience
            self._due[job] = self._monotonic() + patience

    def forget(self, job: str) -> None:
        """The job is not to run here any more."""
        with self._lock:
            self._patience.pop(job, None)
            self._due.pop(job, None)

    def beat(self, job: str, rest: float = 0.0) -> None:
        """The job has taken a step; it will be back after resting for `rest` seconds. Nothing where it isn't watched."""
        with self._lock:
            if job in self._patience:
                self._due[job] = self._monotonic() + rest + self._patience[job]

    def beating(self, job: str, ask: Callable[[], T]) -> Callable[[], T]:
        """The function `ask`, each call of which is a sign of the job's life too."""

        def asked() -> T:
            self.beat(job)
            return ask()

        return asked

    def hanging(self) -> tuple[str, ...]:
        """The jobs that should have given a sign by now, by name."""
        now = self._monotonic()
        with self._lock:
            return tuple(sorted(job for job, due in self._due.items() if due < now))
