"""What was read: reports, figures, findings, and the evidence for each."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.domain.interpretation import Severity
from mailbot.store.columns import BigKey, one_of, partial_index
from mailbot.store.tables.base import Base


class ReportRow(Base):
    """One respondent's figures from one message."""

    __tablename__ = "reports"
    __table_args__ = (
        Index(None, "message_id", "position"),
        one_of("kind", ("report", "correction")),
        Index(None, "municipality_id", "organisation_id"),
        Index(None, "organisation_id"),
        Index(None, "decision_id"),
        {"comment": "What one message says of one respondent; those of messages under review are proposals only"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the report")
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), comment="The message")
    decision_id: Mapped[int | None] = mapped_column(
        BigKey,
        ForeignKey("decisions.id"),
        comment="The person's decision that these figures come from; null for what the reader read",
    )
    position: Mapped[int] = mapped_column(comment="Order in the message, from 0")
    kind: Mapped[str] = mapped_column(
        comment="report: replaces all that the respondent said before; correction: replaces only what it gives"
    )
    municipality_id: Mapped[int] = mapped_column(BigKey, ForeignKey("municipalities.id"), comment="The municipality")
    organisation_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("organisations.id"), comment="The organisation; null for the municipality as a whole"
    )
    organisation_name: Mapped[str | None] = mapped_column(comment="The organisation as the sender writes it")


class FigureRow(Base):
    """One figure of a report."""

    __tablename__ = "figures"
    __table_args__ = (
        UniqueConstraint("report_id", "field"),
        Index(None, "field"),
        CheckConstraint("value >= 0", name="not_negative"),
        {"comment": "The figures of the reports, as the senders state them"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the figure")
    report_id: Mapped[int] = mapped_column(BigKey, ForeignKey("reports.id", ondelete="CASCADE"), comment="The report")
    field: Mapped[str] = mapped_column(ForeignKey("fields.name"), comment="What is counted")
    value: Mapped[int] = mapped_column(comment="Number of people")


class FindingRow(Base):
    """Why something in a message cannot simply be taken."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        one_of("severity", Severity),
        {"comment": "Why something in a message can't simply be taken, or is worth showing"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the finding")
    message_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("messages.id", ondelete="CASCADE"), comment="The message"
    )
    position: Mapped[int] = mapped_column(comment="Order in the message, from 0")
    code: Mapped[str] = mapped_column(comment="Which kind of finding, for example total_mismatch")
    severity: Mapped[str] = mapped_column(comment="blocks: a person must look; note: worth showing")
    message: Mapped[str] = mapped_column(comment="The reason in a Russian sentence")


class EvidenceRow(Base):
    """A place in a message that a figure or a finding rests on."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(figure_id IS NULL) <> (finding_id IS NULL)", name="of_one_thing"),
        Index(None, "figure_id", "position"),
        Index(None, "finding_id", "position"),
        {"comment": "Where each figure and each finding stands: the place in the message and the snippet of text"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the piece of evidence")
    figure_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("figures.id", ondelete="CASCADE"), comment="The figure that it is evidence for, or null"
    )
    finding_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("findings.id", ondelete="CASCADE"), comment="The finding that it is evidence for, or null"
    )
    position: Mapped[int] = mapped_column(comment="Order, from 0")
    locator: Mapped[str] = mapped_column(comment="The place, for example «svod.xlsx!Лист1!C7» or «body:4»")
    snippet: Mapped[str] = mapped_column(comment="The text that stands there")


class StandingRow(Base):
    """Where a respondent stands: the outcome of all its counted reports."""

    __tablename__ = "standings"
    __table_args__ = (
        partial_index("uq_standings_municipality_itself", "municipality_id", "organisation_id IS NULL", unique=True),
        UniqueConstraint("organisation_id"),
        Index(None, "municipality_id"),
        Index(None, "message_id"),
        {"comment": "One row for each respondent whose figures count now; derived from reports, kept for speed"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the standing")
    municipality_id: Mapped[int] = mapped_column(BigKey, ForeignKey("municipalities.id"), comment="The municipality")
    organisation_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("organisations.id"), comment="The organisation; null for the municipality as a whole"
    )
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), comment="The latest message that counts")
    first_message_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("messages.id"), comment="The first message that counted"
    )
    statements: Mapped[int] = mapped_column(comment="In how many messages the respondent gave figures that counted")


class StandingFigureRow(Base):
    """A figure of a respondent that counts now."""

    __tablename__ = "standing_figures"
    __table_args__ = (
        Index(None, "figure_id"),
        {"comment": "The figures that count now, with the figure of the history each comes from; derived from figures"},
    )

    standing_id: Mapped[int] = mapped_column(
        BigKey,
        ForeignKey("standings.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The standing",
    )
    field: Mapped[str] = mapped_column(ForeignKey("fields.name"), primary_key=True, comment="What is counted")
    value: Mapped[int] = mapped_column(comment="Number of people")
    figure_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("figures.id", ondelete="CASCADE"), comment="The figure of the history that this is"
    )
