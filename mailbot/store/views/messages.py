"""Views of messages: those that need a person, and the log of all."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, case, func, null, select, true

from mailbot.store.current import standing_decision
from mailbot.store.tables import (
    CampaignRow,
    CaseRow,
    DecisionRow,
    FolderRow,
    MessageRow,
    MunicipalityRow,
    ReportRow,
)
from mailbot.store.views.building import Column, Fields, View, no_later_than_deadline, yes_no


def to_review(_fields: Fields) -> View:
    """The open cases: messages that need a person, and why."""
    columns = (
        Column("message_id", MessageRow.id, "Number of the message in message_log"),
        Column("status", MessageRow.status, "review: the reader is not certain; failed: reading it crashed"),
        Column("kind", MessageRow.kind, "report, correction, question, auto, other; null where it couldn't be read"),
        Column("reason", CaseRow.reason, "Code of the finding that weighs most"),
        Column("explanation", CaseRow.explanation, "The reason in a Russian sentence"),
        Column("findings", MessageRow.finding_count, "How many findings there are"),
        Column("opened_at", CaseRow.opened_at, "Since when it waits"),
        Column("sent_at", MessageRow.sent_at, "When the message reached the server"),
        Column("sender_name", MessageRow.sender_name, "The sender's name"),
        Column("sender_address", MessageRow.sender_address, "The sender's address"),
        Column("subject", MessageRow.subject, "The subject"),
        Column("municipality", _only_municipality(), "The municipality that the reader found, if it is one"),
        Column("reports", MessageRow.report_count, "How many respondents' figures the reader proposes"),
    )
    query = (
        select(*(column.label for column in columns))
        .select_from(CaseRow)
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .where(CaseRow.state == "open")
        .order_by(CaseRow.opened_at, MessageRow.id)
    )
    return View(
        name="to_review",
        comment="The messages that need a person, and why",
        columns=columns,
        query=query,
        order="opened_at (the oldest first), then message_id",
    )


def message_log(_fields: Fields) -> View:
    """Every message, what became of it, and where it lies."""
    on_time = yes_no(no_later_than_deadline(MessageRow))
    columns = (
        Column("message_id", MessageRow.id, "Number of the message, in order of arrival"),
        Column("status", MessageRow.status, "received, accepted, review, ignored or failed"),
        Column("kind", MessageRow.kind, "report, correction, question, auto, other; null until read"),
        Column("sent_at", MessageRow.sent_at, "When it reached the mail server"),
        Column("sent_at_source", MessageRow.sent_at_source, "received, internaldate: the server's word; date, "
               "landing: for want of one"),
        Column("on_time", on_time, "Whether that was by the deadline: yes, no; null: no server says when it was"),
        Column("landed_at", MessageRow.landed_at, "When it came into this database"),
        Column("sender_name", MessageRow.sender_name, "The sender's name"),
        Column("sender_address", MessageRow.sender_address, "The sender's address"),
        Column("subject", MessageRow.subject, "The subject"),
        Column("size", MessageRow.size, "Size in bytes"),
        Column("reports", MessageRow.report_count, "How many respondents' figures it gives (under review: proposes)"),
        Column("findings", MessageRow.finding_count, "How many findings there are"),
        Column("attachments", MessageRow.attachment_count, "How many attachments it has, nested ones too"),
        Column("mailbox", FolderRow.mailbox, "The mailbox where it was last met; null where it was imported"),
        Column("folder", FolderRow.name, "The folder where it was last met; null where it was imported"),
        Column("imported_from", MessageRow.imported_from, "The file it was imported from, where it was"),
        Column("decision", DecisionRow.action, "What a person decided: accept, reject, set; null: nobody did"),
        Column("decided_by", DecisionRow.decided_by, "Who decided"),
        Column("decided_at", DecisionRow.decided_at, "When"),
        Column("reader", MessageRow.reader, "Version of the reader that read it"),
        Column("read_at", MessageRow.read_at, "When it was read"),
        Column("personal_purged_at", MessageRow.personal_purged_at, "When sender, subject and snippets were removed, "
               "because the time of keeping them was over; null while they are kept"),
    )  # fmt: skip
    query = (
        select(*(column.label for column in columns))
        .select_from(MessageRow)
        .outerjoin(FolderRow, FolderRow.id == MessageRow.folder_id)
        .outerjoin(DecisionRow, standing_decision())
        .outerjoin(CampaignRow, true())
        .order_by(MessageRow.id)
    )
    return View(
        name="message_log",
        comment="Every message, what became of it, and where it lies",
        columns=columns,
        query=query,
        order="message_id",
    )


def _only_municipality() -> ScalarSelect[str | None]:
    """The name, where all reports of the message are of one municipality."""
    name = case((func.min(ReportRow.municipality_id) == func.max(ReportRow.municipality_id),
                 func.min(MunicipalityRow.name)), else_=null())  # fmt: skip
    return (
        select(name)
        .select_from(ReportRow)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .where(ReportRow.message_id == MessageRow.id, ReportRow.decision_id.is_(None))
        .scalar_subquery()
    )
