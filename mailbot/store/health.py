"""What the service writes of itself, and `mailbot status` reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from mailbot.store.bulk import insert_rows, table_of
from mailbot.store.tables import HealthRow

_HEALTH = table_of(HealthRow)
_SUCCEEDED = (
    update(_HEALTH)
    .where(_HEALTH.c.component.in_(bindparam("jobs", expanding=True)))
    .values(succeeded_at=bindparam("now"), fault=None)
    .returning(_HEALTH.c.component)
)
"""Once a minute, for ever: hence made once (see `mailbot.store.bulk`), and one statement for all jobs."""


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


def note_success(session: Session, components: Collection[str], now: datetime) -> None:
    """The jobs did their work, each."""
    known = session.scalars(_SUCCEEDED, {"jobs": components, "now": now}).all()
    insert_rows(session, HealthRow, [{"component": new, "succeeded_at": now} for new in components if new not in known])


def note_fault(session: Session, component: str, fault: str, now: datetime) -> None:
    """The job could not do its work; `fault` is a Russian sentence that says why."""
    row = session.get(HealthRow, component) or HealthRow(component=component)
    row.failed_at, row.fault = now, fault
    session.add(row)


def conditions(session: Session) -> list[Condition]:
    """Every job that ever ran, by name."""
    rows = session.scalars(select(HealthRow).order_by(HealthRow.component))
    return [Condition(row.component, row.succeeded_at, row.failed_at, row.fault) for row in rows]
