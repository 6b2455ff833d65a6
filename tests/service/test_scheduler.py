"""The scheduler ends in the middle of what is due as it ends at rest: without a traceback."""

import threading
from datetime import UTC, datetime

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.base import STATE_STOPPED

from mailbot.service.scheduler import Scheduler

LONG_AGO = datetime(2021, 8, 17, 12, tzinfo=UTC)


def test_a_shutdown_while_a_job_is_being_started(monkeypatch):
    failed, starting, ran = [], threading.Event(), threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda arguments: failed.append(arguments.exc_type.__name__))
    scheduler = Scheduler(threads=1)
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
    scheduler.shutdown()
    assert ran.is_set()
    assert failed == []
