"""The same decisions from the console: what is done, what is told, and the exit codes."""

import getpass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mailbot.cli.exits import Exit
from mailbot.store import schema, views
from mailbot.store.tables import DecisionRow
from tests.desk.conftest import DOUBT, Office, report
from tests.servers.databases import opened


@pytest.fixture
def office(config, tmp_path):
    """A letter from Bavly that waits, and one from Arsk; and the configuration that names the database."""
    path = config()
    with opened(f"sqlite:///{tmp_path}/mailbot.db") as database:
        schema.upgrade(database.engine)
        made = Office(database)
        made.config = path
        made.answered(report("Бавлинский", vk=112, ok=80), status="review", findings=DOUBT)
        made.answered(
            report("Арский", vk=1), status="review", findings=DOUBT, when=datetime(2021, 8, 15, 10, tzinfo=UTC)
        )
        yield made


def decisions(office):
    with office.database.reading() as session:
        rows = session.scalars(select(DecisionRow).order_by(DecisionRow.id))
        return [(row.message_id, row.action, row.decided_by, row.via) for row in rows]


def test_list_shows_the_oldest_first_and_with_all_the_closed_too(run, office):
    lines = run("review", "list", "-c", office.config).out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["№ 1", "№ 2"]
    assert "total_mismatch" in lines[0]
    run("review", "reject", "1", "--by", "Гульчачак", "-c", office.config)
    assert len(run("review", "list", "-c", office.config).out.splitlines()) == 1
    closed = run("review", "list", "--all", "-c", office.config).out.splitlines()[0]
    assert "закрыт через" in closed
    assert "reject, Гульчачак" in closed


def test_show_says_reasons_proposals_and_decisions(run, office):
    run("review", "accept", "1", "--by", "Гульчачак", "-c", office.config)
    out = run("review", "show", "1", "-c", office.config).out
    for words in ("Итого не сходится", "Бавлинский: ВК 112, ОК 80", "accept, Гульчачак, console"):
        assert words in out
    assert run("review", "show", "99", "-c", office.config).code == Exit.FAULT


def test_accept_reject_and_undo(run, office):
    assert run("review", "accept", "1", "--by", "Гульчачак", "-c", office.config).code == 0
    assert run("review", "reject", "2", "-c", office.config).code == 0
    assert decisions(office) == [(1, "accept", "Гульчачак", "console"), (2, "reject", getpass.getuser(), "console")]
    assert office.figures() == {("Бавлинский", None): {"vk": 112, "ok": 80}}
    assert run("review", "undo", "1", "-c", office.config).code == 0
    assert office.figures() == {}


def test_set_corrects(run, office):
    done = run("review", "set", "1", "vk=120", "--municipality", "Буинский", "-c", office.config)
    assert done.code == 0
    assert "Буинский: ВК 120, ОК 80" in done.out.replace("\N{NO-BREAK SPACE}", " ")
    assert office.figures() == {("Буинский", None): {"vk": 120, "ok": 80}}


def test_what_cannot_be_decided_is_a_fault_and_the_rest_is_done(run, office):
    done = run("review", "accept", "1", "99", "-c", office.config)
    assert done.code == Exit.FAULT
    assert "Письма № 99 нет" in done.err
    assert [decision[0] for decision in decisions(office)] == [1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "1"),
        ("set", "1", "vk=x"),
        ("set", "1", "nonsense=1"),
        ("set", "1", "--municipality", "Нарния"),
        ("accept",),
    ],
)
def test_wrong_arguments_are_usage_errors(run, office, arguments):
    assert run("review", *arguments, "-c", office.config).code == Exit.USAGE
    assert decisions(office) == []


def test_nothing_to_review(run, office):
    run("review", "reject", "1", "2", "-c", office.config)
    assert run("review", "list", "-c", office.config).out == "Проверять нечего.\n"
    with office.database.reading() as session:
        assert views.read(session, "to_review") == []
