"""Views by municipality: the summary, and who has not answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Text,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from mailbot.store.fields import Field
from mailbot.store.tables import (
    CampaignRow,
    CaseRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    ReportRow,
    StandingRow,
)
from mailbot.store.views.building import (
    Column,
    Fields,
    View,
    binary_order,
    count_where,
    maximum_where,
    no_later_than_deadline,
    sum_where,
    yes_no,
)
from mailbot.store.views.standing import figures_by_standing, quota_verdict


def municipality_summary(fields: Fields) -> View:
    """Where each municipality stands."""
    stands = stands_by_municipality(fields)
    review = open_cases(ReportRow.municipality_id)
    asked = roster()
    answered = stands.c["_municipality"].is_not(None)
    columns = (
        Column("municipality", MunicipalityRow.name, "The municipality"),
        Column("kind", MunicipalityRow.kind, "«муниципальный район» or «городской округ»"),
        Column("answered", yes_no(answered), "yes where it or an organisation in it gave figures that count"),
        Column("first_sent_at", stands.c["_first_sent_at"], "When the first reply that counted reached the server"),
        Column("last_sent_at", stands.c["_last_sent_at"], "When the latest reply that counts reached the server"),
        Column("on_time", _on_time(stands), "Whether the first reply came by the deadline; null: not answered, or "
               "no server says when"),
        Column("late", _zero(stands.c["_late"]), "Respondents whose latest reply came after the deadline"),
        Column("organisations", _zero(stands.c["_organisations"]), "Organisations that gave figures that count"),
        Column("organisations_asked", asked.c["_asked"], "Organisations on the roster; null where there is none"),
        *(column for field in fields.figures for column in _figure(stands, field)),
        Column("differs", _differs(stands, fields), "Fields in which its own figure and the sum of its organisations "
               "differ, comma separated; null where none do"),
        *(Column(f"quota_{word}", _zero(stands.c[f"_{word}"]), f"Organisations with the quota verdict «{verdict}»")
          for word, verdict in _VERDICTS.items()),
        Column("to_review", _zero(review.c["_cases"]), "Messages that speak of it and need a person"),
    )  # fmt: skip
    query = (
        select(*(column.label for column in columns))
        .select_from(MunicipalityRow)
        .outerjoin(stands, stands.c["_municipality"] == MunicipalityRow.id)
        .outerjoin(review, review.c["_whose"] == MunicipalityRow.id)
        .outerjoin(asked, asked.c["_municipality"] == MunicipalityRow.id)
        .where(or_(MunicipalityRow.active, answered))
        .order_by(MunicipalityRow.position, MunicipalityRow.id)
    )
    return View(
        name="municipality_summary",
        comment="Where each municipality stands: answered or not, when, its figures, its organisations",
        columns=columns,
        query=query,
        order="municipality as configured",
    )


def not_answered(_fields: Fields) -> View:
    """Who gave no figures that count: municipalities, and organisations of the roster."""
    who = union_all(_silent_municipalities(), _silent_organisations()).subquery("silent")
    columns = (
        Column("municipality", who.c["_municipality"], "The municipality"),
        Column("organisation", who.c["_organisation"], "The organisation of the roster; null: the whole municipality"),
        Column("kind", who.c["_kind"], "What kind of municipality or organisation it is"),
        Column("to_review", who.c["_cases"], "Messages that speak of it and need a person: it may have answered there"),
    )
    query = select(*(column.label for column in columns)).order_by(
        who.c["_position"], binary_order(func.coalesce(who.c["_organisation"], "")), who.c["_id"]
    )
    return View(
        name="not_answered",
        comment="The municipalities from which nothing counts yet, and the organisations of the roster that are silent",
        columns=columns,
        query=query,
        order="municipality as configured, then the municipality as a whole, then organisation (by character codes)",
    )


def open_cases(whose: Any) -> Subquery:
    """How many open cases there are for each municipality or organisation that the reader found in their messages."""
    return (
        select(whose.label("_whose"), func.count(CaseRow.message_id.distinct()).label("_cases"))
        .join(CaseRow, CaseRow.message_id == ReportRow.message_id)
        .where(CaseRow.state == "open", ReportRow.decision_id.is_(None))
        .group_by(whose)
        .subquery("open_cases")
    )


_VERDICTS = {"met": "met", "missed": "missed", "cannot_tell": "cannot tell", "no_data": "no data"}


def stands_by_municipality(fields: Fields) -> Subquery:
    """The standings of each municipality and its organisations, aggregated."""
    figures = figures_by_standing(fields)
    first = aliased(MessageRow, name="first_message")
    itself = StandingRow.organisation_id.is_(None)
    verdict = quota_verdict(figures)
    known = first.sent_at_source.in_(("received", "internaldate"))
    sums = [
        column
        for field in fields.figures
        for column in (
            maximum_where(figures.c[field.name], itself).label(f"_own_{field.name}"),
            sum_where(figures.c[field.name], ~itself).label(f"_sum_{field.name}"),
        )
    ]
    return (
        select(
            StandingRow.municipality_id.label("_municipality"),
            func.min(first.sent_at).label("_first_sent_at"),
            func.max(MessageRow.sent_at).label("_last_sent_at"),
            func.min(first.sent_at).filter(known).label("_first_by_server"),
            count_where(~known).label("_unknown_times"),
            count_where(~no_later_than_deadline(MessageRow)).label("_late"),
            count_where(~itself).label("_organisations"),
            *(count_where(verdict == words).label(f"_{name}") for name, words in _VERDICTS.items()),
            *sums,
        )
        .select_from(StandingRow)
        .join(MessageRow, MessageRow.id == StandingRow.message_id)
        .join(first, first.id == StandingRow.first_message_id)
        .outerjoin(figures, figures.c["_standing"] == StandingRow.id)
        .outerjoin(CampaignRow, true())
        .group_by(StandingRow.municipality_id)
        .subquery("stands")
    )


def _on_time(stands: Subquery) -> ColumnElement[str | None]:
    """By the first reply; a reply of unknown time could have been on time, but can't make an early one late."""
    deadline = select(CampaignRow.deadline).scalar_subquery()
    return case(
        (stands.c["_first_by_server"] <= deadline, "yes"),
        (stands.c["_unknown_times"] > 0, null()),
        (stands.c["_first_by_server"] > deadline, "no"),
        else_=null(),
    )


def _figure(stands: Subquery, field: Field) -> tuple[Column, Column, Column]:
    own, total = stands.c[f"_own_{field.name}"], stands.c[f"_sum_{field.name}"]
    title = field.title
    return (
        Column(field.name, func.coalesce(own, total), f"People: {title}: its own figure, else its organisations' sum"),
        Column(f"{field.name}_stated", own, f"People: {title}: what it stated for itself"),
        Column(f"{field.name}_organisations", total, f"People: {title}: the sum of its organisations' figures"),
    )


def differing_fields(stands: Subquery, fields: Fields) -> list[tuple[ColumnElement[int], ColumnElement[int]]]:
    """For each field a municipality's own figure and the sum of its organisations', either may be null."""
    return [(stands.c[f"_own_{field.name}"], stands.c[f"_sum_{field.name}"]) for field in fields.figures]


def _differs(stands: Subquery, fields: Fields) -> ColumnElement[str | None]:
    listed: ColumnElement[str] = literal("")
    for field, (own, total) in zip(fields.figures, differing_fields(stands, fields), strict=True):
        listed = listed.concat(case((own != total, f"{field.name}, "), else_=""))
    return func.nullif(func.rtrim(listed, ", "), "", type_=Text())


def roster() -> Subquery:
    """How many organisations of the roster lie in each municipality."""
    return (
        select(OrganisationRow.municipality_id.label("_municipality"), func.count().label("_asked"))
        .where(OrganisationRow.on_roster, OrganisationRow.same_as_id.is_(None))
        .group_by(OrganisationRow.municipality_id)
        .subquery("roster")
    )


def _silent_municipalities() -> Select[*tuple[Any, ...]]:
    review = open_cases(ReportRow.municipality_id)
    return (
        select(
            MunicipalityRow.position.label("_position"),
            MunicipalityRow.id.label("_id"),
            MunicipalityRow.name.label("_municipality"),
            cast(null(), Text).label("_organisation"),
            MunicipalityRow.kind.label("_kind"),
            _zero(review.c["_cases"]).label("_cases"),
        )
        .select_from(MunicipalityRow)
        .outerjoin(review, review.c["_whose"] == MunicipalityRow.id)
        .where(MunicipalityRow.active, ~exists().where(StandingRow.municipality_id == MunicipalityRow.id))
    )


def _silent_organisations() -> Select[*tuple[Any, ...]]:
    review = open_cases(ReportRow.organisation_id)
    return (
        select(
            MunicipalityRow.position,
            OrganisationRow.id,
            MunicipalityRow.name,
            OrganisationRow.name,
            OrganisationRow.kind,
            _zero(review.c["_cases"]),
        )
        .select_from(OrganisationRow)
        .join(MunicipalityRow, MunicipalityRow.id == OrganisationRow.municipality_id)
        .outerjoin(review, review.c["_whose"] == OrganisationRow.id)
        .where(OrganisationRow.on_roster, OrganisationRow.same_as_id.is_(None))
        .where(~exists().where(StandingRow.organisation_id == OrganisationRow.id))
    )


def _zero(count: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(count, 0)
