"""What one labelled reply costs, all in all: landed, claimed, read with attachments in the sandbox, rows committed."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mailbot.domain.document import Limits
from mailbot.reading.formats import open_attachment
from mailbot.reading.message.mail import decode
from mailbot.reading.ocr import recognise
from mailbot.reading.read import interpret
from mailbot.service.reading import Reader
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
    with ours.database() as store:
        reader = ours.reader(store)
        sandbox = reader.sandbox
        raws = [raw for path in sorted(REPLIES.rglob("*.eml"))[::every] if not has_scan(raw := path.read_bytes())]
        for raw in raws:
            begun = time.process_time()
            decode(raw, Limits())
            decoded = time.process_time()
            interpret(raw, campaign, directory, sandbox.open, Limits())
            decoding.append(decoded - begun)
            reading.append(time.process_time() - decoded)
        costs = sorted(_cost(reader, store, raw, number) for number, raw in enumerate(raws, 1))
        reader.close()
    return {
        "messages": len(raws),
        "median_ms": statistics.median(costs) * 1000,
        "high_ms": costs[len(costs) * 95 // 100] * 1000,
        "reading_ms": statistics.median(reading) * 1000,
        "decoding_ms": statistics.median(decoding) * 1000,
    }


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


def _cost(reader: Reader, store: Database, raw: bytes, number: int) -> float:
    """Seconds of CPU of this process and of the sandbox's."""
    before, child = time.process_time(), _child(reader)
    ours.put(store, [raw], number)
    reader.read_waiting()
    after = _child(reader)
    spent = after[1] - child[1] if after[0] == child[0] else after[1]
    return time.process_time() - before + spent


def _child(reader: Reader) -> tuple[int, float]:
    worker = reader.sandbox._worker
    return (0, 0.0) if worker is None else (worker.process.pid, cpu_of(worker.process.pid))
