"""What one labelled reply costs, all in all: landed, claimed, read with attachments in the sandbox, rows committed.

They are read as a backlog is, as many landed, claimed and saved at a time as a reader takes: a message costs its own
reading, and its share of the rest.
"""

from __future__ import annotations

import statistics
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from mailbot.clock import now
from mailbot.domain.document import Limits
from mailbot.reading.formats import open_attachment
from mailbot.reading.message.mail import decode
from mailbot.reading.ocr import recognise
from mailbot.reading.read import interpret
from mailbot.service.reading import CLAIMED_AT_MOST, Bounds, Reader, Reading
from tests.bench import ours
from tests.bench.measure import Outcome, cpu_of, run
from tests.bench.plan import Plan
from tests.servers.databases import Database

REPLIES = Path(__file__).parents[2] / "replies"
MEDIAN_MS, HIGH_MS = 5, 60


def measure(plan: Plan) -> list[Outcome]:
    """CPU of the median message and of the 95th percentile, over rounds."""
    samples = []
    for _ in range(min(plan.rounds, 3)):
        samples.append(run("tests.bench.rows.replies:read_all", every=max(1, round(1 / plan.scale))))
        plan.step()
    last = samples[-1]
    notes = (
        (
            f"{last['messages']} messages without scans; reading alone {last['reading_ms']:.1f} ms, MIME decoding alone "
            f"{last['decoding_ms']:.2f} ms (medians)"
        ),
    )
    what = "a labelled reply without scans, CPU from landing to committed rows, sandbox included"
    return [
        _line(f"{what}: median", MEDIAN_MS, [sample["median_ms"] for sample in samples], notes),
        _line(f"{what}: 95th percentile", HIGH_MS, [sample["high_ms"] for sample in samples]),
    ]


def _line(what: str, most: float, values: list[float], notes: tuple[str, ...] = ()) -> Outcome:
    met = statistics.median(values) < most
    return Outcome("replies", what, "", f"under {most} ms", "ms", tuple(values), met, notes)


def read_all(every: int) -> dict[str, Any]:
    """Read every reply once to load what it needs, then take each through the store and count."""
    campaign, directory = ours.campaign_and_directory()
    reading, decoding = [], []
    with ours.database() as store, Backlog(store) as backlog:
        raws = [raw for path in sorted(REPLIES.rglob("*.eml"))[::every] if not has_scan(raw := path.read_bytes())]
        for raw in raws:
            begun = time.process_time()
            decode(raw, Limits())
            decoded = time.process_time()
            interpret(raw, campaign, directory, backlog.sandbox.open, Limits())
            decoding.append(decoded - begun)
            reading.append(time.process_time() - decoded)
        portions = [raws[start : start + CLAIMED_AT_MOST] for start in range(0, len(raws), CLAIMED_AT_MOST)]
        costs = sorted(cost for portion in portions for cost in backlog.costs(portion))
    return {
        "messages": len(raws),
        "median_ms": statistics.median(costs) * 1000,
        "high_ms": costs[len(costs) * 95 // 100] * 1000,
        "reading_ms": statistics.median(reading) * 1000,
        "decoding_ms": statistics.median(decoding) * 1000,
    }


class Backlog:
    """A reader that looks at the processors' clocks whenever it begins a message or asks for the time, to save."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._landed = 0
        self._begun: list[float] = []
        self._ended: list[float] = []
        campaign, directory = ours.campaign_and_directory()
        reading = Reading(
            store.sessions, campaign, directory, Limits(), self._clock, "bench", lambda: False, answer=self._begin
        )
        self._reader = Reader(reading, Bounds())
        self.sandbox = self._reader._seats[0].sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def costs(self, raws: list[bytes]) -> list[float]:
        """Seconds of CPU for each of these messages, of this process and of the sandbox's."""
        self._begun, self._ended = [], []
        before = self._cpu()
        ours.put(self._store, raws, self._landed + 1)
        self._landed += len(raws)
        self._reader.read_waiting()
        every = self._cpu() - before
        own = [end - begin for begin, end in zip(self._begun, self._ended, strict=True)]
        return [cost + (every - sum(own)) / len(own) for cost in own]

    def _begin(self, *_: object) -> bool:
        self._clock()
        self._begun.append(self._cpu())
        return False

    def _clock(self) -> datetime:
        if len(self._ended) < len(self._begun):
            self._ended.append(self._cpu())
        return now()

    def _cpu(self) -> float:
        worker = self.sandbox._worker
        return time.process_time() + (0.0 if worker is None else cpu_of(worker.process.pid))


def has_scan(raw: bytes) -> bool:
    """Whether something in the mail goes to recognition: the readers themselves tell, and are cut short there."""

    def refuse(*_: object) -> None:
        raise _ScanError

    campaign, directory = ours.campaign_and_directory()
    with patch.object(recognise, "engine", refuse):
        try:
            interpret(raw, campaign, directory, open_attachment, Limits())
        except _ScanError:
            return True
    return False


class _ScanError(BaseException):
    """Recognition was asked for. No Exception, so that no reader takes it for a fault of the file."""
