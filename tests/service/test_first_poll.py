"""A roll-up waits for the first poll of a mailbox while there is hope, and no longer."""

from datetime import timedelta

import pytest

from mailbot.service.first_poll import GRACE, FirstPoll
from tests.service.conftest import NOON

SECOND = timedelta(seconds=1)


@pytest.fixture
def first_poll():
    made = FirstPoll()
    made.begin(NOON)
    return made


def test_a_silent_mailbox_is_awaited_for_the_grace(first_poll):
    assert first_poll.is_awaited(NOON + GRACE - SECOND)
    assert not first_poll.is_awaited(NOON + GRACE)


def test_one_that_is_polled_is_awaited_no_longer(first_poll):
    first_poll.end()
    assert first_poll.is_done
    assert not first_poll.is_awaited(NOON)


def test_a_long_import_is_awaited_while_it_brings_something(first_poll):
    for minutes in range(10):
        now = NOON + timedelta(minutes=minutes)
        assert first_poll.is_awaited(now)
        first_poll.brought(now)
    assert not first_poll.is_awaited(now + GRACE)


def test_who_begins_to_lead_waits_anew(first_poll):
    first_poll.end()
    first_poll.begin(NOON + timedelta(hours=1))
    assert not first_poll.is_done
    assert first_poll.is_awaited(NOON + timedelta(hours=1))


def test_a_clock_that_goes_back_prolongs_nothing(first_poll):
    earlier = NOON - timedelta(days=1)
    assert first_poll.is_awaited(earlier)
    assert not first_poll.is_awaited(earlier + GRACE)
