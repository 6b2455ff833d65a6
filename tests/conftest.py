"""Fixtures that several rooms use: a database of each kind, with mailbot's schema, fresh for every test.

What a test records as its `score` is printed at the end, whichever process ran it.
"""

import os

import pytest
from hypothesis import settings

from tests.servers import databases
from tests.servers.postgres import find_programs, running_postgres

# The same examples in every run, and as much time for each as a busy machine takes.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def postgres():
    """A running Postgres cluster. Where none is installed: an error in CI, elsewhere a skip that says so."""
    programs = find_programs()
    if programs is None:
        message = "Postgres is not installed: nothing is tested on it (Debian: apt install postgresql)"
        if "CI" in os.environ:  # noqa: TID251 - CI must not pass for want of a program
            pytest.fail(message)
        pytest.skip(message)
    with running_postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite") / "template.db")


@pytest.fixture(scope="session")
def postgres_template(postgres):
    return databases.postgres_template(postgres)


@pytest.fixture
def sqlite_database(tmp_path, sqlite_template):
    """A `Database` on SQLite: mailbot's schema, no rows."""
    with databases.sqlite_database(tmp_path / "mailbot.db", sqlite_template) as database:
        yield database


@pytest.fixture
def postgres_database(postgres, postgres_template):
    """A `Database` on Postgres: mailbot's schema, no rows."""
    with databases.postgres_database(postgres, postgres_template) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def database(request):
    """A `Database` (url, engine, sessions, reading), once of each kind: mailbot's schema, no rows."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request, tmp_path):
    """A `Database` without any schema, once of each kind."""
    if request.param == "sqlite":
        with databases.sqlite_database(tmp_path / "empty.db") as database:
            yield database
    else:
        with databases.postgres_database(request.getfixturevalue("postgres")) as database:
            yield database


def pytest_terminal_summary(terminalreporter):
    """Print the scores of the labelled replies, with what is not exact."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    scores = [value for report in reports for key, value in report.user_properties if key == "score"]
    if scores:
        terminalreporter.section("the labelled replies")
        for score in sorted(scores):
            terminalreporter.line(score)
