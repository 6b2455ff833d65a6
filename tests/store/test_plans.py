"""What is asked for every message, and once a minute for ever, costs the same however many messages are stored."""

from sqlalchemy import event

from mailbot.store.claims import claimants
from mailbot.store.quiet import anything_waits
from mailbot.store.reading_queue import backlog, claim, save_all, waiting
from mailbot.store.receiving import land
from mailbot.store.tables import Base
from tests.store.builders import LEASE, NOW, answer, finding, incoming, landed, reading, report, set_up

SMALL = frozenset({"campaign", "fields", "folders", "municipalities", "organisations", "outbox", "thermometer_weights"})
"""Tables of a campaign's own size; the others grow with every message."""

WAITING = "INDEX ix_messages_queued"
"""Holds the messages that wait, and no others."""

OF_NO_DECISION = "INDEX ix_reports_decision_id (decision_id=?)"
"""Asked for those of no decision, it gives nearly all reports."""


def asked_during(database, work):
    """The statements that `work` sends, with the parameters of their first execution."""
    asked = {}

    def note(_connection, _cursor, statement, parameters, _context, many):
        asked.setdefault(statement, parameters[0] if many else parameters)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return asked


def scanned(database, asked):
    """Which growing tables SQLite goes through from end to end for these statements, each with its statement."""
    found = []
    with database.engine.connect() as connection:
        for statement, parameters in asked.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [step[-1] for step in plan if not step[-1].endswith(WAITING)]
                tables = {step.split()[1] for step in steps if step.startswith("SCAN") or OF_NO_DECISION in step}
                found += [(table, statement) for table in tables & (Base.metadata.tables.keys() - SMALL)]
    return found


def test_landing_and_reading_a_reply_goes_through_no_table_that_grows(sqlite_database):
    set_up(sqlite_database)
    answer(sqlite_database, report("Арский", "Школа", vk=1), report("Арский", vk=1))

    def work():
        answer(sqlite_database, report("Арский", "Школа", vk=2), report("Арский", vk=2), kind="correction")
        answer(sqlite_database, report("Арский", "Школа", vk=3), status="review", findings=(finding(),))
        with sqlite_database.sessions.begin() as session:  # several together
            assert len([landed(session) for _ in range(3)]) == 3
            same = reading(report("Арский", "Школа", vk=4))
            together = [(claimed, same) for claimed in claim(session, "reader", NOW, 9, LEASE)]
            assert len(save_all(session, together, NOW)) == 3

    asked = asked_during(sqlite_database, work)
    assert len(asked) > 30
    assert scanned(sqlite_database, asked) == []


def test_landing_a_copy_and_nothing_at_all_goes_through_no_table_that_grows(sqlite_database):
    set_up(sqlite_database)
    raw = b"Message-ID: <1@example.org>\r\nSubject: x\r\n\r\ny"

    def work():
        with sqlite_database.sessions.begin() as session:
            assert landed(session, raw, uid=1) is not None
            assert landed(session, raw, uid=1, folder="Архив") is None
            land(session, "press", "INBOX", 1, [incoming(1, raw)], NOW)
            land(session, "press", "INBOX", 1, [], NOW)

    assert scanned(sqlite_database, asked_during(sqlite_database, work)) == []


def test_looking_whether_there_is_anything_to_do_goes_through_no_table_that_grows(sqlite_database):
    set_up(sqlite_database)

    def work():
        with sqlite_database.sessions.begin() as session:
            assert not anything_waits(session)
            assert not claimants(session, NOW)
            assert waiting(session, NOW) == ()
            assert backlog(session).messages == 0

    assert scanned(sqlite_database, asked_during(sqlite_database, work)) == []
