"""Cases: a message that needs a person, since when and why, and how it was settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Severity, Status
from mailbot.store.bulk import insert_rows, table_of
from mailbot.store.tables import CaseRow, FindingRow, MessageRow

_CASES, _FINDINGS = table_of(CaseRow), table_of(FindingRow).c
_STATES = select(_CASES.c.message_id, _CASES.c.state).where(
    _CASES.c.message_id.in_(bindparam("messages", expanding=True))
)
_FINDINGS_OF = (
    select(_FINDINGS.message_id, _FINDINGS.code, _FINDINGS.message)
    .where(_FINDINGS.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(_FINDINGS.message_id, _FINDINGS.severity != Severity.BLOCKS.value, _FINDINGS.position)
)
_CHANGE = update(_CASES).where(_CASES.c.message_id == bindparam("of"))
_NEED_A_PERSON = (Status.REVIEW, Status.FAILED)


def settle(session: Session, messages: Sequence[MessageRow], now: datetime) -> None:
    """Open, keep or close the case of each of these messages, as its status and its findings now demand."""
    session.flush()
    states = dict(session.execute(_STATES, {"messages": [message.id for message in messages]}).all())
    reasons = _reasons(session, [message for message in messages if message.status in _NEED_A_PERSON])
    anew = {"state": "open", "opened_at": now}
    again = {**anew, "closed_at": None, "closed_by": None, "decision_id": None}  # its age counts from now
    insert_rows(session, CaseRow, [{"message_id": n, **anew, **why} for n, why in reasons.items() if n not in states])
    _change(session, {number: why for number, why in reasons.items() if states.get(number) == "open"})
    _change(session, {number: why | again for number, why in reasons.items() if states.get(number) == "closed"})
    for number, state in states.items():
        if state == "open" and number not in reasons:
            close(session, number, "reader", None, now)


def close(session: Session, message: int, by: Literal["person", "reader"], decision: int | None, now: datetime) -> None:
    """Close the case of a message, if it has one: by a person's decision, or because a later reading needs nobody."""
    _change(session, {message: {"state": "closed", "closed_at": now, "closed_by": by, "decision_id": decision}})


def _change(session: Session, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Change columns, the same in each, of the cases of messages, given by the messages' numbers."""
    if values:
        session.execute(_CHANGE, [{"of": number, **columns} for number, columns in values.items()])


def _reasons(session: Session, messages: Sequence[MessageRow]) -> dict[int, dict[str, str]]:
    """For each message code and Russian sentence of the first finding that blocks, else of the first."""
    if not messages:
        return {}
    told = "Сообщение нужно посмотреть: программа не решила, что с ним делать."
    reasons = {message.id: {"reason": str(message.status), "explanation": told} for message in messages}
    found = session.execute(_FINDINGS_OF, {"messages": list(reasons)}).all()
    return reasons | {number: {"reason": code, "explanation": said} for number, code, said in reversed(found)}
