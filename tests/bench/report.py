"""docs/benchmarks.md from the outcomes, compared with the last run, whose figures lie beside it as JSON."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sqlite3
import ssl
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.measure import Outcome

FOLDER = Path(__file__).parents[2] / "docs"
PAGE, FIGURES = FOLDER / "benchmarks.md", FOLDER / "benchmarks.json"
LIBRARIES = ("SQLAlchemy", "imap-tools", "python-calamine", "openpyxl", "pydantic", "opencv-python-headless")
NOISY_PERCENT = 20
HEAD = "# Benchmarks\n\nWritten by `make bench`; do not edit. What each row does, and how, stands in `tests/bench/rows/`.\n"
EXPLAINED = """
Things compared run in turn, each in a fresh process, and each pair gives a ratio; the figure that counts is the median.
Client and server share the machine, so a rate over IMAPS is that of both together. A row with another date was not
measured in the last run; its figures are those of its date.
"""


def write(outcomes: Sequence[Outcome], moment: datetime, waiting: float | None) -> list[str]:
    """Write the page and the figures; rows not measured now stay as they were. Returns lines that say what changed."""
    before = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else []
    now = [_record(outcome, moment, waiting) for outcome in outcomes]
    measured = {record["row"] for record in now}
    kept = [record for record in before if record["row"] not in measured]
    records = sorted([*kept, *now], key=_place)
    compared = list(_compared(before, now))
    FIGURES.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(_page(records, compared, moment), encoding="utf-8")
    return compared


def shown(value: float) -> str:
    """Three significant figures, and no more."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _place(record: dict[str, Any]) -> int:
    from tests.bench.rows import MEASURES  # noqa: PLC0415 - the rows need nothing of the report

    return [*MEASURES].index(record["row"])


def _record(outcome: Outcome, moment: datetime, waiting: float | None) -> dict[str, Any]:
    values = {"low": min(outcome.values), "median": outcome.median, "high": max(outcome.values)}
    record = {key: value for key, value in asdict(outcome).items() if key != "values"}
    return (
        record
        | values
        | {"samples": len(outcome.values), "measured": moment.isoformat("T", "minutes"), "waiting": waiting}
    )


def _compared(before: Iterable[dict[str, Any]], now: Iterable[dict[str, Any]]) -> Iterable[str]:
    old = {(record["row"], record["target"], record["unit"], record["yardstick"]): record for record in before}
    for record in now:
        last = old.get((record["row"], record["target"], record["unit"], record["yardstick"]))
        if last is not None:
            changed = f"{shown(last['median'])} -> {shown(record['median'])} {record['unit']}".strip()
            yield f"{record['row']}: {record['what']}: {changed}"


def _page(records: Sequence[dict[str, Any]], compared: Sequence[str], moment: datetime) -> str:
    lines = [HEAD, f"Last run: {moment:%Y-%m-%d %H:%M} UTC. {machine()}.", EXPLAINED]
    lines += ["| what | against | target | measured: min / median / max | met | on |", "|---|---|---|---|---|---|"]
    for each in records:
        unit = f" {each['unit']}" if each["unit"] else ""
        values = " / ".join(shown(each[key]) for key in ("low", "median", "high"))
        met = {True: "yes", False: "**no**", None: "–"}[each["met"]]
        lines.append(
            f"| {each['what']} | {each['yardstick'] or '–'} | {each['target'] or '–'} | {values}{unit} | {met} | {each['measured'][:10]} |"
        )
    lines += ["", "## What bounds it", ""]
    lines += [f"- {each['row']}: {note}." for each in records for note in each["notes"]]
    lines += [f"- {note}" for note in _noise(records)]
    if compared:
        lines += ["", "## Against the run before", "", *(f"- {line}" for line in compared)]
    return "\n".join(lines) + "\n"


def _noise(records: Iterable[dict[str, Any]]) -> Iterable[str]:
    noisy = sorted({each["row"] for each in records if (each["waiting"] or 0) > NOISY_PERCENT})
    if noisy:
        yield (
            f"The machine was shared while these were measured ({', '.join(noisy)}): over {NOISY_PERCENT} % of the time "
            "some task waited for a processor. Their times by the wall say little; ratios and CPU say more."
        )


def machine() -> str:
    """Processor, memory and versions in a line."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    memory = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1]) / 2**20
    dovecot = subprocess.run(["/usr/sbin/dovecot", "--version"], capture_output=True, text=True, check=False).stdout
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{info.count('processor')} cores ({model}), {memory:.0f} GiB, Linux {platform.release()}; Python "
        f"{platform.python_version()} ({ssl.OPENSSL_VERSION}); SQLite {sqlite3.sqlite_version}; Dovecot "
        f"{(dovecot.split() or ['?'])[0]}; {libraries}"
    )


def summary(outcomes: Sequence[Outcome]) -> Iterable[tuple[str, str, str, str]]:
    """What, target, median and whether met, for the terminal."""
    for each in outcomes:
        met = {True: "met", False: "NOT MET", None: ""}[each.met]
        yield each.what, each.target, f"{shown(statistics.median(each.values))} {each.unit}".strip(), met
