"""The lock that one of several instances holds: taken once, seen by others, free again when its holder is gone."""

import pytest
from sqlalchemy import text

from mailbot.store.engine import open_engine
from mailbot.store.leadership import leadership_of, poller


@pytest.fixture
def lock(database):
    """Makes locks of instances of the service; all are released at the end."""
    made = []

    def make(worker):
        engine = open_engine(database.url)
        made.append((leadership_of(engine, worker), engine))
        return made[-1][0]

    yield make
    for one, engine in made:
        one.release()
        engine.dispose()


def test_one_holds_it_and_the_next_gets_it_when_it_is_released(lock):
    first, second = lock("one/boot/1/1"), lock("two/boot/2/2")
    assert first.acquire()
    assert not second.acquire()
    assert (first.holds(), second.holds()) == (True, False)
    assert second.holder() == "one/boot/1/1"
    first.release()
    assert not first.holds()
    assert second.acquire()
    assert second.holds()


def test_taken_twice_by_the_same_instance_it_is_still_released_at_once(lock):
    first, second = lock("one/boot/1/1"), lock("two/boot/2/2")
    assert first.acquire()
    assert first.holds()
    first.release()
    assert second.acquire()


def test_on_postgres_it_falls_with_its_connection(postgres_database):
    engine = open_engine(postgres_database.url)
    first, second = leadership_of(engine, "one/boot/1/1"), leadership_of(engine, "two/boot/2/2")
    assert first.acquire()
    with postgres_database.sessions.begin() as session:
        assert poller(session) == "one/boot/1/1"
        kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted"
        assert session.execute(text(kill)).scalar()
    assert not first.holds()
    assert second.acquire()
    assert not first.acquire()
    first.release()
    second.release()
    engine.dispose()


def test_nobody_polls_a_database_that_nobody_has_locked(postgres_database):
    with postgres_database.reading() as session:
        assert poller(session) == ""


def test_a_database_in_memory_has_one_user_anyhow():
    engine = open_engine("sqlite://")
    assert leadership_of(engine, "one").acquire()
    assert leadership_of(engine, "two").acquire()
    engine.dispose()
