"""The first poll of a mailbox since the service began to lead: a due roll-up waits for it, as long as there is hope.

The night's mail may still lie on the server, and importing much of it takes a while. But a mailbox whose server is dead
must not hold up what the others brought: the roll-up leaves without it, and says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

GRACE = timedelta(minutes=2)
"""How long a mailbox is waited for that neither has been polled nor brings anything."""


class FirstPoll:
    """Whether the first poll has succeeded, and if not, whether to wait for it. Times are aware; used by two threads."""

    def __init__(self) -> None:
        self._done = False
        self._hoped_since: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Whether a poll has come to its end."""
        return self._done

    def begin(self, now: datetime) -> None:
        """The service begins to poll: whatever was polled before, another did."""
        self._done, self._hoped_since = False, now

    def brought(self, now: datetime) -> None:
        """A batch of messages was committed: the poll goes on, however long it takes."""
        self._hoped_since = now

    def end(self) -> None:
        """A poll has succeeded."""
        self._done = True

    def is_awaited(self, now: datetime) -> bool:
        """Whether the first poll is still to end, and the last sign of it is younger than `GRACE`."""
        if self._done or self._hoped_since is None:
            return False
        self._hoped_since = min(self._hoped_since, now)  # a clock that is set back prolongs nothing
        return now - self._hoped_since < GRACE
