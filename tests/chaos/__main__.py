"""`make chaos`: many faults, in one bounded run, and what came of them.

    python -m tests.chaos [--seed 1] [--faults 1000] [--minutes 25] [--processes 2]

Exit code 1 where a promise was broken, or fewer faults took effect than asked for.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from queue import Empty, Queue

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.parts import KILLED, PARTS, run_kills, run_part
from tests.chaos.tally import Tally


def main() -> int:
    """Run, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    console, tally = Console(), Tally(arguments.seed)
    started = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(arguments.processes, spawn) as pool:
        told: Queue[tuple[str, int]] = manager.Queue()
        end = time.time() + arguments.minutes * 60
        futures = {pool.submit(run_kills, arguments.seed, arguments.faults, end, told): KILLED}
        for number, (set_up, _, _) in enumerate(PARTS):
            futures[pool.submit(run_part, arguments.seed, number, arguments.faults, end, told)] = str(set_up)
        for name, part in _finished(console, futures, told, arguments.faults):
            console.print(f"{name}: {part.total} faults, {len(part.broken)} promises broken")
            tally.add(part)
    tally.show(console)
    console.print(f"{time.monotonic() - started:.0f} seconds")
    if tally.total < arguments.faults:
        console.print(f"only {tally.total} of {arguments.faults} faults in {arguments.minutes} minutes", style="red")
    return int(bool(tally.broken) or tally.total < arguments.faults)


def _finished(
    console: Console, futures: dict[Future[Tally], str], told: Queue[tuple[str, int]], goal: int
) -> Iterator[tuple[str, Tally]]:
    """The parts as they end, with a progress bar meanwhile."""
    counts: dict[str, int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("faults", total=goal)
        open_ones = set(futures)
        while open_ones:
            ended, open_ones = wait(open_ones, timeout=0.5)
            counts |= dict(_told(told))
            progress.update(task, completed=sum(counts.values()))
            for future in ended:
                yield futures[future], future.result()


def _told(queue: Queue[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


if __name__ == "__main__":
    sys.exit(main())
