"""The status of a message that was read: a person's decision's, else the store's own doubt, else the reader's."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import FindingCode, Status
from mailbot.store.tables import DecisionRow, FindingRow, MessageRow


def apply_status(session: Session, message: MessageRow) -> None:
    """Set the status of a message that was read: a standing decision's, else the reader's.

    What the reader accepted goes to a person all the same where it would override another sender's figures.
    """
    session.flush()
    query = select(DecisionRow.action).where(DecisionRow.message_id == message.id, DecisionRow.standing)
    action = session.scalar(query)
    if action is not None:
        message.status = Status.IGNORED if action == "reject" else Status.ACCEPTED
    elif message.reader_status == Status.ACCEPTED and is_flagged(session, message.id):
        message.status = Status.REVIEW
    elif message.reader_status is not None:
        message.status = message.reader_status


def is_flagged(session: Session, message_id: int) -> bool:
    """Whether the message was found to override another sender's figures."""
    flag = exists().where(
        FindingRow.message_id == message_id, FindingRow.code == FindingCode.OVERRIDES_OTHER_SENDER.value
    )
    return bool(session.scalar(select(flag)))
