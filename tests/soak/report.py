"""The tables that a soak prints, and the short line."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from mailbot.reading.sandbox import RECYCLE_BYTES
from tests.soak.run import Soak
from tests.soak.samples import Sample
from tests.soak.trend import CRITERION, HOUR, Trend, trend

MEGABYTE = 1024 * 1024
SPARE = 1.5
"""What the process for attachments may exceed its bound by, which is looked at after each task."""
MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
READER = "process for attachments, MB"
SERIES: tuple[tuple[str, Callable[[Sample], float]], ...] = (
    ("main process, MB", lambda one: one.main_bytes / MEGABYTE),
    (READER, lambda one: (one.all_bytes - one.main_bytes) / MEGABYTE),
    ("open files", lambda one: one.files),
    ("threads", lambda one: one.threads),
    ("processes", lambda one: one.processes),
)


def trends(samples: Sequence[Sample]) -> dict[str, Trend]:
    """The trend of each series, by its name."""
    times = [one.seconds for one in samples]
    return {name: trend(times, [value(one) for one in samples]) for name, value in SERIES}


def show(seen: Soak, console: Console) -> list[str]:
    """Print the tables and the short line; returns what is not as it must be."""
    found = trends(seen.samples)
    rising = [f"not flat: {name}" for name, each in found.items() if not holds(name, each)]
    console.print(_held(seen.samples, found))
    console.print(CRITERION, markup=False, highlight=False)
    console.print(_latencies(seen))
    wrong = [*seen.reckoning.broken, *rising]
    for line in wrong:
        console.print(f"  {line}", style="red", markup=False)
    console.print(_line(seen, found, wrong), soft_wrap=True, markup=False, highlight=False)
    return wrong


def holds(name: str, each: Trend) -> bool:
    """Whether it is flat; the process for attachments is not, but replaced when it has grown beyond its bound."""
    return each.largest * MEGABYTE < RECYCLE_BYTES * SPARE if name == READER else each.is_flat is not False


def _held(samples: Sequence[Sample], found: dict[str, Trend]) -> Table:
    """What the service held, at some moments; and over the second half its mean, the most, and the rise."""
    table = Table(title="what the service held")
    table.add_column("")
    for moment in MOMENTS:
        table.add_column(
            f"{samples[-1].seconds * moment / 60:.{0 if samples[-1].seconds >= HOUR / 2 else 1}f} min", justify="right"
        )
    for name in ("mean", "most", "an hour", "flat"):
        table.add_column(name, justify="right")
    for name, value in SERIES:
        at = [samples[round(moment * (len(samples) - 1))] for moment in MOMENTS]
        each = found[name]
        flat = {True: "yes", False: "NO", None: "short"}[each.is_flat]
        if name == READER and holds(name, each):
            flat = "bounded"
        table.add_row(
            name,
            *(f"{value(one):.0f}" for one in at),
            f"{each.mean:.1f}",
            f"{each.largest:.0f}",
            f"{each.an_hour:+.1f}",
            flat,
        )
    return table


def _latencies(seen: Soak) -> Table:
    table = Table(title="milliseconds from the delivery")
    for name in ("until", "messages", "median", "99th percentile", "most"):
        table.add_column(name, justify="left" if name == "until" else "right")
    for name, values in (
        ("the server tells a bystander who idles", seen.told),
        ("the row is committed", seen.reckoning.landed),
        ("it is read, its figures committed", seen.reckoning.read),
    ):
        table.add_row(name, str(len(values)), *(f"{number * 1000:.0f}" for number in _summary(values)))
    return table


def _summary(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, 99th percentile, maximum."""
    return statistics.median(values), statistics.quantiles(values, n=100, method="inclusive")[98], max(values)


def _line(seen: Soak, found: dict[str, Trend], wrong: Sequence[str]) -> str:
    main = found[SERIES[0][0]]
    middle, late, _ = _summary(seen.reckoning.landed)
    statuses = ", ".join(f"{status} {count}" for status, count in sorted(seen.reckoning.statuses.items()))
    return (
        f"{len(seen.delivered)} messages in {seen.samples[-1].seconds / 60:.1f} min ({statuses}): "
        f"row after {middle * 1000:.0f} ms (median), {late * 1000:.0f} ms (99th percentile); "
        f"main process {main.mean:.0f} MB, {main.an_hour:+.1f} MB an hour; {len(wrong)} promises broken"
    )
