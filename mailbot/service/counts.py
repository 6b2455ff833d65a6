"""What this process has done since its start, counted for monitors. Cheap, so always counted; used by several threads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 150.0)
"""Upper bounds of the histogram of reading, in seconds; a last class holds what took longer."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many readings took up to each of `BOUNDS`, cumulated, and without bound (last); and their seconds in all."""

    cumulated: tuple[int, ...]
    seconds: float


class Counts:
    """Counters of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._landed: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._read = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def landed(self, mailbox: str, messages: int) -> None:
        """A poll of the mailbox landed so many new messages."""
        with self._lock:
            self._landed[mailbox] += messages

    def failed(self, job: str) -> None:
        """A run of the job failed; for «receive:MAILBOX» mostly because of the connection."""
        with self._lock:
            self._failures[job] += 1

    def read(self, seconds: float) -> None:
        """Reading a message took so long, whatever came of it."""
        with self._lock:
            self._read[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def landed_by_mailbox(self) -> dict[str, int]:
        """New messages since the start."""
        with self._lock:
            return dict(self._landed)

    def failures_by_job(self) -> dict[str, int]:
        """Failed runs since the start."""
        with self._lock:
            return dict(self._failures)

    def reading(self) -> Histogram:
        """How long reading took since the start."""
        with self._lock:
            cumulated = tuple(sum(self._read[: number + 1]) for number in range(len(self._read)))
            return Histogram(cumulated, self._seconds)
