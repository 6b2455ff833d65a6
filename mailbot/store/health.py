"""What the service writes of itself, and `mailbot status` reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from mailbot.store.bulk import table_of
from mailbot.store.tables import HealthRow

_HEALTH = table_of(HealthRow)
_SUCCEEDED = (
    update(_HEALTH)
    .where(_HEALTH.c.component == bindparam("job"))
    .values(succeeded_at=bindparam("now"), fault=None)
    .returning(_HEALTH.c.component)
)
"""Once a minute for each job, for ever: hence made once (see `mailbot.store.bulk`)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a job fares. Times are aware; `fault` is None while it works."""

    component: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    fault: str | None


def polling(mailbox: str) -> str:
    """The name of the job that polls this mailbox."""
    return f"receive:{mailbox}"


def note_success(session: Session, component: str, now: datetime) -> None:
    """The job did its work."""
    if not session.scalars(_SUCCEEDED, {"job": component, "now": now}).all():
        session.execute(insert(_HEALTH).values(component=component, succeeded_at=now))


def note_fault(session: Session, component: str, fault: str, now: datetime) -> None:
    """The job could not do its work; `fault` is a Russian sentence that says why."""
    row = session.get(HealthRow, component) or HealthRow(component=component)
    row.failed_at, row.fault = now, fault
    session.add(row)


def conditions(session: Session) -> list[Condition]:
    """Every job that ever ran, by name."""
    rows = session.scalars(select(HealthRow).order_by(HealthRow.component))
    return [Condition(row.component, row.succeeded_at, row.failed_at, row.fault) for row in rows]
