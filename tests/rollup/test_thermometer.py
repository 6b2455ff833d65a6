"""The formula of the thermometer, part by part."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.domain.campaign import Campaign, CampaignField
from mailbot.domain.weights import Weights
from mailbot.rollup.facts import Difference, Figure, Municipality, Quota, Respondent
from mailbot.rollup.thermometer import degree, rate

DEADLINE = datetime(2021, 8, 17, 12, tzinfo=UTC)
CAMPAIGN = Campaign(
    name="c",
    title="c",
    fields=(
        CampaignField(name="vk", title="ВК"),
        CampaignField(name="ok", title="ОК"),
        CampaignField(name="all", title="Всего", kind="total"),
    ),
    quota=30,
    deadline=DEADLINE,
)
EARLY = DEADLINE - timedelta(days=10)


def row(*fields, organisation="школа", quota=Quota.MET):
    return Respondent("Арский", organisation, organisation, {f: Figure(40) for f in fields}, 1, EARLY, quota=quota)


def rated(rows, *, answered=EARLY, weights=None, campaign=CAMPAIGN, **changes):
    m = Municipality(
        "Арский", answered_at=answered, organisations=sum(r.organisation is not None for r in rows), **changes
    )
    return rate(m, rows, campaign, DEADLINE, weights or Weights())


def test_everything_in_time_is_a_hundred():
    assert rated([row("vk", "ok")]).points == 100


def test_no_answer_is_nought():
    assert rated([], answered=None).points == 0


@pytest.mark.parametrize(
    ("ahead", "speed"),
    [(10, 1.0), (3, 1.0), (1.5, 0.75), (0, 0.5), (-1.5, 0.25), (-3, 0.0), (-30, 0.0)],
)
def test_speed_falls_evenly_around_the_deadline(ahead, speed):
    assert rated([row("vk", "ok")], answered=DEADLINE - timedelta(days=ahead)).speed == pytest.approx(speed)


def test_completeness_is_the_share_of_the_accounts_given():
    assert rated([row("vk", "ok"), row("vk", organisation="вторая")]).completeness == pytest.approx(0.75)
    assert rated([row("all")]).completeness == pytest.approx(0.5)
    assert rated([row("vk", "ok")], roster=4).completeness == pytest.approx(0.25)
    assert rated([row("vk", "ok")], roster=0).completeness == pytest.approx(1)


def test_quota_counts_the_doubtful_as_half_and_does_not_apply_without_organisations():
    rows = [row("vk", organisation=str(i), quota=q) for i, q in enumerate((Quota.MET, Quota.MISSED, Quota.UNKNOWN))]
    assert rated(rows).quota == pytest.approx(0.5)
    assert rated([row("vk", "ok", organisation=None)]).quota is None
    assert rated([row("vk", "ok", organisation=None)]).points == 100
    assert rated(rows, campaign=CAMPAIGN.model_copy(update={"quota": None})).quota is None


def test_steadiness_loses_for_corrections_and_contradictions():
    assert rated([row("vk", "ok")], corrections=1).steadiness == pytest.approx(0.75)
    assert rated([row("vk", "ok")], differences=(Difference("vk", 1, 2),)).steadiness == pytest.approx(0.5)
    assert rated([row("vk", "ok")], differences=(Difference("vk", 2, 1),)).steadiness == 1, "not all have reported"
    assert rated([row("vk", "ok")], differences=(Difference("vk", 2, 1),), roster=1).steadiness == pytest.approx(0.5)
    assert rated([row("vk", "ok")], to_review=5).steadiness == 0


def test_the_points_are_the_weighted_mean():
    weights = Weights(speed=1, completeness=3, quota=0, steadiness=0)
    assert rated([row("vk")], answered=DEADLINE, weights=weights).points == 50
    weights = replace(weights, completeness=0)
    assert rated([row("vk")], answered=DEADLINE - timedelta(days=1.5), weights=weights).points == 75
    assert rated([row("vk")], weights=Weights(0, 0, 0, 0)).points == 0


def test_scales_of_no_days_are_a_step():
    weights = Weights(early_days=0, late_days=0)
    assert rated([row("vk")], answered=DEADLINE, weights=weights).speed == 1
    assert rated([row("vk")], answered=DEADLINE + timedelta(seconds=1), weights=weights).speed == 0


def test_degrees():
    assert [degree(points) for points in (0, 39, 40, 74, 75, 100)] == ["cold", "cold", "warm", "warm", "hot", "hot"]
