"""The configuration copied into the database."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

import mailbot
from mailbot.domain.campaign import AudienceGroup, CampaignField
from mailbot.domain.directory import Directory, Organisation
from mailbot.store import view_origin, views
from mailbot.store.fields import fields_of
from mailbot.store.organisations import same_organisation
from mailbot.store.tables import CampaignRow, OrganisationRow
from tests.store.builders import CAMPAIGN, DIRECTORY, MUNICIPALITIES, answer, report, set_up

PACKAGE = Path(mailbot.__file__).parent
TELEGRAM = CampaignField(name="telegram", title="Telegram")


def directory(*organisations, municipalities=MUNICIPALITIES):
    return Directory(municipalities=municipalities, organisations=organisations)


def school(name, *aliases, municipality="Арский"):
    return Organisation(municipality=municipality, name=name, kind="school", aliases=aliases)


def with_fields(*fields, **changes):
    return CAMPAIGN.model_copy(update={"fields": fields, **changes})


def view(database, name):
    with database.reading() as session:
        return views.read(session, name)


def figures(database, field):
    return [(row["municipality"], row["organisation"], row[field]) for row in view(database, "current_figures")]


def test_a_second_start_changes_nothing(database):
    set_up(database)
    answer(database, report("Арский", vk=1))
    before = {name: view(database, name) for name in views.VIEW_NAMES}
    set_up(database)
    assert {name: view(database, name) for name in views.VIEW_NAMES} == before


def test_a_start_with_nothing_new_does_not_even_build_the_views(database, monkeypatch):
    set_up(database)

    def built(*_):
        raise AssertionError("the views were built")

    monkeypatch.setattr(views, "refresh", built)
    set_up(database)


def test_a_view_that_was_removed_by_hand_is_there_again_after_a_start(database):
    set_up(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW below_quota")
    set_up(database)
    assert view(database, "below_quota") == []


def test_a_view_that_was_forgotten_is_there_again_after_a_start(database):
    set_up(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW below_quota")
        connection.exec_driver_sql("DELETE FROM public_views WHERE name = 'below_quota'")
    set_up(database)
    assert view(database, "below_quota") == []


def test_views_of_other_code_are_compared_and_left_alone_where_they_are_the_same(database, monkeypatch):
    set_up(database)
    monkeypatch.setattr(view_origin, "_code", lambda: "of a newer version")
    with database.engine.begin() as connection:
        assert not view_origin.are_made(connection, fields_of(CAMPAIGN))
        assert not views.refresh(connection)
        assert view_origin.are_made(connection, fields_of(CAMPAIGN))


def test_where_the_code_cannot_be_read_the_views_are_compared_at_each_start(database, monkeypatch):
    monkeypatch.setattr(view_origin, "_code", lambda: None)
    set_up(database)
    with database.engine.begin() as connection:
        assert not view_origin.are_made(connection, fields_of(CAMPAIGN))
        assert not views.refresh(connection)


def test_the_digest_covers_all_of_our_code_that_builds_the_views():
    listing = "import sys, mailbot.store.views; print(*(m.__file__ for n, m in sys.modules.items() if 'mailbot.' in n))"
    files = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()
    covered = {PACKAGE / folder for folder in view_origin.CODE}
    assert len(files) > 20
    assert [file for file in files if Path(file).parent not in covered] == []


def test_a_new_field_is_a_column_without_a_migration(database):
    set_up(database)
    answer(database, report("Арский", vk=1))
    set_up(database, with_fields(*CAMPAIGN.fields, TELEGRAM))
    answer(database, report("Бавлинский", telegram=7))
    assert figures(database, "telegram") == [("Арский", None, None), ("Бавлинский", None, 7)]
    assert view(database, "municipality_summary")[2]["telegram"] == 7


def test_a_dropped_field_leaves_the_views_and_stays_in_the_history(database):
    set_up(database)
    answer(database, report("Арский", vk=1, ok=2))
    set_up(database, with_fields(*CAMPAIGN.fields[:2]))
    (row,) = view(database, "current_figures")
    assert "ok" not in row
    assert row["people_at_most"] == 1
    assert [item["field"] for item in view(database, "figure_history")] == ["vk", "ok"]


def test_fields_stand_in_the_configured_order(database):
    set_up(database, with_fields(*reversed(CAMPAIGN.fields)))
    answer(database, report("Арский", vk=1))
    assert list(view(database, "current_figures")[0])[2:6] == ["total", "ok", "instagram", "vk"]


def test_a_changed_kind_of_field_is_counted_anew(database):
    set_up(database)
    answer(database, report("Арский", vk=34, ok=40))
    answer(database, report("Арский", vk=35), kind="correction")
    assert figures(database, "ok") == [("Арский", None, 40)]
    as_total = CAMPAIGN.fields[2].model_copy(update={"kind": "total"})
    set_up(database, with_fields(*CAMPAIGN.fields[:2], as_total))
    assert figures(database, "ok") == [("Арский", None, None)]


def test_another_quota_and_deadline_are_in_force_at_once(database):
    set_up(database)
    answer(database, report("Арский", "Школа", vk=35))
    assert view(database, "below_quota") == []
    set_up(database, CAMPAIGN.model_copy(update={"quota": 36, "deadline": CAMPAIGN.deadline.replace(day=15)}))
    (row,) = view(database, "below_quota")
    assert (row["people_at_most"], row["short_by"], row["on_time"]) == (35, 1, "no")
    set_up(database, CAMPAIGN.model_copy(update={"quota": None}))
    assert view(database, "below_quota") == []
    assert view(database, "current_figures")[0]["quota"] is None


@pytest.mark.parametrize("name", ["municipality", "quota", "statements", "answered", "differs", "vk_stated"])
def test_a_field_cannot_take_the_name_of_another_column(database, name):
    taken = with_fields(CAMPAIGN.fields[0], CampaignField(name=name, title="x"))
    with pytest.raises(ValueError, match=f"taken in the view .*: .*{name}"):
        set_up(database, taken)
    with database.reading() as session:
        assert session.scalars(select(CampaignRow)).all() == []


def test_a_field_and_an_audience_group_cannot_share_a_name(database):
    with pytest.raises(ValueError, match="vk"):
        set_up(database, with_fields(CAMPAIGN.fields[0], audience=(AudienceGroup(name="vk", title="x"),)))


@pytest.mark.parametrize("name", ["order", "group", "user", "select", "end"])
def test_a_field_may_be_a_word_of_sql(database, name):
    set_up(database, with_fields(CampaignField(name=name, title="100 % «x» 'y' :z %(q)s")))
    answer(database, report("Арский", **{name: 7}))
    assert figures(database, name) == [("Арский", None, 7)]
    assert view(database, "municipality_summary")[0][f"{name}_stated"] == 7


def test_a_campaign_without_total_or_with_nothing_but_a_total(database):
    set_up(database, with_fields(CAMPAIGN.fields[0], audience=()))
    answer(database, report("Арский", "Школа", vk=29))
    assert view(database, "below_quota")[0]["short_by"] == 1
    set_up(database, with_fields(CAMPAIGN.fields[3], audience=()))
    assert view(database, "current_figures")[0]["quota"] == "no data"


def test_a_municipality_that_is_no_longer_asked_is_shown_only_if_it_answered(database):
    set_up(database)
    answer(database, report("Арский", vk=1))
    set_up(database, directory=directory(municipalities=MUNICIPALITIES[1:2]))
    assert [row["municipality"] for row in view(database, "municipality_summary")] == ["Арский", "Ютазинский"]
    assert [row["municipality"] for row in view(database, "not_answered")] == ["Ютазинский"]


def test_a_roster_says_who_is_silent_and_what_they_are_called(database):
    set_up(
        database,
        directory=directory(school("МБОУ «СОШ № 5»"), school("Лицей"), school("Сад", municipality="Бавлинский")),
    )
    answer(database, report("Арский", "МБОУ СОШ № 5", vk=1))
    assert figures(database, "vk") == [("Арский", "МБОУ «СОШ № 5»", 1)]
    assert [(row["municipality"], row["organisation"], row["kind"]) for row in view(database, "not_answered")] == [
        ("Арский", "Лицей", "school"),
        ("Ютазинский", None, "муниципальный район"),
        ("Бавлинский", None, "муниципальный район"),
        ("Бавлинский", "Сад", "school"),
    ]
    summary = view(database, "municipality_summary")
    assert [(row["organisations"], row["organisations_asked"]) for row in summary] == [(1, 2), (0, None), (0, 1)]


def test_another_name_on_the_roster_counts_for_its_organisation(database):
    set_up(database)
    answer(database, report("Арский", "Пятая школа", vk=1, ok=2))
    answer(database, report("Арский", "Школа № 5", vk=3), kind="correction")
    assert len(figures(database, "vk")) == 2
    set_up(database, directory=directory(school("Школа № 5", "Пятая школа", "Школа пять")))
    assert figures(database, "vk") == [("Арский", "Школа № 5", 3)]
    assert figures(database, "ok") == [("Арский", "Школа № 5", 2)]
    assert [row["organisation"] for row in view(database, "not_answered")] == [None, None]
    set_up(database, directory=DIRECTORY)
    assert sorted(figures(database, "vk"), key=str) == [("Арский", "Пятая школа", 1), ("Арский", "Школа № 5", 3)]


def test_another_name_can_change_its_organisation(database):
    set_up(database, directory=directory(school("Школа № 5", "Пятая"), school("Лицей")))
    answer(database, report("Арский", "Пятая", vk=1))
    assert figures(database, "vk") == [("Арский", "Школа № 5", 1)]
    set_up(database, directory=directory(school("Школа № 5"), school("Лицей", "Пятая")))
    assert figures(database, "vk") == [("Арский", "Лицей", 1)]


def test_what_a_person_made_one_survives_a_start(database):
    both = directory(school("Школа № 5"), school("Пятая школа"))
    set_up(database, directory=both)
    answer(database, report("Арский", "Пятая школа", vk=1))
    with database.sessions.begin() as session:
        numbers = dict(session.execute(select(OrganisationRow.name, OrganisationRow.id)).all())
        same_organisation(session, numbers["Пятая школа"], numbers["Школа № 5"])
    set_up(database, directory=both)
    assert figures(database, "vk") == [("Арский", "Школа № 5", 1)]


def test_a_roster_of_unknown_municipalities_is_refused(database):
    with pytest.raises(ValueError, match="not asked: Неведомский"):
        set_up(database, directory=directory(school("Школа", municipality="Неведомский")))
