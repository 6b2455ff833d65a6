"""The service: APScheduler calls the jobs, signals end it. Nothing else.

A hung job can't be killed, so every network call in the jobs has a timeout, and the end waits only so long for them.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from types import FrameType
from typing import Any

import structlog
from apscheduler.jobstores.base import JobLookupError
from sqlalchemy.exc import SQLAlchemyError

from mailbot.service.coalesced import Coalesced
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.lead import STANDING_BY_SECONDS, Lead
from mailbot.service.notify import Notifier
from mailbot.service.receiving import Receiving
from mailbot.service.scheduling import make_scheduler, shut_down
from mailbot.service.watch import Watch
from mailbot.store.quiet import anything_waits

FALLBACK_SECONDS = 60
PURGE_HOURS = 24
"""Reading and sending are asked for when there is something to do; this often they look by themselves."""

WAITING_SECONDS = 5.0
GRACE_SECONDS = 8.0
RETRY_SECONDS = 60.0
_REPORT_SOON = "report soon"

log = structlog.get_logger(__name__)


class Ending(Enum):
    """How the service ended: all jobs at rest, or some abandoned in the middle (which loses nothing); or to reload."""

    CLEAN = "clean"
    ABANDONED = "abandoned"
    RELOAD = "reload"


class Service:
    """Runs the jobs until a signal comes. SIGTERM and SIGINT end it within ten seconds, SIGHUP asks for a reload."""

    def __init__(
        self,
        settings: ServiceSettings,
        clock: Callable[[], datetime],
        may_reload: Callable[[], bool] = lambda: False,
        notifier: Notifier = Notifier(),  # noqa: B008 - frozen
    ) -> None:
        self._stop = threading.Event()
        self._signals: list[int] = []
        self._woken = threading.Event()
        self._fresh = True
        self._may_reload = may_reload
        self._clock = clock
        self.jobs = Jobs(settings, clock, self._stop.is_set)
        self._watch = Watch(self.jobs, notifier)
        self._work = self.jobs.work()
        self._receivings = [self.jobs.receiving(each, self._landed, self._after_poll) for each in settings.mailboxes]
        self._turns = {each.component: threading.Lock() for each in self._receivings}
        self._term = 0
        self._lead = Lead(self.jobs.leadership(), self._begin_leading, self._cease_leading)
        self._reporter = self.jobs.reporter(self._none_awaited, lambda: self._ask(self._deliver))
        self._read = Coalesced(lambda: self._noted("read", self._read_all))
        self._report = Coalesced(lambda: self._noted("report", self._report_due) if self._lead.leads else None)
        self._deliver = Coalesced(lambda: self._noted("deliver", self._send_due))
        self._purge = Coalesced(lambda: self._noted("purge", self._purge_overdue, PURGE_HOURS * 3600))
        self._threads = ThreadPoolExecutor(len(settings.mailboxes) + 5, thread_name_prefix="job")
        self._scheduler = make_scheduler(self._threads)

    def run(self) -> Ending:
        """Prepare the database, work until a signal, and end.

        Raises what `Jobs.prepare` raises, and AlreadyRunningError.
        """
        self._lead.claim()
        self.jobs.prepare()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        self._start()
        reload = self._wait()
        self._watch.end(reload=reload)
        ended = self._end()
        return Ending.RELOAD if reload else Ending.CLEAN if ended else Ending.ABANDONED

    def _start(self) -> None:
        now = self._clock()
        self._scheduler.add_job(self._look, "interval", id="look", seconds=self._work.every_seconds, next_run_time=now)
        if self.jobs.settings.retention.is_on:
            self._scheduler.add_job(self._purge, "interval", id="purge", hours=PURGE_HOURS, next_run_time=now)
        self._scheduler.start()
        self._watch.start()
        self._look_who_leads()
        if not self._lead.leads:
            self._watch.standing_by()
        log.info("service_started", mailboxes=[mailbox.name for mailbox in self.jobs.settings.mailboxes])

    def _wait(self) -> bool:
        """Sleep until a signal asks for the end; whether it asked for a reload, and the new configuration is sound."""
        while True:
            self._watch.look()
            self._woken.wait(self._watch.interval)
            self._woken.clear()
            while self._signals:
                number = self._signals.pop(0)
                if number != signal.SIGHUP:
                    return False
                self._watch.reloading()
                if self._may_reload():
                    return True
                self._watch.reload_refused()

    def _end(self) -> bool:
        """Let the jobs come to their end, for a while; whether they all did."""
        self._stop.set()
        log.info("service_stopping")
        for receiving in self._receivings:
            receiving.receiver.stop_listening()
        ended = threading.Event()

        def end_jobs() -> None:
            shut_down(self._scheduler, self._threads)
            ended.set()

        threading.Thread(target=end_jobs, daemon=True).start()
        if not ended.wait(GRACE_SECONDS / 2):
            for receiving in self._receivings:
                receiving.receiver.interrupt()
        if not ended.wait(GRACE_SECONDS / 2):
            log.warning("service_abandons_jobs", after_seconds=GRACE_SECONDS)
            return False
        for receiving in self._receivings:
            receiving.receiver.close()
        self._work.close()
        self._lead.resign()
        self.jobs.close()
        log.info("service_stopped")
        return True

    def _note_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        self._woken.set()

    # -- looking --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """What nobody has asked for: where there is nothing to do at all, that is told and noted for all jobs at once."""
        names = ("read", "report", "deliver") if self._lead.leads else ("read", "deliver")
        try:
            if self._is_quiet():
                self.jobs.health.succeeded(*names)
                for name in names:
                    self.jobs.pulse.beat(name, rest=FALLBACK_SECONDS)
                return
        except SQLAlchemyError as error:
            log.debug("look_failed", reason=type(error).__name__)  # the jobs meet it too, and tell
        for job in (self._read, self._report, self._deliver):
            self._ask(job)

    def _is_quiet(self) -> bool:
        """Whether none of the jobs would find anything to do: certainly; where in doubt, they look for themselves."""
        if self._fresh or self._work.problems():
            return False
        with self.jobs.reading_sessions() as session:
            done = not self._lead.leads or self._reporter.has_nothing_to_do(session)
            return done and not anything_waits(session)

    # -- leading --------------------------------------------------------------------------------------------------

    def _look_who_leads(self) -> None:
        wait = STANDING_BY_SECONDS
        try:
            wait = self._lead.turn()
        except (SQLAlchemyError, OSError) as error:  # the database is away: nobody leads until it is back
            log.warning("lead_unknown", reason=type(error).__name__)
        if self._lead.may_change and not self._stop.is_set():
            self._at(wait, self._look_who_leads)

    def _begin_leading(self) -> None:
        self.jobs.take_up()
        self._fresh = True
        self._term += 1
        self._watch.leading()
        for receiving in self._receivings:
            receiving.first_poll.begin(self._clock())
            self._schedule_turn(receiving, 0)

    def _cease_leading(self) -> None:
        """Let another poll: what is being fetched is broken off, and fetched by whoever leads now."""
        for receiving in self._receivings:
            receiving.receiver.interrupt()
        self._watch.standing_by()

    # -- receiving ------------------------------------------------------------------------------------------------

    def _schedule_turn(self, receiving: Receiving, wait: float) -> None:
        self.jobs.pulse.beat(receiving.component, rest=wait)
        self._at(wait, self._take_turn, args=[receiving, self._term])

    def _at(self, wait: float, job: Callable[..., None], **given: Any) -> None:
        """Have a job done in so many seconds; with an id, one of the same id that is waiting is replaced.

        A job that asks for its own next run must have no id: it is still running, and where its thread is slow to end,
        the scheduler would take the next run for a second one beside it, and drop it for ever.

        Nothing once we are stopping: the scheduler, while it waits for its jobs to end, would have them wait for it.
        """
        if self._stop.is_set():
            return
        when = self._clock() + timedelta(seconds=wait)
        self._scheduler.add_job(job, "date", run_date=when, replace_existing=True, **given)

    def _cancel(self, job: str) -> None:
        with suppress(JobLookupError):  # none waits, or it has just begun
            self._scheduler.remove_job(job)

    def _take_turn(self, receiving: Receiving, term: int) -> None:
        """Poll and listen, and go on with that. Turns of an earlier term of leading end the sooner, and go on no more."""
        with self._turns[receiving.component]:
            if term != self._term or not self._lead.leads:
                return
            wait = RETRY_SECONDS
            try:
                wait = receiving.turn()
            except Exception as error:  # noqa: BLE001 - the job's outermost edge: whatever it was is logged and shown
                self._tell_fault(receiving.component, error)
            finally:
                if term == self._term and self._lead.leads:
                    self._schedule_turn(receiving, wait)

    def _ask(self, job: Callable[[], None]) -> None:
        if not self._stop.is_set():
            self._scheduler.add_job(job)

    def _landed(self) -> None:
        """Read what is committed at once, and not only when the poll has come to its end."""
        self._ask(self._read)

    def _after_poll(self) -> None:
        if self._fresh:
            self._ask(self._read)

    def _all_polled(self) -> bool:
        return all(receiving.first_poll.is_done for receiving in self._receivings)

    def _none_awaited(self) -> bool:
        now = self._clock()
        return not any(receiving.first_poll.is_awaited(now) for receiving in self._receivings)

    def _report_due(self) -> Sequence[str]:
        if self._reporter.report():
            self._cancel(_REPORT_SOON)
        else:
            self._at(WAITING_SECONDS, self._report, id=_REPORT_SOON)  # another instance may be reading the last
        self._fresh = self._fresh and not self._all_polled()
        return ()

    def _read_all(self) -> Sequence[str]:
        if self._work.read() or self._fresh:
            self._ask(self._report)  # a roll-up that is due may have waited for this
            self._ask(self._deliver)  # and what was read may have been answered
        return self._work.problems()

    def _send_due(self) -> Sequence[str]:
        return self._work.send() or self._work.problems()

    def _purge_overdue(self) -> Sequence[str]:
        self.jobs.purger().purge()
        return ()

    def _noted(self, component: str, work: Callable[[], Sequence[str]], rest: float = FALLBACK_SECONDS) -> None:
        """Do the work and note how it went. An error ends this run, not the service: the next is due in a minute."""
        self.jobs.pulse.beat(component)
        try:
            problems = work()
            if problems:
                self.jobs.health.failed(component, "; ".join(problems))
            else:
                self.jobs.health.succeeded(component)
        except Exception as error:  # noqa: BLE001 - the job's outermost edge: whatever it was is logged and shown
            self._tell_fault(component, error)
        finally:
            self.jobs.pulse.beat(component, rest=rest)

    def _tell_fault(self, component: str, error: Exception) -> None:
        log.error("job_failed", job=component, exc_info=error)
        what = "база данных" if isinstance(error, SQLAlchemyError) else "внутренняя ошибка"
        reason = f"{what}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        try:
            self.jobs.health.failed(component, reason)
        except SQLAlchemyError as unwritten:
            log.warning("health_unwritten", job=component, reason=type(unwritten).__name__)
