"""Views of what stands now: the current figures, and which organisations are below the quota."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, case, func, null, select, true
from sqlalchemy.orm import aliased

from mailbot.store.fields import Field
from mailbot.store.tables import (
    CampaignRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    StandingFigureRow,
    StandingRow,
)
from mailbot.store.views.building import (
    Column,
    Fields,
    View,
    binary_order,
    maximum_where,
    no_later_than_deadline,
    sum_where,
    yes_no,
)

ORDER: Final = "municipality as configured, then the municipality as a whole, then organisation (by character codes)"


def figures_by_standing(fields: Fields) -> Subquery:
    """For each standing its fields as columns, with the bounds on the number of people.

    One person may subscribe in three networks: the largest network bounds the people from below, the sum from above; a
    stated total is both.
    """
    value, name = StandingFigureRow.value, StandingFigureRow.field
    is_account = name.in_(fields.names("account"))
    stated = maximum_where(value, name.in_(fields.names("total")))
    columns = [
        maximum_where(value, name == field.name).label(field.name) for field in (*fields.figures, *fields.audience)
    ]
    return (
        select(
            StandingFigureRow.standing_id.label("_standing"),
            *columns,
            func.coalesce(stated, maximum_where(value, is_account)).label("_at_least"),
            func.coalesce(stated, sum_where(value, is_account)).label("_at_most"),
        )
        .group_by(StandingFigureRow.standing_id)
        .subquery("figures_now")
    )


def quota_verdict(figures: Subquery) -> ColumnElement[str | None]:
    """Whether the organisation of a standing meets the quota, as far as its figures tell."""
    at_least, at_most, quota = figures.c["_at_least"], figures.c["_at_most"], CampaignRow.quota
    return case(
        (StandingRow.organisation_id.is_(None) | quota.is_(None), null()),
        (at_least.is_(None), "no data"),
        (at_least >= quota, "met"),
        (at_most < quota, "missed"),
        else_="cannot tell",
    )


def current_figures(fields: Fields) -> View:
    """The figures that count now, a row for each respondent."""
    figures = figures_by_standing(fields)
    first = aliased(MessageRow, name="first_message")
    columns = (
        *_who(),
        *(Column(field.name, figures.c[field.name], f"People: {field.title}") for field in fields.figures),
        *(_audience(figures, field) for field in fields.audience),
        Column(
            "people_at_least",
            figures.c["_at_least"],
            "People at the least: the stated total, else the largest of the networks' figures",
        ),
        Column(
            "people_at_most",
            figures.c["_at_most"],
            "People at the most: the stated total, else the sum of the networks' figures",
        ),
        Column(
            "quota",
            quota_verdict(figures),
            "met: people_at_least reach the quota; missed: people_at_most don't; cannot tell: between; no data: no "
            "figure to compare; null: no quota, or the municipality as a whole",
        ),
        *_when(),
        Column("first_sent_at", first.sent_at, "When the first reply that counted reached the server"),
        Column("statements", StandingRow.statements, "How many replies that counted the respondent gave"),
        Column("sender_address", MessageRow.sender_address, "Who sent the latest reply that counts"),
        Column("message_id", MessageRow.id, "Number of that reply in message_log"),
    )
    query = _from_standings(select(*(column.label for column in columns)), figures)
    return View(
        name="current_figures",
        comment="The figures that count now: a row for each respondent, a column for each field",
        columns=columns,
        query=query.join(first, first.id == StandingRow.first_message_id).order_by(*_in_order()),
        order=ORDER,
    )


def below_quota(fields: Fields) -> View:
    """The organisations whose figures show that they miss the quota."""
    figures = figures_by_standing(fields)
    columns = (
        *_who(),
        *(Column(field.name, figures.c[field.name], f"People: {field.title}") for field in fields.figures),
        Column("people_at_most", figures.c["_at_most"], "People at the most, all networks together"),
        Column("short_by", CampaignRow.quota - figures.c["_at_most"], "How many people are missing at the least"),
        *_when(),
        Column("sender_address", MessageRow.sender_address, "Who sent the latest reply that counts"),
        Column("message_id", MessageRow.id, "Number of that reply in message_log"),
    )
    query = _from_standings(select(*(column.label for column in columns)), figures)
    return View(
        name="below_quota",
        comment="The organisations that miss the quota by all that they said; those where it can't be told aren't here",
        columns=columns,
        query=query.where(quota_verdict(figures) == "missed").order_by(*_in_order()),
        order=ORDER,
    )


def _who() -> tuple[Column, Column]:
    return (
        Column("municipality", MunicipalityRow.name, "The municipality"),
        Column("organisation", OrganisationRow.name, "The organisation; null: the municipality as a whole"),
    )


def _when() -> tuple[Column, Column]:
    on_time = yes_no(no_later_than_deadline(MessageRow))
    return (
        Column("sent_at", MessageRow.sent_at, "When the latest reply that counts reached the server"),
        Column("on_time", on_time, "Whether that was by the deadline: yes, no; null: no server says when it was"),
    )


def _audience(figures: Subquery, field: Field) -> Column:
    return Column(field.name, figures.c[field.name], f"Of these people, as the sender splits them: {field.title}")


def _from_standings(query: Select[Any], figures: Subquery) -> Select[Any]:
    return (
        query.select_from(StandingRow)
        .join(MunicipalityRow, MunicipalityRow.id == StandingRow.municipality_id)
        .join(MessageRow, MessageRow.id == StandingRow.message_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == StandingRow.organisation_id)
        .outerjoin(figures, figures.c["_standing"] == StandingRow.id)
        .outerjoin(CampaignRow, true())
    )


def _in_order() -> tuple[ColumnElement[Any], ...]:
    return (
        MunicipalityRow.position.expression,
        binary_order(func.coalesce(OrganisationRow.name, "")),
        StandingRow.id.expression,
    )
