"""What leaves: the outbox, and the roll-ups that were made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.columns import BigKey, one_of, partial_index
from mailbot.store.tables.base import Base

OUTBOX_STATES = ("queued", "sending", "sent", "refused")


class OutboxRow(Base):
    """A mail that is to leave, or left."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("message_id_header"),
        one_of("state", OUTBOX_STATES),
        partial_index("ix_outbox_waiting", "next_attempt_at", "state IN ('queued', 'sending')"),
        {"comment": "The mails that mailbot sends: a durable queue, and the record of what left"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the mail")
    kind: Mapped[str] = mapped_column(comment="What it is: rollup, receipt…")
    message_id_header: Mapped[str] = mapped_column(comment="Its Message-ID, the same at every attempt")
    sender: Mapped[str] = mapped_column(comment="Address it is sent from")
    recipients: Mapped[list[str]] = mapped_column(comment="Addresses it is sent to")
    subject: Mapped[str] = mapped_column(comment="The subject, for people")
    payload: Mapped[bytes] = mapped_column(LargeBinary, comment="The mail: RFC 5322 bytes, the same at every attempt")
    state: Mapped[str] = mapped_column(
        comment="queued; sending: handed to the mail server, outcome not recorded yet; sent; refused for good"
    )
    created_at: Mapped[datetime] = mapped_column(comment="When it was queued")
    attempts: Mapped[int] = mapped_column(server_default="0", comment="How often sending it was begun")
    next_attempt_at: Mapped[datetime] = mapped_column(
        comment="Not to be tried before; while sending: when the sender is given up for dead"
    )
    claimed_by: Mapped[str | None] = mapped_column(comment="The process that is sending it now")
    uncertain: Mapped[bool] = mapped_column(
        server_default=false(),
        comment="True where an attempt ended without a record of its outcome: it may have arrived",
    )
    holds_all_until: Mapped[datetime | None] = mapped_column(
        comment="The server refused the account, not this mail (a limit, a log-in): until then nothing at all is sent; else null"
    )
    last_error: Mapped[str | None] = mapped_column(comment="What the mail server last answered")
    finished_at: Mapped[datetime | None] = mapped_column(comment="When it was sent or refused for good")


class RollupRow(Base):
    """A roll-up that was made for a date."""

    __tablename__ = "rollups"
    __table_args__ = (
        UniqueConstraint("for_date", "kind"),
        Index(None, "outbox_id"),
        {"comment": "The roll-ups that were made; one of a kind for a date"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the roll-up")
    for_date: Mapped[date] = mapped_column(comment="The date that it reports on, in the campaign's zone")
    kind: Mapped[str] = mapped_column(comment="daily, final…")
    made_at: Mapped[datetime] = mapped_column(comment="When it was made and queued")
    outbox_id: Mapped[int] = mapped_column(BigKey, ForeignKey("outbox.id"), comment="The mail that carries it")
    snapshot: Mapped[dict[str, Any]] = mapped_column(comment="What it said, to tell what is new in the next one")


class PublicViewRow(Base):
    """A public view as it was created."""

    __tablename__ = "public_views"
    __table_args__ = ({"comment": "The public views as they were created, to know when they must be made anew"},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="Name of the view")
    definition: Mapped[str] = mapped_column(comment="The SQL that it was created with")
    origin: Mapped[str | None] = mapped_column(
        comment="Digest of what that SQL follows from: the code, the fields, the names of all views"
    )
