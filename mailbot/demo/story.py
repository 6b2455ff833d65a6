"""A throwaway inbox on loopback with sample replies, and the whole job run over it.

The servers are real, if small; everything behind them is the service's own: the replies arrive as the campaign's days
pass, are received, read and rolled up as in earnest. Only the clock is set: it is August 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from mailbot.demo.answer import contact_answer
from mailbot.demo.errors import DemoError
from mailbot.demo.folder import Receipt, Rollup, keep_mail, prepare, write_config
from mailbot.demo.mailbox import Mailbox, running_mailbox
from mailbot.demo.replies import Reply, sample_replies
from mailbot.demo.shown import show
from mailbot.demo.sink import Sink, running_sink
from mailbot.rollup.russian import day_and_month
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.receiving import Receiving
from mailbot.store.views import read

MOMENTS = (
    datetime.fromisoformat("2021-08-16T08:00:00+03:00"),
    datetime.fromisoformat("2021-08-17T08:00:00+03:00"),
    datetime.fromisoformat("2021-08-17T10:00:00+03:00"),
    datetime.fromisoformat("2021-08-17T15:30:00+03:00"),
)
"""When the service looks at the mailbox: two mornings, each with its roll-up; when the contact person has answered the
second one; and after the deadline, when the final roll-up is due."""

ANSWERED = datetime.fromisoformat("2021-08-17T09:41:00+03:00")


def run(folder: Path, settings_of: Callable[[Path], ServiceSettings], console: Console | None = None) -> None:
    """Give the demonstration, and leave its database and roll-ups in `folder`.

    `settings_of` builds the service's settings from a configuration file. Raises DemoError where the servers don't
    start or a step fails, FileExistsError where the folder holds anything else.
    """
    console = console or Console()
    own = prepare(folder)
    with ExitStack() as stack:
        mailbox, sink = stack.enter_context(running_mailbox()), stack.enter_context(running_sink())
        clock = _Clock(MOMENTS[0])
        jobs = Jobs(settings_of(write_config(own, mailbox.port, sink.port)), clock)
        stack.callback(jobs.close)
        progress = stack.enter_context(_progress(console))
        arrived = _Campaign(jobs, clock, mailbox, sink, own, progress).run()
        progress.stop()
        show(console, jobs, own, arrived)


@dataclass(slots=True)
class _Clock:
    """A clock that stands where the demonstration has set it."""

    time: datetime

    def __call__(self) -> datetime:
        return self.time


@dataclass(slots=True)
class _Campaign:
    """The days of the campaign, one moment after the other."""

    jobs: Jobs
    clock: _Clock
    mailbox: Mailbox
    sink: Sink
    folder: Path
    progress: Progress
    _arrived: list[Rollup | Receipt] = field(default_factory=list)

    def run(self) -> Sequence[Rollup | Receipt]:
        """Play it all; returns the mails that the contact person got."""
        self.jobs.prepare()
        waiting = sample_replies()
        (settings,) = self.jobs.settings.mailboxes
        receiving = self.jobs.receiving(settings)
        try:
            for moment in MOMENTS:
                if self.clock.time < ANSWERED < moment:
                    waiting = sorted([self._contact_answer(), *waiting], key=lambda reply: reply.arrived)
                self.clock.time = moment
                arriving = [reply for reply in waiting if reply.arrived <= moment]
                waiting = waiting[len(arriving) :]
                self._play(arriving, receiving)
        finally:
            receiving.receiver.close()
        return self._arrived

    def _play(self, arriving: Sequence[Reply], receiving: Receiving) -> None:
        moment = f"{day_and_month(self.clock.time)}, {self.clock.time:%H:%M}"
        bar = self.progress.add_task(f"{moment}  приходят ответы", total=len(arriving))
        for reply in arriving:
            self.mailbox.deliver(reply.folder, reply.raw, reply.arrived)
            self.progress.advance(bar)
        result = receiving.poll()
        _demand(result.problems)
        self._read(f"{moment}  чтение", result.landed)
        self._send(f"{moment}  отправка")

    def _read(self, title: str, count: int) -> None:
        bar = self.progress.add_task(title, total=count)
        reader = self.jobs.reader(lambda done: self.progress.advance(bar, done))
        try:
            reader.read_waiting()
        finally:
            reader.close()

    def _send(self, title: str) -> None:
        bar = self.progress.add_task(title, total=None)
        self.jobs.reporter(lambda: True, lambda: None).report()
        _demand(self.jobs.deliver().problems)
        arrived = self.sink.mails[len(self._arrived) :]
        self._arrived += [keep_mail(self.folder, raw) for raw in arrived]
        self.progress.update(bar, total=len(arrived), completed=len(arrived))

    def _contact_answer(self) -> Reply:
        """The contact person answers the latest roll-up, which lists what waits for her."""
        with self.jobs.reading_sessions() as session:
            cases = {row["reason"]: row["message_id"] for row in read(session, "to_review")}
        return contact_answer(self.sink.mails[-1], cases, ANSWERED)


def _demand(problems: Sequence[str]) -> None:
    """The service would note these and go on; a demonstration has nothing to wait for."""
    if problems:
        raise DemoError("; ".join(problems))


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)
