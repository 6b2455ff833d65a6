from datetime import UTC, datetime, timedelta

import pytest

from mailbot.outbox.settings import Addresses
from mailbot.rollup.compose import RollupMail
from mailbot.service import reporting
from mailbot.service.reporting import PATIENCE, Reporter, packer
from mailbot.store.receiving import Incoming, land

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)


class World:
    """What the reporter sees."""

    now = NOON
    polled = True
    due = True
    made = 0
    asked = 0


@pytest.fixture
def world(monkeypatch):
    world = World()

    def queue_due(*_):
        world.made += world.due
        return ("one",) if world.due else ()

    def queued():
        world.asked += 1

    monkeypatch.setattr(reporting, "queue_due", queue_due)
    world.queued = queued
    return world


@pytest.fixture
def reporter(world, sqlite_database):
    return Reporter(None, sqlite_database.sessions, lambda: world.now, lambda: world.polled, world.queued)


@pytest.fixture
def unread(sqlite_database):
    with sqlite_database.sessions.begin() as session:
        land(session, "press", "INBOX", 1, [Incoming(1, b"Subject: x\r\n\r\n", NOON, 14)], NOON)


def test_what_is_due_is_queued_and_sending_is_asked_for(reporter, world):
    reporter.report()
    assert (world.made, world.asked) == (1, 1)


def test_where_nothing_is_due_nobody_is_asked(reporter, world):
    world.due = False
    reporter.report()
    assert world.asked == 0


@pytest.mark.usefixtures("unread")
def test_it_waits_for_reading_but_not_for_ever(reporter, world):
    reporter.report()
    world.now += PATIENCE - timedelta(seconds=1)
    reporter.report()
    assert world.made == 0
    world.now += timedelta(seconds=1)
    reporter.report()
    assert world.made == 1


def test_it_waits_for_the_first_poll_of_every_mailbox(reporter, world):
    world.polled = False
    reporter.report()
    assert world.made == 0
    world.polled = True
    reporter.report()
    assert world.made == 1


def test_a_clock_that_goes_back_does_not_make_it_wait_longer(reporter, world):
    world.polled = False
    reporter.report()
    world.now -= timedelta(days=1)
    reporter.report()
    world.now += PATIENCE
    reporter.report()
    assert world.made == 1


def test_the_mail_carries_both_texts_and_the_workbook():
    rollup = RollupMail("rollup.x.2021-08-16.daily", "Сводка", "<p>Привет</p>", "Привет", b"PK", "svodka.xlsx")
    mail = packer(Addresses("Бот <press@example.org>", ("contact@example.org",)))(rollup, NOON)
    assert mail.message_id == "<mailbot.rollup.x.2021-08-16.daily@example.org>"
    assert (mail.sender, mail.recipients) == ("press@example.org", ("contact@example.org",))
    assert b'filename="svodka.xlsx"' in mail.payload
