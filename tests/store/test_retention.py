"""Retention: who is forgotten, and what is not; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from mailbot.domain.interpretation import Severity
from mailbot.store import reading_queue, retention, views
from mailbot.store.decisions import Decision, decide
from mailbot.store.receiving import import_file, land, record_counts, unfetched
from mailbot.store.tables import CaseRow, DecisionRow, EvidenceRow, FindingRow, MessageRow, OutboxRow, RawMessageRow
from tests.store.builders import (
    LEASE,
    NOW,
    answer,
    finding,
    incoming,
    landed,
    raw_mail,
    read_all,
    reading,
    report,
    set_up,
)

LATER = NOW + timedelta(days=100)
BEFORE = NOW + timedelta(days=1)
SCHOOL = "Школа № 5"
PERSON = {
    "sender_name": "Гузель Ахметова",
    "sender_address": "guzel.ahmetova@yandex.ru",
    "recipients": ("press@example.org",),
    "subject": "Отчёт, исп. Ахметова",
    "message_id": "akhmetova.1@yandex.ru",
    "in_reply_to": "akhmetova.0@yandex.ru",
    "references": ("akhmetova.0@yandex.ru",),
    "authentication_results": ("mx.yandex.ru; spf=pass smtp.mailfrom=guzel.ahmetova@yandex.ru",),
}
TRACES = ("Ахметова", "ahmetova", "akhmetova", "ВК – 35", "svod.xlsx")


@pytest.fixture
def told(database):
    """A database with an accepted reply of a person, and what the views say of its figures."""
    set_up(database)
    note = finding(severity=Severity.NOTE, message="Исполнитель Ахметова просит уточнить")
    answer(database, report("Арский", SCHOOL, vk=35, ok=40), findings=(note,), **PERSON)
    return database


def purge(database, raw=BEFORE, personal=BEFORE):
    with database.sessions.begin() as session:
        retention.overwrite_what_is_removed(session)
        done = retention.purge_raw(session, raw, LATER, 100) if raw else 0
        return done, retention.purge_personal(session, personal, LATER, 100) if personal else 0


def everything(database):
    """All values of all tables and views, as text."""
    if database.kind == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
    else:
        names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    with database.reading() as session:
        found = []
        for name in set(session.scalars(text(names))) - {"public_views"}:  # whose comments have examples
            rows = session.execute(text(f'SELECT * FROM "{name}"')).all()
            found += [
                value.decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)
                for row in rows
                for value in row
            ]
    return "\n".join(found)


def figures(database):
    with database.reading() as session:
        return views.read(session, "current_figures"), views.read(session, "figure_history")


def test_nothing_of_the_person_is_left_and_every_figure_is(told):
    before, history_before = figures(told)
    assert all(trace in everything(told) for trace in TRACES)
    assert purge(told) == (1, 1)
    after, history = figures(told)
    left = everything(told)
    assert [trace for trace in TRACES if trace in left] == []
    gone = {"sender_address"}
    assert [{k: v for k, v in row.items() if k not in gone} for row in after] == [
        {k: v for k, v in row.items() if k not in gone} for row in before
    ]
    assert [(row["value"], row["place"], row["state"]) for row in history] == [
        (row["value"], row["place"], row["state"]) for row in history_before
    ]
    assert {row["place"] for row in history} == {"body:1"}
    assert {row["snippet"] for row in history} == {""}
    with told.reading() as session:
        log = views.read(session, "message_log")
        assert [(row["status"], row["sender_address"], row["personal_purged_at"]) for row in log] == [
            ("accepted", "", LATER)
        ]
        assert session.scalars(select(FindingRow.code)).all() == ["total_mismatch"]
        assert session.scalars(select(EvidenceRow.locator).where(EvidenceRow.finding_id.is_not(None))).all() == [
            "body:9"
        ]


def test_bytes_may_go_earlier_than_the_rest(told):
    assert purge(told, personal=None) == (1, 0)
    with told.reading() as session:
        message = session.scalars(select(MessageRow)).one()
        assert session.scalars(select(RawMessageRow)).all() == []
        assert (message.sender_address, message.raw_purged_at, message.personal_purged_at) == (
            PERSON["sender_address"],
            LATER,
            None,
        )
    assert purge(told) == (0, 1)


def test_sqlite_overwrites_what_it_removes(sqlite_database, tmp_path):
    set_up(sqlite_database)
    answer(sqlite_database, report("Арский", SCHOOL, vk=35), **PERSON)
    purge(sqlite_database)
    with sqlite_database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    data = (tmp_path / "mailbot.db").read_bytes()
    assert [trace for trace in TRACES if trace.encode() in data] == []


@pytest.mark.parametrize("uidvalidity", [1, 2])
def test_the_same_mail_met_again_is_still_one_message(database, uidvalidity):
    set_up(database)
    raw = raw_mail(message_id="known")
    with database.sessions.begin() as session:
        number = landed(session, raw, uid=5)
        read_all(session, reading(report("Арский", SCHOOL, vk=35), **PERSON))
    purge(database)
    redelivered = raw.replace(b"by mx1; today", b"by mx2; tomorrow")
    with database.sessions.begin() as session:
        again = land(session, "press", "INBOX", uidvalidity, [incoming(5, raw), incoming(6, redelivered)], LATER)
        moved = land(session, "press", "Архив", 9, [incoming(1, raw)], LATER)
        imported = import_file(session, "old.eml", raw, LATER)
    assert again.landed == moved.landed == ()
    assert again.known + again.duplicates == 2
    assert imported == (number, False)
    with database.reading() as session:
        message = session.scalars(select(MessageRow)).one()
        assert (message.queued, message.status) == (False, "accepted")
        assert session.scalars(select(RawMessageRow)).all() == []


def test_the_comparison_with_the_server_holds(told):
    with told.reading() as session:
        place = views.read(session, "message_log")[0]
    purge(told)
    with told.sessions.begin() as session:
        uid = session.scalar(text("SELECT uid FROM message_locations"))
        compared = record_counts(session, place["mailbox"], place["folder"], 1, 1, LATER, uids=[uid])
        assert (compared.holds, compared.stored, compared.missing) == (1, 1, ())
        assert unfetched(session, "press", "INBOX", 1) == ()


def test_what_was_purged_is_not_read_again_and_is_named(told):
    answer(told, report("Ютазинский", SCHOOL, vk=1))
    purge(told, raw=None, personal=None)
    with told.sessions.begin() as session:
        retention.purge_raw(session, BEFORE, LATER, 1)
        assert retention.without_bytes(session, None, None) == (1,)
        assert retention.without_bytes(session, [2], None) == ()
        assert retention.without_bytes(session, [1, 2], "1") == ()  # that version has read it
        assert reading_queue.requeue(session) == 1
        assert [claimed.id for claimed in reading_queue.claim(session, "w", LATER, 10, LEASE)] == [2]


def test_a_later_reply_supersedes_a_purged_one(told):
    purge(told)
    answer(told, report("Арский", SCHOOL, vk=36), when=NOW + timedelta(hours=1))
    current, _ = figures(told)
    assert [(row["vk"], row["ok"], row["statements"]) for row in current] == [(36, None, 2)]


def test_what_waits_for_a_reader_or_a_person_keeps_everything(database):
    set_up(database)
    waiting = answer(database, report("Арский", SCHOOL, vk=35), status="review", findings=(finding(),), **PERSON)
    with database.sessions.begin() as session:
        landed(session)
    with database.sessions() as session:
        assert retention.overdue(session, BEFORE, BEFORE) == retention.Overdue(0, 0, 0, 2)
    assert purge(database) == (0, 0)
    with database.sessions.begin() as session:
        decide(
            session,
            waiting,
            Decision("accept", "Мария", "console", note="звонила Ахметовой", request={"слова": "Ахметова"}),
            NOW,
        )
    assert purge(database) == (1, 1)
    assert "Ахметов" not in everything(database)
    with database.reading() as session:
        decision = session.scalars(select(DecisionRow)).one()
        assert (decision.decided_by, decision.note, decision.request) == ("Мария", "", None)
        assert session.scalar(select(CaseRow.explanation)) == retention.REMOVED
    current, _ = figures(database)
    assert [row["vk"] for row in current] == [35]


def test_only_what_is_old_enough_goes_and_so_many_at_a_time(database):
    set_up(database)
    for number in range(5):
        answer(database, report("Арский", f"Школа № {number}", vk=35), **PERSON)
    with database.sessions() as session:
        assert retention.overdue(session, NOW, None) == retention.Overdue(0, 0, 0, 0)
        assert retention.overdue(session, BEFORE, None) == retention.Overdue(5, 0, 0, 0)
    with database.sessions.begin() as session:
        assert retention.purge_personal(session, NOW, LATER, 100) == 0
        assert retention.purge_personal(session, BEFORE, LATER, 3) == 3
        assert retention.purge_personal(session, BEFORE, LATER, 3) == 2


def test_sent_mails_lose_their_bytes_and_those_to_be_sent_do_not(database):
    def mail(number, state, finished_at):
        return OutboxRow(
            kind="rollup", message_id_header=str(number), sender="a@b.ru", recipients=["c@d.ru"], subject="Сводка",
            payload=b"bytes", state=state, created_at=NOW, next_attempt_at=NOW, finished_at=finished_at,
        )  # fmt: skip

    with database.sessions.begin() as session:
        session.add_all(
            [mail(1, "sent", NOW), mail(2, "refused", NOW), mail(3, "queued", None), mail(4, "sent", LATER)]
        )
    with database.sessions.begin() as session:
        assert retention.overdue(session, BEFORE, None).sent == 2
        assert retention.purge_sent(session, BEFORE, 100) == 2
        payloads = session.scalars(select(OutboxRow.payload).order_by(OutboxRow.id)).all()
    assert [bytes(each) for each in payloads] == [b"", b"", b"bytes", b"bytes"]
