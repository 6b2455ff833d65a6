"""A mail that would override another sender's figures goes to a person, in whatever order things become known."""

import random
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from mailbot.domain.interpretation import Severity
from mailbot.store import reading_queue, views
from mailbot.store.campaign import synchronise
from mailbot.store.decisions import Decision, decide, withdraw
from mailbot.store.tables import CaseRow, FindingRow, MessageRow
from tests.store.builders import (
    CAMPAIGN,
    DIRECTORY,
    LEASE,
    NOW,
    answer,
    finding,
    key_of,
    landed,
    raw_mail,
    read_all,
    reading,
    report,
    set_up,
)

SHARED = CAMPAIGN.model_copy(update={"shared_domains": ("mail.ru",), "own_addresses": ("press@mon.example",)})
SCHOOL = "Школа № 5"
ME, OTHER = "s5@mail.ru", "roo@mail.ru"


def hours(number):
    return NOW + timedelta(hours=number)


@pytest.fixture
def base(database):
    return set_up(database, SHARED)


@pytest.fixture
def lite(sqlite_database):
    return set_up(sqlite_database, SHARED)


def said(database, hour, sender, *reports, **more):
    return answer(database, *reports, when=hours(hour), sender_address=sender, **more)


def school(**figures):
    return report("Арский", SCHOOL, **figures)


def statuses(database):
    with database.reading() as session:
        return dict(session.execute(select(MessageRow.id, MessageRow.status)).all())


def current(database, *names):
    with database.reading() as session:
        rows = views.read(session, "current_figures")
    return {(row["municipality"], row["organisation"]): tuple(row[name] for name in names) for row in rows}


def test_the_first_figures_stand_and_a_person_sees_both_senders(base):
    first = said(base, 0, ME, school(vk=35, ok=40))
    second = said(base, 1, OTHER, school(vk=12, ok=40))
    assert statuses(base) == {first: "accepted", second: "review"}
    assert current(base, "vk", "ok") == {("Арский", SCHOOL): (35, 40)}
    with base.reading() as session:
        row = session.scalars(select(FindingRow)).one()
        assert (row.message_id, row.code, row.severity) == (second, "overrides_other_sender", "blocks")
        assert row.message == (
            "Письмо от roo@mail.ru меняет цифры, которые прислал другой отправитель (s5@mail.ru): Арский, Школа № 5: "
            "ВКонтакте 35 → 12. Решите, чьи цифры верны."
        )
        case = session.scalars(select(CaseRow)).one()
        assert (case.message_id, case.state, case.reason) == (second, "open", "overrides_other_sender")
        assert case.explanation == row.message
        assert views.read(session, "to_review")[0]["reports"] == 1


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        (ME, {}),
        (ME.upper(), {}),
        ("press@mon.example", {}),
        (OTHER, {"in_reply_to": "<first@x>"}),
        (OTHER, {"references": ("0@x", "<first@x>")}),
    ],
)
def test_what_a_clerk_would_not_ask_about_goes_through(lite, sender, more):
    said(lite, 0, ME, school(vk=35), message_id="first@x")
    said(lite, 1, sender, school(vk=12), **more)
    assert set(statuses(lite).values()) == {"accepted"}
    assert current(lite, "vk") == {("Арский", SCHOOL): (12,)}


def test_equal_figures_of_another_sender_go_through(lite):
    said(lite, 0, ME, school(vk=35))
    said(lite, 1, OTHER, school(vk=35, ok=40), report("Арский", "Школа № 6", vk=1))
    assert set(statuses(lite).values()) == {"accepted"}
    assert current(lite, "vk", "ok")[("Арский", SCHOOL)] == (35, 40)


def test_one_contradicted_school_holds_the_whole_table_back(lite):
    said(lite, 0, ME, school(vk=35))
    table = said(lite, 1, OTHER, school(vk=12), report("Арский", "Школа № 6", vk=7))
    assert statuses(lite)[table] == "review"
    assert current(lite, "vk") == {("Арский", SCHOOL): (35,)}
    with lite.sessions.begin() as session:
        decide(session, table, Decision("accept", "Мария", "console"), hours(2))
    assert current(lite, "vk") == {("Арский", SCHOOL): (12,), ("Арский", "Школа № 6"): (7,)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(lite, order):
    told = [(0, ME, school(vk=35)), (1, OTHER, school(vk=12)), (2, ME, school(vk=36))]
    numbers = {number: said(lite, *told[number]) for number in order}
    assert [statuses(lite)[numbers[number]] for number in range(3)] == ["accepted", "review", "accepted"]
    assert current(lite, "vk") == {("Арский", SCHOOL): (36,)}


def test_what_turns_up_late_flags_what_was_accepted_and_frees_what_was_flagged(base):
    flagged = said(base, 1, OTHER, school(vk=12))
    follows = said(base, 2, ME, school(vk=13))
    assert statuses(base) == {flagged: "accepted", follows: "review"}
    said(base, 0, ME, school(vk=35))  # found in the spam folder: the school had spoken first
    assert statuses(base)[flagged] == "review"
    assert statuses(base)[follows] == "accepted"
    assert current(base, "vk") == {("Арский", SCHOOL): (13,)}
    with base.reading() as session:
        states = dict(session.execute(select(CaseRow.message_id, CaseRow.state)).all())
    assert states == {flagged: "open", follows: "closed"}


def test_a_decision_ends_the_question_and_its_withdrawal_asks_again(base):
    first = said(base, 0, ME, school(vk=35))
    second = said(base, 1, OTHER, school(vk=12))
    third = said(base, 2, ME, school(vk=36))
    with base.sessions.begin() as session:
        decide(session, second, Decision("accept", "Мария", "console"), hours(3))
    assert statuses(base) == {first: "accepted", second: "accepted", third: "review"}  # now it overrides the second
    with base.sessions.begin() as session:
        withdraw(session, second, hours(4))
    assert statuses(base) == {first: "accepted", second: "review", third: "accepted"}
    with base.sessions.begin() as session:
        decide(session, first, Decision("reject", "Мария", "console"), hours(5))
    assert statuses(base) == {first: "ignored", second: "accepted", third: "review"}


def test_a_judgement_carries_on_to_other_respondents(lite):
    table = (school(vk=12), report("Арский", "Школа № 6", vk=7))
    held = said(lite, 1, OTHER, *table)
    other = said(lite, 2, "s6@mail.ru", report("Арский", "Школа № 6", vk=8), report("Бавлинский", None, vk=3))
    last = said(lite, 3, "bavly@mail.ru", report("Бавлинский", None, vk=4))
    assert statuses(lite) == {held: "accepted", other: "review", last: "accepted"}
    said(lite, 0, ME, school(vk=35))
    assert statuses(lite) | {held: "review", other: "accepted", last: "review"} == statuses(lite)
    assert current(lite, "vk") == {
        ("Арский", SCHOOL): (35,), ("Арский", "Школа № 6"): (8,), ("Бавлинский", None): (3,),
    }  # fmt: skip


def test_reading_again_comes_to_the_same(base):
    said(base, 0, ME, school(vk=35))
    second = said(base, 1, OTHER, school(vk=12))
    for _ in range(2):
        with base.sessions.begin() as session:
            assert reading_queue.requeue(session, [second]) == 1
            read_all(session, reading(school(vk=12), findings=(finding(severity=Severity.NOTE),), sender_address=OTHER))
        assert statuses(base)[second] == "review"
    with base.sessions.begin() as session:
        reading_queue.requeue(session, [second])
        read_all(session, reading(school(vk=35), sender_address=OTHER))
    assert set(statuses(base).values()) == {"accepted"}
    with base.reading() as session:
        assert session.scalars(select(CaseRow.state)).all() == ["closed"]


def test_an_earlier_copy_moves_a_mail_in_time_and_the_judgement_with_it(base):
    raw = raw_mail()
    with base.sessions.begin() as session:
        number = landed(session, raw, when=hours(5))
        read_all(session, reading(school(vk=12), sender_address=OTHER))
    mine = said(base, 2, ME, school(vk=35))
    assert statuses(base) == {number: "review", mine: "accepted"}
    with base.sessions.begin() as session:
        landed(session, raw, when=hours(1), folder="Спам")
    assert statuses(base) == {number: "accepted", mine: "review"}


def test_a_message_whose_reader_dies_overrides_nobody_any_more(lite):
    first = said(lite, 0, ME, school(vk=35))
    second = said(lite, 1, OTHER, school(vk=12))
    with lite.sessions.begin() as session:
        reading_queue.requeue(session, [first])
    for _ in range(reading_queue.MAX_ATTEMPTS):
        with lite.sessions.begin() as session:
            (claimed,) = reading_queue.claim(session, "w", NOW, 1, LEASE)
            reading_queue.fail(session, claimed, "Traceback", NOW)
    assert statuses(lite) == {first: "failed", second: "accepted"}


def oracle(mails):
    """Which mails go to a person, told by going through them once in order of time."""
    stands, flagged = {}, set()
    for number, (_, sender, rows) in sorted(mails.items(), key=lambda item: (item[1][0], item[0])):
        bad = any(
            who in stands and (stands[who][0] != value) and sender not in stands[who][1] for who, value in rows.items()
        )
        if bad:
            flagged.add(number)
            continue
        for who, value in rows.items():
            senders = stands[who][1] | {sender} if who in stands and stands[who][0] == value else {sender}
            stands[who] = (value, senders)
    return flagged, {who: (value,) for who, (value, _) in stands.items()}


def read_together(database, told):
    """Land mails, read all of them, and save what was read in one transaction; the numbers of their messages."""
    with database.sessions.begin() as session:
        numbers = [landed(session, when=hours(moment)) for moment, *_ in told]
        claimed = reading_queue.claim(session, "w", NOW, len(told), LEASE)
        said = [reading(*reports, sender_address=sender) for _, sender, reports in told]
        assert reading_queue.save_all(session, list(zip(claimed, said, strict=True)), NOW) == set(numbers)
    return numbers


@pytest.mark.parametrize("together", [1, 4, 14])
@pytest.mark.parametrize("seed", range(12))
def test_in_any_order_the_outcome_is_that_of_going_through_them_by_time(lite, seed, together):
    dice = random.Random(seed)
    places = [("Арский", f"Школа № {n}") for n in range(4)] + [("Бавлинский", None)]
    arrived = []
    for moment in dice.sample(range(100), 14):
        rows = {who: dice.choice((30, 31)) for who in dice.sample(places, dice.choice((1, 1, 2, 3)))}
        arrived.append((moment, dice.choice(("a@mail.ru", "b@mail.ru", "c@mail.ru")), rows))
    numbers = []
    for start in range(0, len(arrived), together):
        part = [
            (moment, sender, [report(place, name, vk=value) for (place, name), value in rows.items()])
            for moment, sender, rows in arrived[start : start + together]
        ]
        numbers += read_together(lite, part)
    flagged, stands = oracle(dict(zip(numbers, arrived, strict=True)))
    assert {number for number, status in statuses(lite).items() if status == "review"} == flagged
    assert current(lite, "vk") == stands


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ("mx.yandex.net; spf=fail smtp.mailfrom=evil.example; dkim=none", "review"),
        ("mx.yandex.net; spf=pass smtp.mailfrom=s5@mail.ru; dkim=fail header.i=@mail.ru", "accepted"),
        ("mx.yandex.net; spf=none; dkim=none", "accepted"),
        ("mx.evil.example; spf=fail smtp.mailfrom=evil.example", "accepted"),  # not our server's word
    ],
)
def test_an_address_that_our_own_server_refutes_is_not_that_senders(lite, result, status):
    with lite.sessions.begin() as session:
        synchronise(session, SHARED, DIRECTORY, key_of, NOW, authserv_ids=("*.yandex.net",))
    said(lite, 0, ME, school(vk=35))
    forged = said(lite, 1, ME, school(vk=12), authentication_results=(result,))
    assert statuses(lite)[forged] == status
    with lite.reading() as session:
        told = session.scalars(select(FindingRow.message)).all()
    assert [("не подтвердил" in each) for each in told] == ([True] if status == "review" else [])


def test_who_shares_a_domain_is_configuration(database):
    set_up(database, CAMPAIGN)  # names no shared domain: mail.ru would be one house
    said(database, 0, ME, school(vk=35))
    said(database, 1, OTHER, school(vk=12))
    assert set(statuses(database).values()) == {"accepted"}
    with database.sessions.begin() as session:
        synchronise(session, SHARED, DIRECTORY, key_of, NOW)
    third = said(database, 2, "x@mail.ru", school(vk=13))
    assert statuses(database)[third] == "review"
