"""Several pollers, readers and senders on one database at once: nothing twice, nothing lost, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from mailbot.store import outgoing, reading_queue, schema, views
from mailbot.store.organisations import same_organisation
from mailbot.store.receiving import land
from mailbot.store.tables import LocationRow, MessageRow, OutboxRow, RawMessageRow, StandingRow
from tests.servers.databases import opened, postgres_database
from tests.servers.postgres import find_programs, running_postgres
from tests.store import ledger
from tests.store.builders import DEADLINE, LEASE, NOW, answer, incoming, raw_mail, reading, report, set_up

pytestmark = pytest.mark.live
NAMES = ["Арский", "Ютазинский", "Бавлинский"]
WORKERS = 4


def at_once(work):
    """Run `work(number)` in several threads that start together; returns what each gave."""
    start = Barrier(WORKERS)

    def run(number):
        start.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_several_that_start_at_once_on_an_empty_database_make_one_schema(postgres):
    with postgres_database(postgres) as empty:

        def start(_number):
            with opened(empty.url) as own:
                if schema.current(own.engine) is None:
                    schema.create(own.engine)
                set_up(own)
                return schema.check(own.engine)

        assert at_once(start) == [[]] * WORKERS


def test_readers_never_share_a_message(database):
    set_up(database)
    with database.sessions.begin() as session:
        land(session, "press", "INBOX", 1, [incoming(uid, b"%d" % uid) for uid in range(1, 61)], NOW)

    def read(number):
        mine = []
        while True:
            with database.sessions.begin() as session:
                claimed = reading_queue.claim(session, f"reader {number}", NOW, 3, LEASE)
            if not claimed:
                return mine
            for item in claimed:
                with database.sessions.begin() as session:
                    assert reading_queue.save(session, item, reading(status="ignored", kind="other"), NOW)
                mine.append(item.id)

    shares = at_once(read)
    assert sorted(number for share in shares for number in share) == list(range(1, 61))


def test_claims_skip_what_another_has_locked_and_do_not_wait(postgres_database):
    set_up(postgres_database)
    with postgres_database.sessions.begin() as session:
        land(session, "press", "INBOX", 1, [incoming(1), incoming(2)], NOW)
    with postgres_database.sessions.begin() as first:
        assert [item.id for item in reading_queue.claim(first, "one", NOW, 1, LEASE)] == [1]
        with postgres_database.sessions.begin() as second:
            second.execute(text("SET LOCAL lock_timeout = '1ms'"))
            assert [item.id for item in reading_queue.claim(second, "two", NOW, 5, LEASE)] == [2]


def test_figures_saved_at_once_are_all_counted(database):
    """Replies of few respondents, saved in parallel: each refresh must see what the others committed."""
    set_up(database)
    replies = [
        reply
        for reply in ledger.random_replies(5, NAMES, DEADLINE - timedelta(hours=40), 60)
        if reply.status == "accepted"
    ]
    with database.sessions.begin() as session:
        batch = [incoming(uid, raw_mail(str(uid)), reply.sent_at) for uid, reply in enumerate(replies, 1)]
        land(session, "press", "INBOX", 1, batch, NOW)

    def read(number):
        while True:
            with database.sessions.begin() as session:
                claimed = reading_queue.claim(session, f"reader {number}", NOW, 1, LEASE)
            if not claimed:
                return
            reply = replies[claimed[0].id - 1]
            with database.sessions.begin() as session:
                assert reading_queue.save(session, claimed[0], interpreted(reply), NOW)

    at_once(read)
    book = ledger.standing(replies)
    with database.reading() as session:
        rows = views.read(session, "current_figures")
    shown = {(row["municipality"], row["organisation"]): row for row in rows}
    assert shown.keys() == book.keys()
    for who, entry in book.items():
        figures = {name: shown[who][name] for name in entry.values}
        assert (figures, shown[who]["statements"]) == (entry.values, len(entry.replies)), who


def interpreted(reply):
    reports = [
        report(
            row.municipality,
            row.organisation,
            {name: value for name, value in row.values.items() if name in ledger.AUDIENCE},
            **{name: value for name, value in row.values.items() if name in ledger.FIGURES},
        )
        for row in reply.rows
    ]
    return reading(*reports, kind=reply.kind)


def test_pollers_that_land_the_same_mail_at_once_make_one_message_of_it(database):
    raws = [raw_mail(str(number)) for number in range(20)]

    def poll(number):
        folder = ("INBOX", "Спам")[number % 2]
        order = range(20) if number < 2 else range(19, -1, -1)
        for uid in order:
            with database.sessions.begin() as session:
                land(session, "press", folder, 1, [incoming(uid + 1, raws[uid])], NOW)

    at_once(poll)
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(t)) for t in (MessageRow, RawMessageRow, LocationRow)]
    assert counts == [20, 20, 40]


def test_a_roll_up_is_made_by_one_of_those_who_try(database):
    def make(number):
        mail = outgoing.OutgoingMail("rollup", f"<{number}@mailbot>", "a@b", ("c@d",), "Сводка", b"x")
        with database.sessions.begin() as session:
            return outgoing.record_rollup(session, date(2021, 8, 16), "daily", mail, {}, NOW)

    made = at_once(make)
    assert sorted(number is None for number in made) == [False, True, True, True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1


def test_a_mail_is_sent_by_one_of_those_who_try(database):
    with database.sessions.begin() as session:
        for number in range(20):
            outgoing.enqueue(
                session, outgoing.OutgoingMail("receipt", f"<{number}@m>", "a@b", ("c@d",), "x", b"x"), NOW
            )

    def send(number):
        mine = []
        while True:
            with database.sessions.begin() as session:
                due = outgoing.claim_due(session, f"sender {number}", NOW, 2, LEASE)
            if not due:
                return mine
            with database.sessions.begin() as session:
                for mail in due:
                    outgoing.mark_sent(session, mail, NOW)
            mine += [mail.id for mail in due]

    assert sorted(number for share in at_once(send) for number in share) == list(range(1, 21))


def test_merging_and_reading_at_once_lose_no_standing(database):
    set_up(database)
    answer(database, report("Арский", "Школа", vk=1))
    answer(database, report("Арский", "Лицей", vk=2))

    def work(number):
        if number == 0:
            with database.sessions.begin() as session:
                same_organisation(session, 2, 1)
        else:
            with database.sessions.begin() as session:
                land(session, "press", "INBOX", 1, [incoming(10_000 + number, raw_mail(f"more {number}"))], NOW)
            with database.sessions.begin() as session:
                for item in reading_queue.claim(session, f"reader {number}", NOW, 1, LEASE):
                    reading_queue.save(session, item, reading(report("Арский", "Лицей", vk=3)), NOW)

    at_once(work)
    with database.reading() as session:
        assert session.execute(select(StandingRow.organisation_id, StandingRow.statements)).all() == [(1, 5)]


def test_a_restarted_server_is_found_again():
    programs = find_programs()
    if programs is None:
        pytest.skip("Postgres is not installed")
    with running_postgres(programs) as server, opened(server.url("postgres")) as database:
        with database.sessions.begin() as session:
            assert session.scalar(select(1)) == 1
        server.stop()
        server.start()
        with database.sessions.begin() as session:
            assert session.scalar(select(1)) == 1
