"""Two names that are one organisation."""

import pytest

from mailbot.store import views
from mailbot.store.organisations import same_organisation, separate
from tests.store.builders import NOW, answer, report, set_up


@pytest.fixture
def two_names(database):
    """Organisations 1 and 2 report in Арский, organisation 3 in Бавлинский."""
    set_up(database)
    answer(database, report("Арский", "Школа № 5", vk=1, ok=9))
    answer(database, report("Арский", "Пятая школа", vk=2), when=NOW.replace(hour=10))
    answer(database, report("Бавлинский", "Лицей", vk=3))
    return database


def merged(database, other, main):
    with database.sessions.begin() as session:
        same_organisation(session, other, main)


def figures(database):
    with database.reading() as session:
        return [(row["organisation"], row["vk"], row["statements"]) for row in views.read(session, "current_figures")]


def test_reports_under_either_name_are_one_respondent_s(two_names):
    merged(two_names, 2, 1)
    assert figures(two_names) == [("Пятая школа", 2, 2), ("Лицей", 3, 1)]
    answer(two_names, report("Арский", "Пятая школа", ok=4), when=NOW.replace(hour=11), kind="correction")
    assert figures(two_names)[0] == ("Пятая школа", 2, 3)


def test_separated_again_each_has_its_own(two_names):
    merged(two_names, 2, 1)
    with two_names.sessions.begin() as session:
        separate(session, 2)
    assert sorted(row[1:] for row in figures(two_names)) == [(1, 1), (2, 1), (3, 1)]


def test_names_of_a_name_follow_it(two_names):
    answer(two_names, report("Арский", "СОШ 5", vk=7), when=NOW.replace(hour=11))
    merged(two_names, 2, 1)
    merged(two_names, 1, 4)
    assert figures(two_names) == [("СОШ 5", 7, 3), ("Лицей", 3, 1)]


def test_what_cannot_be_one(two_names):
    with pytest.raises(ValueError, match="different municipalities"):
        merged(two_names, 3, 1)
    with pytest.raises(LookupError, match="7"):
        merged(two_names, 7, 1)
    merged(two_names, 2, 1)
    with pytest.raises(ValueError, match="another name"):
        merged(two_names, 1, 2)
