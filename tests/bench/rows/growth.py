"""Growth: what a message costs when 100,000 are in the database, against when 1,000 are; and bytes on disk."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mailbot.store import schema
from tests.bench import mixture, ours, views
from tests.bench.measure import Outcome, Stopwatch, in_turn, median_of, ratios, run
from tests.bench.plan import Plan
from tests.servers.databases import opened, sqlite_database

MORE = 200


def measure(plan: Plan) -> list[Outcome]:
    """Throughput at the large size as a share of that at the small one, by CPU and by the wall."""
    sizes, more = (plan.scaled(1_000), plan.scaled(100_000)), plan.scaled(MORE)
    with TemporaryDirectory() as folder:
        paths = [f"{folder}/{size}.db" for size in sizes]
        for size, path in zip(sizes, paths, strict=True):
            run("tests.bench.rows.growth:prepare", path=path, messages=size)
            plan.step()
        small, large = (partial(run, "tests.bench.rows.growth:add", path=path, count=more) for path in paths)
        at_small, at_large = in_turn(plan.rounds, plan.step, small, large)
    disk = run("tests.bench.rows.growth:weigh", count=plan.scaled(1_000))
    plan.step()
    by_cpu = ratios(at_small, at_large, "cpu")
    by_wall = ratios(at_small, at_large, "wall")
    wall = sorted(by_wall)[len(by_wall) // 2]
    costs = [median_of(samples, "cpu") / more * 1000 for samples in (at_small, at_large)]
    return [
        Outcome("growth", f"throughput (by CPU) with {sizes[1]:,} messages stored: .xlsx replies, landed to committed rows",
                f"the same with {sizes[0]:,}", "at least 0.9", "x", by_cpu, sorted(by_cpu)[len(by_cpu) // 2] >= 0.9,
                (f"{costs[0]:.1f} and {costs[1]:.1f} ms of CPU a message; by the wall the ratio is {wall:.2f}",)),
        Outcome("growth", "database size for each mixed message (SQLite)", "", "reported", "kB",
                (disk["kilobytes"],), None, (f"the messages themselves are {disk['raw']:.1f} kB on average",)),
    ]  # fmt: skip


def prepare(path: str, messages: int) -> dict[str, Any]:
    """A database with so many replies of 4,000 organisations, as rows."""
    with sqlite_database(Path(path)) as store:
        schema.upgrade(store.engine)
        views.fill(store, min(4_000, messages), messages)
    with ours.database(path):
        return {}


def add(path: str, count: int) -> dict[str, Any]:
    """Land and read `count` more replies in a copy of the database."""
    with TemporaryDirectory() as folder:
        copy = shutil.copy(path, folder)
        ours.quiet()
        mails = list(mixture.replies(count + 20, seed=7))
        with opened(f"sqlite:///{copy}") as store:
            reader = ours.reader(store)
            ours.put(store, mails[:20], 1_000_000)
            reader.read_waiting()  # everything is loaded now
            watch = Stopwatch()
            ours.put(store, mails[20:], 2_000_000)
            read = reader.read_waiting()
            reader.close()
            return watch.stop(read=read)


def weigh(count: int) -> dict[str, Any]:
    """The size of a database with mixed messages, landed and read by nobody."""
    with TemporaryDirectory() as folder, ours.database(f"{folder}/size.db") as store:
        empty = _bytes(folder)
        mails = list(mixture.mixed(count))
        for start in range(0, count, 100):
            ours.put(store, mails[start : start + 100], start + 1)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
        return {"kilobytes": (_bytes(folder) - empty) / count / 1000, "raw": sum(map(len, mails)) / count / 1000}


def _bytes(folder: str) -> int:
    """Bytes of the database's own file; the write-ahead log is folded in as it grows, and is not counted."""
    return Path(folder, "size.db").stat().st_size
