"""The view of the thermometer: the formula of `mailbot.rollup.thermometer`, in SQL, so that analysts get the same points.

Weights and scales are rows of `thermometer_weights`, copied from the configuration at every start: the view always
goes by those in force.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    ScalarSelect,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from mailbot.domain.interpretation import Status
from mailbot.store.tables import (
    CampaignRow,
    MessageRow,
    MunicipalityRow,
    ReportRow,
    StandingFigureRow,
    StandingRow,
    WeightRow,
)
from mailbot.store.views.building import Column, Fields, View, yes_no
from mailbot.store.views.municipalities import differing_fields, open_cases, roster, stands_by_municipality
from mailbot.store.views.standing import figures_by_standing, quota_verdict


class days_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """How many days the second time lies after the first."""

    inherit_cache = True
    type = Double()


@compiles(days_between)
def _by_julian_day(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(julianday({later}) - julianday({earlier}))"


@compiles(days_between, "postgresql")
def _by_epoch(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST(EXTRACT(EPOCH FROM ({later} - {earlier})) AS DOUBLE PRECISION) / 86400.0)"


class rounded(FunctionElement[float]):  # noqa: N801 - as above
    """A number that is not negative, to six decimals."""

    inherit_cache = True
    type = Double()


@compiles(rounded)
def _rounded(element: rounded, compiler: SQLCompiler, **options: Any) -> str:
    return f"round({compiler.process(element.clauses, **options)}, 6)"


@compiles(rounded, "postgresql")
def _rounded_numeric(element: rounded, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(round(CAST({compiler.process(element.clauses, **options)} AS NUMERIC), 6) AS DOUBLE PRECISION)"


class floored(FunctionElement[int]):  # noqa: N801 - as above
    """A number that is not negative, as the whole number not above it: SQLite's cast cuts, Postgres' rounds."""

    inherit_cache = True


@compiles(floored)
def _cut(element: floored, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


@compiles(floored, "postgresql")
def _floor(element: floored, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor({compiler.process(element.clauses, **options)}) AS BIGINT)"


def thermometer(fields: Fields) -> View:
    """The municipalities by how well they answer, in points of 100."""
    parts = _parts(fields)
    points = case((~parts.c["_answered"], 0), else_=_points(parts))
    columns = (
        Column("municipality", parts.c["_municipality"], "The municipality"),
        Column("answered", yes_no(parts.c["_answered"]), "yes where it or an organisation in it gave figures that count"),
        Column("points", points, "Points of 100: the weighted mean of the parts that apply, rounded half up"),
        Column("speed", _shown(parts, "_speed"), "1 early_days or more before the deadline, a half at it, 0 late_days after"),
        Column("completeness", _shown(parts, "_completeness"), "Mean share of the accounts asked for that have a figure, "
               "times the share of the roster that answered, where there is one"),
        Column("quota", _shown(parts, "_quota", 0), "Share of its organisations that have the people asked for, the "
               "undecidable counting as a half; null where it does not apply"),
        Column("steadiness", _shown(parts, "_steadiness"), "1, less a cost for each correction, contradiction and message "
               "under review"),
    )  # fmt: skip
    query = select(*(column.label for column in columns)).order_by(points.desc(), parts.c["_position"], parts.c["_id"])
    return View(
        name="thermometer",
        comment="How well each municipality answers, by the weights in the configuration (thermometer_weights)",
        columns=columns,
        query=query,
        order="points (the best first), then municipality as configured",
    )


def _shown(parts: Subquery, name: str, absent: int = 0) -> ColumnElement[Any]:
    """A part to six decimals; 0 (quota: null) for a municipality that has not answered."""
    none: ColumnElement[Any] = null() if name == "_quota" else _real(float(absent))
    return case((~parts.c["_answered"], none), else_=rounded(parts.c[name]))


def _points(parts: Subquery) -> ColumnElement[int]:
    applies = parts.c["_quota"].is_not(None)
    quota_weight = case((applies, _weight("quota")), else_=_real(0.0))
    whole = _weight("speed") + _weight("completeness") + _weight("steadiness") + quota_weight
    total = (
        _weight("speed") * parts.c["_speed"]
        + _weight("completeness") * parts.c["_completeness"]
        + _weight("steadiness") * parts.c["_steadiness"]
        + case((applies, _weight("quota") * parts.c["_quota"]), else_=_real(0.0))
    )
    mean = case((whole > 0, _real(100.0) * total / whole), else_=_real(0.0))
    return floored(rounded(mean) + _real(0.5))


def _real(value: float) -> ColumnElement[float]:
    """The number as a double: Postgres would take it for `numeric`."""
    return literal(value, Double())


def _weight(name: str) -> ScalarSelect[float]:
    return select(WeightRow.value).where(WeightRow.name == name).scalar_subquery()


def _parts(fields: Fields) -> Subquery:
    """For each municipality the parts of its points."""
    stands, review, asked = stands_by_municipality(fields), open_cases(ReportRow.municipality_id), roster()
    given, corrected = _given(fields), _corrections()
    answered = stands.c["_municipality"].is_not(None)
    cost = _weight("correction_cost") * func.coalesce(corrected.c["_count"], 0) + _weight("contradiction_cost") * (
        _contradictions(stands, asked, fields) + func.coalesce(review.c["_cases"], 0)
    )
    one = _real(1.0)
    share = cast(stands.c["_organisations"], Double()) / func.nullif(asked.c["_asked"], 0)
    return (
        select(
            MunicipalityRow.id.label("_id"),
            MunicipalityRow.position.label("_position"),
            MunicipalityRow.name.label("_municipality"),
            answered.label("_answered"),
            _speed(stands).label("_speed"),
            (given.c["_mean"] * case((share < 1, share), else_=one)).label("_completeness"),
            _quota_share(stands, given).label("_quota"),
            case((cost > 1, _real(0.0)), else_=one - cost).label("_steadiness"),
        )
        .select_from(MunicipalityRow)
        .outerjoin(stands, stands.c["_municipality"] == MunicipalityRow.id)
        .outerjoin(review, review.c["_whose"] == MunicipalityRow.id)
        .outerjoin(asked, asked.c["_municipality"] == MunicipalityRow.id)
        .outerjoin(given, given.c["_municipality"] == MunicipalityRow.id)
        .outerjoin(corrected, corrected.c["_municipality"] == MunicipalityRow.id)
        .where(or_(MunicipalityRow.active, answered))
        .subquery("parts")
    )


def _speed(stands: Subquery) -> ColumnElement[float]:
    deadline = select(CampaignRow.deadline).scalar_subquery()
    ahead = days_between(stands.c["_first_sent_at"], deadline)
    early, late = _weight("early_days"), _weight("late_days")
    half, one, zero = _real(0.5), _real(1.0), _real(0.0)
    in_time = case((and_(early > 0, ahead < early), half + half * ahead / early), else_=one)
    behind = case((and_(late > 0, -ahead < late), half + half * ahead / late), else_=zero)
    return case((ahead >= 0, in_time), else_=behind)


def _given(fields: Fields) -> Subquery:
    """For each municipality the mean of what its respondents give of what was asked, and its organisations' quota."""
    figures = figures_by_standing(fields)
    accounts, totals = fields.names("account"), fields.names("total")
    count = func.count().filter(StandingFigureRow.field.in_(accounts))
    only_total = func.count().filter(StandingFigureRow.field.in_(totals)) > 0
    with_total = _real(0.5 if accounts else 1.0)
    share = case(
        (count > 0, cast(count, Double()) / max(len(accounts), 1)),
        (only_total, with_total),
        else_=_real(0.0),
    )
    shares = (
        select(StandingRow.id.label("_standing"), share.label("_share"))
        .select_from(StandingRow)
        .outerjoin(StandingFigureRow, StandingFigureRow.standing_id == StandingRow.id)
        .group_by(StandingRow.id)
        .subquery("shares")
    )
    verdict = quota_verdict(figures)
    worth = case(
        (StandingRow.organisation_id.is_(None), null()),
        (verdict == "met", _real(1.0)),
        (verdict == "missed", _real(0.0)),
        else_=_real(0.5),
    )
    return (
        select(
            StandingRow.municipality_id.label("_municipality"),
            func.avg(shares.c["_share"]).label("_mean"),
            func.avg(worth).label("_worth"),
        )
        .select_from(StandingRow)
        .join(shares, shares.c["_standing"] == StandingRow.id)
        .outerjoin(figures, figures.c["_standing"] == StandingRow.id)
        .outerjoin(CampaignRow, CampaignRow.id == 1)
        .group_by(StandingRow.municipality_id)
        .subquery("given")
    )


def _quota_share(stands: Subquery, given: Subquery) -> ColumnElement[Any]:
    quota = select(CampaignRow.quota).scalar_subquery()
    applies = and_(func.coalesce(quota, 0) > 0, stands.c["_organisations"] > 0)
    return case((applies, given.c["_worth"]), else_=null())


def _corrections() -> Subquery:
    """How many corrections that count came from each municipality."""
    message = aliased(MessageRow, name="corrector")
    query = (
        select(
            ReportRow.municipality_id.label("_municipality"),
            func.count(ReportRow.message_id.distinct()).label("_count"),
        )
        .join(message, message.id == ReportRow.message_id)
        .where(ReportRow.kind == "correction", message.status == Status.ACCEPTED)
        .group_by(ReportRow.municipality_id)
    )
    return query.subquery("corrected")


def _contradictions(stands: Subquery, asked: Subquery, fields: Fields) -> ColumnElement[int]:
    """In how many fields a municipality contradicts its organisations."""
    complete = and_(asked.c["_asked"].is_not(None), stands.c["_organisations"] >= asked.c["_asked"])
    count: ColumnElement[int] = literal(0)
    for own, total in differing_fields(stands, fields):
        count = count + case((and_(own != total, or_(complete, total > own)), 1), else_=0)
    return count
