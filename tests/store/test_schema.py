"""Migrations: up, down and up again, with data in place; nothing drifts from the tables; no alembic.ini needed."""

from mailbot.store import schema


def test_an_empty_database_is_brought_up_to_the_head(empty_database):
    assert schema.current(empty_database.engine) is None
    assert schema.check(empty_database.engine) == ["the database has no tables yet: run «mailbot db upgrade»"]
    schema.upgrade(empty_database.engine)
    assert schema.current(empty_database.engine) == schema.head()
    assert schema.check(empty_database.engine) == []
