"""A mailbox whose server is dead holds up no roll-up: it leaves at its hour, two minutes after a start, and says so."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from mailbot.inbox.settings import MailboxSettings
from mailbot.service.first_poll import GRACE
from mailbot.service.service import Service
from mailbot.store.receiving import land
from mailbot.store.tables import OutboxRow
from tests.service.conftest import NOON

AT = NOON.time().replace(hour=15)
"""The roll-up's hour in Moscow, at `NOON`."""
DEAD = "dead@example.org"


@pytest.fixture
def clock():
    class Clock:
        now = NOON

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def service(service_settings, clock):
    """A service that has just begun to lead, with the jobs called by the test: one mailbox answers, one does not."""
    alive = MailboxSettings(name="press", host="localhost", port=1, tls="none", user="press@example.org")
    dead = replace(alive, name="dead", user=DEAD)
    made = Service(service_settings(mailboxes=(alive, dead), report_at=AT), clock)
    made.jobs.prepare()
    made._lead._leads.set()
    made._begin_leading()
    yield made
    made.jobs.close()


@pytest.fixture
def rollup(service):
    """The text of the roll-up that waits to leave, if there is one, with its lines joined."""

    def read():
        with service.jobs.reading_sessions() as session:
            payload = session.scalar(select(OutboxRow.payload))
        if payload is None:
            return None
        mail = message_from_bytes(payload, policy=policy.default)
        return " ".join(mail.get_body(("plain",)).get_content().split())

    return read


def looked_at(service, mailbox, when):
    with service.jobs.sessions.begin() as session:
        land(session, mailbox, "INBOX", 1, [], when)


def poll(service, when):
    """The one mailbox is polled, the other is tried."""
    alive, dead = service._receivings
    looked_at(service, "press", when)
    alive.first_poll.end()
    assert dead.turn() > 0


def test_after_a_start_it_waits_two_minutes_for_the_dead_one_and_names_it(service, clock, rollup):
    looked_at(service, "dead", NOON - timedelta(hours=7, minutes=2))
    poll(service, NOON)
    clock.now = NOON + GRACE - timedelta(seconds=1)
    service._report_due()
    assert rollup() is None
    clock.now = NOON + GRACE
    service._report_due()
    assert f"Ящик {DEAD} не удаётся просмотреть с 16.08 07:58 (localhost" in rollup()
    assert "пришедшее туда позже войдёт в следующую сводку" in rollup()
    assert "Ничего не потеряно" not in rollup()
    assert "press@example.org не удаётся" not in rollup()


def test_one_that_dies_in_the_night_delays_nothing(service, rollup):
    for receiving in service._receivings:
        receiving.first_poll.end()
    looked_at(service, "press", NOON - timedelta(seconds=50))
    looked_at(service, "dead", NOON - timedelta(hours=9))
    service._report_due()
    assert f"Ящик {DEAD} не удаётся просмотреть с 16.08 06:00:" in rollup()


def test_one_that_was_never_looked_at_is_named_too(service, clock, rollup):
    poll(service, NOON)
    clock.now = NOON + GRACE
    service._report_due()
    assert f"Ящик {DEAD} ещё ни разу не удалось просмотреть (localhost" in rollup()


def test_where_all_are_looked_at_nothing_is_said(service, rollup):
    for receiving in service._receivings:
        receiving.first_poll.end()
        looked_at(service, receiving.receiver.settings.name, NOON - timedelta(minutes=2))
    service._report_due()
    assert "не удаётся просмотреть" not in rollup()
    assert "не удалось просмотреть" not in rollup()
