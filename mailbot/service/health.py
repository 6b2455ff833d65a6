"""Noting how the jobs fare, sparingly: what has not changed is written once a minute, not at every turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from mailbot.service.counts import Counts
from mailbot.store.health import note_fault, note_success

WRITTEN_EVERY = timedelta(seconds=55)


class Health:
    """Writes successes and faults of jobs into the store; used by several threads, each for its own component.

    Every fault is counted in `counts`.
    """

    def __init__(
        self, sessions: sessionmaker[Session], clock: Callable[[], datetime], counts: Counts | None = None
    ) -> None:
        self._sessions = sessions
        self._counts = counts or Counts()
        self._clock = clock
        self._written: dict[str, tuple[str | None, datetime]] = {}

    def succeeded(self, *components: str) -> None:
        """The jobs did their work, each; written in one transaction."""
        news = [component for component in components if self._is_news(component, None)]
        if news:
            with self._sessions.begin() as session:
                note_success(session, news, self._clock())

    def succeeded_in(self, session: Session, component: str) -> None:
        """The job did its work: noted in the transaction in which it notes what it found, and not in another one."""
        if self._is_news(component, None):
            note_success(session, [component], self._clock())

    def failed(self, component: str, fault: str) -> None:
        """The job could not do its work, for a reason in a Russian sentence."""
        self._counts.failed(component)
        if self._is_news(component, fault):
            with self._sessions.begin() as session:
                note_fault(session, component, fault, self._clock())

    def _is_news(self, component: str, fault: str | None) -> bool:
        now = self._clock()
        before, when = self._written.get(component, (None, None))
        if when is not None and before == fault and timedelta() <= now - when < WRITTEN_EVERY:
            return False
        self._written[component] = (fault, now)
        return True
