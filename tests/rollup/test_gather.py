"""The facts out of a real store, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.domain.directory import Organisation
from mailbot.domain.interpretation import FindingCode, Severity
from mailbot.rollup.facts import CaseSort, Difference, Figure, FigureChange, Place, Quota
from mailbot.rollup.gather import gather, snapshot_of
from mailbot.rollup.russian import plain
from mailbot.store.decisions import Decision, decide
from mailbot.store.outgoing import MadeRollup
from mailbot.store.receiving import record_counts
from tests.store.builders import (
    CAMPAIGN,
    DEADLINE,
    DIRECTORY,
    NOW,
    answer,
    finding,
    landed,
    report,
    set_up,
)

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def campaign(database):
    return set_up(database)


def facts(database, now=NOW, previous=None):
    with database.reading() as session:
        return gather(session, CAMPAIGN, now, MOSCOW, previous)


def later(database, before, now):
    """The facts at `now`, compared with a roll-up that said `before`."""
    return facts(database, now, MadeRollup(before.date, "daily", before.moment, snapshot_of(before)))


def municipality(found, name):
    return next(m for m in found.municipalities if m.name == name)


def test_before_anything_came(campaign):
    found = facts(campaign)
    assert [m.name for m in found.silent] == ["Арский", "Ютазинский", "Бавлинский"]
    assert (found.subscribers, found.cases, found.letters, found.changes.since) == (0, (), (), None)
    assert [m.rating.points for m in found.municipalities] == [0, 0, 0]


def test_a_figure_keeps_its_places(campaign):
    number = answer(campaign, report("Арский", "СОШ № 1", {"teachers": 5}, vk=35, ok=31))
    (row,) = facts(campaign).respondents
    assert (row.municipality, row.organisation, row.key, row.letter) == ("Арский", "СОШ № 1", "сош№1", number)
    assert row.figures["vk"] == Figure(35, (Place(number, "body:1", "ВК – 35"),))
    assert list(row.figures) == ["vk", "ok"]
    assert row.audience == {"teachers": 5}
    assert row.sent_at == NOW
    assert row.sent_at.tzinfo is MOSCOW


def test_a_municipalitys_own_word_comes_before_the_sum(campaign):
    answer(campaign, report("Арский", "СОШ № 1", vk=35, ok=31), report("Арский", "СОШ № 2", vk=40))
    assert municipality(facts(campaign), "Арский").figures == {"vk": 75, "ok": 31}
    assert municipality(facts(campaign), "Арский").partial == {"ok"}
    answer(campaign, report("Арский", vk=100), when=NOW + timedelta(hours=1))
    found = facts(campaign)
    assert municipality(found, "Арский").figures == {"vk": 100, "ok": 31}
    assert municipality(found, "Арский").organisations == 2
    assert found.total("vk") == 100


def test_organisations_that_add_up_to_more_than_the_municipality_says_are_a_case(campaign):
    answer(campaign, report("Арский", "СОШ № 1", vk=3500))
    number = answer(campaign, report("Арский", vk=1000), when=NOW + timedelta(hours=1))
    found = facts(campaign, NOW + timedelta(hours=2))
    (case,) = found.cases
    assert (case.sort, case.municipality, case.letter) == (CaseSort.CONTRADICTION, "Арский", None)
    assert plain(case.reasons[0].message) == "ВКонтакте: муниципалитет указал 1 000, по организациям выходит 3 500."
    assert case.reasons[0].places == (Place(number, "body:1", "ВК – 35"),)
    assert municipality(found, "Арский").differences == (Difference("vk", 1000, 3500),)


def test_organisations_that_add_up_to_less_may_be_incomplete(campaign):
    answer(campaign, report("Арский", "СОШ № 1", vk=35), report("Арский", vk=100, ok=1))
    found = facts(campaign)
    assert found.cases == ()
    assert municipality(found, "Арский").differences == (Difference("vk", 100, 35),)


def test_with_the_whole_roster_any_difference_is_a_case(database):
    roster = (Organisation(municipality="Арский", name="СОШ № 1"),)
    set_up(database, directory=DIRECTORY.model_copy(update={"organisations": roster}))
    answer(database, report("Арский", "СОШ № 1", vk=35), report("Арский", vk=100))
    assert [case.sort for case in facts(database).cases] == [CaseSort.CONTRADICTION]


@pytest.mark.parametrize(
    ("reports", "people"),
    [
        ([report("Арский", total=90, vk=50, ok=60)], 90),
        ([report("Арский", vk=50, ok=60)], 110),
        ([report("Арский", "СОШ № 1", total=40, vk=30, ok=30), report("Арский", "СОШ № 2", vk=31, ok=2)], 73),
        ([report("Арский", "СОШ № 1", vk=30), report("Арский", total=200)], 200),
    ],
)
def test_subscribers_are_the_stated_total_or_else_the_sum_over_the_accounts(campaign, reports, people):
    answer(campaign, *reports)
    assert facts(campaign).subscribers == people


@pytest.mark.parametrize(
    ("figures", "quota"),
    [
        ({"vk": 30}, Quota.MET),
        ({"vk": 20, "ok": 9}, Quota.MISSED),
        ({"vk": 20, "ok": 15}, Quota.UNKNOWN),
        ({"total": 29}, Quota.MISSED),
    ],
)
def test_the_quota_is_the_stores_verdict(campaign, figures, quota):
    answer(campaign, report("Арский", "СОШ № 1", **figures))
    found = facts(campaign)
    assert found.respondents[0].quota is quota
    assert len(found.below_quota) == municipality(found, "Арский").below_quota == (quota is Quota.MISSED)


def test_late_is_by_the_servers_time(campaign):
    answer(campaign, report("Арский", vk=1), when=DEADLINE)
    answer(campaign, report("Бавлинский", vk=1), when=DEADLINE + timedelta(seconds=1))
    found = facts(campaign, DEADLINE + timedelta(hours=1))
    assert [(m.name, m.late) for m in found.answered] == [("Арский", False), ("Бавлинский", True)]
    assert [r.late for r in found.respondents] == [False, True]


def test_a_case_says_why_where_and_what_is_proposed(campaign):
    number = answer(
        campaign,
        report("Бавлинский", "СОШ № 1", vk=35),
        status="review",
        findings=(finding(), finding(FindingCode.PARTIAL, Severity.NOTE, "К слову.")),
        sender_name="РОО",
        sender_address="roo@tatar.ru",
        subject="Отчёт",
    )
    found = facts(campaign, NOW + timedelta(days=2))
    (case,) = found.cases
    assert (case.letter, case.title, case.municipality, case.since) == (number, "Бавлинский", "Бавлинский", NOW)
    assert (case.sender, case.subject) == ("РОО <roo@tatar.ru>", "Отчёт")
    assert [(r.message, r.places[0].locator) for r in case.reasons] == [("Итого не сходится.", "body:9")]
    assert [(p.municipality, p.organisation, p.figures["vk"].value) for p in case.proposals] == [
        ("Бавлинский", "СОШ № 1", 35)
    ]
    assert found.subscribers == 0, "what is proposed doesn't count"
    assert municipality(found, "Бавлинский").to_review == 1


def test_a_message_without_a_municipality_is_a_case_too(campaign):
    answer(campaign, status="review", kind="question", findings=(finding(message="Вопрос."),))
    assert [(c.title, c.municipality) for c in facts(campaign).cases] == [("муниципалитет не установлен", None)]


def test_a_failed_message_is_shown_as_failed(campaign):
    answer(campaign, status="failed", kind="other")
    (case,) = facts(campaign).cases
    assert case.sort is CaseSort.FAILED
    assert case.reasons[0].message


def test_the_oldest_case_comes_first_and_contradictions_last(campaign):
    answer(campaign, report("Арский", "СОШ № 1", vk=3), report("Арский", vk=1), when=NOW - timedelta(days=9))
    for _ in range(3):
        answer(campaign, status="review", findings=(finding(),))
    *numbers, last = [case.letter for case in facts(campaign).cases]
    assert numbers == sorted(numbers)
    assert last is None


def test_the_account_of_messages(campaign):
    answer(campaign, report("Арский", vk=1))
    answer(campaign, status="ignored", kind="auto")
    answer(campaign, status="ignored", kind="auto")
    answer(campaign, status="review", findings=(finding(),))
    with campaign.sessions.begin() as session:
        landed(session)
        record_counts(session, "press", "INBOX", 1, 7, NOW)
    account = facts(campaign).account
    assert account.messages == 5
    assert account.by_status == {"accepted": 1, "ignored": 2, "review": 1, "received": 1}
    assert account.ignored_by_kind == {"auto": 2}
    ((folder),) = account.folders
    assert (folder.name, folder.on_server, folder.in_database, folder.difference) == ("INBOX", 7, 5, 2)


def test_a_folder_that_was_not_compared_yet(campaign):
    answer(campaign, report("Арский", vk=1))
    (folder,) = facts(campaign).account.folders
    assert (folder.on_server, folder.in_database, folder.difference) == (None, 1, 0)


def test_the_letters_know_their_files_folders_and_municipalities(campaign):
    first = answer(
        campaign, report("Арский", vk=1), report("Бавлинский", vk=2), sender_address="a@b.ru", subject="Тема"
    )
    second = answer(campaign, status="review", findings=(finding(),))
    newest, oldest = facts(campaign).letters
    assert (newest.number, newest.status, newest.remark) == (second, "review", "Итого не сходится.")
    assert (oldest.number, oldest.sender, oldest.subject, oldest.kind) == (first, "a@b.ru", "Тема", "report")
    assert (oldest.attachments, oldest.folders) == (("svod.xlsx",), ("INBOX",))
    assert oldest.municipalities == ("Арский", "Бавлинский")


class TestChanges:
    def test_a_quiet_day(self, campaign):
        answer(campaign, report("Арский", vk=35))
        changes = later(campaign, facts(campaign), NOW + timedelta(days=1)).changes
        assert changes.quiet
        assert changes.since == NOW
        assert changes.since.tzinfo is MOSCOW

    def test_who_answered_and_what_was_added(self, campaign):
        answer(campaign, report("Арский", "СОШ № 1", vk=35))
        before = facts(campaign)
        answer(campaign, report("Бавлинский", vk=10), report("Арский", "СОШ № 2", vk=5))
        changes = later(campaign, before, NOW + timedelta(days=1)).changes
        assert changes.answered == ("Бавлинский",)
        assert changes.organisations == (("Арский", "СОШ № 2"),)
        assert (changes.letters, changes.totals["vk"], changes.subscribers, changes.figures) == (1, 15, 15, ())

    def test_a_correction(self, campaign):
        answer(campaign, report("Арский", "СОШ № 1", vk=35, ok=30))
        before = facts(campaign)
        answer(campaign, report("Арский", "СОШ № 1", vk=34), when=NOW + timedelta(hours=1), kind="correction")
        found = later(campaign, before, NOW + timedelta(days=1))
        assert found.changes.figures == (FigureChange("Арский", "СОШ № 1", "vk", 35, 34),)
        assert municipality(found, "Арский").corrections == 1
        assert found.respondents[0].figures["ok"].places[0].letter != found.respondents[0].letter

    def test_a_report_that_gives_less(self, campaign):
        answer(campaign, report("Арский", vk=35, ok=30))
        before = facts(campaign)
        answer(campaign, report("Арский", vk=35), when=NOW + timedelta(hours=1))
        changes = later(campaign, before, NOW + timedelta(days=1)).changes
        assert changes.figures == (FigureChange("Арский", None, "ok", 30, None),)

    def test_a_decision_closes_a_case_and_withdraws_figures(self, campaign):
        number = answer(campaign, report("Арский", "СОШ № 1", vk=35))
        answer(campaign, status="review", findings=(finding(),))
        before = facts(campaign)
        with campaign.sessions.begin() as session:
            decide(session, number, Decision("reject", "она", "console"), NOW)
            decide(session, before.cases[0].letter, Decision("reject", "она", "console"), NOW)
        changes = later(campaign, before, NOW + timedelta(days=1)).changes
        assert changes.withdrawn == (("Арский", "СОШ № 1"),)
        assert (changes.new_cases, changes.closed_cases, changes.letters) == (0, 1, 0)
        assert not changes.quiet

    def test_a_snapshot_of_another_format_is_no_ground_for_comparison(self, campaign):
        old = MadeRollup(NOW.date(), "daily", NOW, {"format": 0})
        assert facts(campaign, previous=old).changes.since is None


def test_a_roster_is_counted_against(database):
    roster = tuple(Organisation(municipality="Арский", name=f"СОШ № {n}") for n in range(1, 5))
    set_up(database, directory=DIRECTORY.model_copy(update={"organisations": roster}))
    answer(database, report("Арский", "СОШ № 1", vk=35))
    found = municipality(facts(database), "Арский")
    assert (found.organisations, found.roster) == (1, 4)
    assert found.rating.completeness == pytest.approx(1 / 3 / 4)


def test_dates_are_the_zones(campaign):
    late_evening = datetime(2021, 8, 16, 22, 30, tzinfo=UTC)
    found = facts(campaign, late_evening)
    assert found.date.isoformat() == "2021-08-17"
    assert found.deadline.isoformat() == "2021-08-17T15:00:00+03:00"
    assert replace(found, moment=late_evening).date == found.date
