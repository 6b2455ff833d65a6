"""The scheduler ends in the middle of what is due as it ends at rest: without a traceback, and without waiting for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.base import STATE_STOPPED

from mailbot.service.scheduling import make_scheduler, shut_down

LONG_AGO = datetime(2021, 8, 17, 12, tzinfo=UTC)


@pytest.fixture
def failed(monkeypatch):
    """The names of the errors that ended a thread."""
    names = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: names.append(arguments.exc_type.__name__))
    return names


def test_a_shutdown_while_a_job_is_being_started(monkeypatch, failed):
    starting, ran, threads = threading.Event(), threading.Event(), ThreadPoolExecutor(1)
    scheduler = make_scheduler(threads)
    submit = BaseExecutor.submit_job

    def slowly(self, *arguments):
        submit(self, *arguments)
        starting.set()
        for _ in range(20):  # a shutdown that waits for us does not get there meanwhile
            if scheduler.state == STATE_STOPPED:
                break
            threading.Event().wait(0.01)

    monkeypatch.setattr(BaseExecutor, "submit_job", slowly)
    scheduler.start()
    scheduler.add_job(ran.set, "date", run_date=LONG_AGO)
    assert starting.wait(60)
    shut_down(scheduler, threads)
    assert ran.is_set()
    assert failed == []


def test_a_job_that_asks_for_its_next_run_while_we_wait_for_its_end(failed):
    running, threads = threading.Event(), ThreadPoolExecutor(1)
    scheduler = make_scheduler(threads)
    asked, again = threading.Event(), threading.Event()

    def job():
        running.set()
        for _ in range(6000):
            if scheduler.state == STATE_STOPPED:
                break
            threading.Event().wait(0.01)
        scheduler.add_job(again.set, "date", run_date=LONG_AGO)
        asked.set()

    scheduler.start()
    scheduler.add_job(job, "date", run_date=LONG_AGO)
    assert running.wait(60)
    ending = threading.Thread(target=shut_down, args=(scheduler, threads), daemon=True)
    ending.start()
    assert asked.wait(60)
    ending.join(60)
    assert not ending.is_alive()
    assert not again.is_set()
    assert failed == []
