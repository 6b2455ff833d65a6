"""Measure what the project promises of its speed, and write docs/benchmarks.md.

    python -m tests.bench [ROW ...] [--rounds 5] [--scale 1]

Rows are measured in the order of the report; without names, all are. A small scale gives a quick look, and writes
nothing. Peers are installed into venvs of their own under .venv-peers, where pip can reach a registry.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mailbot.clock import now
from tests.bench import peers, report
from tests.bench.measure import Outcome, waiting_share
from tests.bench.plan import Plan
from tests.bench.rows import MEASURES

PEERS = Path(__file__).parents[2] / ".venv-peers"


def main() -> int:
    """Run the rows asked for; 1 where one of them could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(MEASURES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    if unknown := set(given.rows) - MEASURES.keys():
        parser.error(f"no rows {sorted(unknown)}; there are {', '.join(MEASURES)}")
    console = Console(stderr=True)
    rows = given.rows or list(MEASURES)
    if "whole" in rows:
        for name in peers.NEEDS:
            if problem := peers.install(PEERS, name):
                console.print(problem)
    failed = False
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} runs"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for row in rows:
            bar = progress.add_task(row, total=None)
            plan = Plan(given.rounds, given.scale, lambda bar=bar: progress.advance(bar), PEERS)
            try:
                outcomes = MEASURES[row](plan)
            except Exception as error:  # noqa: BLE001 - a row that fails is told, and the others are measured
                console.print(f"{row}: {type(error).__name__}: {error}", markup=False)
                failed = True
                continue
            finally:
                progress.stop_task(bar)
            progress.console.print(_table(outcomes))
            if given.scale == 1:  # row by row: an interrupted run keeps what it has measured
                for line in report.write(outcomes, now(), waiting_share()):
                    progress.console.print(line, markup=False)
    return int(failed)


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("what", "target", "median", "", show_header=False)
    for line in report.summary(outcomes):
        table.add_row(*line)
    return table


if __name__ == "__main__":
    sys.exit(main())
