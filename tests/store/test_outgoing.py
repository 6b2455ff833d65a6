"""The outbox and the roll-ups: queued with the decision, sent once as far as anyone can tell."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mailbot.store.outgoing import (
    MadeRollup,
    OutgoingMail,
    claim_due,
    enqueue,
    latest_rollup,
    mark_refused,
    mark_retry,
    mark_sent,
    next_due,
    record_rollup,
    rollup_due,
)
from mailbot.store.tables import OutboxRow, RollupRow
from tests.store.builders import LEASE, NOW, crash_after

DAY = date(2021, 8, 16)
OVER = NOW + LEASE + timedelta(seconds=1)


def mail(number=1):
    return OutgoingMail(
        "rollup", f"<{number}@mailbot>", "bot@example.org", ("she@example.org", "b@example.org"), "Сводка", b"x"
    )


def queued(database, *mails):
    with database.sessions.begin() as session:
        return [enqueue(session, item, NOW) for item in mails]


def due(database, worker="w1", now=NOW, limit=10):
    with database.sessions.begin() as session:
        return claim_due(session, worker, now, limit, LEASE)


def made(database, day=DAY, kind="daily", number=1, snapshot=None, now=NOW):
    with database.sessions.begin() as session:
        return record_rollup(session, day, kind, mail(number), snapshot or {}, now)


def outbox(database):
    with database.reading() as session:
        return session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()


def test_a_mail_is_queued_once(database):
    assert queued(database, mail(1), mail(2), mail(1)) == [1, 2, 1]
    assert len(outbox(database)) == 2


def test_a_due_mail_is_claimed_by_one(database):
    queued(database, mail())
    (claimed,) = due(database)
    assert (claimed.mail, claimed.attempt, claimed.uncertain) == (mail(), 1, False)
    assert due(database, "w2") == []
    assert outbox(database)[0].state == "sending"


def test_a_mail_can_be_claimed_by_its_number_and_the_next_one_is_told(database):
    first, second = queued(database, mail(1), mail(2))
    with database.sessions.begin() as session:
        assert next_due(session, NOW) == first
        assert [one.id for one in claim_due(session, "w1", NOW, 10, LEASE, only=first)] == [first]
        assert claim_due(session, "w2", NOW, 10, LEASE, only=first) == []
        assert next_due(session, NOW) == second
        assert next_due(session, NOW - LEASE) is None


def test_sent_is_sent(database):
    queued(database, mail())
    (claimed,) = due(database)
    with database.sessions.begin() as session:
        mark_sent(session, claimed, NOW)
    (row,) = outbox(database)
    assert (row.state, row.finished_at, row.claimed_by) == ("sent", NOW, None)
    assert due(database, now=OVER) == []


def test_a_sender_that_died_leaves_doubt(database):
    queued(database, mail())
    due(database)
    (again,) = due(database, "w2", OVER)
    assert (again.attempt, again.uncertain) == (2, True)


def test_a_retry_waits_for_its_time_and_keeps_the_reason(database):
    queued(database, mail())
    (claimed,) = due(database)
    with database.sessions.begin() as session:
        assert mark_retry(session, claimed, "451 later", NOW + timedelta(hours=1), uncertain=False)
    assert due(database, now=NOW + timedelta(minutes=59)) == []
    assert outbox(database)[0].last_error == "451 later"
    (again,) = due(database, now=NOW + timedelta(hours=1))
    assert (again.attempt, again.uncertain) == (2, False)


def test_doubt_lasts_until_it_is_settled(database):
    queued(database, mail())
    moment = NOW
    for uncertain in (True, False):
        (claimed,) = due(database, now=moment)
        moment += timedelta(hours=1)
        with database.sessions.begin() as session:
            mark_retry(session, claimed, "broken off", moment, uncertain=uncertain)
    assert due(database, now=moment)[0].uncertain


def test_a_refused_mail_is_not_tried_again(database):
    queued(database, mail())
    (claimed,) = due(database)
    with database.sessions.begin() as session:
        assert mark_refused(session, claimed, "550 no such user", NOW)
    (row,) = outbox(database)
    assert (row.state, row.last_error, row.finished_at) == ("refused", "550 no such user", NOW)
    assert due(database, now=OVER) == []


def test_who_lost_the_claim_may_say_that_it_left_and_nothing_else(database):
    queued(database, mail())
    (slow,) = due(database)
    due(database, "w2", OVER)
    with database.sessions.begin() as session:
        assert not mark_retry(session, slow, "x", OVER, uncertain=False)
        assert not mark_refused(session, slow, "x", OVER)
        mark_sent(session, slow, OVER)
    assert outbox(database)[0].state == "sent"


def test_a_roll_up_is_made_once_for_a_date_and_kind(database):
    assert made(database, snapshot={"answered": 38}) == 1
    assert made(database, number=2) is None
    assert made(database, kind="final", number=3) == 2
    assert made(database, day=date(2021, 8, 17), number=4) == 3
    assert [row.message_id_header for row in outbox(database)] == ["<1@mailbot>", "<3@mailbot>", "<4@mailbot>"]


def test_what_is_due_is_what_was_not_made(database):
    made(database)
    with database.reading() as session:
        assert not rollup_due(session, DAY, "daily")
        assert rollup_due(session, DAY, "final")
        assert rollup_due(session, DAY + timedelta(days=1), "daily")


def test_the_latest_roll_up_is_remembered_with_what_it_said(database):
    with database.reading() as session:
        assert latest_rollup(session) is None
    made(database, snapshot={"answered": 1, "имена": ["Арский"]})
    later = NOW + timedelta(days=1)
    made(database, DAY + timedelta(days=1), number=2, snapshot={"answered": 2}, now=later)
    with database.reading() as session:
        assert latest_rollup(session) == MadeRollup(DAY + timedelta(days=1), "daily", later, {"answered": 2})


def test_a_crash_before_the_commit_leaves_neither_roll_up_nor_mail(database):
    with pytest.raises(KeyboardInterrupt):
        crash_after(database, lambda session: record_rollup(session, DAY, "daily", mail(), {}, NOW))
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (OutboxRow, RollupRow)]
    assert counts == [0, 0]
    assert made(database) is not None
