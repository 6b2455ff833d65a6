"""What does not leave, and why: said by `mailbot status`, whoever sends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.outbox.message import Content, outgoing
from mailbot.store.outgoing import claim_due, enqueue, mark_retry, mark_sent, next_due
from tests.service.conftest import NOON


@pytest.fixture
def said(jobs):
    def read(**changes):
        judge = replace(jobs.judge(), **changes)
        with jobs.sessions() as session:
            return [line.text for line in judge.lines(session) if not line.good]

    return read


@pytest.fixture
def claimed(jobs):
    """Two mails in the outbox, of which the first is being sent."""
    with jobs.sessions.begin() as session:
        for number in (1, 2):
            content = Content("Сводка", "текст", "", ())
            enqueue(session, outgoing("rollup", f"{number}", content, jobs.settings.addresses, NOON), NOON)
        (due,) = claim_due(session, "a", NOON, 1, timedelta(minutes=1))
    return due


def test_a_block_is_told_with_its_end_and_the_servers_words(jobs, said, claimed):
    with jobs.sessions.begin() as session:
        mark_retry(session, claimed, "554 5.7.1 spam", NOON + timedelta(hours=25), holds_all=True)
        assert next_due(session, NOON) is None
        assert next_due(session, NOON + timedelta(hours=25)) == claimed.id
    assert "отправка приостановлена до 17.08.2021 16:00:00: 554 5.7.1 spam" in said()


def test_a_mail_that_is_only_put_off_holds_nothing_up(jobs, said, claimed):
    with jobs.sessions.begin() as session:
        mark_retry(session, claimed, "451 later", NOON + timedelta(hours=1))
        assert next_due(session, NOON) == claimed.id + 1
    assert not any("приостановлена" in line for line in said())


def test_the_daily_limit_is_told_while_something_waits(jobs, said, claimed):
    with jobs.sessions.begin() as session:
        mark_sent(session, claimed, NOON)
    assert not any("предел" in line for line in said())
    assert any(line.startswith("дневной предел (1 получателей за сутки) исчерпан") for line in said(daily_recipients=1))
    assert not any("предел" in line for line in said(daily_recipients=1, clock=lambda: NOON + timedelta(days=1)))
