"""Whether there is anything to do at all: asked once a minute, for ever, hence in one cheap statement."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from mailbot.store.bulk import table_of
from mailbot.store.tables import MessageRow, OutboxRow

_MESSAGES, _OUTBOX = table_of(MessageRow).c, table_of(OutboxRow).c
_WAITS = select(or_(exists().where(_MESSAGES.queued), exists().where(_OUTBOX.state.in_(("queued", "sending")))))


def anything_waits(session: Session) -> bool:
    """Whether any message is to be read or any mail to be sent: now or later, claimed by anyone or by nobody."""
    return bool(session.scalar(_WAITS))
