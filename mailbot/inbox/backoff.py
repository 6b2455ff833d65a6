"""How long to wait before connecting again: doubling, with jitter, and rarely after a refused password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 300.0
REFUSED_SECONDS = 3600.0


@dataclass(slots=True)
class Backoff:
    """Waiting times after failures. `jitter` gives a number in [0, 1); it is injected so that tests can know it."""

    jitter: Callable[[], float]
    failures: int = 0

    def failed(self) -> float:
        """Seconds to wait after a lost or impossible connection: between half and all of 5, 10, 20 … 300."""
        self.failures += 1
        full = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(self.failures - 1, 16))
        return full * (0.5 + self.jitter() / 2)

    def refused(self) -> float:
        """Seconds to wait after a refused password: an hour and up to half more, since servers lock accounts."""
        self.failures += 1
        return REFUSED_SECONDS * (1 + self.jitter() / 2)

    def succeeded(self) -> None:
        """The next failure starts from the shortest wait."""
        self.failures = 0
