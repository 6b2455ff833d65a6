"""Writing what was read (or decided) of a message into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Claim, Evidence, Finding, Interpretation, Kind, Report
from mailbot.store import respondents
from mailbot.store.bulk import insert_numbered, insert_rows, table_of
from mailbot.store.tables import AttachmentRow, DecisionRow, EvidenceRow, FigureRow, FindingRow, MessageRow, ReportRow
from mailbot.store.times import server_time

_REPORTS, _FINDINGS, _ATTACHMENTS = (table_of(row) for row in (ReportRow, FindingRow, AttachmentRow))
_DECISIONS = table_of(DecisionRow)
_MESSAGE: BindParameter[Any] = bindparam("message")

_NO_REPORTS = delete(_REPORTS).where(_REPORTS.c.message_id == _MESSAGE, _REPORTS.c.decision_id.is_(None))
_NO_ATTACHMENTS = delete(_ATTACHMENTS).where(_ATTACHMENTS.c.message_id == _MESSAGE)
_NO_FINDINGS = delete(_FINDINGS).where(_FINDINGS.c.message_id == _MESSAGE)
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


def put(session: Session, message: MessageRow, interpretation: Interpretation) -> None:
    """Replace what the reader once wrote of `message` by `interpretation`; a person's figures stay as they are.

    The caller has locked the municipalities concerned and brings the standings up to date afterwards.
    """
    session.flush()
    session.execute(_NO_REPORTS, {"message": message.id})
    session.execute(_NO_ATTACHMENTS, {"message": message.id})
    _put_envelope(message, interpretation)
    put_findings(session, message.id, interpretation.findings)
    kind = "correction" if interpretation.kind is Kind.CORRECTION else "report"
    put_reports(session, message.id, interpretation.reports, kind, None)
    names = enumerate(interpretation.attachments)
    rows = [{"message_id": message.id, "position": position, "name": name} for position, name in names]
    insert_rows(session, AttachmentRow, rows)


def put_findings(session: Session, message_id: int, findings: Sequence[Finding]) -> None:
    """Replace the findings of a message."""
    session.flush()
    session.execute(_NO_FINDINGS, {"message": message_id})
    rows = [
        {
            "message_id": message_id,
            "position": position,
            "code": finding.code.value,
            "severity": finding.severity.value,
            "message": finding.message,
        }
        for position, finding in enumerate(findings)
    ]
    numbers = insert_numbered(session, FindingRow, rows)
    places = zip(numbers, findings, strict=True)
    insert_rows(session, EvidenceRow, [row for id_, each in places for row in _evidence(each.evidence, finding_id=id_)])


def put_reports(
    session: Session, message_id: int, reports: Sequence[Report], kind: str, decision_id: int | None
) -> None:
    """Add reports of a message, with their figures and evidence: the reader's, or those of a person's decision."""
    places = respondents.municipality_ids(session, (report.municipality for report in reports))
    organisations = respondents.organisation_ids(session, places, reports)
    rows = [
        {
            "message_id": message_id,
            "decision_id": decision_id,
            "position": position,
            "kind": kind,
            "municipality_id": places[report.municipality],
            "organisation_id": organisation,
            "organisation_name": report.organisation,
        }
        for position, (report, organisation) in enumerate(zip(reports, organisations, strict=True))
    ]
    numbers = insert_numbered(session, ReportRow, rows)
    claims = [(number, claim) for number, report in zip(numbers, reports, strict=True) for claim in _claims(report)]
    figures = [{"report_id": report, "field": claim.name, "value": claim.value} for report, claim in claims]
    stated = zip(insert_numbered(session, FigureRow, figures), claims, strict=True)
    evidence = [row for figure, (_, claim) in stated for row in _evidence(claim.evidence, figure_id=figure)]
    insert_rows(session, EvidenceRow, evidence)


def tally(session: Session, message: MessageRow) -> None:
    """Count the message's reports that hold, its findings and its attachments, for the log of messages."""
    session.flush()
    counted = session.execute(_COUNTS, {"message": message.id}).one()
    message.report_count, message.finding_count, message.attachment_count = counted


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
