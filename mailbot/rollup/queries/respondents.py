"""The respondents' current figures, each with the places that state it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import tzinfo

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Status
from mailbot.rollup.facts import Figure, Place, Quota, Respondent
from mailbot.store import views
from mailbot.store.tables import (
    CampaignRow,
    EvidenceRow,
    FigureRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
    StandingFigureRow,
    StandingRow,
)
from mailbot.store.views.building import Fields, no_later_than_deadline
from mailbot.store.views.standing import figures_by_standing, quota_verdict

_VERDICTS = {"met": Quota.MET, "missed": Quota.MISSED}

_Places = dict[int, list[Place]]


def respondents(session: Session, campaign: Campaign, zone: tzinfo) -> tuple[Respondent, ...]:
    """Everyone whose figures count now: municipalities as configured, each before its organisations by name."""
    figures = _figures(session, campaign)
    wide = figures_by_standing(Fields.of(views.active_fields(session)))
    query = (
        select(
            StandingRow.id,
            MunicipalityRow.name,
            OrganisationRow.name,
            OrganisationRow.key,
            MessageRow.id,
            MessageRow.sent_at,
            no_later_than_deadline(MessageRow),
            quota_verdict(wide),
        )
        .join(MunicipalityRow, MunicipalityRow.id == StandingRow.municipality_id)
        .join(MessageRow, MessageRow.id == StandingRow.message_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == StandingRow.organisation_id)
        .outerjoin(wide, wide.c["_standing"] == StandingRow.id)
        .outerjoin(CampaignRow, true())
        .order_by(MunicipalityRow.position, StandingRow.organisation_id.is_not(None), StandingRow.id)
    )
    audience = {group.name for group in campaign.audience}
    found = []
    for standing, municipality, organisation, key, letter, sent_at, on_time, verdict in session.execute(query):
        given = figures.get(standing, {})
        found.append(
            Respondent(
                municipality=municipality,
                organisation=organisation,
                key=key,
                figures={name: figure for name, figure in given.items() if name not in audience},
                letter=letter,
                sent_at=sent_at.astimezone(zone),
                late=on_time is not None and not on_time,
                audience={name: figure.value for name, figure in given.items() if name in audience},
                quota=_VERDICTS.get(verdict or "", Quota.UNKNOWN),
            )
        )
    places = {name: i for i, name in enumerate(dict.fromkeys(row.municipality for row in found))}
    return tuple(
        sorted(found, key=lambda r: (places[r.municipality], r.organisation is not None, r.organisation or ""))
    )


def corrections(session: Session) -> Mapping[str, int]:
    """How many corrections that count came from each municipality, organisations in it included."""
    query = (
        select(MunicipalityRow.name, func.count(ReportRow.message_id.distinct()))
        .join(ReportRow, ReportRow.municipality_id == MunicipalityRow.id)
        .join(MessageRow, MessageRow.id == ReportRow.message_id)
        .where(ReportRow.kind == "correction", MessageRow.status == Status.ACCEPTED)
        .group_by(MunicipalityRow.name)
    )
    return dict(session.execute(query).all())


def _figures(session: Session, campaign: Campaign) -> dict[int, dict[str, Figure]]:
    """For each standing its figures by field, in the campaign's order, with all the evidence for each."""
    places = _evidence(session)
    query = select(
        StandingFigureRow.standing_id, StandingFigureRow.field, StandingFigureRow.value, StandingFigureRow.figure_id
    )
    order = {
        name: i for i, name in enumerate((*(f.name for f in campaign.fields), *(g.name for g in campaign.audience)))
    }
    figures: dict[int, dict[str, Figure]] = defaultdict(dict)
    rows = [row for row in session.execute(query) if row[1] in order]
    for standing, field, value, figure in sorted(rows, key=lambda row: order[row[1]]):
        figures[standing][field] = Figure(value, tuple(places.get(figure, ())))
    return figures


def _evidence(session: Session) -> _Places:
    query = (
        select(EvidenceRow.figure_id, ReportRow.message_id, EvidenceRow.locator, EvidenceRow.snippet)
        .join(StandingFigureRow, StandingFigureRow.figure_id == EvidenceRow.figure_id)
        .join(FigureRow, FigureRow.id == EvidenceRow.figure_id)
        .join(ReportRow, ReportRow.id == FigureRow.report_id)
        .order_by(EvidenceRow.figure_id, EvidenceRow.position)
    )
    places: _Places = defaultdict(list)
    for figure, letter, locator, snippet in session.execute(query):
        if figure is not None:
            places[figure].append(Place(letter, locator, snippet))
    return places
