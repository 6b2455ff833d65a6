"""A role that reads the public views and can't do anything else."""

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from mailbot.domain.campaign import CampaignField
from mailbot.store import schema, views
from mailbot.store.errors import ReaderError, ViewError
from mailbot.store.readers import grant_reader
from mailbot.store.tables import Base
from tests.store.builders import CAMPAIGN, answer, report, set_up

REFUSED = psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState
READER = 'аналитик "1" %s'


@pytest.fixture
def granted(postgres_database):
    """A database with a figure in it, and a reader; roles belong to the whole server, so it is removed afterwards."""
    set_up(postgres_database)
    answer(postgres_database, report("Арский", vk=1))
    assert grant_reader(postgres_database.engine, READER, "пароль's %")
    yield postgres_database
    where = make_url(postgres_database.url)
    with psycopg.connect(host=where.host, port=where.port, dbname=where.database, user=where.username) as connection:
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(READER)))


def as_reader(database):
    where = make_url(database.url)
    return psycopg.connect(
        host=where.host,
        port=where.port,
        dbname=where.database,
        user=READER,
        password="пароль's %",
        autocommit=True,
    )


def test_it_reads_every_view(granted):
    with as_reader(granted) as connection:
        for view in views.VIEW_NAMES:
            connection.execute(f"SELECT * FROM {view}")
        assert connection.execute("SELECT vk FROM current_figures").fetchall() == [(1,)]


def test_it_reads_no_table(granted):
    with as_reader(granted) as connection:
        for table in Base.metadata.tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO fields VALUES ('x', 'account', 'x', 1)",
        "UPDATE figures SET value = 0",
        "DELETE FROM reports",
        "UPDATE to_review SET status = 'accepted'",
        "DROP VIEW current_figures",
        "CREATE TABLE mine (x int)",
        "TRUNCATE messages",
    ],
)
def test_it_can_write_nothing_even_if_it_insists(granted, statement):
    with as_reader(granted) as connection:
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(REFUSED):
            connection.execute(statement)


def test_granting_again_changes_nothing(granted):
    assert not grant_reader(granted.engine, READER)


def test_its_right_outlives_new_fields_and_migrations(granted):
    fields = (*CAMPAIGN.fields, CampaignField(name="telegram", title="Telegram"))
    set_up(granted, CAMPAIGN.model_copy(update={"fields": fields}))
    with as_reader(granted) as connection:
        assert connection.execute("SELECT vk, telegram FROM current_figures").fetchall() == [(1, None)]
    with schema.migrating(granted.engine) as connection:
        views.refresh(connection, views.drop(connection))
    with as_reader(granted) as connection:
        assert connection.execute("SELECT vk FROM current_figures").fetchall() == [(1,)]


def test_a_view_that_is_new_is_open_to_who_could_read_all(granted):
    with granted.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW below_quota")
        connection.exec_driver_sql("DELETE FROM public_views WHERE name = 'below_quota'")
    set_up(granted)
    with as_reader(granted) as connection:
        assert connection.execute("SELECT count(*) FROM below_quota").fetchone() == (0,)


def test_the_owner_is_no_reader(postgres_database):
    with pytest.raises(ReaderError, match="take another name"):
        grant_reader(postgres_database.engine, "mailbot")


def test_where_everybody_may_create_tables_it_says_so(postgres_database):
    with postgres_database.engine.begin() as connection:
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO PUBLIC")
    with pytest.raises(ReaderError, match='REVOKE CREATE ON SCHEMA "public"'):
        grant_reader(postgres_database.engine, "nobody else")
    with postgres_database.engine.connect() as connection:
        query = "SELECT count(*) FROM pg_roles WHERE rolname = 'nobody else'"
        assert connection.exec_driver_sql(query).scalar() == 0


def test_sqlite_has_no_roles(sqlite_database):
    with pytest.raises(ReaderError, match="SQLite has no roles"):
        grant_reader(sqlite_database.engine, "x")


def test_somebody_s_own_view_upon_ours_is_named_not_removed(postgres_database):
    set_up(postgres_database)
    with postgres_database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW theirs AS SELECT vk FROM current_figures")
    with pytest.raises(ViewError, match=r"view current_figures must be made anew.*view theirs depends"):
        set_up(postgres_database, CAMPAIGN.model_copy(update={"fields": CAMPAIGN.fields[:1]}))
    with postgres_database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM theirs").scalar() == 0
