"""The reading job: claim from the store, interpret with attachments opened in the sandbox, save. One at a time.

A single reader reads in this process; several read in processes of their own, and are fed by a thread each.

A message that raises is noted with its traceback and tried again, three times in all; the next one is read meanwhile.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.campaign import Campaign
from mailbot.domain.crashpoint import reach
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation
from mailbot.log import where
from mailbot.reading.sandbox import Sandbox
from mailbot.service.apart import ReaderCrashError, ReaderProcess, Work
from mailbot.store.reading_queue import Claimed, claim, fail, release, save

CLAIMED_AT_ONCE = 8
LEASE = timedelta(minutes=30)
"""Longer than reading a whole claim may take; a worker of this machine that dies gives its claims up at once."""

Answer = Callable[[Claimed, Callable[[], Interpretation]], bool]
"""Deals with a claimed message that is for the desk; false where it is to be read as any other."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one attachment may cost: seconds by the wall and of the processor, bytes; and how many readers there are."""

    workers: int = 1
    wall_seconds: float = 150
    cpu_seconds: int = 60
    memory_bytes: int = 1 << 30


Read = Callable[[bytes], Interpretation]
"""Reads one message, here or in a process of its own."""


def interpret(reading: Reading, raw: bytes, sandbox: Sandbox) -> Interpretation:
    """Read one message. The reader is loaded with the first: a service at rest does without its 20 MB and half second."""
    from mailbot.reading.read import interpret as read  # noqa: PLC0415 - heavy; loaded when there is something to read

    return read(raw, reading.campaign, reading.directory, sandbox.open, reading.limits)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that reading needs. `worker` names this process; `stopped` is asked between messages.

    `answer` looks at each message first: an answer to a roll-up is no respondent's reply. `took` is told how many
    seconds each message took.
    """

    sessions: sessionmaker[Session]
    campaign: Campaign
    directory: Directory
    limits: Limits
    clock: Callable[[], datetime]
    worker: str
    stopped: Callable[[], bool]
    answer: Answer | None = None
    took: Callable[[float], None] = lambda _: None


class Reader:
    """Reads what waits, with one warm sandbox for each of its workers. Close it at the end."""

    _readers: list[Read]
    _ends: list[Callable[[], None]]

    def __init__(self, reading: Reading, bounds: Bounds, done: Callable[[int], None] = lambda _: None) -> None:
        self._reading = reading
        self._done = done
        self._orphans: list[Claimed] = []
        work = Work(
            reading.campaign,
            reading.directory,
            reading.limits,
            bounds.wall_seconds,
            bounds.cpu_seconds,
            bounds.memory_bytes,
        )
        if bounds.workers == 1:
            self.sandbox = work.sandbox()
            self._readers = [lambda raw: interpret(reading, raw, self.sandbox)]
            self._ends = [self.sandbox.close]
        else:
            apart = [ReaderProcess(work) for _ in range(bounds.workers)]
            self._readers = [each.interpret for each in apart]
            self._ends = [each.close for each in apart]

    def read_waiting(self) -> int:
        """Read until nothing waits; returns how many messages were read. The workers share the queue.

        Raises SQLAlchemy's OperationalError or InterfaceError when the database fails; the next call takes up what
        was left.
        """
        while self._orphans:
            self._release(self._orphans[-1])
            self._orphans.pop()
        if len(self._readers) == 1:
            return self._read_until_empty(self._readers[0])
        with ThreadPoolExecutor(len(self._readers), thread_name_prefix="read") as pool:
            return sum(pool.map(self._read_until_empty, self._readers))

    def close(self) -> None:
        """End the processes that read and that open attachments."""
        for end in self._ends:
            end()

    def _read_until_empty(self, reader: Read) -> int:
        count = 0
        while claimed := self._claim():
            left = list(claimed)
            try:
                while left and not self._reading.stopped():
                    self._read_one(left[0], reader)
                    left.pop(0)
                    count += 1
                    self._done(1)
                while left:
                    self._release(left[0])
                    left.pop(0)
            finally:
                self._orphans += left
        return count

    def _claim(self) -> list[Claimed]:
        own = self._reading
        if own.stopped():
            return []
        with own.sessions.begin() as session:
            claimed = claim(session, own.worker, own.clock(), CLAIMED_AT_ONCE, LEASE)
        reach("after-claim")
        return claimed

    def _release(self, claimed: Claimed) -> None:
        with self._reading.sessions.begin() as session:
            release(session, claimed)

    def _read_one(self, claimed: Claimed, reader: Read) -> None:
        own = self._reading
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(message=claimed.id):
            try:
                read = partial(reader, claimed.raw)
                if own.answer is not None and own.answer(claimed, read):
                    return
                interpretation = read()
                reach("after-interpret")
                with own.sessions.begin() as session:
                    save(session, claimed, interpretation, own.clock())
                    reach("before-save-commit")
            except (OperationalError, InterfaceError):  # the database's trouble: the message is not to blame
                raise
            except ReaderCrashError as error:
                self._note_crash(claimed, error.trace, error.place)
            except Exception as error:  # noqa: BLE001 - whatever a message does to its reader, the next one is read (promise 7)
                self._note_crash(claimed, traceback.format_exc(), where(error))
            else:
                reach("after-save-commit")
                log.info("read", status=interpretation.status.value, kind=interpretation.kind.value)
            finally:
                own.took(time.monotonic() - began)

    def _note_crash(self, claimed: Claimed, trace: str, place: str) -> None:
        own = self._reading
        with own.sessions.begin() as session:
            given_up = fail(session, claimed, trace, own.clock())
        log.error("reading_crashed", attempt=claimed.attempt, given_up=given_up, error=place)
        log.debug("reading_traceback", traceback=trace)
