"""Metrics for Prometheus: what the database says at the moment of the question, and what this process has counted.

Imported only where metrics are on: the client library costs memory that a service at rest does without.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Status
from mailbot.service.counts import BOUNDS, Counts
from mailbot.service.judgement import Judge, count_by
from mailbot.store.health import conditions
from mailbot.store.outgoing import latest_rollup
from mailbot.store.reading_queue import backlog
from mailbot.store.tables import FolderRow, MessageRow, OutboxRow
from mailbot.store.tables.sending import OUTBOX_STATES


def exposition(session: Session, judge: Judge, counts: Counts) -> bytes:
    """All metrics in Prometheus's text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([*_standing(session, judge), *_counted(counts)]))
    return generate_latest(registry)


class _Collected(Collector):
    """Metrics that are known already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _standing(session: Session, judge: Judge) -> Iterator[Metric]:
    """What the database says."""
    yield GaugeMetricFamily(
        "mailbot_healthy",
        "1 while «mailbot status» finds nothing wrong",
        all(line.good for line in judge.lines(session)),
    )
    yield from _jobs(session)
    yield from _folders(session)
    by_status = count_by(session, MessageRow.status)
    yield _labelled(
        "mailbot_messages", "Messages in the database", "status", {one.value: by_status.get(one, 0) for one in Status}
    )
    waiting = backlog(session)
    age = 0.0 if waiting.oldest is None else max(0.0, (judge.clock() - waiting.oldest).total_seconds())
    yield GaugeMetricFamily("mailbot_backlog_messages", "Messages that wait to be read", waiting.messages)
    yield GaugeMetricFamily("mailbot_backlog_oldest_seconds", "How long the oldest of them has waited; 0: none", age)
    last = latest_rollup(session)
    made_at = None if last is None else last.made_at
    yield GaugeMetricFamily(
        "mailbot_last_rollup_timestamp_seconds", "When the last roll-up was made; 0: never", _seconds(made_at)
    )
    states = count_by(session, OutboxRow.state)
    yield _labelled(
        "mailbot_outbox_mails", "Mails in the outbox", "state", {state: states.get(state, 0) for state in OUTBOX_STATES}
    )


def _jobs(session: Session) -> Iterator[Metric]:
    known = {row.component: row for row in conditions(session)}
    polls = {
        job.partition(":")[2]: _seconds(row.succeeded_at) for job, row in known.items() if job.startswith("receive:")
    }
    yield _labelled(
        "mailbot_last_successful_poll_timestamp_seconds", "When the mailbox was last polled", "mailbox", polls
    )
    done = {job: _seconds(row.succeeded_at) for job, row in known.items()}
    yield _labelled("mailbot_job_last_success_timestamp_seconds", "When the job last did its work", "job", done)
    faulty = {job: float(row.fault is not None) for job, row in known.items()}
    yield _labelled("mailbot_job_faulty", "1 while the job's last run failed", "job", faulty)


def _folders(session: Session) -> Iterator[Metric]:
    holds = GaugeMetricFamily(
        "mailbot_folder_server_messages", "Messages in the folder by the server's word", labels=("mailbox", "folder")
    )
    stored = GaugeMetricFamily(
        "mailbot_folder_stored_messages", "Those of them that the database has", labels=("mailbox", "folder")
    )
    for row in session.scalars(select(FolderRow).where(FolderRow.holds.is_not(None)).order_by(FolderRow.id)):
        holds.add_metric((row.mailbox, row.name), row.holds or 0)
        stored.add_metric((row.mailbox, row.name), row.stored or 0)
    yield holds
    yield stored


def _counted(counts: Counts) -> Iterator[Metric]:
    """What this process has done since its start."""
    landed = CounterMetricFamily("mailbot_landed_messages", "New messages since the start", labels=("mailbox",))
    for mailbox, count in counts.landed_by_mailbox().items():
        landed.add_metric((mailbox,), count)
    yield landed
    failures = CounterMetricFamily(
        "mailbot_job_failures",
        "Failed runs since the start; of receive:MAILBOX: lost connections, refused log-ins, folders out of reach",
        labels=("job",),
    )
    for job, count in counts.failures_by_job().items():
        failures.add_metric((job,), count)
    yield failures
    reading = counts.reading()
    buckets = list(zip([*map(str, BOUNDS), "+Inf"], reading.cumulated, strict=True))
    yield HistogramMetricFamily(
        "mailbot_reading_seconds", "How long reading a message took", buckets=buckets, sum_value=reading.seconds
    )


def _labelled(name: str, description: str, label: str, values: dict[str, float] | dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, description, labels=(label,))
    for value, number in sorted(values.items()):
        family.add_metric((value,), number)
    return family


def _seconds(time: datetime | None) -> float:
    """Seconds since 1970; 0 for never, so that an alert on age fires."""
    return 0.0 if time is None else time.timestamp()
