"""The open cases: why each needs a person, and what the reader proposes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Severity, Status
from mailbot.rollup.facts import Case, CaseSort, Decided, Figure, Place, Proposal, Reason
from mailbot.store.tables import (
    CaseRow,
    DecisionRow,
    EvidenceRow,
    FigureRow,
    FindingRow,
    MessageRow,
    MunicipalityRow,
    ReportRow,
)


def open_cases(session: Session, campaign: Campaign, zone: tzinfo) -> tuple[Case, ...]:
    """The messages that need a person, the one that has waited longest first."""
    reasons, proposals = _reasons(session), _proposals(session, campaign)
    query = (
        select(
            CaseRow.opened_at,
            CaseRow.reason,
            CaseRow.explanation,
            MessageRow.id,
            MessageRow.status,
            MessageRow.sender_name,
            MessageRow.sender_address,
            MessageRow.subject,
        )
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .where(CaseRow.state == "open")
        .order_by(CaseRow.opened_at, MessageRow.id)
    )
    cases = []
    for opened_at, code, explanation, letter, status, name, address, subject in session.execute(query):
        proposed = tuple(proposals.get(letter, ()))
        places = list(dict.fromkeys(proposal.municipality for proposal in proposed))
        cases.append(
            Case(
                sort=CaseSort.FAILED if status == Status.FAILED else CaseSort.REVIEW,
                since=opened_at.astimezone(zone),
                title=", ".join(places[:3]) + (" и другие" if len(places) > 3 else "") or "муниципалитет не установлен",
                reasons=tuple(reasons.get(letter, ())) or (Reason(code, explanation),),
                letter=letter,
                sender=sender(name, address),
                subject=subject,
                municipality=places[0] if len(places) == 1 else None,
                proposals=proposed,
            )
        )
    return tuple(cases)


def decisions(session: Session, zone: tzinfo, since: datetime | None) -> tuple[Decided, ...]:
    """The decisions in force that were taken at `since` (None: ever) or later, in their order."""
    query = (
        select(DecisionRow.message_id, DecisionRow.action, DecisionRow.decided_by, DecisionRow.decided_at)
        .where(DecisionRow.standing)
        .order_by(DecisionRow.decided_at, DecisionRow.id)
    )
    if since is not None:
        query = query.where(DecisionRow.decided_at >= since)
    return tuple(Decided(letter, action, by, at.astimezone(zone)) for letter, action, by, at in session.execute(query))


def sender(name: str, address: str) -> str:
    """«Отдел образования <roo@tatar.ru>», or what there is of it."""
    return f"{name} <{address}>" if name and address else name or address


def _reasons(session: Session) -> dict[int, list[Reason]]:
    """The blocking findings of the messages with open cases, each with its places."""
    query = (
        select(
            FindingRow.id,
            FindingRow.message_id,
            FindingRow.code,
            FindingRow.message,
            EvidenceRow.locator,
            EvidenceRow.snippet,
        )
        .join(CaseRow, CaseRow.message_id == FindingRow.message_id)
        .outerjoin(EvidenceRow, EvidenceRow.finding_id == FindingRow.id)
        .where(CaseRow.state == "open", FindingRow.severity == Severity.BLOCKS)
        .order_by(FindingRow.message_id, FindingRow.position, EvidenceRow.position)
    )
    findings: dict[int, tuple[int, str, str, list[Place]]] = {}
    for finding, letter, code, message, locator, snippet in session.execute(query):
        places = findings.setdefault(finding, (letter, code, message, []))[3]
        if locator is not None:
            places.append(Place(letter, locator, snippet))
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for letter, code, message, places in findings.values():
        reasons[letter].append(Reason(code, message, tuple(places)))
    return reasons


def _proposals(session: Session, campaign: Campaign) -> dict[int, list[Proposal]]:
    """What the reader found in the messages with open cases."""
    figures = _proposed_figures(session, campaign)
    query = (
        select(ReportRow.id, ReportRow.message_id, MunicipalityRow.name, ReportRow.organisation_name)
        .join(CaseRow, CaseRow.message_id == ReportRow.message_id)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .where(CaseRow.state == "open", ReportRow.decision_id.is_(None))
        .order_by(ReportRow.message_id, ReportRow.position)
    )
    proposals: dict[int, list[Proposal]] = defaultdict(list)
    for report, letter, municipality, organisation in session.execute(query):
        proposals[letter].append(Proposal(report, municipality, organisation, figures.get(report, {})))
    return proposals


def _proposed_figures(session: Session, campaign: Campaign) -> dict[int, dict[str, Figure]]:
    query = (
        select(
            FigureRow.id,
            FigureRow.report_id,
            ReportRow.message_id,
            FigureRow.field,
            FigureRow.value,
            EvidenceRow.locator,
            EvidenceRow.snippet,
        )
        .join(ReportRow, ReportRow.id == FigureRow.report_id)
        .join(CaseRow, CaseRow.message_id == ReportRow.message_id)
        .outerjoin(EvidenceRow, EvidenceRow.figure_id == FigureRow.id)
        .where(CaseRow.state == "open", ReportRow.decision_id.is_(None))
        .where(FigureRow.field.in_([field.name for field in campaign.fields]))
        .order_by(FigureRow.id, EvidenceRow.position)
    )
    places: dict[int, list[Place]] = defaultdict(list)
    values: dict[int, tuple[int, str, int]] = {}
    for figure, report, letter, field, value, locator, snippet in session.execute(query):
        values[figure] = (report, field, value)
        if locator is not None:
            places[figure].append(Place(letter, locator, snippet))
    figures: dict[int, dict[str, Figure]] = defaultdict(dict)
    for figure, (report, field, value) in values.items():
        figures[report][field] = Figure(value, tuple(places[figure]))
    return figures
