"""Migrations: up, down and up again, with data in place; nothing drifts from the tables; no alembic.ini needed."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, MetaData, inspect, select
from sqlalchemy.exc import DBAPIError

from mailbot.store import schema, views
from mailbot.store.schema import SchemaError
from mailbot.store.tables import Base
from tests.store import ledger
from tests.store.builders import answer, report, set_up
from tests.store.test_views import NAMES, START, reply_with

ROOT = Path(__file__).parents[2]
REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]


def filled(database):
    set_up(database)
    for reply in ledger.random_replies(3, NAMES, START, 12):
        reply_with(database, reply)
    return database


def rows_of(database):
    """All rows of all tables, as they lie in the database."""
    found = MetaData()
    with database.engine.connect() as connection:
        found.reflect(connection, only=lambda name, _: name not in ("alembic_version", "public_views"))
        return {
            name: sorted(map(repr, connection.execute(select(table)))) for name, table in sorted(found.tables.items())
        }


def shown_by(database):
    with database.reading() as session:
        return {name: views.read(session, name) for name in views.VIEW_NAMES}


def test_the_last_file_is_the_head():
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == [schema.head()]


def test_an_empty_database_is_brought_up_to_the_head(empty_database):
    assert schema.current(empty_database.engine) is None
    assert schema.check(empty_database.engine) == ["the database has no tables yet: run «mailbot db upgrade»"]
    with pytest.raises(SchemaError, match=r"\(none\)"):
        schema.require_head(empty_database.engine)
    schema.upgrade(empty_database.engine)
    assert schema.current(empty_database.engine) == schema.head() == REVISIONS[-1]
    assert schema.check(empty_database.engine) == []
    schema.require_head(empty_database.engine)
    schema.upgrade(empty_database.engine)
    assert schema.check(empty_database.engine) == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_database_of_an_earlier_revision_keeps_its_data_on_the_way_down_and_up(database, revision):
    filled(database)
    before, shown = rows_of(database), shown_by(database)
    schema.downgrade(database.engine, revision)
    earlier = rows_of(database)
    assert earlier["figures"]
    assert {name: len(rows) for name, rows in earlier.items()} == {name: len(before[name]) for name in earlier}
    assert schema.check(database.engine) == [
        f"the database stands at revision {revision}, this mailbot needs {schema.head()}: run «mailbot db upgrade»"
    ]
    assert inspect(database.engine).get_view_names() == []
    schema.upgrade(database.engine)
    assert rows_of(database) == before
    assert shown_by(database) == shown
    assert schema.check(database.engine) == []


def test_down_to_nothing_and_up_again(database):
    filled(database)
    schema.downgrade(database.engine, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(database.engine)
    assert schema.check(database.engine) == []
    answer(set_up(database), report("Арский", vk=1))


def test_a_database_of_a_newer_mailbot_is_left_alone(database):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    (problem,) = schema.check(database.engine)
    assert "newer mailbot" in problem
    with pytest.raises(SchemaError, match="9999"):
        schema.require_head(database.engine)


def test_a_migration_that_fails_leaves_the_database_as_it_was(database):
    filled(database)
    schema.downgrade(database.engine, REVISIONS[0])
    schema.upgrade(database.engine, REVISIONS[0])
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE health (wrong INTEGER)")
    before = rows_of(database)
    with pytest.raises(DBAPIError):
        schema.upgrade(database.engine)
    assert schema.current(database.engine) == REVISIONS[0]
    assert rows_of(database) == before


def test_a_schema_changed_by_hand_is_told(database):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE folders ADD COLUMN surprise INTEGER")
        connection.exec_driver_sql("DROP VIEW below_quota")
    by_hand, missing = schema.check(database.engine)
    assert "surprise" in by_hand
    assert missing == "the view below_quota is missing: run «mailbot db upgrade»"


def test_an_upgrade_makes_missing_views_anew(database):
    filled(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW below_quota")
    schema.upgrade(database.engine)
    assert schema.check(database.engine) == []


def test_the_migrations_make_the_constraints_that_the_tables_have(database):
    found = inspect(database.engine)
    for table in Base.metadata.tables.values():
        ours = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == ours, table.name
        assert {unique["name"] for unique in found.get_unique_constraints(table.name)} == {
            str(item.name) for item in table.constraints if type(item).__name__ == "UniqueConstraint"
        }, table.name


def test_a_rebuilt_table_keeps_the_rows_that_refer_to_it(sqlite_database):
    """SQLite rebuilds a table by dropping it, and dropping deletes all that refers to it, unless that is forbidden."""
    filled(sqlite_database)
    before = rows_of(sqlite_database)
    with schema.migrating(sqlite_database.engine) as connection:
        views.drop(connection)
        with Operations(MigrationContext.configure(connection)).batch_alter_table("reports", recreate="always"):
            pass
        views.refresh(connection)
    assert rows_of(sqlite_database) == before
    with sqlite_database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_breaks_references_is_undone(sqlite_database):
    filled(sqlite_database)
    before = rows_of(sqlite_database)
    with pytest.raises(SchemaError, match="break references"), schema.migrating(sqlite_database.engine) as connection:
        connection.exec_driver_sql("DELETE FROM reports")
    assert rows_of(sqlite_database) == before


def alembic(database, *arguments):
    """Alembic's own command, as a developer runs it in a checkout."""
    program = [sys.executable, "-m", "alembic", "-x", f"url={database.url}", *arguments]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)


def test_alembic_s_own_command_works_in_a_checkout(database):
    filled(database)
    shown = shown_by(database)
    checked = alembic(database, "check")
    assert (checked.returncode, "No new upgrade operations" in checked.stdout) == (0, True), checked.stderr
    assert alembic(database, "downgrade", "-1").returncode == 0
    assert alembic(database, "upgrade", "head").returncode == 0
    assert shown_by(database) == shown


def test_alembic_wants_to_know_which_database():
    nameless = subprocess.run(
        [sys.executable, "-m", "alembic", "current"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert nameless.returncode != 0
    assert "name the database: alembic -x url=" in nameless.stderr + nameless.stdout


def test_an_installed_package_brings_its_migrations(tmp_path):
    """Laid out as the wheel's build is told to, in a folder of its own; no repository beside it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    site = tmp_path / "site"
    for source, target in {"mailbot": "mailbot", **told["targets"]["wheel"]["force-include"]}.items():
        shutil.copytree(ROOT / source, site / target, ignore=shutil.ignore_patterns("__pycache__"))
    assert (site / "mailbot" / "migrations" / "env.py").exists()
    program = (
        "import mailbot; from mailbot.store import schema; from mailbot.store.engine import open_engine\n"
        f"assert mailbot.__file__.startswith({str(site)!r}), mailbot.__file__\n"
        "engine = open_engine('sqlite:///new.db'); schema.upgrade(engine); assert not schema.check(engine)"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}  # noqa: TID251 - a program of its own, with that folder first
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
