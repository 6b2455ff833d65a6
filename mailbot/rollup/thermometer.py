"""«Градусник»: how well each municipality answers, in points of 100. Pure.

The formula, as the operator's documentation quotes it:

    points = 100 · Σ weight · part / Σ weight          over the parts that apply, rounded half up
                                                       (after six decimals, so that no machine's rounding tells)

    speed         1 where the first answer came `early_days` or more before the deadline, falling evenly to ½ at the
                  deadline and to 0 `late_days` after it; 0 without an answer
    completeness  the mean over the respondents that have figures of: the share of the accounts asked for that have a
                  figure, or ½ where only a total is stated; times the share of the roster that answered, where the
                  campaign has a roster
    quota         the share of organisations that have the people asked for, those whose figures cannot tell counting
                  as ½; does not apply where no organisation is reported on or the campaign has no quota
    steadiness    1, less `correction_cost` for each correction and `contradiction_cost` for each letter under review
                  and each field in which it contradicts its organisations (their sum exceeds its own figure; or
                  differs at all, where all of the roster have reported), never under 0

A municipality that has not answered has 0 points. The public view `thermometer` computes the same in SQL.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from mailbot.domain.campaign import Campaign
from mailbot.domain.weights import Weights
from mailbot.rollup.facts import Municipality, Quota, Rating, Respondent

_DAY = timedelta(days=1)
_WARM, _HOT = 40, 75


def rate(
    municipality: Municipality, rows: Collection[Respondent], campaign: Campaign, deadline: datetime, weights: Weights
) -> Rating:
    """The municipality's points; `rows` are its respondents with current figures (its own statement among them)."""
    if municipality.answered_at is None:
        return Rating(points=0, speed=0.0, completeness=0.0, quota=None, steadiness=0.0)
    speed = _speed(municipality.answered_at, deadline, weights)
    completeness = _completeness(municipality, rows, campaign)
    quota = _quota_share([r for r in rows if r.organisation is not None]) if campaign.quota else None
    trouble = len(municipality.contradictions) + municipality.to_review
    steadiness = max(0.0, 1 - weights.correction_cost * municipality.corrections - weights.contradiction_cost * trouble)
    parts = [(weights.speed, speed), (weights.completeness, completeness), (weights.steadiness, steadiness)]
    if quota is not None:
        parts.append((weights.quota, quota))
    whole = sum(weight for weight, _ in parts)
    points = 100 * sum(weight * part for weight, part in parts) / whole if whole else 0.0
    return Rating(int(round(points, 6) + 0.5), speed, completeness, quota, steadiness)


def degree(points: int) -> str:
    """The band in which the points lie: `cold`, `warm` or `hot`."""
    if points >= _HOT:
        return "hot"
    return "warm" if points >= _WARM else "cold"


def _speed(answered_at: datetime, deadline: datetime, weights: Weights) -> float:
    ahead = (deadline - answered_at) / _DAY
    if ahead >= 0:
        share = 0.5 + 0.5 * ahead / weights.early_days if weights.early_days > 0 else 1.0
    else:
        share = 0.5 + 0.5 * ahead / weights.late_days if weights.late_days > 0 else 0.0
    return min(1.0, max(0.0, share))


def _completeness(municipality: Municipality, rows: Collection[Respondent], campaign: Campaign) -> float:
    if not rows:
        return 0.0
    mean = sum(_given(row, campaign) for row in rows) / len(rows)
    if not municipality.roster:
        return mean
    return mean * min(1.0, municipality.organisations / municipality.roster)


def _given(row: Respondent, campaign: Campaign) -> float:
    accounts = [account.name for account in campaign.accounts]
    given = sum(name in row.figures for name in accounts)
    if given:
        return given / len(accounts)
    if campaign.total is None or campaign.total.name not in row.figures:
        return 0.0
    return 0.5 if accounts else 1.0


def _quota_share(organisations: Collection[Respondent]) -> float | None:
    if not organisations:
        return None
    met = sum({Quota.MET: 1.0, Quota.UNKNOWN: 0.5, Quota.MISSED: 0.0}[r.quota] for r in organisations)
    return met / len(organisations)
