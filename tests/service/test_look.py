"""Once a minute: where there is nothing to do, that is told by one query; where there may be, the jobs are asked."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from mailbot.service import service as module
from mailbot.service.service import Service
from mailbot.store.health import conditions
from mailbot.store.outgoing import OutgoingMail, enqueue
from mailbot.store.receiving import import_file
from mailbot.store.tables import OutboxRow
from tests.service.conftest import NOON

JOBS = ["read", "report", "deliver"]
MAIL = OutgoingMail("receipt", "<1@mailbot>", "bot@example.org", ("she@example.org",), "Ответ", b"x")


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(service_settings, clock, monkeypatch):
    """A service that leads, has polled and reported today's roll-up; what is asked for is noted, not done."""
    made = Service(service_settings(), clock)
    made.jobs.prepare()
    made._lead._leads.set()
    made._fresh = False
    for receiving in made._receivings:
        receiving.first_poll.end()
    names = {id(made._read): "read", id(made._report): "report", id(made._deliver): "deliver"}
    made.asked = []
    monkeypatch.setattr(made, "_ask", lambda job: made.asked.append(names[id(job)]))
    made._reporter.report()
    with made.jobs.sessions.begin() as session:
        session.execute(update(OutboxRow).values(state="sent", finished_at=NOON))
    made.asked.clear()
    yield made
    made.jobs.close()


def noted(service):
    with service.jobs.sessions() as session:
        return {each.component: each.succeeded_at for each in conditions(session)}


def test_where_there_is_nothing_to_do_no_job_runs_and_each_is_noted(service):
    service._look()
    assert (service.asked, noted(service)) == ([], dict.fromkeys(JOBS, NOON))


def test_it_costs_one_short_reading_and_one_writing_transaction(service):
    begun = []

    @event.listens_for(service.jobs.engine, "begin")
    def note(connection):
        begun.append(connection)

    service._look()
    assert len(begun) == 2


def test_a_message_that_waits_is_read(service):
    with service.jobs.sessions.begin() as session:
        import_file(session, "1.eml", b"Subject: x\r\n\r\n", NOON)
    service._look()
    assert (service.asked, noted(service)) == (JOBS, {})


def test_a_mail_that_was_put_off_is_looked_at_too(service):
    with service.jobs.sessions.begin() as session:
        enqueue(session, MAIL, NOON + timedelta(hours=1))
    service._look()
    assert service.asked == JOBS


def test_a_rollup_that_is_due_is_made(service, clock):
    clock.now += timedelta(days=1)
    service._look()
    assert service.asked == JOBS


def test_before_the_mailboxes_are_polled_the_jobs_look_for_themselves(service):
    service._receivings[0].first_poll.begin(NOON)
    service._look()
    assert service.asked == JOBS


def test_until_the_first_report_the_jobs_look_for_themselves(service):
    service._fresh = True
    service._look()
    assert service.asked == JOBS


def test_who_stands_by_neither_looks_for_rollups_nor_says_so(service, clock):
    service._lead._leads.clear()
    clock.now += timedelta(days=1)
    service._look()
    assert (service.asked, sorted(noted(service))) == ([], ["deliver", "read"])


def test_in_trouble_the_jobs_are_asked_and_meet_it_themselves(service, monkeypatch):
    def broken(_session):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(module, "anything_waits", broken)
    service._look()
    assert service.asked == JOBS


def test_what_a_due_rollup_waited_for_is_forgotten_on_a_quiet_day(service, clock):
    """Else the next one that has to wait would not wait at all."""
    service._reporter._waiting_since = NOON - timedelta(hours=5)
    service._look()
    clock.now += timedelta(days=1)
    with service.jobs.sessions.begin() as session:
        import_file(session, "1.eml", b"Subject: x\r\n\r\n", NOON)
    assert not service._reporter.report()
