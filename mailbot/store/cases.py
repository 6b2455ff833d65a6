"""Cases: a message that needs a person, since when and why, and how it was settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Severity, Status
from mailbot.store.bulk import table_of
from mailbot.store.tables import CaseRow, DecisionRow, FindingRow, MessageRow

_CASES = table_of(CaseRow).c
_CASES_OF = select(_CASES.message_id, _CASES.id).where(_CASES.message_id.in_(bindparam("messages", expanding=True)))
_NEED_A_PERSON = (Status.REVIEW, Status.FAILED)


def settle(session: Session, messages: Sequence[MessageRow], now: datetime) -> None:
    """Open, keep or close the case of each of these messages, as its status and its findings now demand."""
    session.flush()
    numbers = dict(session.execute(_CASES_OF, {"messages": [message.id for message in messages]}).all())
    for message in messages:
        case = session.get_one(CaseRow, numbers[message.id]) if message.id in numbers else None
        if message.status in _NEED_A_PERSON:
            _open(session, case, message, now)
        elif case is not None and case.state == "open":
            close(case, "reader", None, now)


def close(case: CaseRow, by: Literal["person", "reader"], decision: DecisionRow | None, now: datetime) -> None:
    """Close the case: by a person's decision, or because a later reading needs nobody."""
    case.state, case.closed_at, case.closed_by = "closed", now, by
    case.decision_id = None if decision is None else decision.id


def _open(session: Session, case: CaseRow | None, message: MessageRow, now: datetime) -> None:
    if case is None:
        case = CaseRow(message_id=message.id, state="open", opened_at=now)
        session.add(case)
    elif case.state == "closed":  # it came up again: its age counts from now
        case.state, case.opened_at = "open", now
        case.closed_at = case.closed_by = case.decision_id = None
    case.reason, case.explanation = _weightiest(session, message)
    session.flush()


def _weightiest(session: Session, message: MessageRow) -> tuple[str, str]:
    """Code and Russian sentence of the first finding that blocks, else of the first."""
    query = select(FindingRow.code, FindingRow.message).where(FindingRow.message_id == message.id)
    order = (FindingRow.severity != Severity.BLOCKS, FindingRow.position)
    with session.no_autoflush:
        first = session.execute(query.order_by(*order).limit(1)).first()
    return first or (message.status, "Сообщение нужно посмотреть: программа не решила, что с ним делать.")
