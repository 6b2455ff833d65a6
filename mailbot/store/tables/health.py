"""How the service's jobs fare."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.tables.base import Base


class HealthRow(Base):
    """One job of the service: when it last did its work, and what kept it from it."""

    __tablename__ = "health"
    __table_args__ = ({"comment": "How the jobs of the service fare: what «mailbot status» shows"},)

    component: Mapped[str] = mapped_column(primary_key=True, comment="The job: receive:MAILBOX, read, report, deliver")
    succeeded_at: Mapped[datetime | None] = mapped_column(comment="When it last did its work")
    failed_at: Mapped[datetime | None] = mapped_column(comment="When it last failed")
    fault: Mapped[str | None] = mapped_column(comment="Why, in a Russian sentence; null once it works again")
