"""Leading: of several instances on one database one polls the mailboxes and makes the roll-ups; the others stand by.

Reading and sending are shared by all. When the leader dies, the first of the others that looks takes over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from mailbot.store.leadership import Leadership

LEADING_SECONDS = 15.0
"""How often the leader looks whether it still is: two for a moment do no harm."""

STANDING_BY_SECONDS = 2.0

log = structlog.get_logger(__name__)


class AlreadyRunningError(Exception):
    """The service runs already on this database, and a second instance can't stand by; the text is for people."""


class Lead:
    """Whether this instance leads. `begin` is called when it starts to, `cease` when it does no longer."""

    def __init__(self, lock: Leadership, begin: Callable[[], None], cease: Callable[[], None]) -> None:
        self._lock = lock
        self._begin = begin
        self._cease = cease
        self._leads = threading.Event()

    @property
    def leads(self) -> bool:
        """Whether this instance polls and reports."""
        return self._leads.is_set()

    @property
    def may_change(self) -> bool:
        """Whether there is anything to look at again: a database that several instances may share."""
        return self._lock.may_wait

    def claim(self) -> None:
        """At the start, where no second instance may stand by: raise AlreadyRunningError unless the lock is ours."""
        if not self._lock.may_wait and not self._lock.acquire():
            raise AlreadyRunningError(
                f"с этой базой уже работает другая служба ({self._lock.holder() or 'кто, неизвестно'}); "
                "остановите её, или возьмите PostgreSQL, где служб может быть несколько"
            )

    def turn(self) -> float:
        """Look who leads; returns in how many seconds to look again. Raises what `Leadership.acquire` raises."""
        if self.leads:
            if not self._lock.holds():
                self._leads.clear()
                log.warning("lead_lost")
                self._cease()
        elif self._lock.acquire():
            self._take_over()
        return LEADING_SECONDS if self.leads else STANDING_BY_SECONDS

    def _take_over(self) -> None:
        self._leads.set()
        try:
            self._begin()
        except Exception:
            self.resign()  # or nobody would poll: another instance may fare better, or this one the next time
            raise
        log.info("lead_taken")

    def resign(self) -> None:
        """Give the lead up, so that another instance takes over at once."""
        self._leads.clear()
        self._lock.release()
