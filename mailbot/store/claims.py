"""Claims of dead processes: who holds what, and ending a claim before its lease runs out.

A lease protects against a worker of which nobody knows whether it lives. Where it is known to be dead (the service was
killed and starts again on the same machine), its messages and mails need not wait that long.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailbot.store.tables import MessageRow, OutboxRow


def claimants(session: Session, now: datetime) -> set[str]:
    """Names of the workers that hold messages to read or mails to send, by claims that have not run out."""
    readers = select(MessageRow.claimed_by).where(
        MessageRow.queued,  # whoever leaves the queue is nobody's; the few that wait have an index
        MessageRow.claimed_by.is_not(None),
        MessageRow.claimed_until > now,
    )
    senders = select(OutboxRow.claimed_by).where(OutboxRow.claimed_by.is_not(None), OutboxRow.next_attempt_at > now)
    return {name for query in (readers, senders) for name in session.scalars(query.distinct()) if name}


def end_claims(session: Session, workers: Collection[str], now: datetime) -> int:
    """These workers are dead: what they held may be taken again at once. Returns how much that was.

    The attempt counts, as if the lease had run out: a message that kills its reader is failed after the third.
    """
    messages = update(MessageRow).where(MessageRow.queued, MessageRow.claimed_by.in_(workers)).values(claimed_until=now)
    mails = (
        update(OutboxRow)
        .where(OutboxRow.claimed_by.in_(workers), OutboxRow.state == "sending")
        .values(next_attempt_at=now)
    )
    taken = session.scalars(messages.returning(MessageRow.id)).all()
    return len(taken) + len(session.scalars(mails.returning(OutboxRow.id)).all())
