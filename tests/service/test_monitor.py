"""The endpoint, asked over real HTTP."""

import socket
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailbot.service.listen import Listen
from mailbot.service.monitor import Monitor
from mailbot.service.pages import pages
from mailbot.store.health import note_fault, note_success
from mailbot.store.receiving import Incoming, land, record_counts
from tests.service.conftest import NOON


@pytest.fixture
def monitor(jobs):
    made = Monitor(Listen("127.0.0.1", 0), pages(jobs))
    yield made
    made.close()


@pytest.fixture
def ask(monitor):
    def get(path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{monitor.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return get


@pytest.fixture
def samples(ask):
    """All samples of /metrics, by name and labels."""

    def get():
        status, text = ask("/metrics")
        assert status == 200
        families = text_string_to_metric_families(text)
        return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}

    return get


@pytest.fixture(autouse=True)
def leading(jobs):
    """On a database that several instances share, one of them must poll."""
    lock = jobs.leadership()
    assert lock.acquire()
    yield
    lock.release()


def test_somebody_must_poll_a_database_that_several_share(jobs, ask):
    all_is_well(jobs)
    assert ask("/healthz")[0] == 200
    if jobs.engine.dialect.name == "postgresql":
        assert f"  ящики просматривает: {jobs.worker}\n" in ask("/healthz")[1]


def all_is_well(jobs, when=NOON):
    with jobs.sessions.begin() as session:
        for job in ("receive:press", "read", "report", "deliver"):
            note_success(session, [job], when)


def test_health_is_what_status_says(jobs, ask):
    assert ask("/healthz")[0] == 503
    all_is_well(jobs)
    status, text = ask("/healthz")
    assert status == 200
    assert "  получение press: в последний раз с успехом 16.08.2021 15:00:00\n" in text
    with jobs.sessions.begin() as session:
        note_fault(session, "deliver", "сервер отказал", NOON)
    status, text = ask("/healthz")
    assert status == 503
    assert "! отправка: сервер отказал" in text
    assert ask("/healthz", "HEAD") == (503, "")


def test_health_notices_a_service_that_stands_still(jobs, ask):
    all_is_well(jobs, NOON - timedelta(minutes=6))
    status, text = ask("/healthz")
    assert status == 503
    assert "давно; работает ли служба?" in text


def test_a_database_that_is_gone_is_unhealthy(jobs, ask):
    all_is_well(jobs)
    with jobs.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE health RENAME TO gone")
    assert ask("/healthz")[0] == 503
    assert ask("/metrics")[0] == 503


def test_the_metrics_that_one_would_alert_on(jobs, samples):
    batch = [Incoming(uid, b"From: a@b.ru\n\n%d" % uid, NOON, 20) for uid in (1, 2, 3)]
    with jobs.sessions.begin() as session:
        land(session, "press", "INBOX", 7, batch, NOON - timedelta(minutes=10))
        record_counts(session, "press", "INBOX", 7, 4, NOON)
        note_success(session, ["receive:press"], NOON)
        note_fault(session, "read", "сбой", NOON)
    jobs.counts.landed("press", 3)
    jobs.health.failed("receive:press", "соединение прервалось")
    for seconds in (0.01, 0.1, 0.3, 1000):
        jobs.counts.read(seconds)
    found = samples()
    wanted = {
        ("mailbot_healthy",): 0,
        ("mailbot_last_successful_poll_timestamp_seconds", "press"): NOON.timestamp(),
        ("mailbot_job_last_success_timestamp_seconds", "read"): 0,
        ("mailbot_job_faulty", "read"): 1,
        ("mailbot_job_faulty", "receive:press"): 1,
        ("mailbot_folder_server_messages", "INBOX", "press"): 4,
        ("mailbot_folder_stored_messages", "INBOX", "press"): 3,
        ("mailbot_messages", "received"): 3,
        ("mailbot_messages", "failed"): 0,
        ("mailbot_backlog_messages",): 3,
        ("mailbot_backlog_oldest_seconds",): 600,
        ("mailbot_last_rollup_timestamp_seconds",): 0,
        ("mailbot_outbox_mails", "queued"): 0,
        ("mailbot_outbox_mails", "refused"): 0,
        ("mailbot_landed_messages_total", "press"): 3,
        ("mailbot_job_failures_total", "receive:press"): 1,
        ("mailbot_reading_seconds_bucket", "0.05"): 1,
        ("mailbot_reading_seconds_bucket", "0.1"): 2,
        ("mailbot_reading_seconds_bucket", "0.5"): 3,
        ("mailbot_reading_seconds_bucket", "+Inf"): 4,
        ("mailbot_reading_seconds_count",): 4,
        ("mailbot_reading_seconds_sum",): pytest.approx(1000.41),
    }
    assert {key: found.get(key) for key in wanted} == wanted


def test_other_paths_and_other_methods_are_refused(ask):
    assert ask("/") == (404, "/healthz, /metrics\n")
    assert ask("/healthz", "POST")[0] == 501
    assert ask("/healthz?verbose=1")[0] == 503


def test_a_silent_client_keeps_nobody_waiting(jobs, monitor, ask):
    all_is_well(jobs)
    with socket.create_connection(("127.0.0.1", monitor.port)) as silent:
        silent.send(b"GET /hea")
        assert ask("/healthz")[0] == 200


def test_an_address_that_other_machines_see_wants_an_explicit_word():
    assert Listen("::1", 1).address == "::1"
    for address in ("0.0.0.0", "192.0.2.1", "::"):
        with pytest.raises(ValueError, match="beyond_this_machine"):
            Listen(address, 1)
        assert Listen(address, 1, beyond_this_machine=True).address == address
