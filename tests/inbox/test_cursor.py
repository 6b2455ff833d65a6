from datetime import UTC, datetime, timedelta

import pytest

from mailbot.inbox.answers import Listed
from mailbot.inbox.backoff import LONGEST_SECONDS, REFUSED_SECONDS, Backoff
from mailbot.inbox.cursor import Progress, batches
from mailbot.inbox.session import Look

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sizes", "alone", "expected"),
    [
        ([10, 10, 10], (), [[1, 2, 3]]),
        ([40, 40, 40], (), [[1, 2], [3]]),
        ([10, 500, 10], (), [[1], [2], [3]]),
        ([1, 1, 1, 1, 1], (), [[1, 2, 3, 4], [5]]),
        ([1, 1, 1], (2,), [[1], [2], [3]]),
        ([], (), []),
    ],
)
def test_batches_are_bounded_by_bytes_and_count(sizes, alone, expected):
    messages = [Listed(uid, size, None) for uid, size in enumerate(sizes, start=1)]
    got = [[m.uid for m in batch] for batch in batches(messages, 100, 4, frozenset(alone))]
    assert got == expected


def test_a_folder_is_settled_only_for_the_look_that_was_taken_in():
    progress, look = Progress(), Look(7, 9, 5)
    assert not progress.is_settled("INBOX", look)
    progress.settle("INBOX", look)
    assert progress.is_settled("INBOX", look)
    assert not progress.is_settled("INBOX", Look(7, 10, 6))
    assert not progress.is_settled("INBOX", Look(8, 9, 5))
    assert not progress.is_settled("Спам", look)


def test_a_server_that_does_not_tell_uidnext_is_always_asked():
    progress = Progress()
    progress.settle("INBOX", Look(7, 0, 5))
    assert not progress.is_settled("INBOX", Look(7, 0, 5))


def test_a_recheck_is_due_at_first_after_its_time_and_when_the_clock_went_back():
    progress = Progress()
    assert progress.is_recheck_due("INBOX", NOON, 3600)
    progress.recheck_done("INBOX", NOON)
    assert not progress.is_recheck_due("INBOX", NOON + timedelta(minutes=59), 3600)
    assert progress.is_recheck_due("INBOX", NOON + timedelta(hours=1), 3600)
    assert progress.is_recheck_due("INBOX", NOON - timedelta(minutes=1), 3600)


def test_backoff_doubles_with_jitter_up_to_a_bound_and_starts_anew_after_a_success():
    backoff = Backoff(lambda: 0.0)
    assert [backoff.failed() for _ in range(8)] == [2.5, 5, 10, 20, 40, 80, 150, 150]
    backoff.succeeded()
    assert backoff.failed() == 2.5
    full = Backoff(lambda: 1.0)
    assert [full.failed() for _ in range(40)][-1] == LONGEST_SECONDS
    assert full.refused() >= REFUSED_SECONDS


def test_the_list_of_folders_is_due_on_a_new_connection_and_after_its_time():
    progress = Progress()
    assert progress.is_listing_due(NOON, 3600)
    progress.listed(["INBOX"], NOON)
    assert not progress.is_listing_due(NOON + timedelta(minutes=59), 3600)
    assert progress.is_listing_due(NOON + timedelta(hours=1), 3600)
    assert progress.is_listing_due(NOON - timedelta(minutes=1), 3600)
    progress.forget()
    assert progress.is_listing_due(NOON, 3600)
