"""Watching the service from its main thread: signs of life for systemd while every job goes on, and the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mailbot.service.jobs import Jobs
from mailbot.service.notify import Notifier
from mailbot.service.reading import LEASE
from mailbot.store.health import polling

if TYPE_CHECKING:
    from mailbot.service.monitor import Monitor

LOOK_SECONDS = 30.0
REPORT_SECONDS = 900.0
PURGE_SECONDS = 900.0
IMAP_STEPS = 3
"""How many commands a poll may spend between two signs of life: a listing, a batch, and a message asked for alone."""

log = structlog.get_logger(__name__)


class Watch:
    """Looks after the jobs of one process. `start` and `end` once each, `look` every `interval` seconds."""

    def __init__(self, jobs: Jobs, notifier: Notifier) -> None:
        self._jobs = jobs
        self._notifier = notifier
        self._hanging: tuple[str, ...] = ()
        self._monitor: Monitor | None = None

    @property
    def interval(self) -> float:
        """How often to look, in seconds: three times within what systemd waits."""
        watched = self._notifier.watchdog_seconds
        return LOOK_SECONDS if watched is None else min(LOOK_SECONDS, watched / 3)

    def start(self) -> None:
        """The jobs begin: expect signs of life from those of every instance, and open the endpoint if one is wanted.

        `leading` or `standing_by` follows, and says that all is up.
        """
        settings = self._jobs.settings
        patience = {"read": LEASE.total_seconds(), "deliver": settings.smtp.lease_seconds}
        if settings.retention.is_on:
            patience["purge"] = PURGE_SECONDS
        self._expect(patience)
        self._open_monitor()

    def leading(self) -> None:
        """From now on this instance polls and reports."""
        self._expect(self._of_the_leader())
        self._notifier.ready(f"ящики: {', '.join(box.name for box in self._jobs.settings.mailboxes)}")

    def standing_by(self) -> None:
        """From now on another instance polls and reports."""
        for job in self._of_the_leader():
            self._jobs.pulse.forget(job)
        self._notifier.ready("ящики просматривает другой экземпляр службы")

    def _of_the_leader(self) -> dict[str, float]:
        """The jobs of the instance that leads, with their patience in seconds."""
        polls = {polling(box.name): IMAP_STEPS * box.command_seconds for box in self._jobs.settings.mailboxes}
        return polls | {"report": REPORT_SECONDS}

    def _expect(self, patience: dict[str, float]) -> None:
        for job, seconds in patience.items():
            self._jobs.pulse.expect(job, seconds)

    def look(self) -> None:
        """Tell systemd that the service lives, unless a job hangs: then its watchdog ends us and starts us anew."""
        hanging = self._jobs.pulse.hanging()
        if hanging and hanging != self._hanging:
            log.error("jobs_hang", jobs=list(hanging))
            self._notifier.status(f"зависло: {', '.join(hanging)}")
        self._hanging = hanging
        if not hanging:
            self._notifier.alive()

    def reloading(self) -> None:
        """A new configuration is being looked at."""
        self._notifier.reloading()

    def reload_refused(self) -> None:
        """The new configuration is not sound; the service works on with the old one."""
        self._notifier.ready("новые настройки с ошибкой, работают прежние (см. журнал)")

    def end(self, *, reload: bool) -> None:
        """The service stops, or becomes a new process of the same number."""
        if not reload:
            self._notifier.stopping()
        if self._monitor is not None:
            self._monitor.close()

    def _open_monitor(self) -> None:
        listen = self._jobs.settings.listen
        if listen is None:
            return
        from mailbot.service.monitor import Monitor  # noqa: PLC0415 - an HTTP server, only where one is wanted
        from mailbot.service.pages import pages  # noqa: PLC0415

        try:
            self._monitor = Monitor(listen, pages(self._jobs))
        except OSError as error:  # mail matters more than its being watched: the monitor will miss us
            log.error("monitor_unavailable", address=listen.address, port=listen.port, reason=str(error))  # noqa: TRY400
