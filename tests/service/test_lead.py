"""Which instance leads: it begins once, ceases when the lock is lost, and stands by until the lock is free."""

import pytest

from mailbot.service.lead import LEADING_SECONDS, STANDING_BY_SECONDS, AlreadyRunningError, Lead


class Lock:
    """A lock that a test gives and takes away."""

    def __init__(self, *, free=True, may_wait=True):
        self.free = free
        self.ours = False
        self.may_wait = may_wait

    def acquire(self):
        self.ours = self.free
        return self.ours

    def holds(self):
        return self.ours

    def holder(self):
        return "press2/boot/7/7"

    def release(self):
        self.ours = False


@pytest.fixture
def told():
    return []


def lead_with(lock, told):
    return Lead(lock, lambda: told.append("begin"), lambda: told.append("cease"))


def test_the_first_leads_and_begins_once(told):
    lead = lead_with(Lock(), told)
    assert [lead.turn(), lead.turn()] == [LEADING_SECONDS] * 2
    assert lead.leads
    assert told == ["begin"]


def test_another_stands_by_until_the_lock_is_free(told):
    lock = Lock(free=False)
    lead = lead_with(lock, told)
    assert lead.turn() == STANDING_BY_SECONDS
    assert (lead.leads, told) == (False, [])
    lock.free = True
    assert lead.turn() == LEADING_SECONDS
    assert (lead.leads, told) == (True, ["begin"])


def test_a_lost_lock_ends_leading_and_may_come_back(told):
    lock = Lock()
    lead = lead_with(lock, told)
    lead.turn()
    lock.ours = False
    assert lead.turn() == STANDING_BY_SECONDS
    assert told == ["begin", "cease"]
    lead.turn()
    assert told == ["begin", "cease", "begin"]


def test_who_cannot_begin_gives_the_lock_back():
    lock = Lock()

    def fail():
        raise OSError("the database is away")

    lead = Lead(lock, fail, lambda: None)
    with pytest.raises(OSError, match="away"):
        lead.turn()
    assert (lead.leads, lock.ours) == (False, False)


def test_where_nobody_can_stand_by_a_second_instance_is_told_who_works(told):
    with pytest.raises(AlreadyRunningError, match="press2/boot/7/7"):
        lead_with(Lock(free=False, may_wait=False), told).claim()
    lead_with(Lock(free=False), told).claim()
    lead_with(Lock(may_wait=False), told).claim()
