"""A mailbox's turns go on for ever, however slow the machine is to note that one of them has ended."""

import threading

import pytest
from apscheduler.executors.base import BaseExecutor

from mailbot.clock import now
from mailbot.service import service as module
from mailbot.service.scheduling import shut_down
from mailbot.service.service import Service

TURNS = 20


@pytest.fixture
def service(service_settings, monkeypatch):
    """A service whose turns are counted instead of taken; its threads note an end only when all else has had its go."""
    noted = BaseExecutor._run_job_success

    def slowly(self, *arguments):
        threading.Event().wait(0.02)
        noted(self, *arguments)

    monkeypatch.setattr(BaseExecutor, "_run_job_success", slowly)
    made = Service(service_settings(), now)
    made.jobs.prepare()
    made._lead._leads.set()
    yield made
    made._stop.set()
    if made._scheduler.running:
        shut_down(made._scheduler, made._threads)
    made.jobs.close()


def counted(outcomes):
    """A job that gives one outcome after the other, and an event that is set when none is left."""
    done = threading.Event()

    def turn(*_):
        outcome = outcomes.pop()
        if not outcomes:
            done.set()
            outcomes.append(3600.0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return turn, done


def test_each_turn_is_followed_by_the_next(service, monkeypatch):
    turn, done = counted([0.0] * TURNS)
    (receiving,) = service._receivings
    monkeypatch.setattr(type(receiving), "turn", turn)
    service._scheduler.start()
    service._schedule_turn(receiving, 0)
    assert done.wait(60)


def test_also_after_an_error(service, monkeypatch):
    turn, done = counted([0.0, ZeroDivisionError("внутри"), 0.0])
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    (receiving,) = service._receivings
    monkeypatch.setattr(type(receiving), "turn", turn)
    service._scheduler.start()
    service._schedule_turn(receiving, 0)
    assert done.wait(60)


def test_who_stands_by_looks_again_and_again(service, monkeypatch):
    turn, done = counted([0.0] * TURNS)
    monkeypatch.setattr(service._lead, "turn", turn)
    monkeypatch.setattr(type(service._lead), "may_change", True)
    service._scheduler.start()
    service._look_who_leads()
    assert done.wait(60)


@pytest.mark.parametrize("why", ["another leads", "an earlier term"])
def test_a_turn_that_comes_too_late_is_not_taken_and_followed_by_none(service, monkeypatch, why):
    turn, done = counted([0.0])
    (receiving,) = service._receivings
    monkeypatch.setattr(type(receiving), "turn", turn)
    if why == "another leads":
        service._lead._leads.clear()
    service._take_turn(receiving, service._term - (why == "an earlier term"))
    assert not done.is_set()
    assert service._scheduler.get_jobs() == []


def test_leading_anew_begins_one_chain_of_turns_beside_one_that_is_ending(service, monkeypatch):
    """The turn of the earlier term is still under way when the next term begins."""
    (receiving,) = service._receivings
    began, go_on, taken = threading.Event(), threading.Event(), []

    def turn(*_):
        taken.append(service._term)
        began.set()
        assert go_on.wait(60)
        return 3600.0

    monkeypatch.setattr(type(receiving), "turn", turn)
    first = threading.Thread(target=service._take_turn, args=(receiving, service._term))
    first.start()
    assert began.wait(60)
    service._begin_leading()
    second = threading.Thread(target=service._take_turn, args=(receiving, service._term))
    second.start()
    assert len(taken) == 1
    go_on.set()
    first.join()
    second.join()
    assert taken == [0, 1]
    assert len(service._scheduler.get_jobs()) == 2  # what `_begin_leading` asked for, and what followed the second
