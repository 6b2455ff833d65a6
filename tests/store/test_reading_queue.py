"""Reading: claimed, saved once, given up after the third death; and reading again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mailbot.store import reading_queue, views
from mailbot.store.reading_queue import Backlog, backlog, claim, fail, release, requeue, save, save_all
from mailbot.store.tables import (
    AttachmentRow,
    CaseRow,
    EvidenceRow,
    FigureRow,
    FindingRow,
    MessageRow,
    RawMessageRow,
    ReportRow,
)
from tests.store.builders import (
    LEASE,
    NOW,
    answer,
    crash_after,
    finding,
    landed,
    raw_mail,
    reading,
    report,
    set_up,
)

OVER = NOW + LEASE + timedelta(seconds=1)
ONE = reading(report("Арский", "Школа № 5", vk=35, total=40), findings=(finding(severity="note"),), subject="Отчёт")


@pytest.fixture
def waiting(database):
    """Three messages that wait to be read."""
    set_up(database)
    with database.sessions.begin() as session:
        for text in ("one", "two", "three"):
            landed(session, raw_mail(text))
    return database


def take(database, worker="w1", now=NOW, limit=10):
    with database.sessions.begin() as session:
        return claim(session, worker, now, limit, LEASE)


def put(database, claimed, interpretation=ONE, now=NOW):
    with database.sessions.begin() as session:
        return save(session, claimed, interpretation, now)


def die(database, claimed, now=NOW):
    with database.sessions.begin() as session:
        return fail(session, claimed, "Traceback: boom", now)


def message(database, number=1):
    with database.reading() as session:
        return session.get(MessageRow, number)


def counts(database, *tables):
    with database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


def view(database, name):
    with database.reading() as session:
        return views.read(session, name)


def test_the_oldest_are_claimed_first_with_their_bytes(waiting):
    claimed = take(waiting, limit=2)
    assert [item.id for item in claimed] == [1, 2]
    assert b"one" in claimed[0].raw
    assert [item.id for item in take(waiting, "w2")] == [3]
    assert take(waiting, "w3") == []


def test_a_message_can_be_claimed_by_its_number_and_only_by_one(waiting):
    with waiting.sessions.begin() as session:
        assert reading_queue.waiting(session, NOW) == (1, 2, 3)
        assert [one.id for one in claim(session, "w1", NOW, 10, LEASE, only=[2, 99])] == [2]
        assert claim(session, "w2", NOW, 10, LEASE, only=[2]) == []
        assert reading_queue.waiting(session, NOW) == (1, 3)
        assert reading_queue.waiting(session, OVER) == (1, 2, 3)


def test_large_messages_are_claimed_in_portions_and_the_largest_alone(waiting, monkeypatch):
    size = message(waiting).size
    monkeypatch.setattr(reading_queue, "CLAIMED_BYTES", size + size // 2)
    assert [item.id for item in take(waiting)] == [1]
    monkeypatch.setattr(reading_queue, "CLAIMED_BYTES", 1)
    assert [item.id for item in take(waiting, "w2")] == [2]


def test_a_claim_that_is_not_committed_is_none(waiting):
    with pytest.raises(KeyboardInterrupt):
        crash_after(waiting, lambda session: claim(session, "w1", NOW, 10, LEASE))
    assert [item.attempt for item in take(waiting)] == [1, 1, 1]


def test_a_dead_worker_s_messages_are_claimed_again_when_its_lease_is_over(waiting):
    take(waiting)
    assert take(waiting, "w2", NOW + LEASE - timedelta(seconds=1)) == []
    assert [(item.id, item.attempt) for item in take(waiting, "w2", OVER)] == [(1, 2)]


def test_what_may_have_killed_its_reader_is_claimed_alone_and_what_is_new_together(waiting):
    take(waiting, limit=2)
    alone = [take(waiting, "w2", OVER)[0] for _ in range(2)]
    assert [(item.id, item.attempt) for item in alone] == [(1, 2), (2, 2)]
    assert [(item.id, item.attempt) for item in take(waiting, "w2", OVER)] == [(3, 1)]
    for item in alone:
        die(waiting, item)
    assert [(item.id, item.attempt) for item in take(waiting, "w2", OVER)] == [(1, 3)]


def test_ahead_of_another_only_what_is_new_is_claimed(waiting):
    take(waiting, limit=1)
    with waiting.sessions.begin() as session:
        assert claim(session, "w2", OVER, 3, LEASE, fresh=True) == []
    assert [(item.id, item.attempt) for item in take(waiting, "w2", OVER)] == [(1, 2)]
    with waiting.sessions.begin() as session:
        assert [(item.id, item.attempt) for item in claim(session, "w3", OVER, 3, LEASE, fresh=True)][:1] == [(2, 1)]


def test_what_was_read_is_saved_with_its_evidence(waiting):
    first = take(waiting)[0]
    assert put(waiting, first)
    row = message(waiting)
    assert (row.status, row.kind, row.queued, row.subject, row.claimed_by) == (
        "accepted", "report", False, "Отчёт", None)  # fmt: skip
    assert counts(waiting, ReportRow, FigureRow, FindingRow, EvidenceRow, AttachmentRow) == (1, 2, 1, 3, 1)
    history = view(waiting, "figure_history")
    assert [(item["field"], item["value"], item["place"], item["snippet"]) for item in history] == [
        ("vk", 35, "body:1", "ВК – 35"),
        ("total", 40, "body:1", "ВК – 35"),
    ]


def test_a_crash_before_the_commit_leaves_the_message_to_be_read_again(waiting):
    first = take(waiting)[0]
    with pytest.raises(KeyboardInterrupt):
        crash_after(waiting, lambda session: save(session, first, ONE, NOW))
    assert message(waiting).status == "received"
    assert counts(waiting, ReportRow, FigureRow, EvidenceRow, FindingRow) == (0, 0, 0, 0)
    again = take(waiting, "w2", OVER)[0]
    assert put(waiting, again, now=OVER)
    assert counts(waiting, ReportRow, FigureRow) == (1, 2)


def test_a_worker_that_lost_its_claim_writes_nothing(waiting):
    slow = take(waiting)[0]
    fast = take(waiting, "w2", OVER)[0]
    assert not put(waiting, slow, reading(report("Арский", vk=1)))
    assert counts(waiting, ReportRow) == (0,)
    assert put(waiting, fast)
    assert not put(waiting, slow, reading(report("Арский", vk=1)))
    assert not die(waiting, slow)
    assert [item["vk"] for item in view(waiting, "current_figures")] == [35]


def test_the_third_death_makes_it_failed_and_the_next_one_is_read(waiting):
    for attempt in (1, 2, 3):
        first = take(waiting, now=NOW, limit=1)[0]
        assert (first.id, first.attempt) == (1, attempt)
        assert die(waiting, first) == (attempt == 3)
    row = message(waiting)
    assert (row.status, row.queued, row.error) == ("failed", False, "Traceback: boom")
    assert [(item["message_id"], item["status"], item["reason"]) for item in view(waiting, "to_review")] == [
        (1, "failed", "reader_crashed")
    ]
    assert take(waiting, limit=1)[0].id == 2


def test_a_reader_that_dies_without_a_word_three_times_fails_its_message_too(waiting):
    moment = NOW
    for attempt in (1, 2, 3):
        assert (1, attempt) in [(item.id, item.attempt) for item in take(waiting, now=moment)]
        moment += LEASE + timedelta(seconds=1)
    left = take(waiting, now=moment)
    assert message(waiting).status == "failed"
    assert "died 3 times" in message(waiting).error
    assert [(item.id, item.attempt) for item in left] == [(2, 2)], "claimed with it once, and not to blame"
    assert {message(waiting, number).status for number in (2, 3)} == {"received"}


def test_several_are_saved_at_once_and_one_whose_claim_is_lost_is_left_out(waiting):
    claimed = take(waiting)
    lost = take(waiting, "w2", OVER)[0]
    said = [reading(report("Арский", "Лицей", vk=30 + item.id)) for item in claimed]
    with waiting.sessions.begin() as session:
        assert save_all(session, list(zip(claimed, said, strict=True)), NOW) == {2, 3}
    assert message(waiting).status == "received"
    assert [(row.status, row.report_count, row.finding_count) for row in (message(waiting, 2), message(waiting, 3))] == [
        ("accepted", 1, 0), ("accepted", 1, 0)
    ]  # fmt: skip
    assert [item["vk"] for item in view(waiting, "current_figures")] == [33], "the later one supersedes"
    assert put(waiting, lost, said[0])


def test_a_message_given_back_unread_has_lost_no_attempt(waiting):
    first = take(waiting)[0]
    with waiting.sessions.begin() as session:
        release(session, [first])
    assert [(item.id, item.attempt) for item in take(waiting, "w2")] == [(1, 1)]


def test_the_backlog_counts_what_waits(waiting):
    with waiting.reading() as session:
        assert backlog(session) == Backlog(3, NOW)
    put(waiting, take(waiting)[0])
    with waiting.reading() as session:
        assert backlog(session).messages == 2


def test_reading_again_keeps_the_figures_until_the_new_reading_is_saved(waiting):
    put(waiting, take(waiting)[0])
    with waiting.sessions.begin() as session:
        assert requeue(session) == 3
    assert [item["vk"] for item in view(waiting, "current_figures")] == [35]
    assert message(waiting).status == "accepted"
    again = take(waiting, "w2")[0]
    assert again.attempt == 1
    put(waiting, again, reading(report("Арский", "Школа № 5", vk=36)))
    assert [(item["vk"], item["total"]) for item in view(waiting, "current_figures")] == [(36, None)]
    assert counts(waiting, ReportRow, FigureRow, FindingRow, EvidenceRow, AttachmentRow) == (1, 1, 0, 1, 1)


def test_reading_again_can_move_the_figures_to_another_respondent(waiting):
    put(waiting, take(waiting)[0])
    with waiting.sessions.begin() as session:
        requeue(session, [1])
    put(waiting, take(waiting, "w2")[0], reading(report("Бавлинский", vk=35)))
    assert [(item["municipality"], item["vk"]) for item in view(waiting, "current_figures")] == [("Бавлинский", 35)]


def test_only_what_another_version_read_is_read_again(waiting):
    put(waiting, take(waiting)[0])
    with waiting.sessions.begin() as session:
        assert requeue(session, unless_reader="1") == 2
        assert requeue(session, [1], unless_reader="1") == 0
        assert requeue(session, [1], unless_reader="2") == 1


def test_a_message_without_bytes_cannot_be_read_again(waiting):
    with waiting.sessions.begin() as session:
        session.delete(session.get(RawMessageRow, 1))
    assert [item.id for item in take(waiting)] == [2, 3]
    with waiting.sessions.begin() as session:
        assert requeue(session) == 2


def test_saving_the_same_twice_gives_the_same_rows(waiting):
    put(waiting, take(waiting)[0])
    before = view(waiting, "figure_history"), view(waiting, "current_figures")
    with waiting.sessions.begin() as session:
        requeue(session, [1])
    put(waiting, take(waiting, "w2")[0])
    after = view(waiting, "figure_history"), view(waiting, "current_figures")

    def without_numbers(rows):
        return [{name: value for name, value in row.items() if name != "figure_id"} for row in rows]

    assert list(map(without_numbers, after)) == list(map(without_numbers, before))


def test_a_case_is_opened_by_the_finding_that_blocks_and_closed_by_a_better_reading(database):
    set_up(database)
    note, blocks = finding(severity="note", code="partial", message="Часть."), finding()
    number = answer(database, report("Арский", vk=1), status="review", findings=(note, blocks))
    assert [(item["reason"], item["findings"], item["municipality"]) for item in view(database, "to_review")] == [
        ("total_mismatch", 2, "Арский")
    ]
    with database.sessions.begin() as session:
        requeue(session, [number])
    put(database, take(database)[0], reading(report("Арский", vk=2)))
    assert view(database, "to_review") == []
    with database.reading() as session:
        case = session.scalar(select(CaseRow))
    assert (case.state, case.closed_by, case.closed_at) == ("closed", "reader", NOW)


def test_a_case_that_comes_up_again_is_as_old_as_its_return(database):
    set_up(database)
    number = answer(database, status="review", findings=(finding(),))
    for status, moment in (("ignored", NOW + timedelta(days=1)), ("review", NOW + timedelta(days=2))):
        with database.sessions.begin() as session:
            requeue(session, [number])
        put(database, take(database, now=moment)[0], reading(status=status), moment)
    (row,) = view(database, "to_review")
    assert (row["opened_at"], row["reason"]) == (NOW + timedelta(days=2), "review")


def test_hostile_text_in_a_reply_is_stored(database):
    set_up(database)
    answer(database, report("Арский", "Школа\x00 № 5\ud800", vk=1), subject="a\x00b", sender_name="\udcff")
    assert view(database, "current_figures")[0]["organisation"] == "Школа\ufffd № 5\ufffd"
    assert view(database, "message_log")[0]["subject"] == "a\ufffdb"


def test_a_municipality_that_the_configuration_does_not_have_is_kept(database):
    set_up(database)
    answer(database, report("Неведомский", vk=1))
    assert [item["municipality"] for item in view(database, "current_figures")] == ["Неведомский"]
    assert "Неведомский" not in [item["municipality"] for item in view(database, "not_answered")]


def test_a_report_of_an_organisation_needs_its_key(database):
    set_up(database)
    keyless = report("Арский", "Школа", vk=1).model_copy(update={"key": None})
    with pytest.raises(ValueError, match="without its key"):
        answer(database, keyless)
