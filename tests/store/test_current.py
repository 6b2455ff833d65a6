"""Which figures count now, computed from the history."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from mailbot.store import current, views
from mailbot.store.tables import OrganisationRow, StandingFigureRow, StandingRow
from tests.store.builders import NOW, answer, report, set_up

SCHOOL = "Школа № 5"


def figures(database, *names):
    with database.reading() as session:
        rows = views.read(session, "current_figures")
    return [tuple(row[name] for name in ("municipality", "organisation", *names)) for row in rows]


def hours(number):
    return NOW + timedelta(hours=number)


def test_a_later_reply_supersedes_and_the_history_stays(database):
    set_up(database)
    answer(database, report("Арский", SCHOOL, vk=34, ok=10))
    answer(database, report("Арский", SCHOOL, vk=35), when=hours(1))
    assert figures(database, "vk", "ok", "statements") == [("Арский", SCHOOL, 35, None, 2)]
    with database.reading() as session:
        history = views.read(session, "figure_history")
    assert [(row["field"], row["value"], row["state"]) for row in history] == [
        ("vk", 34, "superseded"),
        ("ok", 10, "superseded"),
        ("vk", 35, "current"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(sqlite_database, order):
    set_up(sqlite_database)
    said = [
        {"when": hours(0), "kind": "report", "vk": 34, "ok": 10, "total": 40},
        {"when": hours(1), "kind": "correction", "vk": 35},
        {"when": hours(2), "kind": "correction", "ok": 11},
    ]
    for number in order:
        what = dict(said[number])
        when, kind = what.pop("when"), what.pop("kind")
        answer(sqlite_database, report("Арский", SCHOOL, **what), when=when, kind=kind)
    assert figures(sqlite_database, "vk", "ok", "total", "statements") == [("Арский", SCHOOL, 35, 11, None, 3)]


def test_replies_of_one_moment_go_by_landing(database):
    set_up(database)
    answer(database, report("Арский", SCHOOL, vk=1))
    answer(database, report("Арский", SCHOOL, vk=2))
    assert figures(database, "vk") == [("Арский", SCHOOL, 2)]


def test_the_received_header_outweighs_internaldate(database):
    set_up(database)
    answer(database, report("Арский", vk=1), when=hours(5), received=hours(1))
    answer(database, report("Арский", vk=2), when=hours(2))
    assert figures(database, "vk") == [("Арский", None, 2)]


@pytest.mark.parametrize("status", ["review", "ignored"])
def test_only_accepted_messages_count(database, status):
    set_up(database)
    answer(database, report("Арский", vk=1))
    answer(database, report("Арский", vk=2), when=hours(1), status=status)
    assert figures(database, "vk") == [("Арский", None, 1)]


def test_a_municipality_and_its_organisations_are_respondents_of_their_own(database):
    set_up(database)
    answer(database, report("Арский", vk=100), report("Арский", SCHOOL, vk=35))
    answer(database, report("Арский", vk=101), when=hours(1))
    assert figures(database, "vk") == [("Арский", None, 101), ("Арский", SCHOOL, 35)]


def test_a_respondent_spread_over_two_rows_of_one_message_is_one_statement(database):
    set_up(database)
    answer(database, report("Арский", SCHOOL, vk=35), report("Арский", "школа №5", ok=3))
    assert figures(database, "vk", "ok", "statements") == [("Арский", "школа №5", 35, 3, 1)]


def test_an_organisation_is_named_as_it_was_last_reported(database):
    set_up(database)
    answer(database, report("Арский", "Школа № 5", vk=2), when=hours(2))
    answer(database, report("Арский", "школа №5", vk=1), when=hours(1))
    assert figures(database, "vk") == [("Арский", "Школа № 5", 2)]


def test_the_same_name_in_two_municipalities_is_two_organisations(database):
    set_up(database)
    answer(database, report("Арский", SCHOOL, vk=1), report("Бавлинский", SCHOOL, vk=2))
    assert figures(database, "vk") == [("Арский", SCHOOL, 1), ("Бавлинский", SCHOOL, 2)]


def test_more_respondents_than_one_query_takes(sqlite_database):
    set_up(sqlite_database)
    answer(sqlite_database, *(report("Арский", f"Школа № {number}", vk=number) for number in range(1203)))
    assert sum(row[-1] for row in figures(sqlite_database, "vk")) == sum(range(1203))


def test_a_rebuild_from_the_history_gives_the_same(database):
    set_up(database)
    answer(database, report("Арский", SCHOOL, vk=34, ok=10), report("Бавлинский", vk=5))
    answer(database, report("Арский", SCHOOL, vk=35), when=hours(1), kind="correction")
    before = standing(database)
    with database.sessions.begin() as session:
        current.rebuild(session)
    assert standing(database) == before
    assert len(before) == 3


def standing(database):
    with database.reading() as session:
        query = (
            select(StandingRow.message_id, OrganisationRow.key, StandingFigureRow.field, StandingFigureRow.figure_id)
            .join(StandingFigureRow, StandingFigureRow.standing_id == StandingRow.id)
            .outerjoin(OrganisationRow, OrganisationRow.id == StandingRow.organisation_id)
            .order_by(StandingFigureRow.figure_id)
        )
        return [tuple(row) for row in session.execute(query)]
