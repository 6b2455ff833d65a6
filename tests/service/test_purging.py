from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mailbot.service import purging
from mailbot.service.purging import Purger, Retention
from mailbot.store.retention import Overdue
from mailbot.store.tables import MessageRow, RawMessageRow
from tests.store.builders import NOW, answer, report, set_up


@pytest.fixture
def filled(sqlite_database):
    set_up(sqlite_database)
    for number in range(7):
        answer(sqlite_database, report("Арский", f"Школа № {number}", vk=35), sender_name="Гузель")
    return sqlite_database


def count(database, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(MessageRow).where(*conditions))


def test_each_kind_has_its_own_time(filled, monkeypatch):
    monkeypatch.setattr(purging, "AT_ONCE", 3)
    moment = NOW
    purger = Purger(filled.sessions, Retention(raw_days=10, personal_days=20), lambda: moment)
    assert purger.purge() == Overdue(0, 0, 0, 0)
    moment = NOW + timedelta(days=10, seconds=1)
    assert purger.overdue() == Overdue(7, 0, 0, 0)
    assert purger.purge() == Overdue(7, 0, 0, 0)
    assert purger.purge() == Overdue(0, 0, 0, 0)
    assert count(filled, MessageRow.sender_name == "Гузель") == 7
    moment = NOW + timedelta(days=20, seconds=1)
    assert purger.purge() == Overdue(0, 7, 0, 0)
    assert count(filled, MessageRow.sender_name == "Гузель") == 0


def test_personal_data_take_the_bytes_with_them(filled):
    purger = Purger(filled.sessions, Retention(personal_days=5), lambda: NOW + timedelta(days=6))
    assert purger.purge() == Overdue(7, 7, 0, 0)
    with filled.reading() as session:
        assert session.scalars(select(RawMessageRow.message_id)).all() == []


def test_without_times_nothing_is_removed_and_it_stops_when_asked(filled):
    def later():
        return NOW + timedelta(days=9999)

    assert not Retention().is_on
    assert Purger(filled.sessions, Retention(), later).purge() == Overdue(0, 0, 0, 0)
    Purger(filled.sessions, Retention(personal_days=1), later, lambda: True).purge()
    assert count(filled, MessageRow.personal_purged_at.is_(None)) == 7


def test_bytes_can_not_outlive_the_personal_data_in_them():
    with pytest.raises(ValueError, match="raw_days"):
        Retention(raw_days=30, personal_days=10)
    assert Retention(raw_days=10, personal_days=10).is_on
