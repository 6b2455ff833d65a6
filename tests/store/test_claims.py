from datetime import UTC, datetime, timedelta

from mailbot.store.claims import claimants, end_claims
from mailbot.store.outgoing import OutgoingMail, claim_due, enqueue
from mailbot.store.reading_queue import claim
from mailbot.store.receiving import Incoming, land

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)
LEASE = timedelta(minutes=30)
MAIL = OutgoingMail("rollup", "<1@example.org>", "a@example.org", ("b@example.org",), "Сводка", b"Subject: x\r\n\r\n")


def test_claims_of_a_dead_worker_end_and_the_attempt_counts(database):
    with database.sessions.begin() as session:
        land(session, "press", "INBOX", 1, [Incoming(1, b"Subject: a\r\n\r\nb", NOON, 14)], NOON)
        enqueue(session, MAIL, NOON)
        claim(session, "dead", NOON, 10, LEASE)
        claim_due(session, "dead", NOON, 10, LEASE)
    with database.sessions.begin() as session:
        assert claimants(session, NOON) == {"dead"}
        assert claim(session, "next", NOON, 10, LEASE) == []
        assert end_claims(session, {"dead"}, NOON) == 2
        assert claimants(session, NOON) == set()
        assert [one.attempt for one in claim(session, "next", NOON, 10, LEASE)] == [2]
        assert [due.uncertain for due in claim_due(session, "next", NOON, 10, LEASE)] == [True]


def test_other_workers_keep_theirs(database):
    with database.sessions.begin() as session:
        land(session, "press", "INBOX", 1, [Incoming(1, b"Subject: a\r\n\r\nb", NOON, 14)], NOON)
        claim(session, "alive", NOON, 10, LEASE)
        assert end_claims(session, {"dead"}, NOON) == 0
        assert claim(session, "next", NOON, 10, LEASE) == []
