"""A job that may be asked for at any time, by anyone: never two runs at once, and no request is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Coalesced:
    """Calls `work` so that a whole run begins after each request. Requests during a run become one run after it.

    APScheduler's `max_instances=1` would drop a request that comes while the job runs, and with it a message that
    landed just after the run's last look.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._wanted = threading.Event()
        self._running = threading.Lock()

    def __call__(self) -> None:
        """Run now, or have the run that is under way be followed by another. Raises what the work raises."""
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                self._work()
            finally:
                self._running.release()
