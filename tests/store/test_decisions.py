"""A person's decisions: they count, they are recorded, and reading again doesn't undo them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mailbot.store import views
from mailbot.store.decisions import Decision, decide, withdraw
from mailbot.store.reading_queue import requeue
from mailbot.store.tables import CaseRow, DecisionRow
from tests.store.builders import NOW, answer, finding, landed, read_all, reading, report, set_up

LATER = NOW + timedelta(hours=3)
ACCEPT, REJECT = Decision("accept", "Гульчачак", "reply"), Decision("reject", "Гульчачак", "workbook", note="не отчёт")


@pytest.fixture
def reviewed(database):
    """A message that waits for a person, with figures that the reader proposes."""
    set_up(database)
    answer(database, report("Арский", vk=120, ok=80, total=190), status="review", findings=(finding(),))
    return database


def decided(database, decision, number=1):
    with database.sessions.begin() as session:
        return decide(session, number, decision, LATER)


def read_again(database, *reports, status="accepted"):
    with database.sessions.begin() as session:
        requeue(session)
        read_all(session, reading(*reports, status=status))


def view(database, name):
    with database.reading() as session:
        return views.read(session, name)


def figures(database):
    return [(row["municipality"], row["vk"], row["ok"], row["total"]) for row in view(database, "current_figures")]


def test_accepted_figures_count(reviewed):
    assert figures(reviewed) == []
    decided(reviewed, ACCEPT)
    assert figures(reviewed) == [("Арский", 120, 80, 190)]
    assert view(reviewed, "to_review") == []
    (log,) = view(reviewed, "message_log")
    assert (log["status"], log["decision"], log["decided_by"], log["decided_at"], log["reports"]) == (
        "accepted", "accept", "Гульчачак", LATER, 1)  # fmt: skip


def test_a_decision_says_who_when_how_and_closes_the_case(reviewed):
    number = decided(reviewed, REJECT)
    with reviewed.reading() as session:
        row, case = session.get(DecisionRow, number), session.scalar(select(CaseRow))
    assert (row.decided_by, row.decided_at, row.via, row.note) == ("Гульчачак", LATER, "workbook", "не отчёт")
    assert (case.state, case.closed_by, case.closed_at, case.decision_id) == ("closed", "person", LATER, number)


def test_rejected_figures_do_not_count(database):
    set_up(database)
    answer(database, report("Арский", vk=1))
    decided(database, REJECT)
    assert figures(database) == []
    assert view(database, "message_log")[0]["status"] == "ignored"
    assert view(database, "figure_history")[0]["state"] == "not counted"


def test_a_person_s_figures_replace_the_reader_s(reviewed):
    own = Decision("set", "Гульчачак", "console", reports=(report("Бавлинский", vk=120, ok=80),), request={"ВК": 120})
    decided(reviewed, own)
    assert figures(reviewed) == [("Бавлинский", 120, 80, None)]
    history = view(reviewed, "figure_history")
    assert {(row["state"], row["decided_by"]) for row in history} == {("current", "Гульчачак"), ("not counted", None)}


@pytest.mark.parametrize("status", ["accepted", "review", "ignored"])
def test_what_was_accepted_stays_as_it_was_seen_when_it_is_read_again(reviewed, status):
    decided(reviewed, ACCEPT)
    read_again(reviewed, report("Ютазинский", vk=999), status=status)
    assert figures(reviewed) == [("Арский", 120, 80, 190)]
    assert view(reviewed, "to_review") == []


def test_what_was_rejected_stays_rejected_when_it_is_read_again(reviewed):
    decided(reviewed, REJECT)
    read_again(reviewed, report("Арский", vk=999))
    assert figures(reviewed) == []


def test_a_later_decision_replaces_the_earlier_one_and_both_are_kept(reviewed):
    decided(reviewed, REJECT)
    decided(reviewed, ACCEPT)
    assert figures(reviewed) == [("Арский", 120, 80, 190)]
    with reviewed.reading() as session:
        rows = session.execute(select(DecisionRow.action, DecisionRow.standing).order_by(DecisionRow.id)).all()
    assert [tuple(row) for row in rows] == [("reject", False), ("accept", True)]


def test_a_withdrawn_decision_leaves_what_the_reader_made_of_it(reviewed):
    decided(reviewed, ACCEPT)
    with reviewed.sessions.begin() as session:
        withdraw(session, 1, LATER)
    assert figures(reviewed) == []
    assert [(row["message_id"], row["reason"]) for row in view(reviewed, "to_review")] == [(1, "total_mismatch")]


def test_a_decided_message_is_superseded_as_any_other(reviewed):
    decided(reviewed, ACCEPT)
    answer(reviewed, report("Арский", vk=1), when=NOW + timedelta(minutes=1))
    assert figures(reviewed) == [("Арский", 1, None, None)]


def test_a_decided_correction_is_a_correction(database):
    set_up(database)
    answer(database, report("Арский", vk=1, ok=2))
    answer(database, report("Арский", vk=3), kind="correction", status="review", when=NOW + timedelta(minutes=1))
    decided(database, ACCEPT, 2)
    assert figures(database) == [("Арский", 3, 2, None)]


def test_there_must_be_something_to_decide_about(database):
    set_up(database)
    with pytest.raises(LookupError, match="no message 7"):
        decided(database, REJECT, 7)
    with database.sessions.begin() as session:
        landed(session)
    with pytest.raises(LookupError, match="no message 1"):
        decided(database, REJECT, 1)
    with database.sessions.begin() as session:
        read_all(session, reading(status="review"))
    with pytest.raises(ValueError, match="no figures to accept"):
        decided(database, ACCEPT, 1)


def test_figures_go_with_set_and_with_nothing_else():
    with pytest.raises(ValueError, match="«set» with 0"):
        Decision("set", "x", "console")
    with pytest.raises(ValueError, match="«accept» with 1"):
        Decision("accept", "x", "console", reports=(report("Арский", vk=1),))
