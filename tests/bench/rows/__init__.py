"""The rows of the benchmark, one module each; `MEASURES` has them in the order of the report."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.measure import Outcome
from tests.bench.plan import Plan
from tests.bench.rows import arrival, growth, landing, quiet_poll, replies, rest, rollup, scans, whole_path

MEASURES: dict[str, Callable[[Plan], list[Outcome]]] = {
    "landing": landing.measure,
    "whole": whole_path.measure,
    "replies": replies.measure,
    "scans": scans.measure,
    "poll": quiet_poll.measure,
    "arrival": arrival.measure,
    "rest": rest.measure,
    "rollup": rollup.measure,
    "growth": growth.measure,
}
