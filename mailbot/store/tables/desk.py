"""The desk: replies to roll-ups that gave orders, the key that signs them, and the weights of the thermometer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.columns import BigKey, one_of
from mailbot.store.tables.base import Base


class DeskReplyRow(Base):
    """A message that answers a roll-up; carried out once, or refused."""

    __tablename__ = "desk_replies"
    __table_args__ = (
        one_of("verdict", ("applied", "refused")),
        {"comment": "The replies to roll-ups that gave orders: each is carried out once, or refused"},
    )

    message_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("messages.id"), primary_key=True, autoincrement=False, comment="The message"
    )
    verdict: Mapped[str] = mapped_column(
        comment="applied: from the contact person, carried out as far as possible; refused: nothing of it was done"
    )
    reason: Mapped[str] = mapped_column(server_default="", comment="Why it was refused, in a Russian sentence")
    rollup: Mapped[str] = mapped_column(server_default="", comment="The roll-up that it answers: date and kind")
    handled_at: Mapped[datetime] = mapped_column(comment="When that was decided")
    receipt_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("outbox.id"), comment="The mail that told its sender what was done"
    )
    outcome: Mapped[dict[str, Any] | None] = mapped_column(comment="What was done and what was not, order by order")


class SigningKeyRow(Base):
    """A key that was generated here, because the configuration gives none."""

    __tablename__ = "signing_keys"
    __table_args__ = ({"comment": "Keys that sign what we send, so that an answer to it can be told; secret"},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="What it signs: replies")
    key: Mapped[bytes] = mapped_column(LargeBinary, comment="The key")
    made_at: Mapped[datetime] = mapped_column(comment="When it was generated")


class WeightRow(Base):
    """A weight or a scale of the thermometer."""

    __tablename__ = "thermometer_weights"
    __table_args__ = ({"comment": "The weights and scales of the thermometer, copied from the configuration"},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="Which: speed, completeness, quota, steadiness…")
    value: Mapped[float] = mapped_column(comment="Weight; days; or the share that one event costs")
