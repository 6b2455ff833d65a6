"""The purging job: what was kept for as long as it may be is removed, in small transactions that hold nobody up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.store.retention import Overdue, overdue, overwrite_what_is_removed, purge_personal, purge_raw, purge_sent

AT_ONCE = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days after their landing mails are kept whole, and the personal data in them; None: for ever.

    Raises ValueError where personal data would be kept for a shorter time than the bytes that hold them.
    """

    raw_days: int | None = None
    personal_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse to pretend: the bytes are personal data too."""
        if self.personal_days is not None and (self.raw_days or self.personal_days) > self.personal_days:
            raise ValueError("personal_days не может быть меньше raw_days: исходный текст письма — тоже личные данные")

    @property
    def is_on(self) -> bool:
        """Whether anything is ever removed."""
        return self.raw_days is not None or self.personal_days is not None

    def limits(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Before which moments bytes, and personal data, are overdue at `now`."""
        raw = self.raw_days if self.raw_days is not None else self.personal_days
        return _before(now, raw), _before(now, self.personal_days)


def _before(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now - timedelta(days=days)


class Purger:
    """Removes what is overdue. `stopped` is asked between transactions."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        retention: Retention,
        clock: Callable[[], datetime],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sessions = sessions
        self._retention = retention
        self._clock = clock
        self._stopped = stopped

    def overdue(self) -> Overdue:
        """What a purge would remove now."""
        with self._sessions() as session:
            return overdue(session, *self._retention.limits(self._clock()))

    def purge(self) -> Overdue:
        """Remove what is overdue; returns what was removed, and how much still waits for something else."""
        now = self._clock()
        raw_before, personal_before = self._retention.limits(now)
        raw = self._repeat(lambda s: purge_raw(s, raw_before, now, AT_ONCE)) if raw_before else 0
        personal = self._repeat(lambda s: purge_personal(s, personal_before, now, AT_ONCE)) if personal_before else 0
        sent = self._repeat(lambda s: purge_sent(s, raw_before, AT_ONCE)) if raw_before else 0
        waiting = self.overdue().waiting
        done = Overdue(raw, personal, sent, waiting)
        if raw or personal or sent:
            log.info("purged", raw=done.raw, personal=personal, sent=sent, waiting=waiting)
        return done

    def _repeat(self, step: Callable[[Session], int]) -> int:
        total = 0
        while not self._stopped():
            with self._sessions.begin() as session:
                overwrite_what_is_removed(session)
                done = step(session)
            total += done
            if done < AT_ONCE:
                break
        return total
