"""Retention: what is removed when the time of keeping it is over, and what stays.

Removed are the bytes of mail, received and sent, and the personal data in it: the sender's name and address, the
recipients, the subject, the other headers, the names of attachments, the snippets of evidence, the sentences of
findings, what a person wrote with a decision. What stays tells nobody apart: figures, whom they are of (municipality,
organisation), where in the mail each stands (locator), codes of findings, times, sizes, places in the mailbox, who of
the authority decided; and the digests, by which the same mail is known again, whenever it is met (promise 2).

A mail that still waits, to be read or for a person's decision, keeps everything until that is done. The caller owns the
transactions; each function removes at most `limit` at a time, the oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, null, or_, select, update
from sqlalchemy.orm import Session

from mailbot.store.tables import (
    AttachmentRow,
    CaseRow,
    DecisionRow,
    DeskReplyRow,
    EvidenceRow,
    FigureRow,
    FindingRow,
    MessageRow,
    OutboxRow,
    RawMessageRow,
    ReportRow,
)

REMOVED: Final = "Удалено: срок хранения истёк."
"""What stands in the place of a sentence that spoke of persons."""

_FINISHED: Final = ("sent", "refused")


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is older than it may be kept: received mails with bytes, with personal data, sent mails with bytes.

    `waiting` of the received ones can't be purged yet, because something is still to be done with them.
    """

    raw: int
    personal: int
    sent: int
    waiting: int


def overdue(session: Session, raw_before: datetime | None, personal_before: datetime | None) -> Overdue:
    """Count what landed (or left) before these moments; None: kept for ever."""

    def messages(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(MessageRow).where(*conditions)) or 0

    raw, personal = _raw_overdue(raw_before), _personal_overdue(personal_before)
    sent = select(func.count()).select_from(OutboxRow).where(_sent_overdue(raw_before))
    return Overdue(
        raw=messages(raw, _is_done()),
        personal=messages(personal, _is_done()),
        sent=session.scalar(sent) or 0,
        waiting=messages(or_(raw, personal), ~_is_done()),
    )


def purge_raw(session: Session, before: datetime, now: datetime, limit: int) -> int:
    """Remove the bytes of mails that landed before `before`; returns of how many."""
    numbers = _locked(session, _raw_overdue(before), limit)
    session.execute(delete(RawMessageRow).where(RawMessageRow.message_id.in_(numbers)))
    session.execute(update(MessageRow).where(MessageRow.id.in_(numbers)).values(raw_purged_at=now))
    return len(numbers)


def purge_personal(session: Session, before: datetime, now: datetime, limit: int) -> int:
    """Remove the personal data of mails that landed before `before`, and their bytes; returns of how many."""
    numbers = _locked(session, _personal_overdue(before), limit)
    session.execute(delete(RawMessageRow).where(RawMessageRow.message_id.in_(numbers)))
    session.execute(delete(AttachmentRow).where(AttachmentRow.message_id.in_(numbers)))
    _empty_texts(session, numbers)
    session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_(numbers))
        .values(
            sender_name="",
            sender_address="",
            recipients="",
            subject="",
            message_id_header="",
            in_reply_to="",
            reference_ids=null(),
            authentication_results=null(),
            imported_from=null(),
            error=null(),
            raw_purged_at=func.coalesce(MessageRow.raw_purged_at, now),
            personal_purged_at=now,
        )
    )
    return len(numbers)


def purge_sent(session: Session, before: datetime, limit: int) -> int:
    """Remove the bytes of mails that left (or were refused) before `before`; returns of how many."""
    query = select(OutboxRow.id).where(_sent_overdue(before)).order_by(OutboxRow.id).limit(limit)
    numbers = session.scalars(query.with_for_update(skip_locked=True)).all()
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(numbers)).values(payload=b""))
    return len(numbers)


def overwrite_what_is_removed(session: Session) -> None:
    """Have SQLite write zeros over what this transaction removes, instead of only forgetting where it stood."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON").close()


def without_bytes(session: Session, message_ids: Sequence[int] | None, reader: str | None) -> tuple[int, ...]:
    """Those of the messages (of all, where None) whose bytes were purged; not those that the version `reader` read."""
    query = select(MessageRow.id).where(MessageRow.raw_purged_at.is_not(None)).order_by(MessageRow.id)
    if reader is not None:
        query = query.where(MessageRow.reader != reader)
    purged = session.scalars(query).all()
    return tuple(purged if message_ids is None else sorted(set(purged) & set(message_ids)))


def _is_done() -> ColumnElement[bool]:
    """Whether nothing is to be done with a message any more."""
    is_open = exists().where(CaseRow.message_id == MessageRow.id, CaseRow.state == "open")
    return and_(~MessageRow.queued, ~is_open)


def _raw_overdue(before: datetime | None) -> ColumnElement[bool]:
    has_bytes = exists().where(RawMessageRow.message_id == MessageRow.id)
    return and_(MessageRow.landed_at < before, has_bytes) if before is not None else MessageRow.id.is_(None)


def _personal_overdue(before: datetime | None) -> ColumnElement[bool]:
    if before is None:
        return MessageRow.id.is_(None)
    return and_(MessageRow.landed_at < before, MessageRow.personal_purged_at.is_(None))


def _sent_overdue(before: datetime | None) -> ColumnElement[bool]:
    if before is None:
        return OutboxRow.id.is_(None)
    return and_(OutboxRow.state.in_(_FINISHED), OutboxRow.finished_at < before, func.length(OutboxRow.payload) > 0)


def _locked(session: Session, condition: ColumnElement[bool], limit: int) -> Sequence[int]:
    query = select(MessageRow.id).where(condition, _is_done()).order_by(MessageRow.id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def _empty_texts(session: Session, numbers: Sequence[int]) -> None:
    """Empty what quotes the mail or its people: snippets, sentences, remarks."""
    reports = select(ReportRow.id).where(ReportRow.message_id.in_(numbers))
    figures = select(FigureRow.id).where(FigureRow.report_id.in_(reports))
    findings = select(FindingRow.id).where(FindingRow.message_id.in_(numbers))
    of_them = or_(EvidenceRow.figure_id.in_(figures), EvidenceRow.finding_id.in_(findings))
    session.execute(update(EvidenceRow).where(of_them).values(snippet=""))
    session.execute(update(FindingRow).where(FindingRow.message_id.in_(numbers)).values(message=REMOVED))
    session.execute(update(CaseRow).where(CaseRow.message_id.in_(numbers)).values(explanation=REMOVED))
    session.execute(update(DecisionRow).where(DecisionRow.message_id.in_(numbers)).values(note="", request=null()))
    replies = update(DeskReplyRow).where(DeskReplyRow.message_id.in_(numbers))
    session.execute(replies.values(reason="", outcome=null()))
