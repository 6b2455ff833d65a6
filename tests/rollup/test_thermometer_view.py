"""The public view gives the points that the roll-up gives, to the point, on both databases."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.domain.directory import Organisation
from mailbot.domain.weights import Weights
from mailbot.rollup.gather import gather
from mailbot.store import views
from mailbot.store.campaign import synchronise
from tests.store import ledger
from tests.store.builders import CAMPAIGN, DEADLINE, DIRECTORY, answer, key_of, report, set_up
from tests.store.test_views import NAMES, START, reply_with

ROSTER = tuple(
    Organisation(municipality=name, name=school) for name in NAMES[:2] for school in ("Школа 1", "Школа 2", "Лицей")
)
SETTINGS = {
    "as configured": Weights(),
    "others": Weights(1.5, 0.7, 2.2, 3.1, 5.0, 1.0, 0.1, 0.3),
    "steps": Weights(early_days=0, late_days=0),
    "nothing": Weights(0, 0, 0, 0),
}


def agree(database, campaign, weights):
    """View and roll-up agree; returns the points by municipality."""
    with database.reading() as session:
        facts = gather(session, campaign, DEADLINE, ZoneInfo("UTC"), None, weights=weights)
        rows = {row["municipality"]: row for row in views.read(session, "thermometer")}
    assert len(rows) == len(facts.municipalities)
    for m in facts.municipalities:
        row = rows[m.name]
        assert row["points"] == m.rating.points, m
        assert row["answered"] == ("yes" if m.answered else "no")
        for part in ("speed", "completeness", "quota", "steadiness"):
            expected = getattr(m.rating, part)
            assert row[part] == (None if expected is None else pytest.approx(expected, abs=2e-6)), (m, part)
    return {name: row["points"] for name, row in rows.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_view_agrees_with_the_roll_up(database, seed):
    directory = DIRECTORY.model_copy(update={"organisations": ROSTER if seed == 2 else ()})
    set_up(database, directory=directory)
    for reply in ledger.random_replies(seed, NAMES, START, 40):
        reply_with(database, reply)
    for weights in SETTINGS.values():
        with database.sessions.begin() as session:
            synchronise(session, CAMPAIGN, directory, key_of, DEADLINE, weights)
        agree(database, CAMPAIGN, weights)


def test_points_at_the_edge_of_rounding(database):
    set_up(database)
    answer(database, report("Арский", vk=1, instagram=1, ok=1), when=DEADLINE - timedelta(days=1.5))
    assert agree(database, CAMPAIGN, Weights())["Арский"] == 89  # 100·(3·0.75+3+1)/7 = 89.29
    half = Weights(speed=1, completeness=1, quota=0, steadiness=0, early_days=100, late_days=3)
    with database.sessions.begin() as session:
        synchronise(session, CAMPAIGN, DIRECTORY, key_of, DEADLINE, half)
    answer(database, report("Бавлинский", vk=1, instagram=1, ok=1), when=DEADLINE)
    answer(database, report("Ютазинский", vk=1, instagram=1, ok=1), when=DEADLINE - timedelta(days=2))
    points = agree(database, CAMPAIGN, half)
    assert points["Бавлинский"] == 75
    assert points["Ютазинский"] == 76  # 75.5, rounded half up


def test_a_campaign_without_a_quota(database):
    campaign = CAMPAIGN.model_copy(update={"quota": None})
    set_up(database, campaign)
    answer(database, report("Арский", "Школа", vk=1))
    agree(database, campaign, Weights())
