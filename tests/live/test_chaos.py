"""A hundred faults between mailbot and everything that it talks to; `make chaos` runs a thousand."""

import pytest

from tests.chaos.run import WORLDS, Databases, run_world

FAULTS = 25
SEED = 7


@pytest.fixture(scope="module")
def where(postgres, postgres_template, tmp_path_factory):
    return Databases(postgres, postgres_template, tmp_path_factory.mktemp("chaos"))


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")
@pytest.mark.parametrize("name", WORLDS)
def test_no_mail_is_lost_or_doubled_and_one_roll_up_a_day_arrives(name, where, record_property):
    tally = run_world(WORLDS[name], SEED, FAULTS, where, lambda _: None)
    counted = f"{tally.faults.total()} faults: of {tally.delivered} mails {tally.lost} lost, {tally.twice} twice"
    record_property("score", f"{name}: {counted}")
    assert tally.broken == []
    assert (tally.lost, tally.twice) == (0, 0)
    assert tally.faults.total() >= FAULTS
