"""From the service's waking up in IDLE to the committed rows of an .xlsx reply; and how long the server took to tell."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from datetime import time as hour
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import structlog

from mailbot.clock import now
from mailbot.desk.settings import DeskSettings
from mailbot.domain.document import Limits
from mailbot.domain.weights import Weights
from mailbot.inbox import receiver
from mailbot.inbox.receiver import SETTLE_SECONDS
from mailbot.outbox.settings import Addresses, SmtpSettings
from mailbot.service.jobs import ServiceSettings
from mailbot.service.reading import Bounds
from mailbot.service.service import Service
from tests.bench import mailboxes, mixture, ours
from tests.bench.measure import Outcome, run
from tests.bench.plan import Plan
from tests.bench.yardsticks import log_in
from tests.servers.dovecot import running

MOST_MS = 50
LETTERS = 15
PATIENCE_SECONDS = 20.0
BETWEEN_SECONDS = SETTLE_SECONDS + 0.3  # past the service's first short round of IDLE, whose end finds a letter untold


def measure(plan: Plan) -> list[Outcome]:
    """Milliseconds for each of some replies that arrive one by one at a running service."""
    with running() as server:
        result = run(
            "tests.bench.rows.arrival:serve",
            at=mailboxes.address(server),
            letters=max(5, plan.scaled(LETTERS * 10) // 10),
        )
        plan.step()
    values = tuple(result["ms"])
    note = f"the server told {statistics.median(result['told_ms']):.0f} ms after the delivery (its own timer)"
    return [
        Outcome("arrival", "an .xlsx reply, IDLE on: from the wake-up to committed rows", "the server's own notification",
                f"at most {MOST_MS} ms, median", "ms", values, statistics.median(values) <= MOST_MS, (note,)),
    ]  # fmt: skip


class _Moments:
    """When the service woke up, and when it had read, by the clock of this process."""

    def __init__(self) -> None:
        self.woken: list[float] = []
        self.read = threading.Semaphore(0)
        self.read_at = 0.0

    def __call__(self, _logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        """Note the log's «read», which follows the commit; nothing is logged."""
        if event["event"] == "read":
            self.read_at = time.perf_counter()
            self.read.release()
        raise structlog.DropEvent


def serve(at: dict[str, Any], letters: int) -> dict[str, Any]:
    """Run the service in this process, append replies from a thread, and end it by a signal."""
    moments, result = _Moments(), {"ms": [], "told_ms": []}
    idle = receiver.wait_for_news

    def waiting(*given: Any) -> bool:
        news = idle(*given)
        if news:
            moments.woken.append(time.perf_counter())
        return news

    structlog.configure(processors=[moments])
    with TemporaryDirectory() as folder, patch.object(receiver, "wait_for_news", waiting):
        service = Service(_settings(at, folder), now)
        sender = threading.Thread(target=_deliver, args=(at, letters, moments, result))
        sender.start()
        service.run()
        sender.join()
    return result


def _deliver(at: dict[str, Any], letters: int, moments: _Moments, result: dict[str, Any]) -> None:
    """Append replies one by one, each when the one before is read and the service listens again."""
    try:
        client, _ = log_in(at, "INBOX")
        time.sleep(3)  # the service starts, and comes to its long round of IDLE
        for number, raw in enumerate(mixture.replies(letters + 1)):
            heard = len(moments.woken)
            client.append("INBOX", None, None, raw)
            delivered = time.perf_counter()
            if not moments.read.acquire(timeout=PATIENCE_SECONDS):
                raise RuntimeError(f"reply {number} was not read within {PATIENCE_SECONDS} s")
            if (
                number and len(moments.woken) > heard
            ):  # the first loads the reader; one that a look finds had no wake-up
                woken = moments.woken[heard]
                result["ms"].append((moments.read_at - woken) * 1000)
                result["told_ms"].append((woken - delivered) * 1000)
            time.sleep(BETWEEN_SECONDS)
        client.logout()
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def _settings(at: dict[str, Any], folder: str) -> ServiceSettings:
    campaign, directory = ours.campaign_and_directory()
    return ServiceSettings(
        database_url=f"sqlite:///{Path(folder) / 'service.db'}",
        mailboxes=(mailboxes.settings(at),),
        smtp=SmtpSettings(host="localhost", port=1, tls="none"),
        addresses=Addresses("bot@example.org", ("contact@example.org",)),
        report_at=hour(23, 59, 59),
        final_at=None,
        zone=ZoneInfo("UTC"),
        campaign=campaign,
        directory=directory,
        limits=Limits(),
        bounds=Bounds(),
        desk=DeskSettings(contacts=("contact@example.org",)),
        weights=Weights(),
    )
