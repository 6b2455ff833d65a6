"""What needs a person, and what persons decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.columns import BigKey, one_of, partial_index
from mailbot.store.tables.base import Base


class DecisionRow(Base):
    """What a person decided about a message. Never changed or removed, except that a later one may replace it."""

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("action", ("accept", "reject", "set")),
        partial_index("uq_decisions_standing", "message_id", "standing", unique=True),
        Index(None, "message_id"),
        {"comment": "What persons decided about messages, and who, when and how; reading again doesn't undo it"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the decision")
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), comment="The message")
    action: Mapped[str] = mapped_column(
        comment="accept: the figures count as read; reject: nothing in it counts; set: the person's figures count"
    )
    decided_by: Mapped[str] = mapped_column(comment="Who decided")
    decided_at: Mapped[datetime] = mapped_column(comment="When")
    via: Mapped[str] = mapped_column(comment="How it reached us: console, workbook, reply")
    note: Mapped[str] = mapped_column(server_default="", comment="A remark in the person's own words")
    request: Mapped[dict[str, Any] | None] = mapped_column(comment="What the person sent, as it was understood")
    standing: Mapped[bool] = mapped_column(comment="True for the one that is in force; a later decision replaces it")


class CaseRow(Base):
    """A message that needs, or needed, a person."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("message_id"),
        one_of("state", ("open", "closed")),
        one_of("closed_by", ("person", "reader")),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        Index(None, "state", "opened_at"),
        {"comment": "What needs a person, one row for each such message, and how it was settled"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the case")
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), comment="The message")
    state: Mapped[str] = mapped_column(comment="open or closed")
    reason: Mapped[str] = mapped_column(comment="Code of the finding that weighs most, for example total_mismatch")
    explanation: Mapped[str] = mapped_column(comment="The reason in a Russian sentence")
    opened_at: Mapped[datetime] = mapped_column(comment="Since when it waits")
    closed_at: Mapped[datetime | None] = mapped_column(comment="When it was settled")
    closed_by: Mapped[str | None] = mapped_column(comment="person: by a decision; reader: a later reading needs nobody")
    decision_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("decisions.id"), comment="The decision, if any")
