"""The status of a message that was read: a person's decision's, else the store's own doubt, else the reader's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Status
from mailbot.store.bulk import table_of
from mailbot.store.flagging import flagged
from mailbot.store.tables import DecisionRow, MessageRow

_DECISIONS = table_of(DecisionRow).c

_STANDING = select(_DECISIONS.message_id, _DECISIONS.action).where(
    _DECISIONS.message_id.in_(bindparam("messages", expanding=True)), _DECISIONS.standing
)


def apply_status(session: Session, message: MessageRow) -> None:
    """Set the status of a message that was read, from what the database holds of it."""
    action = standing_action(session, message.id)
    message.status = status_of(message, action, is_flagged=action is None and bool(flagged(session, [message.id])))


def status_of(message: MessageRow, action: str | None, *, is_flagged: bool) -> str:
    """The status of a message that was read: that of the decision in force (`action`), else the reader's.

    What the reader accepted goes to a person all the same where it would override another sender's figures.
    """
    if action is not None:
        return Status.IGNORED if action == "reject" else Status.ACCEPTED
    if message.reader_status == Status.ACCEPTED and is_flagged:
        return Status.REVIEW
    return message.status if message.reader_status is None else message.reader_status


def standing_action(session: Session, message_id: int) -> str | None:
    """What a person decided about the message («accept», «reject», «set»), where a decision is in force."""
    session.flush()
    return standing_actions(session, [message_id]).get(message_id)


def standing_actions(session: Session, message_ids: Sequence[int]) -> dict[int, str]:
    """The same for several messages, by their numbers; those without a decision in force are left out."""
    return dict(session.execute(_STANDING, {"messages": message_ids}).all())
