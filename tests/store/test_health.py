from datetime import UTC, datetime, timedelta

from mailbot.store.health import Condition, conditions, note_fault, note_success

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def test_a_fault_stays_until_the_next_success(database):
    with database.sessions.begin() as session:
        note_success(session, ["receive:press"], NOON)
        note_fault(session, "receive:press", "сервер молчит", LATER)
    with database.sessions.begin() as session:
        assert conditions(session) == [Condition("receive:press", NOON, LATER, "сервер молчит")]
        note_success(session, ["deliver", "receive:press"], LATER)
    with database.sessions() as session:
        assert conditions(session) == [
            Condition("deliver", LATER, None, None),
            Condition("receive:press", LATER, LATER, None),
        ]
