"""The roll-up with its workbook, and the public views, at the size of the whole republic."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from mailbot.rollup.compose import compose
from mailbot.rollup.gather import gather
from tests.bench import ours, views
from tests.bench.measure import Outcome, run
from tests.bench.plan import Plan
from tests.servers.databases import sqlite_database
from tests.store.builders import CAMPAIGN, DEADLINE

SECONDS, QUERY_MS = 2, 100


def measure(plan: Plan) -> list[Outcome]:
    """Seconds for the facts, both bodies and the workbook; and the slowest of the views' queries."""
    result = run(
        "tests.bench.rows.rollup:make",
        organisations=plan.scaled(4_000),
        messages=plan.scaled(20_000),
        rounds=plan.rounds,
    )
    plan.step()
    seconds = tuple(result["seconds"])
    queries = result["queries"]
    slowest = max(queries, key=queries.__getitem__)
    whole = ", ".join(f"{name} {result['whole'][name]:.0f} ms" for name in views.LOGS)
    what = f"45 municipalities, {plan.scaled(4_000):,} organisations, {plan.scaled(20_000):,} messages (SQLite)"
    return [
        Outcome("rollup", f"roll-up and workbook, {what}", "", f"under {SECONDS} s", "s", seconds,
                sorted(seconds)[len(seconds) // 2] < SECONDS,
                (f"{result['cpu']:.2f} s of a processor; {result['gather']:.2f} s for the facts; workbook of {result['kilobytes']:.0f} kB",)),
        Outcome("rollup", "the slowest query of the public views", "", f"under {QUERY_MS} ms", "ms", (queries[slowest],),
                queries[slowest] < QUERY_MS, (f"slowest: {slowest}; whole histories, every row fetched: {whole}",)),
    ]  # fmt: skip


def make(organisations: int, messages: int, rounds: int) -> dict[str, Any]:
    """Fill a database with rows, make the roll-up some times, and time the queries."""
    with ours.TemporaryDirectory() as folder, sqlite_database(ours.Path(folder) / "views.db") as store:
        views.schema.upgrade(store.engine)
        views.fill(store, organisations, messages)
        seconds, size, gathering, cpu = [], 0, 0.0, 0.0
        for _ in range(rounds + 1):
            begun, on_processor = time.perf_counter(), time.thread_time()
            with store.reading() as session:
                facts = gather(session, CAMPAIGN, DEADLINE - timedelta(hours=1), DEADLINE.tzinfo, None)
            gathering = time.perf_counter() - begun
            size = len(compose(facts).workbook)
            seconds.append(time.perf_counter() - begun)
            cpu = time.thread_time() - on_processor
        measured = list(views.measure(store, explain=False))
    return {
        "seconds": seconds[1:],
        "gather": gathering,
        "cpu": cpu,
        "kilobytes": size / 1000,
        "queries": {each.name: each.promised * 1000 for each in measured},
        "whole": {each.name: each.whole * 1000 for each in measured},
    }
