"""The view of all that was ever stated, with its evidence."""

from __future__ import annotations

from sqlalchemy import Subquery, and_, case, func, select, true
from sqlalchemy.orm import aliased

from mailbot.store.current import report_counts, standing_decision
from mailbot.store.tables import (
    CampaignRow,
    DecisionRow,
    EvidenceRow,
    FigureRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
    StandingFigureRow,
)
from mailbot.store.views.building import Column, Fields, View, no_later_than_deadline, yes_no


def figure_history(_fields: Fields) -> View:
    """Every figure of every report: current, superseded, or not counted; and where it stands in the message."""
    names = _names()
    maker = aliased(DecisionRow, name="maker")
    state = case(
        (StandingFigureRow.figure_id.is_not(None), "current"), (report_counts(), "superseded"), else_="not counted"
    )
    on_time = yes_no(no_later_than_deadline(MessageRow))
    columns = (
        Column("municipality", MunicipalityRow.name, "The municipality"),
        Column("organisation", names.c["_name"], "The organisation; null: the municipality as a whole"),
        Column("stated_name", ReportRow.organisation_name, "The organisation as the sender wrote it"),
        Column("field", FigureRow.field, "What is counted"),
        Column("value", FigureRow.value, "Number of people"),
        Column("state", state, "current: counts now; superseded: a later reply replaced it; not counted: its message "
               "is not accepted, or a person's decision stands in its place"),
        Column("report_kind", ReportRow.kind, "report: replaces all; correction: replaces only what it gives"),
        Column("sent_at", MessageRow.sent_at, "When the message reached the server"),
        Column("on_time", on_time, "Whether that was by the deadline: yes, no; null: no server says when it was"),
        Column("message_id", MessageRow.id, "Number of the message in message_log"),
        Column("place", EvidenceRow.locator, "Where it stands, for example «svod.xlsx!Лист1!C7» or «body:4»"),
        Column("snippet", EvidenceRow.snippet, "The text that stands there"),
        Column("decided_by", maker.decided_by, "The person who gave this figure; null: the reader read it"),
        Column("figure_id", FigureRow.id, "Number of the figure"),
    )  # fmt: skip
    query = (
        select(*(column.label for column in columns))
        .select_from(FigureRow)
        .join(ReportRow, ReportRow.id == FigureRow.report_id)
        .join(MessageRow, MessageRow.id == ReportRow.message_id)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .outerjoin(names, names.c["_organisation"] == ReportRow.organisation_id)
        .outerjoin(EvidenceRow, and_(EvidenceRow.figure_id == FigureRow.id, EvidenceRow.position == 0))
        .outerjoin(StandingFigureRow, StandingFigureRow.figure_id == FigureRow.id)
        .outerjoin(DecisionRow, standing_decision())
        .outerjoin(maker, maker.id == ReportRow.decision_id)
        .outerjoin(CampaignRow, true())
        .order_by(FigureRow.id)
    )
    return View(
        name="figure_history",
        comment="Every figure that was ever stated, whether it counts, and where it stands in its message",
        columns=columns,
        query=query,
        order="figure_id (the order in which they were read)",
    )


def _names() -> Subquery:
    """For each organisation its name, that of the main one where it is another spelling.

    Worked out before the figures are joined: there are ten times fewer organisations, and Postgres, which seeks the
    best order among eight tables at a time (join_collapse_limit), has two fewer to order.
    """
    main = aliased(OrganisationRow, name="main_organisation")
    return (
        select(OrganisationRow.id.label("_organisation"), main.name.label("_name"))
        .join(main, main.id == func.coalesce(OrganisationRow.same_as_id, OrganisationRow.id))
        .subquery("names")
    )
