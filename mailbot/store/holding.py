"""The reports of a message that hold now, as values: a person's decision starts from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Claim, Evidence, Report
from mailbot.store.current import report_counts, standing_decision
from mailbot.store.tables import (
    DecisionRow,
    EvidenceRow,
    FieldRow,
    FigureRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A report of a message: its number, its kind («report», «correction»), and what it says."""

    number: int
    kind: str
    report: Report


def reports_of(session: Session, message_id: int) -> tuple[Held, ...]:
    """The reports of a message that hold: those of the decision in force, else what the reader read; in their order."""
    decision = session.scalar(select(DecisionRow.id).where(DecisionRow.message_id == message_id, DecisionRow.standing))
    query = (
        select(ReportRow, MunicipalityRow.name, OrganisationRow.key)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
        .where(ReportRow.message_id == message_id, ReportRow.decision_id.is_not_distinct_from(decision))
        .order_by(ReportRow.position, ReportRow.id)
    )
    rows = session.execute(query).all()
    figures = _figures(session, [row.id for row, _, _ in rows])
    return tuple(
        Held(
            row.id,
            row.kind,
            Report(
                municipality=municipality,
                organisation=row.organisation_name,
                key=key,
                figures=tuple(claim for audience, claim in figures[row.id] if not audience),
                audience=tuple(claim for audience, claim in figures[row.id] if audience),
            ),
        )
        for row, municipality, key in rows
    )


def keys_of(session: Session, municipality: str, key: str) -> frozenset[str]:
    """The keys under which an organisation's reports count: its own, and those of its other names."""
    main = _main(session, municipality, key)
    query = select(OrganisationRow.key).where(_main_number() == main)
    return frozenset(session.scalars(query)) | {key}


def messages_of(session: Session, municipality: str, key: str | None) -> tuple[int, ...]:
    """The messages whose reports of this respondent count, by the time at which they reached the server."""
    same = ReportRow.organisation_id.is_(None) if key is None else _main_number() == _main(session, municipality, key)
    query = (
        select(MessageRow.id)
        .join(ReportRow, ReportRow.message_id == MessageRow.id)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
        .outerjoin(DecisionRow, standing_decision())
        .where(MunicipalityRow.name == municipality, same, report_counts())
        .order_by(MessageRow.sent_at, MessageRow.id)
    )
    return tuple(dict.fromkeys(session.scalars(query)))


def _main_number() -> ColumnElement[int]:
    """The number of the organisation that a row's figures count for."""
    return func.coalesce(OrganisationRow.same_as_id, OrganisationRow.id)


def _main(session: Session, municipality: str, key: str) -> int | None:
    query = (
        select(_main_number())
        .join(MunicipalityRow, MunicipalityRow.id == OrganisationRow.municipality_id)
        .where(MunicipalityRow.name == municipality, OrganisationRow.key == key)
    )
    return session.scalar(query)


def _figures(session: Session, reports: Sequence[int]) -> dict[int, list[tuple[bool, Claim]]]:
    """For each report its claims, each with whether it is of an audience group."""
    query = (
        select(FigureRow.id, FigureRow.report_id, FigureRow.field, FigureRow.value, FieldRow.kind)
        .join(FieldRow, FieldRow.name == FigureRow.field)
        .where(FigureRow.report_id.in_(reports))
        .order_by(FigureRow.id)
    )
    rows = session.execute(query).all()
    places: dict[int, list[Evidence]] = defaultdict(list)
    evidence = (
        select(EvidenceRow.figure_id, EvidenceRow.locator, EvidenceRow.snippet)
        .join(FigureRow, FigureRow.id == EvidenceRow.figure_id)
        .where(FigureRow.report_id.in_(reports))
        .order_by(EvidenceRow.figure_id, EvidenceRow.position)
    )
    for figure, locator, snippet in session.execute(evidence):
        if figure is not None:
            places[figure].append(Evidence(locator=locator, snippet=snippet))
    found: dict[int, list[tuple[bool, Claim]]] = defaultdict(list)
    for figure, report, field, value, kind in rows:
        claim = Claim(name=field, value=value, evidence=tuple(places[figure]))
        found[report].append((kind == "audience", claim))
    return found
