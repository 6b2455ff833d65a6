"""What the desk keeps: the key that signs roll-ups, and what became of each reply to one."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.store.engine import take_turns
from mailbot.store.tables import DeskReplyRow, OutboxRow, RollupRow, SigningKeyRow

_KEY_BYTES = 32


def signing_key(session: Session, now: datetime) -> bytes:
    """The key that signs roll-ups, generated at the first call and the same ever after."""
    take_turns(session, "signing key")
    row = session.get(SigningKeyRow, "replies")
    if row is None:
        row = SigningKeyRow(name="replies", key=secrets.token_bytes(_KEY_BYTES), made_at=now)
        session.add(row)
        session.flush()
    return row.key


def reply_of(session: Session, message_id: int) -> DeskReplyRow | None:
    """What became of the message as a reply to a roll-up; None where it was never taken for one."""
    return session.get(DeskReplyRow, message_id)


def sent_rollup(session: Session, for_date: date, kind: str) -> bytes | None:
    """The bytes of the mail that carried a roll-up; None where there was none of the kind for the date."""
    query = (
        select(OutboxRow.payload)
        .join(RollupRow, RollupRow.outbox_id == OutboxRow.id)
        .where(RollupRow.for_date == for_date, RollupRow.kind == kind)
    )
    return session.scalar(query)
