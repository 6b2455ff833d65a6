"""Landing: everything becomes a row once, the cursor moves with it, and the same mail is one message."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mailbot.domain.interpretation import FindingCode
from mailbot.store import decisions, views
from mailbot.store.decisions import Decision
from mailbot.store.receiving import (
    FolderState,
    Incoming,
    folder_state,
    import_file,
    land,
    record_counts,
    unfetched,
)
from mailbot.store.tables import CaseRow, FindingRow, LocationRow, MessageRow, RawMessageRow
from tests.store.builders import (
    NOW,
    answer,
    crash_after,
    finding,
    incoming,
    landed,
    raw_mail,
    read_all,
    reading,
    report,
    set_up,
)

LATER = NOW + timedelta(hours=1)
TOO_LARGE = finding(FindingCode.MESSAGE_TOO_LARGE, message="Письмо больше 50 МБ.")


def land_in(database, batch, folder="INBOX", uidvalidity=1, now=NOW):
    with database.sessions.begin() as session:
        return land(session, "press", folder, uidvalidity, batch, now)


def state(database, folder="INBOX"):
    with database.reading() as session:
        return folder_state(session, "press", folder)


def rows(database, *columns):
    with database.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]


def count_of(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_batch_lands_with_its_bytes_and_moves_the_cursor(database):
    assert state(database) is None
    batch = [incoming(3, b"first"), incoming(7, b"second")]
    assert land_in(database, batch).landed == (1, 2)
    assert state(database) == FolderState(uidvalidity=1, last_uid=7, polled_at=NOW)
    assert rows(database, RawMessageRow.raw) == [(b"first",), (b"second",)]
    assert rows(database, LocationRow.uid, LocationRow.message_id) == [(3, 1), (7, 2)]


def test_landing_the_same_batch_again_changes_nothing(database):
    batch = [incoming(3), incoming(7)]
    land_in(database, batch)
    again = land_in(database, batch)
    assert (again.landed, again.duplicates, again.known) == ((), 0, 2)
    assert count_of(database, MessageRow) == count_of(database, LocationRow) == 2
    assert state(database).last_uid == 7


def test_a_crash_before_the_commit_leaves_neither_message_nor_cursor(database):
    batch = [incoming(1)]
    with pytest.raises(KeyboardInterrupt):
        crash_after(database, lambda session: land(session, "press", "INBOX", 1, batch, NOW))
    assert state(database) is None
    assert count_of(database, MessageRow) == count_of(database, RawMessageRow) == 0
    assert land_in(database, batch).landed


def test_an_empty_batch_says_that_the_folder_was_looked_at(database):
    land_in(database, [incoming(5)])
    land_in(database, [], now=LATER)
    assert state(database) == FolderState(1, 5, LATER)


def test_a_cursor_never_moves_back(database):
    land_in(database, [incoming(5)])
    land_in(database, [incoming(4)])
    assert state(database).last_uid == 5


def test_the_same_bytes_in_two_folders_are_one_message(database):
    raw = raw_mail()
    land_in(database, [incoming(1, raw)])
    moved = land_in(database, [incoming(9, raw)], folder="Спам")
    assert (moved.landed, moved.duplicates) == ((), 1)
    assert rows(database, LocationRow.message_id, LocationRow.uid) == [(1, 1), (1, 9)]


def test_a_changed_uidvalidity_starts_the_cursor_anew_and_doubles_nothing(database):
    raws = [raw_mail(), raw_mail()]
    land_in(database, [incoming(101, raws[0]), incoming(102, raws[1])])
    result = land_in(database, [incoming(1, raws[0]), incoming(2, raws[1])], uidvalidity=2)
    assert (result.landed, result.duplicates) == ((), 2)
    assert state(database) == FolderState(2, 2, NOW)
    assert count_of(database, MessageRow) == 2


def test_an_empty_folder_of_a_new_uidvalidity_resets_the_cursor(database):
    land_in(database, [incoming(101)])
    land_in(database, [], uidvalidity=2)
    assert state(database).last_uid == 0


def test_the_same_mail_delivered_twice_is_one_message_though_its_received_headers_differ(database):
    first, second = raw_mail("ВК 1", "a", received="by mx1"), raw_mail("ВК 1", "a", received="by mx2")
    result = land_in(database, [incoming(1, first), incoming(2, second)])
    assert (len(result.landed), result.duplicates) == (1, 1)
    assert rows(database, RawMessageRow.raw) == [(first,)]


def test_one_message_id_on_two_different_mails_makes_two_messages(database):
    result = land_in(database, [incoming(1, raw_mail("ВК 1", "a")), incoming(2, raw_mail("ВК 2", "a"))])
    assert len(result.landed) == 2


def test_mails_without_a_message_id_are_told_apart_by_their_bytes(database):
    result = land_in(database, [incoming(1, b"\r\nVK 1"), unavailable(2), incoming(3, b"\r\nOK 2")])
    assert len(result.landed) == 3


def test_the_earliest_internaldate_of_all_copies_is_the_time_of_arrival(database):
    raw = raw_mail()
    land_in(database, [incoming(1, raw, NOW)])
    land_in(database, [incoming(1, raw, NOW - timedelta(days=1))], folder="Архив")
    land_in(database, [incoming(1, raw, NOW + timedelta(days=1))], folder="Спам")
    assert rows(database, MessageRow.sent_at, MessageRow.sent_at_source) == [(NOW - timedelta(days=1), "internaldate")]


def test_an_earlier_copy_puts_a_reply_into_its_place_in_the_history(database):
    set_up(database)
    older = raw_mail()
    with database.sessions.begin() as session:
        landed(session, older, when=NOW + timedelta(hours=2))
        read_all(session, reading(report("Арский", vk=1)))
    answer(database, report("Арский", vk=2), when=NOW + timedelta(hours=1))
    assert current_vk(database) == 1
    land_in(database, [incoming(1, older, NOW)], folder="Архив")
    assert current_vk(database) == 2


def current_vk(database):
    with database.reading() as session:
        return views.read(session, "current_figures")[0]["vk"]


def unavailable(uid, size=60_000_000, when=NOW):
    return Incoming(uid=uid, raw=None, internaldate=when, size=size, finding=TOO_LARGE)


def test_a_message_without_bytes_is_a_row_for_review_with_its_reason(database):
    land_in(database, [unavailable(4)])
    assert rows(database, MessageRow.status, MessageRow.queued, MessageRow.size) == [("review", False, 60_000_000)]
    assert rows(database, FindingRow.code) == [("message_too_large",)]
    assert rows(database, CaseRow.state, CaseRow.reason) == [("open", "message_too_large")]
    assert state(database).last_uid == 4
    with database.reading() as session:
        assert unfetched(session, "press", "INBOX", 1) == (4,)


def test_bytes_or_a_reason_and_never_both():
    with pytest.raises(ValueError, match="UID 4"):
        Incoming(uid=4, raw=None, internaldate=NOW, size=1)
    with pytest.raises(ValueError, match="UID 4"):
        Incoming(uid=4, raw=b"x", internaldate=NOW, size=1, finding=TOO_LARGE)


def test_a_message_without_bytes_met_under_a_new_uidvalidity_is_the_same(database):
    land_in(database, [unavailable(4), unavailable(5)])
    result = land_in(database, [unavailable(1), unavailable(2)], uidvalidity=2)
    assert (len(result.landed), result.duplicates) == (0, 2)
    assert rows(database, LocationRow.message_id, LocationRow.uid) == [(1, 1), (1, 4), (2, 2), (2, 5)]


def test_two_uids_of_one_folder_without_bytes_are_two_messages(database):
    assert len(land_in(database, [unavailable(4), unavailable(5)]).landed) == 2


def test_bytes_that_come_later_are_filled_in_and_read(database):
    set_up(database)
    land_in(database, [unavailable(4)])
    land_in(database, [incoming(4)])
    assert rows(database, MessageRow.id, MessageRow.queued) == [(1, True)]
    with database.sessions.begin() as session:
        read_all(session, reading(report("Арский", vk=1)))
        assert unfetched(session, "press", "INBOX", 1) == ()
    assert rows(database, MessageRow.status) == [("accepted",)]
    assert rows(database, CaseRow.state, CaseRow.closed_by) == [("closed", "reader")]
    assert count_of(database, FindingRow) == 0


def test_bytes_that_come_later_and_are_known_make_the_two_one(database):
    raw = raw_mail()
    land_in(database, [incoming(1, raw)])
    land_in(database, [unavailable(4)], folder="Спам")
    land_in(database, [incoming(4, raw)], folder="Спам")
    assert rows(database, LocationRow.message_id) == [(1,), (1,)]
    assert count_of(database, MessageRow) == 1
    assert count_of(database, CaseRow) == 0


def test_a_person_s_decision_about_a_message_without_bytes_is_not_lost_with_it(database):
    set_up(database)
    raw = raw_mail()
    land_in(database, [incoming(1, raw), unavailable(4)])
    given = (report("Арский", vk=40),)
    with database.sessions.begin() as session:
        decisions.decide(session, 2, Decision("set", "Гульчачак", "console", reports=given), NOW)
    land_in(database, [incoming(4, raw)])
    assert rows(database, MessageRow.id, MessageRow.status) == [(1, "received"), (2, "accepted")]


def test_a_mail_from_a_file_is_one_message_with_that_in_the_folder(database):
    raw = raw_mail()
    with database.sessions.begin() as session:
        first = import_file(session, "replies.mbox", raw, NOW)
        second = import_file(session, "replies/1.eml", raw, NOW)
    assert (first, second) == ((1, True), (1, False))
    assert rows(database, MessageRow.imported_from, MessageRow.sent_at_source) == [("replies.mbox", "landing")]
    assert land_in(database, [incoming(1, raw)]).duplicates == 1
    assert rows(database, MessageRow.sent_at_source) == [("internaldate",)]


def test_server_and_database_are_compared_by_uid(database):
    land_in(database, [incoming(1), incoming(2), incoming(3)])
    with database.sessions.begin() as session:
        compared = record_counts(session, "press", "INBOX", 1, 3, LATER, uids={1, 3, 4})
        assert (compared.holds, compared.stored, compared.missing, compared.gone) == (3, 2, (4,), 1)
        again = record_counts(session, "press", "INBOX", 1, 3, LATER, uids={1, 3, 4})
        assert again.gone == 0
    assert rows(database, LocationRow.uid, LocationRow.gone) == [(1, False), (2, True), (3, False)]
    with database.sessions.begin() as session:  # the list had left it out
        back = record_counts(session, "press", "INBOX", 1, 3, LATER, uids={1, 2, 3})
        assert (back.stored, back.missing, back.gone) == (3, (), 0)
    assert rows(database, LocationRow.uid, LocationRow.gone) == [(1, False), (2, False), (3, False)]


def test_without_uids_only_the_counts_are_compared(database):
    land_in(database, [incoming(1), incoming(2)])
    with database.sessions.begin() as session:
        compared = record_counts(session, "press", "INBOX", 1, 5, LATER)
    assert (compared.holds, compared.stored, compared.missing, compared.gone) == (5, 2, (), 0)


def test_many_uids_that_are_gone(database):
    land_in(database, [incoming(uid, b"%d" % uid) for uid in range(1, 1203)])
    with database.sessions.begin() as session:
        compared = record_counts(session, "press", "INBOX", 1, 1, LATER, uids=[1])
    assert (compared.stored, compared.gone) == (1, 1201)
