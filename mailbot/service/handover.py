"""Handing reading and sending over to Procrastinate's workers: a job for everything that waits without one.

What waits is told by our own tables (claims, leases, states), never by the queue. So this sweep, done now and then and
whenever there is something new, makes up for every job that was lost with its worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from mailbot.service.procrastination import deferring_app, reading_job, sending_job
from mailbot.store.job_queue import without_job, workers_alive
from mailbot.store.outgoing import next_due
from mailbot.store.reading_queue import waiting

SWEEP_SECONDS = 10.0
AT_ONCE = 500
NOBODY = "нет ни одного работника, который читал бы и отправлял: запустите mailbot worker"

log = structlog.get_logger(__name__)


class HandedOver:
    """Work done by others. `take_up` frees what dead workers of this machine hold."""

    every_seconds = SWEEP_SECONDS

    def __init__(
        self,
        engine: Engine,
        sessions: sessionmaker[Session],
        clock: Callable[[], datetime],
        take_up: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._take_up = take_up
        self._engine = engine
        self._app: App | None = None

    def read(self) -> int:
        """Put a job into the queue for every message that waits without one; returns how many those were."""
        self._take_up()
        with self._sessions() as session:
            jobs = [reading_job(number) for number in waiting(session, self._clock())]
            lacking = set(without_job(session, [str(job.queueing_lock) for job in jobs]))
        missing = [job for job in jobs if job.queueing_lock in lacking]
        for start in range(0, len(missing), AT_ONCE):
            self._defer(missing[start : start + AT_ONCE])
        if missing:
            log.info("handed_over", messages=len(missing))
        return len(missing)

    def send(self) -> Sequence[str]:
        """Put a job into the queue for the mail that is due next; whoever has sent it asks for the one after it."""
        with self._sessions() as session:
            mail = next_due(session, self._clock())
        if mail is not None:
            self._defer([sending_job(mail)])
        return ()

    def problems(self) -> Sequence[str]:
        """That nobody is there to work."""
        with self._sessions() as session:
            return () if workers_alive(session) else (NOBODY,)

    def close(self) -> None:
        """Close the queue's connections."""
        if self._app is not None:
            self._app.close()
            self._app = None

    def _defer(self, jobs: list[Job]) -> None:
        """Queue all of the jobs; where one of them waits already, the others one by one."""
        manager = self._opened().job_manager
        try:
            manager.batch_defer_jobs(jobs=jobs)
        except AlreadyEnqueued:
            if len(jobs) > 1:
                for job in jobs:
                    self._defer([job])

    def _opened(self) -> App:
        if self._app is None:
            self._app = deferring_app(self._engine).open()
        return self._app
