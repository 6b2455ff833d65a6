"""The reading job: claim from the store, interpret with attachments opened in the sandbox, save.

A single reader reads in this process; several read in processes of their own, and are fed by a thread each.

What was claimed together is saved together, which costs a fraction of saving one by one, unless reading it takes long.
A message that raises is noted with its traceback and tried again, three times in all; the next one is read meanwhile.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.campaign import Campaign
from mailbot.domain.crashpoint import reach
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation
from mailbot.loading import loading
from mailbot.log import where
from mailbot.reading.sandbox import Sandbox
from mailbot.service.apart import ReaderCrashError, ReaderProcess, Work
from mailbot.service.garbage import look_seldom
from mailbot.store.reading_queue import Claimed, claim, fail, release, save_all

if TYPE_CHECKING:
    from mailbot.reading.message.mail import Mail

_P = ParamSpec("_P")
_T = TypeVar("_T")

SAVED_WITHIN = 1.0
"""Seconds for which what was read may wait for its neighbours, to be saved together with them."""
CLAIMED_AT_FIRST, CLAIMED_AT_MOST = 8, 64
"""How many messages to claim at once: before it is known how long reading takes, and when it takes hardly any time."""
GIVEN_BACK_AFTER = 10.0
"""Seconds after which what was claimed and not begun is given back: an idle reader may have it."""
LEASE = timedelta(minutes=30)
"""Longer than reading a whole claim may take; a worker of this machine that dies gives its claims up at once."""

Answer = Callable[[Claimed, "Mail", Callable[[], Interpretation]], bool]
"""Deals with a claimed message that is for the desk; false where it is to be read as any other."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one attachment may cost: seconds by the wall and of the processor, bytes; and how many readers there are."""

    workers: int = 1
    wall_seconds: float = 150
    cpu_seconds: int = 60
    memory_bytes: int = 1 << 30


def decode(raw: bytes, limits: Limits) -> Mail:
    """Decode one message, once for the desk and for the reader."""
    with loading:
        from mailbot.reading.message.mail import decode as decoded  # noqa: PLC0415 - as below

    return decoded(raw, limits)


def interpret(work: Work, mail: Mail, sandbox: Sandbox) -> Interpretation:
    """Read one message. The reader is loaded with the first: a service at rest does without its 20 MB and half second."""
    interpret_mail = _reader()
    return interpret_mail(mail, work.campaign, work.directory, sandbox.open, work.limits)


@cache
def _reader() -> Callable[..., Interpretation]:
    with loading:
        from mailbot.reading.read import interpret_mail  # noqa: PLC0415 - heavy; loaded when there is something to read

    look_seldom()
    return interpret_mail


class _Seat(Protocol):
    """Where one message at a time is read: `raw` is its bytes, `mail` decodes them here, once."""

    def read(self, raw: bytes, mail: Callable[[], Mail]) -> Interpretation: ...

    def close(self) -> None: ...


class _Here:
    """In this process."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.sandbox = work.sandbox()

    def read(self, _raw: bytes, mail: Callable[[], Mail]) -> Interpretation:
        return interpret(self._work, mail(), self.sandbox)

    def close(self) -> None:
        self.sandbox.close()


class _Apart:
    """In a process of its own; what it reads is saved here, and is as many objects."""

    def __init__(self, work: Work) -> None:
        look_seldom()
        self._process = ReaderProcess(work)

    def read(self, raw: bytes, _mail: Callable[[], Mail]) -> Interpretation:
        return self._process.interpret(raw)

    def close(self) -> None:
        self._process.close()


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


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a message and isn't saved yet; the seconds on the clock of `time.monotonic`."""

    claimed: Claimed
    interpretation: Interpretation
    began: float
    ended: float


class Reader:
    """Reads what waits, with one warm seat for each of its workers. Close it at the end."""

    def __init__(self, reading: Reading, bounds: Bounds, done: Callable[[int], None] = lambda _: None) -> None:
        self._reading = reading
        self._done = done
        self._orphans: list[Claimed] = []
        self._at_once = CLAIMED_AT_FIRST
        self._giving_back = threading.Lock()
        self._closing = threading.Event()
        work = Work(
            reading.campaign,
            reading.directory,
            reading.limits,
            bounds.wall_seconds,
            bounds.cpu_seconds,
            bounds.memory_bytes,
        )
        seat = _Here if bounds.workers == 1 else _Apart  # threads of one process would share a core
        self._seats: list[_Seat] = [seat(work) for _ in range(bounds.workers)]
        # Threads that stay: the allocator keeps for each thread what its largest message took, and whoever called would
        # be another one each time.
        self._pool = ThreadPoolExecutor(bounds.workers, thread_name_prefix="read")
        # Where there are several, one thread claims and saves for all of them: SQLite's pages are kept by its connection,
        # and each commit of another one would have it read them anew.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="keep") if bounds.workers > 1 else None
        self._free: SimpleQueue[_Seat] = SimpleQueue()
        for each in self._seats:
            self._free.put(each)

    def read_waiting(self) -> int:
        """Read until nothing waits; returns how many messages were read. The workers share the queue.

        Raises SQLAlchemy's OperationalError or InterfaceError when the database fails; the next call takes up what
        was left.
        """
        self.give_back()
        readers = [self._pool.submit(self._read_until_empty, seat) for seat in self._seats]
        wait(readers)  # all of them, also where one has failed: the next call has the seats to itself
        return sum(reader.result() for reader in readers)

    def read_one(self, number: int) -> bool:
        """Read the message of this number, if it waits and nobody else has it; whether it was read. For many threads.

        Raises as `read_waiting`; `give_back`, or the next call, takes up what was left.
        """
        self.give_back()
        seat = self._free.get()
        try:
            claimed = self._kept(self._claim, number)
            return self._read_claimed(claimed, seat, lambda unsaved: self._kept(self._save, unsaved)) > 0
        finally:
            self._free.put(seat)

    def give_back(self) -> None:
        """Release what was claimed and not read because the database failed. Raises where it still does."""
        with self._giving_back:
            orphans = self._orphans[:]
            del self._orphans[: len(orphans)]  # first, and in place: another reader may add its own meanwhile
            try:
                self._release(orphans)
            except BaseException:
                self._orphans += orphans
                raise

    def close(self) -> None:
        """End the threads and the processes: each reads its message to the end, and no other."""
        self._closing.set()
        self._pool.shutdown()
        if self._keeper is not None:
            self._keeper.shutdown()
        for seat in self._seats:
            seat.close()

    def _read_until_empty(self, seat: _Seat) -> int:
        count = 0
        if self._keeper is not None:
            while read := self._read_ahead(seat, self._keeper):  # what failed to be read may wait again by now
                count += read
            return count
        while claimed := self._claim():
            count += self._read_claimed(claimed, seat, self._save)
        return count

    def _read_ahead(self, seat: _Seat, keeper: ThreadPoolExecutor) -> int:
        """Read each claim while the one before it is being saved, and the one after it claimed.

        Nothing is claimed beside a message that was begun before: should it kill us, that would lose an attempt too.
        """
        count, ahead, saving = 0, keeper.submit(self._claim), deque[Future[None]]()
        try:
            while claimed := ahead.result():
                ahead = keeper.submit(self._claim_fresh if claimed[0].attempt == 1 else list)
                count += self._read_claimed(
                    claimed, seat, lambda unsaved: saving.append(keeper.submit(self._save, unsaved))
                )
                while len(saving) > 1:
                    saving.popleft().result()
            for each in saving:
                each.result()
        except BaseException:
            with suppress(OperationalError, InterfaceError):  # then nothing was claimed
                self._orphans += ahead.result()
            raise
        return count

    def _read_claimed(self, claimed: list[Claimed], seat: _Seat, save: Callable[[list[_Read]], None]) -> int:
        """Read these, and give back what is left of them when we are stopped, or slow; returns how many were read."""
        left, unsaved, count, began = deque(claimed), list[_Read](), 0, time.monotonic()
        try:
            while left and not self._stopped() and time.monotonic() - began < GIVEN_BACK_AFTER:
                read = self._read_one(left[0], seat)
                left.popleft()
                count += 1
                unsaved += [] if read is None else [read]
                if unsaved and time.monotonic() - unsaved[0].began > SAVED_WITHIN:
                    portion, unsaved = unsaved, []
                    save(portion)
            portion, unsaved = unsaved, []
            save(portion)
            self._release(left)
            left.clear()
        finally:
            self._orphans += [*(each.claimed for each in unsaved), *left]
        self._at_once = _fitting(count, time.monotonic() - began)
        return count

    def _kept(self, work: Callable[_P, _T], *arguments: _P.args, **more: _P.kwargs) -> _T:
        """Have the thread that keeps the books do this, where there is one; as if it were done here."""
        if self._keeper is None:
            return work(*arguments, **more)
        return self._keeper.submit(work, *arguments, **more).result()

    def _claim_fresh(self) -> list[Claimed]:
        return self._claim(fresh=True)

    def _claim(self, number: int | None = None, *, fresh: bool = False) -> list[Claimed]:
        own = self._reading
        if self._stopped():
            return []
        only = None if number is None else (number,)
        with own.sessions.begin() as session:
            claimed = claim(session, own.worker, own.clock(), self._at_once, LEASE, only=only, fresh=fresh)
        reach("after-claim")
        return claimed

    def _stopped(self) -> bool:
        return self._closing.is_set() or self._reading.stopped()

    def _release(self, claimed: Sequence[Claimed]) -> None:
        if claimed:
            with self._reading.sessions.begin() as session:
                release(session, claimed)

    def _read_one(self, claimed: Claimed, seat: _Seat) -> _Read | None:
        """What is to be saved of it; None where it is for the desk, or raised, and is dealt with."""
        own = self._reading
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(message=claimed.id):
            try:
                mail = cache(partial(decode, claimed.raw, own.limits))
                read = partial(seat.read, claimed.raw, mail)
                if own.answer is None or not own.answer(claimed, mail(), read):
                    interpretation = read()
                    reach("after-interpret")
                    return _Read(claimed, interpretation, began, time.monotonic())
            except (OperationalError, InterfaceError):  # the database's trouble: the message is not to blame
                raise
            except ReaderCrashError as error:
                self._note_crash(claimed, error.trace, error.place)
            except Exception as error:  # noqa: BLE001 - whatever a message does to its reader, the next one is read (promise 7)
                self._note_crash(claimed, traceback.format_exc(), where(error))
        own.took(time.monotonic() - began)
        self._done(1)
        return None

    def _save(self, unsaved: Sequence[_Read]) -> None:
        """Save these; what isn't saved because the database failed is kept in mind, to be given back."""
        try:
            self._save_together(unsaved)
        except BaseException:
            self._orphans += [each.claimed for each in unsaved]
            raise

    def _save_together(self, unsaved: Sequence[_Read]) -> None:
        """Save these together; where that raises, each by itself, so that one doesn't hold up the others."""
        if not unsaved:
            return
        own = self._reading
        began = time.monotonic()
        try:
            with own.sessions.begin() as session:
                save_all(session, [(each.claimed, each.interpretation) for each in unsaved], own.clock())
                reach("before-save-commit")
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - as in reading
            if len(unsaved) == 1:
                with structlog.contextvars.bound_contextvars(message=unsaved[0].claimed.id):
                    self._note_crash(unsaved[0].claimed, traceback.format_exc(), where(error))
                self._done(1)
            else:
                for each in unsaved:
                    self._save_together([each])
            return
        reach("after-save-commit")
        share = (time.monotonic() - began) / len(unsaved)
        for each in unsaved:
            status, kind = each.interpretation.status.value, each.interpretation.kind.value
            log.info("read", message=each.claimed.id, status=status, kind=kind)
            own.took(each.ended - each.began + share)
        self._done(len(unsaved))

    def _note_crash(self, claimed: Claimed, trace: str, place: str) -> None:
        own = self._reading
        with own.sessions.begin() as session:
            given_up = fail(session, claimed, trace, own.clock())
        log.error("reading_crashed", attempt=claimed.attempt, given_up=given_up, error=place)
        log.debug("reading_traceback", traceback=trace)


def _fitting(count: int, seconds: float) -> int:
    """How many messages to claim, where reading and saving `count` of them took so long: what would be saved together."""
    return max(1, min(CLAIMED_AT_MOST, int(count * SAVED_WITHIN / max(seconds, 1e-6))))
