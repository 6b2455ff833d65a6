"""Many rows at once, and the numbers that they were given."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from mailbot.store.bulk import insert_numbered
from mailbot.store.tables import FolderRow, MessageRow
from tests.store.builders import NOW


def folders(*names):
    return [{"mailbox": "press", "name": name, "last_uid": 0} for name in names]


def test_numbers_come_in_the_order_of_the_rows(database):
    names = [f"folder {number * 7 % 1000}" for number in range(1000)]
    with database.sessions.begin() as session:
        session.add(FolderRow(mailbox="press", name="held back until now", last_uid=0))
        numbers = insert_numbered(session, FolderRow, folders(*names))
    with database.reading() as session:
        stored = dict(session.execute(select(FolderRow.id, FolderRow.name)).all())
    assert [stored[number] for number in numbers] == names
    assert list(numbers) == sorted(numbers)
    assert len(stored) == 1001


def test_numbers_are_those_of_the_new_rows_alone_where_others_stand_and_have_gone(database):
    with database.sessions.begin() as session:
        first = insert_numbered(session, FolderRow, folders("a", "b", "c"))
        session.execute(delete(FolderRow).where(FolderRow.id.in_((first[0], first[2]))))
        second = insert_numbered(session, FolderRow, folders("d", "e"))
        found = session.scalars(select(FolderRow.name).where(FolderRow.id.in_(second)).order_by(FolderRow.id)).all()
    assert found == ["d", "e"]
    assert first[1] not in second


def test_one_row_that_cannot_be_leaves_none(database):
    with pytest.raises(IntegrityError), database.sessions.begin() as session:
        insert_numbered(session, FolderRow, folders("a", "b", "a"))
    with database.reading() as session:
        assert session.scalars(select(FolderRow.id)).all() == []
        assert insert_numbered(session, FolderRow, []) == ()


def test_the_number_of_a_message_that_is_gone_is_not_given_again(database):
    mail = {"status": "received", "sent_at": NOW, "sent_at_source": "landing", "landed_at": NOW, "size": 1}
    with database.sessions.begin() as session:
        first = insert_numbered(session, MessageRow, [mail, mail])
        session.execute(delete(MessageRow).where(MessageRow.id.in_(first)))
    with database.sessions.begin() as session:
        second = insert_numbered(session, MessageRow, [mail])
    assert second[0] > max(first)
