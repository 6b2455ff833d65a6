"""Where a poll stands: what is settled, what comes next, and which messages broke the connection before.

The cursor itself (UIDVALIDITY + last UID for each folder) lies in the store and moves there with the messages. Here is
only what saves commands between polls; a new process learns it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.inbox.answers import Listed
from mailbot.inbox.session import Look

MAX_STRIKES = 3
"""Times that a message may break the connection before it is recorded as unavailable and passed over."""


@dataclass(slots=True)
class Progress:
    """What one poller remembers of its mailbox. `listed_at`: when the server was last asked for its folders."""

    folders: list[str] | None = None
    listed_at: datetime | None = None
    settled: dict[str, Look] = field(default_factory=dict)
    rechecked: dict[str, datetime] = field(default_factory=dict)
    strikes: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    forgiven: dict[tuple[str, int, int], datetime] = field(default_factory=dict)

    def is_settled(self, folder: str, look: Look) -> bool:
        """Whether everything that this look can stand for has been taken in; never where UIDNEXT is not told."""
        return look.uidnext > 0 and self.settled.get(folder) == look

    def settle(self, folder: str, look: Look) -> None:
        """Everything up to this look has been taken in."""
        self.settled[folder] = look

    def forget(self) -> None:
        """A new connection: ask for the folders and look at everything again."""
        self.folders = self.listed_at = None
        self.settled.clear()

    def is_listing_due(self, now: datetime, every_seconds: float) -> bool:
        """Whether it is time to ask for the folders: one can come to be, or be left out of a list, on a living connection."""
        return _is_over(self.listed_at, now, every_seconds)

    def listed(self, folders: list[str], now: datetime) -> None:
        """These are the folders to read."""
        self.folders, self.listed_at = folders, now

    def is_recheck_due(self, folder: str, now: datetime, every_seconds: float) -> bool:
        """Whether it is time to compare the folder with the database UID by UID; a new process begins with it."""
        return _is_over(self.rechecked.get(folder), now, every_seconds)

    def recheck_done(self, folder: str, now: datetime) -> None:
        """The folder has been compared with the database."""
        self.rechecked[folder] = now

    def start(self, folder: str, uidvalidity: int, uids: Iterable[int]) -> None:
        """These messages are being fetched: if the connection breaks, one of them may be why."""
        self.strikes.update((folder, uidvalidity, uid) for uid in uids)

    def finish(self, folder: str, uidvalidity: int, uids: Iterable[int]) -> None:
        """The fetch came to its end: none of them is to blame."""
        for uid in uids:
            self.strikes.pop((folder, uidvalidity, uid), None)
            self.forgiven.pop((folder, uidvalidity, uid), None)

    def forgive(self, folder: str, uidvalidity: int, uids: Iterable[int], now: datetime, every_seconds: float) -> None:
        """Let messages that were passed over be asked for once more: perhaps it was the line, and not they.

        Once in so many seconds, the first time so long after they were passed over: a message that does break
        connections must not break every poll.
        """
        for place in ((folder, uidvalidity, uid) for uid in uids):
            if self.strikes[place] >= MAX_STRIKES:
                last = self.forgiven.setdefault(place, now)
                if _is_over(last, now, every_seconds):
                    self.forgiven[place] = now
                    self.strikes[place] = MAX_STRIKES - 1

    def struck(self, folder: str, uidvalidity: int, uid: int) -> int:
        """How often the connection broke while this message was being fetched."""
        return self.strikes[folder, uidvalidity, uid]


def _is_over(last: datetime | None, now: datetime, every_seconds: float) -> bool:
    """Whether so many seconds have passed since then; a clock that was set back doesn't put it off."""
    return last is None or not timedelta() <= now - last < timedelta(seconds=every_seconds)


def batches(
    messages: Sequence[Listed], max_bytes: int, max_count: int, alone: frozenset[int]
) -> Iterator[list[Listed]]:
    """Split messages, in order, so that each batch stays within both bounds.

    A message above `max_bytes` is a batch of its own, and so is each whose UID is in `alone`.
    """
    batch: list[Listed] = []
    size = 0
    for message in messages:
        full = size + message.size > max_bytes or len(batch) >= max_count
        if batch and (full or message.uid in alone or batch[-1].uid in alone):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch
