"""The watchdog goes by the jobs: it is fed while every one of them goes on, and starves when one hangs."""

import threading
import time

import pytest

from mailbot.service.jobs import Jobs
from mailbot.service.notify import Notifier
from mailbot.service.pulse import Pulse
from mailbot.service.service import Service
from mailbot.service.watch import Watch
from tests.service.conftest import NOON


class Monotonic:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def monotonic():
    return Monotonic()


@pytest.fixture
def watch(jobs, manager, monotonic):
    jobs.pulse = Pulse(monotonic)
    made = Watch(jobs, Notifier(str(manager.path), watchdog_seconds=60))
    made.start()
    made.leading()
    assert manager.heard() == {"READY": "1", "STATUS": "ящики: press"}
    return made


def test_it_looks_three_times_within_what_systemd_waits(jobs):
    assert Watch(jobs, Notifier("x", 60)).interval == 20
    assert Watch(jobs, Notifier("x", 600)).interval == 30
    assert Watch(jobs, Notifier()).interval == 30


def test_systemd_is_fed_while_the_jobs_go_on_and_starves_when_one_hangs(watch, jobs, manager, monotonic):
    watch.look()
    assert manager.heard() == {"WATCHDOG": "1"}
    monotonic.seconds = 1700
    for job in ("receive:press", "report", "deliver"):
        jobs.pulse.beat(job)
    monotonic.seconds = 1801  # the reader's half hour is over
    watch.look()
    assert manager.heard() == {"STATUS": "зависло: read"}
    watch.look()
    assert manager.hears_nothing()
    jobs.pulse.beat("read")
    watch.look()
    assert manager.heard() == {"WATCHDOG": "1"}


def test_a_reload_ends_with_ready_and_an_end_is_announced(watch, manager):
    watch.reloading()
    assert manager.heard()["RELOADING"] == "1"
    watch.reload_refused()
    assert manager.heard()["READY"] == "1"
    watch.end(reload=True)
    assert manager.hears_nothing()
    watch.end(reload=False)
    assert manager.heard() == {"STOPPING": "1"}


def test_who_stands_by_is_not_expected_to_poll(watch, jobs, manager, monotonic):
    watch.standing_by()
    assert manager.heard() == {"READY": "1", "STATUS": "ящики просматривает другой экземпляр службы"}
    monotonic.seconds = 100_000
    for job in ("read", "deliver"):
        jobs.pulse.beat(job)
    watch.look()
    assert manager.heard() == {"WATCHDOG": "1"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_running_service_whose_job_hangs_gives_no_more_signs(service_settings, manager, monkeypatch):
    """A real service with its scheduler; its sending hangs, as on a lock that nobody releases."""
    released, hung = threading.Event(), threading.Event()

    def hang(_jobs):
        hung.set()
        released.wait(30)
        raise OSError("released")

    monkeypatch.setattr(Jobs, "deliver", hang)
    service = Service(service_settings(), lambda: NOON, notifier=Notifier(str(manager.path), watchdog_seconds=0.3))
    monotonic = Monotonic()
    service.jobs.pulse = Pulse(monotonic)
    service._lead.claim()
    service.jobs.prepare()
    service._start()
    waiting = threading.Thread(target=service._wait)
    waiting.start()
    try:
        assert hung.wait(60)  # the scheduler first counts the minutes since the clock of the test
        assert manager.heard()["READY"] == "1"
        assert manager.heard() == {"WATCHDOG": "1"}
        assert service.jobs.pulse.hanging() == ()
        monotonic.seconds = 901
        for job in ("receive:press", "read", "report"):
            service.jobs.pulse.beat(job)
        until = time.monotonic() + 10
        while (said := manager.heard()) == {"WATCHDOG": "1"}:
            assert time.monotonic() < until
        assert said == {"STATUS": "зависло: deliver"}
        time.sleep(0.5)
        assert manager.hears_nothing()
    finally:
        released.set()
        service._note_signal(15, None)
        waiting.join(10)
        service._end()
