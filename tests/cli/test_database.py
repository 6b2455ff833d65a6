"""The commands on the database: described, opened for reading, exported."""

import csv

import pytest
from openpyxl import load_workbook

from mailbot.store.views import VIEW_NAMES


@pytest.fixture
def ready(config, run):
    """A configuration whose database has its schema."""
    path = config()
    assert run("db", "upgrade", "-c", path).code == 0
    return path


def test_the_description_is_written_and_compared(run, tmp_path):
    file = tmp_path / "database.md"
    assert run("db", "docs", "--check", file).code == 6
    assert run("db", "docs", file).code == 0
    assert "### current_figures" in file.read_text(encoding="utf-8")
    assert run("db", "docs", "--check", file).code == 0
    file.write_text(file.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert "отстал от схемы" in run("db", "docs", "--check", file).err


def test_views_are_exported_as_csv_or_as_a_workbook(ready, run, tmp_path):
    done = run("export", tmp_path / "csv", "-c", ready)
    assert done.code == 0
    assert len(done.out.splitlines()) == len(VIEW_NAMES)
    with (tmp_path / "csv" / "not_answered.csv").open(encoding="utf-8", newline="") as source:
        assert len(list(csv.DictReader(source))) == 45
    assert run("export", tmp_path / "all.xlsx", "--view", "not_answered", "-c", ready).code == 0
    assert load_workbook(tmp_path / "all.xlsx").sheetnames == ["not_answered"]


def test_a_database_without_its_schema_is_not_exported(config, run, tmp_path):
    done = run("export", tmp_path / "csv", "-c", config())
    assert (done.code, "run «mailbot db upgrade»" in done.err) == (5, True)


def test_sqlite_has_no_readers_to_grant(ready, run):
    done = run("db", "grant-reader", "analyst", "-c", ready)
    assert (done.code, done.err.count("\n")) == (5, 1)
    assert "SQLite has no roles" in done.err


def test_a_reader_is_granted_on_postgres(postgres_database, config, run, tmp_path):
    path = config(url=postgres_database.url)
    password = tmp_path / "password"
    password.write_text("secret\n", encoding="utf-8")
    done = run("db", "grant-reader", "analyst", "--password-file", password, "-c", path)
    assert done.out == "роль «analyst» создана и читает представления\n"
    assert run("db", "grant-reader", "analyst", "-c", path).out == "роль «analyst» читает представления\n"
    with postgres_database.engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY analyst; DROP ROLE analyst")
