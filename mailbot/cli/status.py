"""`mailbot status`: how things stand, for people and (by the exit code) for monitors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.service.jobs import Jobs
from mailbot.store.health import Condition, conditions
from mailbot.store.outgoing import latest_rollup
from mailbot.store.reading_queue import backlog
from mailbot.store.schema import require_head
from mailbot.store.tables import FolderRow, MessageRow, OutboxRow

STALE_POLLS = 5
UNREAD_FOR = timedelta(hours=1)

Line = tuple[bool, str]
"""Whether it is as it should be, and the line for people."""


@click.command("status")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Показать, как идут дела; код возврата 6, если что-то не так."""
    with jobs(config, prepare=False) as made:
        require_head(made.engine)
        with made.reading_sessions() as session:
            lines = [
                *_jobs(session, made),
                *_folders(session, made),
                *_messages(session, made),
                *_outgoing(session, made),
            ]
    for good, line in lines:
        click.echo(f"{'  ' if good else '! '}{line}")
    return Exit.OK if all(good for good, _ in lines) else Exit.UNHEALTHY


def _jobs(session: Session, made: Jobs) -> Iterator[Line]:
    """How each job fares; one that never ran is a fault too."""
    known = {condition.component: condition for condition in conditions(session)}
    patience = {f"receive:{box.name}": STALE_POLLS * box.poll_seconds for box in made.settings.mailboxes}
    for component, seconds in {**patience, "read": 300, "report": 300, "deliver": 300}.items():
        yield _job(component, known.get(component), timedelta(seconds=max(seconds, 300)), made)


def _job(component: str, condition: Condition | None, patience: timedelta, made: Jobs) -> Line:
    name = component.replace("receive:", "получение ")
    name = {"read": "чтение", "report": "сводка", "deliver": "отправка"}.get(name, name)
    if condition is None:
        return False, f"{name}: ещё не работало"
    when = _moment(condition.succeeded_at, made)
    if condition.fault:
        return False, f"{name}: {condition.fault} (с успехом — {when})"
    late = condition.succeeded_at is None or made.clock() - condition.succeeded_at > patience
    return not late, f"{name}: в последний раз с успехом {when}" + (", давно; работает ли служба?" if late else "")


def _folders(session: Session, made: Jobs) -> Iterator[Line]:
    for row in session.scalars(select(FolderRow).order_by(FolderRow.mailbox, FolderRow.name)):
        same = row.holds == row.stored
        counts = f"на сервере {row.holds}, в базе {row.stored}" if row.holds is not None else "ещё не сверена"
        yield same, f"папка {row.mailbox}/{row.name}: {counts}, просмотрена {_moment(row.polled_at, made)}"


def _messages(session: Session, made: Jobs) -> Iterator[Line]:
    counted = _counted(session, MessageRow.status)
    yield True, "письма: " + (", ".join(f"{status} {count}" for status, count in sorted(counted.items())) or "нет")
    waiting = backlog(session)
    late = waiting.oldest is not None and made.clock() - waiting.oldest > UNREAD_FOR
    since = f", самое старое ждёт с {_moment(waiting.oldest, made)}" if waiting.oldest else ""
    yield not late, f"ждут чтения: {waiting.messages}{since}"


def _outgoing(session: Session, made: Jobs) -> Iterator[Line]:
    last = latest_rollup(session)
    yield (
        True,
        f"последняя сводка: {f'за {last.for_date:%d.%m.%Y}, {_moment(last.made_at, made)}' if last else 'ещё не было'}",
    )
    states = _counted(session, OutboxRow.state)
    refused = states.get("refused", 0)
    waiting = states.get("queued", 0) + states.get("sending", 0)
    yield not refused, f"исходящие: отправлено {states.get('sent', 0)}, ждут {waiting}, отвергнуто {refused}"


def _counted(session: Session, column: InstrumentedAttribute[str]) -> dict[str, int]:
    """How many rows have each value of the column."""
    rows = session.execute(select(column, func.count()).group_by(column)).all()
    return {row[0]: row[1] for row in rows}


def _moment(time: datetime | None, made: Jobs) -> str:
    zone: ZoneInfo = made.settings.zone
    return time.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S") if time else "никогда"
