import threading

import pytest

from mailbot.service.coalesced import Coalesced


def test_a_request_during_a_run_becomes_one_run_after_it():
    started, go_on = threading.Semaphore(0), threading.Semaphore(0)
    runs = []

    def work():
        runs.append(threading.get_ident())
        started.release()
        go_on.acquire(timeout=10)

    job = Coalesced(work)
    first = threading.Thread(target=job)
    first.start()
    assert started.acquire(timeout=10)
    for _ in range(5):
        job()  # returns at once: the one at work has been told
    assert len(runs) == 1
    go_on.release()
    assert started.acquire(timeout=10)
    go_on.release()
    first.join(10)
    assert len(runs) == 2


def test_an_error_ends_the_run_and_the_next_request_runs_again():
    outcomes = [RuntimeError("once"), None]
    runs = []

    def work():
        runs.append(1)
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    job = Coalesced(work)
    with pytest.raises(RuntimeError):
        job()
    job()
    assert len(runs) == 2
