"""What the docs say of the database is what it is, and their queries work on both."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from mailbot.config.load import load_for_reading
from mailbot.domain.directory import Organisation
from mailbot.store.docs import describe
from mailbot.store.tables import Base
from mailbot.store.views import VIEW_NAMES, definitions, fields_of
from tests.servers import databases
from tests.store import ledger
from tests.store.builders import DIRECTORY, set_up
from tests.store.test_views import NAMES, START, reply_with

DOCS = Path(__file__).parents[2] / "docs"
QUESTIONS = re.findall(
    r"^## (.*?)\n.*?```sql\n(.*?);\n```", (DOCS / "queries.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def default_fields():
    campaign, _, _ = load_for_reading(None)
    return fields_of(campaign)


def test_the_page_on_the_database_is_up_to_date():
    """If this fails: `mailbot db docs`."""
    assert (DOCS / "database.md").read_text(encoding="utf-8") == describe(default_fields())


def test_the_page_names_every_table_view_and_column():
    page = describe(default_fields())
    names = [column.name for table in Base.metadata.tables.values() for column in table.columns]
    names += [column.name for view in definitions(default_fields()) for column in view.columns]
    assert [name for name in (*Base.metadata.tables, *VIEW_NAMES) if f"### {name}\n" not in page] == []
    assert [name for name in names if f"| {name} |" not in page] == []


def test_every_table_and_column_has_a_comment():
    for table in Base.metadata.tables.values():
        assert table.comment, table.name
        assert [column.name for column in table.columns if not column.comment] == [], table.name


def test_every_reference_is_a_line_of_the_diagram():
    page = describe(default_fields())
    references = {
        (key.column.table.name, table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
    }
    drawn = re.findall(r'^    (\w+) (?:\|o|\|\|)--(?:o\||o\{) (\w+) : "(\w+)"$', page, re.MULTILINE)
    assert set(drawn) == references


def test_there_are_ten_questions_in_two_languages():
    assert len(QUESTIONS) == 10
    assert all(re.search("[A-Za-z].* · .*[А-Яа-я]", title) for title, _ in QUESTIONS)


@pytest.fixture(scope="module")
def module_databases(tmp_path_factory, sqlite_template, postgres, postgres_template):
    """Both databases with the same replies in them; the questions only read."""
    path = tmp_path_factory.mktemp("questions") / "mailbot.db"
    with (
        databases.sqlite_database(path, sqlite_template) as ours,
        databases.postgres_database(postgres, postgres_template) as theirs,
    ):
        for database in (ours, theirs):
            set_up(database, directory=roster())
            for reply in ledger.random_replies(11, NAMES, START, 30):
                reply_with(database, reply)
        yield ours, theirs


def roster():
    silent = tuple(Organisation(municipality=name, name="Тихая школа") for name in NAMES)
    return DIRECTORY.model_copy(update={"organisations": silent})


@pytest.mark.parametrize(("title", "query"), QUESTIONS, ids=[title.split(" · ")[0] for title, _ in QUESTIONS])
def test_a_question_of_the_docs_has_the_same_answer_on_both(module_databases, title, query):
    ours, theirs = (answer_of(database, query) for database in module_databases)
    assert ours, f"«{title}» finds nothing in the test's data"
    assert ours == theirs


def answer_of(database, query):
    with database.reading() as session:
        result = session.connection().exec_driver_sql(query.replace("%", "%%") if database.kind != "sqlite" else query)
        names = list(result.keys())
        return [dict(zip(names, map(comparable, row), strict=True)) for row in result]


def comparable(value):
    """Whatever a driver makes of sums and times of plain SQL, which know no types of ours."""
    if isinstance(value, Decimal):
        return int(value)
    return value.isoformat(sep=" ", timespec="microseconds") if hasattr(value, "isoformat") else value
