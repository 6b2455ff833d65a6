"""How things stand, judged: what `mailbot status` prints and what the health endpoint answers by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mailbot.inbox.settings import MailboxSettings
from mailbot.store.health import Condition, conditions, polling
from mailbot.store.job_queue import workers_alive
from mailbot.store.leadership import may_have_several, poller
from mailbot.store.outgoing import held, latest_rollup, recipients_since
from mailbot.store.reading_queue import backlog
from mailbot.store.tables import FolderRow, MessageRow, OutboxRow

STALE_POLLS = 5
STALE_SECONDS = 300.0
PURGED_SECONDS = 2 * 86400.0
UNREAD_FOR = timedelta(hours=1)
ROLLUP_FOR = timedelta(hours=26)
"""A roll-up goes out every day; two hours more are for days that are longer, and for waiting until all is read."""


_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """Whether it is as it should be, and the line for people."""

    good: bool
    text: str


@dataclass(frozen=True, slots=True)
class Judge:
    """What the judgement goes by, besides the database. `daily_recipients`: to how many mail may leave in 24 hours."""

    mailboxes: Sequence[MailboxSettings]
    zone: ZoneInfo
    clock: Callable[[], datetime]
    daily_recipients: int
    purges: bool = False
    has_workers: bool = False
    """Whether reading and sending are handed over to workers."""

    def lines(self, session: Session) -> list[Line]:
        """All lines; things are as they should be where every one is good."""
        return [
            *_leader(session),
            *(_workers(session) if self.has_workers else ()),
            *self._jobs(session),
            *self._folders(session),
            *self._messages(session),
            *self._outgoing(session),
        ]

    def _jobs(self, session: Session) -> Iterator[Line]:
        """How each job fares; one that never ran is a fault too."""
        known = {condition.component: condition for condition in conditions(session)}
        patience = {polling(box.name): STALE_POLLS * box.poll_seconds for box in self.mailboxes}
        jobs = {**patience, **dict.fromkeys(("read", "report", "deliver"), STALE_SECONDS)}
        if self.purges:
            jobs["purge"] = PURGED_SECONDS
        for component, seconds in jobs.items():
            yield self._job(component, known.get(component), timedelta(seconds=max(seconds, STALE_SECONDS)))

    def _job(self, component: str, condition: Condition | None, patience: timedelta) -> Line:
        name = component.replace("receive:", "получение ")
        name = {"read": "чтение", "report": "сводка", "deliver": "отправка", "purge": "удаление"}.get(name, name)
        if condition is None:
            return Line(False, f"{name}: ещё не работало")
        when = self._moment(condition.succeeded_at)
        if condition.fault:
            return Line(False, f"{name}: {condition.fault} (с успехом — {when})")
        late = condition.succeeded_at is None or self.clock() - condition.succeeded_at > patience
        tail = ", давно; работает ли служба?" if late else ""
        return Line(not late, f"{name}: в последний раз с успехом {when}{tail}")

    def _folders(self, session: Session) -> Iterator[Line]:
        for row in session.scalars(select(FolderRow).order_by(FolderRow.mailbox, FolderRow.name)):
            same = row.holds == row.stored
            counts = f"на сервере {row.holds}, в базе {row.stored}" if row.holds is not None else "ещё не сверена"
            text = f"папка {row.mailbox}/{row.name}: {counts}, просмотрена {self._moment(row.polled_at)}"
            yield Line(same, text)

    def _messages(self, session: Session) -> Iterator[Line]:
        counted = count_by(session, MessageRow.status)
        shown = ", ".join(f"{status} {count}" for status, count in sorted(counted.items()))
        yield Line(True, f"письма: {shown or 'нет'}")
        waiting = backlog(session)
        late = waiting.oldest is not None and self.clock() - waiting.oldest > UNREAD_FOR
        since = f", самое старое ждёт с {self._moment(waiting.oldest)}" if waiting.oldest else ""
        yield Line(not late, f"ждут чтения: {waiting.messages}{since}")

    def _outgoing(self, session: Session) -> Iterator[Line]:
        last = latest_rollup(session)
        if last is None:
            yield Line(True, "последняя сводка: ещё не было")
        else:
            late = self.clock() - last.made_at > ROLLUP_FOR
            tail = "; сегодняшней нет" if late else ""
            yield Line(not late, f"последняя сводка: за {last.for_date:%d.%m.%Y}, {self._moment(last.made_at)}{tail}")
        states = count_by(session, OutboxRow.state)
        refused = states.get("refused", 0)
        waiting = states.get("queued", 0) + states.get("sending", 0)
        yield Line(not refused, f"исходящие: отправлено {states.get('sent', 0)}, ждут {waiting}, отвергнуто {refused}")
        yield from self._held_back(session, waiting)

    def _held_back(self, session: Session, waiting: int) -> Iterator[Line]:
        """Why what waits does not leave, where that is for longer than a pause."""
        now = self.clock()
        hold = held(session, now)
        if hold is not None:
            yield Line(False, f"отправка приостановлена до {self._moment(hold.until)}: {hold.reason}")
        if waiting and recipients_since(session, now - _DAY) >= self.daily_recipients:
            limit = f"дневной предел ({self.daily_recipients} получателей за сутки) исчерпан"
            yield Line(False, f"{limit}: письма уйдут, когда с отправки прежних пройдут сутки")

    def _moment(self, time: datetime | None) -> str:
        return time.astimezone(self.zone).strftime("%d.%m.%Y %H:%M:%S") if time else "никогда"


def _leader(session: Session) -> Iterator[Line]:
    """Which of several instances polls the mailboxes; where there can be one only, there is nothing to tell."""
    if may_have_several(session):
        name = poller(session)
        yield Line(bool(name), f"ящики просматривает: {name or 'никто; работает ли служба?'}")


def _workers(session: Session) -> Iterator[Line]:
    alive = workers_alive(session)
    yield Line(alive > 0, f"работники (mailbot worker): {alive or 'ни одного'}")


def count_by(session: Session, column: InstrumentedAttribute[str]) -> dict[str, int]:
    """How many rows have each value of the column."""
    rows = session.execute(select(column, func.count()).group_by(column)).all()
    return {row[0]: row[1] for row in rows}
