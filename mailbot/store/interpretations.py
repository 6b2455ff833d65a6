"""Writing what was read (or decided) of a message into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Claim, Evidence, Finding, Interpretation, Kind, Report
from mailbot.store import respondents
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.respondents import Respondent
from mailbot.store.tables import AttachmentRow, DecisionRow, EvidenceRow, FigureRow, FindingRow, MessageRow, ReportRow
from mailbot.store.times import server_time

_REPORTS, _FINDINGS, _ATTACHMENTS = (table_of(row) for row in (ReportRow, FindingRow, AttachmentRow))
_DECISIONS = table_of(DecisionRow)
_MESSAGE: BindParameter[Any] = bindparam("message")
_MESSAGES: BindParameter[Any] = bindparam("messages", expanding=True)

# in a coalesce, or SQLite takes the index on the decision, and goes through all reports that have none
_NO_REPORTS = delete(_REPORTS).where(
    _REPORTS.c.message_id.in_(_MESSAGES), func.coalesce(_REPORTS.c.decision_id, 0) == 0
)
_NO_ATTACHMENTS = delete(_ATTACHMENTS).where(_ATTACHMENTS.c.message_id.in_(_MESSAGES))
_NO_FINDINGS = delete(_FINDINGS).where(_FINDINGS.c.message_id.in_(_MESSAGES))
_IN_FORCE = select(_DECISIONS.c.id).where(_DECISIONS.c.message_id == _MESSAGE, _DECISIONS.c.standing).scalar_subquery()
_COUNTS = select(
    select(func.count())
    .select_from(_REPORTS)
    .where(_REPORTS.c.message_id == _MESSAGE, func.coalesce(_REPORTS.c.decision_id, 0) == func.coalesce(_IN_FORCE, 0))
    .scalar_subquery(),
    select(func.count()).where(_FINDINGS.c.message_id == _MESSAGE).scalar_subquery(),
    select(func.count()).where(_ATTACHMENTS.c.message_id == _MESSAGE).scalar_subquery(),
)
"""Reports that hold (those of the decision in force, else the reader's), findings and attachments of a message."""


@dataclass(frozen=True, slots=True)
class Said:
    """Reports of a message: of the decision numbered `decision`, or (None) the reader's."""

    message: int
    reports: Sequence[Report]
    kind: Literal["report", "correction"]
    decision: int | None = None


def put(session: Session, readings: Sequence[tuple[MessageRow, Interpretation]]) -> dict[int, set[Respondent]]:
    """Replace what the reader once wrote of these messages by what it read now; a person's figures stay as they are.

    Returns whom each message, by its number, speaks of now. The caller has locked the municipalities concerned and
    brings statuses and standings up to date, and the counts where a decision is in force.
    """
    for message, interpretation in readings:
        _put_envelope(message, interpretation)
        message.report_count = len(interpretation.reports)
        message.finding_count = len(interpretation.findings)
        message.attachment_count = len(interpretation.attachments)
    session.flush()
    numbers = [message.id for message, _ in readings]
    session.execute(_NO_REPORTS, {"messages": numbers})
    session.execute(_NO_ATTACHMENTS, {"messages": numbers})
    put_findings(session, {message.id: interpretation.findings for message, interpretation in readings})
    rows = [
        {"message_id": message.id, "position": position, "name": name}
        for message, interpretation in readings
        for position, name in enumerate(interpretation.attachments)
    ]
    insert_rows(session, AttachmentRow, rows)
    return put_reports(session, [_said(message.id, interpretation) for message, interpretation in readings])


def put_findings(session: Session, findings: Mapping[int, Sequence[Finding]]) -> None:
    """Replace the findings of messages, given by the messages' numbers."""
    session.execute(_NO_FINDINGS, {"messages": list(findings)})
    numbered = [(message, *each) for message, own in findings.items() for each in enumerate(own)]
    rows = [
        {
            "message_id": message,
            "position": position,
            "code": finding.code.value,
            "severity": finding.severity.value,
            "message": finding.message,
        }
        for message, position, finding in numbered
    ]
    places = zip(insert_numbered(session, FindingRow, rows), numbered, strict=True)
    evidence = [row for number, (*_, finding) in places for row in _evidence(finding.evidence, finding_id=number)]
    insert_rows(session, EvidenceRow, evidence)


def put_reports(session: Session, said: Sequence[Said]) -> dict[int, set[Respondent]]:
    """Add reports of messages, with their figures and evidence; returns whom each message spoke of in them."""
    reports = [report for each in said for report in each.reports]
    places = respondents.municipality_ids(session, (report.municipality for report in reports))
    organisations = iter(respondents.organisation_ids(session, places, reports))
    rows: list[dict[str, Any]] = [
        {
            "message_id": each.message,
            "decision_id": each.decision,
            "position": position,
            "kind": each.kind,
            "municipality_id": places[report.municipality],
            "organisation_id": next(organisations),
            "organisation_name": report.organisation,
        }
        for each in said
        for position, report in enumerate(each.reports)
    ]
    numbers = insert_numbered(session, ReportRow, rows)
    claims = [(number, claim) for number, report in zip(numbers, reports, strict=True) for claim in _claims(report)]
    figures = [{"report_id": report, "field": claim.name, "value": claim.value} for report, claim in claims]
    stated = zip(insert_numbered(session, FigureRow, figures), claims, strict=True)
    evidence = [row for figure, (_, claim) in stated for row in _evidence(claim.evidence, figure_id=figure)]
    insert_rows(session, EvidenceRow, evidence)
    spoken: dict[int, set[Respondent]] = {each.message: set() for each in said}
    for row in rows:
        spoken[row["message_id"]].add(Respondent(row["municipality_id"], row["organisation_id"]))
    return spoken


def tally(session: Session, message: MessageRow) -> None:
    """Count the message's reports that hold, its findings and its attachments, for the log of messages."""
    session.flush()
    counted = session.execute(_COUNTS, {"message": message.id}).one()
    message.report_count, message.finding_count, message.attachment_count = counted


def _said(message: int, interpretation: Interpretation) -> Said:
    kind: Literal["report", "correction"] = "correction" if interpretation.kind is Kind.CORRECTION else "report"
    return Said(message, interpretation.reports, kind)


def _put_envelope(message: MessageRow, interpretation: Interpretation) -> None:
    envelope = interpretation.envelope
    message.kind = interpretation.kind.value
    message.reader = interpretation.reader
    message.sender_name = envelope.sender_name
    message.sender_address = envelope.sender_address
    message.recipients = ", ".join(envelope.recipients)
    message.subject = envelope.subject
    message.message_id_header = envelope.message_id
    message.in_reply_to = envelope.in_reply_to
    message.reference_ids = list(envelope.references)
    message.authentication_results = list(envelope.authentication_results)
    message.received_at = envelope.received
    message.date_header = envelope.date
    message.sent_at, message.sent_at_source = server_time(
        envelope.received, message.internal_date, envelope.date, message.landed_at
    )


def _claims(report: Report) -> Iterable[Claim]:
    yield from report.figures
    yield from report.audience


def _evidence(
    evidence: Sequence[Evidence], *, figure_id: int | None = None, finding_id: int | None = None
) -> list[dict[str, Any]]:
    """The rows of the evidence of one figure or one finding."""
    of = {"figure_id": figure_id, "finding_id": finding_id}
    return [
        {**of, "position": position, "locator": item.locator, "snippet": item.snippet}
        for position, item in enumerate(evidence)
    ]
