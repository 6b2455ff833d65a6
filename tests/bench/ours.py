"""mailbot's own side of the measurements: its parts put together as `mailbot poll` does, over a throw-away database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from mailbot.clock import now
from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.inbox.receiver import Receiver
from mailbot.reading.who.organisation_key import organisation_key
from mailbot.service.coalesced import Coalesced
from mailbot.service.reading import Bounds, Reader, Reading
from mailbot.store import schema
from mailbot.store.campaign import synchronise
from mailbot.store.receiving import Incoming, land
from tests.bench import mailboxes
from tests.bench.measure import Stopwatch
from tests.servers.databases import Database, opened

MOMENT = datetime(2021, 8, 16, 9, tzinfo=UTC)


def quiet() -> None:
    """Only errors in the log, as under a service manager that keeps warnings."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def campaign_and_directory() -> tuple[Campaign, Directory]:
    """The built-in ones."""
    section = CampaignSection()
    return build_campaign(section, Path()), build_directory(section, Path())


@contextmanager
def database(path: str | None = None) -> Iterator[Database]:
    """A SQLite database with the default campaign: at `path`, or one that is removed afterwards."""
    quiet()
    with TemporaryDirectory() as folder, opened(f"sqlite:///{path or Path(folder) / 'bench.db'}") as made:
        schema.upgrade(made.engine)
        campaign, directory = campaign_and_directory()
        with made.sessions.begin() as session:
            synchronise(session, campaign, directory, organisation_key, now())
        yield made


def reader(of: Database, workers: int = 1) -> Reader:
    """A reader of what waits in the database."""
    campaign, directory = campaign_and_directory()
    reading = Reading(of.sessions, campaign, directory, Limits(), now, "bench", lambda: False)
    return Reader(reading, Bounds(workers=workers))


def put(into: Database, mails: list[bytes], first_uid: int) -> None:
    """Land messages without a server."""
    batch = [Incoming(first_uid + n, raw, MOMENT, len(raw)) for n, raw in enumerate(mails)]
    with into.sessions.begin() as session:
        land(session, "press", "INBOX", 1, batch, MOMENT)


def land_backlog(at: dict[str, Any], folder: str) -> dict[str, Any]:
    """Fetch a folder and commit it."""
    with database() as store:
        receiver = Receiver(mailboxes.settings(at, folder), store.sessions, now)
        watch = Stopwatch()
        done = receiver.poll()
        result = watch.stop(messages=done.landed, problems=done.problems)
        receiver.close()
        return result


def whole_path(at: dict[str, Any], folder: str, workers: int) -> dict[str, Any]:
    """Fetch a folder, commit it, read every message, commit the rows, as `mailbot run` does: reading begins with the
    first committed batch. The readers' processes start inside the time.
    """
    with database() as store, ThreadPoolExecutor(1) as beside:
        worker, read = reader(store, workers), list[int]()
        reading = Coalesced(lambda: read.append(worker.read_waiting()))
        asked: list[Future[None]] = []
        receiver = Receiver(
            mailboxes.settings(at, folder), store.sessions, now, landed=lambda _: asked.append(beside.submit(reading))
        )
        watch = Stopwatch()
        landed = receiver.poll().landed
        for each in asked:
            each.result()
        worker.close()
        with store.reading() as session:
            connection = session.connection()
            accepted = connection.exec_driver_sql("SELECT count(*) FROM messages WHERE status = 'accepted'").scalar()
            figures = connection.exec_driver_sql("SELECT count(*) FROM figures").scalar()
        result = watch.stop(messages=landed, read=sum(read), accepted=accepted, figures=figures)
        receiver.close()
        return result
