"""The status of a message that was read: a person's decision's, else the store's own doubt, else the reader's."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import FindingCode, Status
from mailbot.store.bulk import table_of
from mailbot.store.tables import DecisionRow, FindingRow, MessageRow

_DECISIONS = table_of(DecisionRow).c
_FINDINGS = table_of(FindingRow).c

_STANDING = select(_DECISIONS.action).where(_DECISIONS.message_id == bindparam("message"), _DECISIONS.standing)
_FLAG = (
    select(_FINDINGS.id)
    .where(_FINDINGS.message_id == bindparam("message"), _FINDINGS.code == FindingCode.OVERRIDES_OTHER_SENDER.value)
    .limit(1)
)


def apply_status(session: Session, message: MessageRow) -> None:
    """Set the status of a message that was read: a standing decision's, else the reader's.

    What the reader accepted goes to a person all the same where it would override another sender's figures.
    """
    action = standing_action(session, message.id)
    if action is not None:
        message.status = Status.IGNORED if action == "reject" else Status.ACCEPTED
    elif message.reader_status == Status.ACCEPTED and is_flagged(session, message.id):
        message.status = Status.REVIEW
    elif message.reader_status is not None:
        message.status = message.reader_status


def is_flagged(session: Session, message_id: int) -> bool:
    """Whether the message was found to override another sender's figures."""
    session.flush()
    return session.scalar(_FLAG, {"message": message_id}) is not None


def standing_action(session: Session, message_id: int) -> str | None:
    """What a person decided about the message («accept», «reject», «set»), where a decision is in force."""
    session.flush()
    action: str | None = session.scalar(_STANDING, {"message": message_id})
    return action
