"""`make chaos`: a thousand faults and more, and whether anything was lost, doubled or read otherwise for them."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from mailbot import log
from tests.chaos.run import WORLDS, databases, run_world
from tests.chaos.world import Tally


def main() -> int:
    """Run the worlds one after another; 1 where a promise was broken."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--faults", type=int, default=1000, help="how many must happen, in all worlds together")
    arguments.add_argument("--seed", type=int, default=2021)
    given = arguments.parse_args()
    log.set_up("critical", "text")
    share = -(-given.faults // len(WORLDS))
    tally, started = Tally(), time.monotonic()
    console = Console(stderr=True)
    with databases() as where, Progress(console=console) as progress:
        for name, make in WORLDS.items():
            bar = progress.add_task(name, total=share)

            tally += run_world(make, given.seed, share, where, partial(show_progress, progress, bar, name))
    show(tally, given.seed, time.monotonic() - started)
    return 1 if tally.broken or tally.lost or tally.twice else 0


def show_progress(progress: Progress, bar: TaskID, name: str, tally: Tally) -> None:
    """How far a world is."""
    progress.update(bar, completed=tally.faults.total(), description=f"{name}, {tally.delivered} mails")


def show(tally: Tally, seed: int, seconds: float) -> None:
    """The faults by kind, and what came of them."""
    table = Table("fault", "happened", title=f"seed {seed}, {seconds:.0f} s")
    for kind, count in sorted(tally.faults.items()):
        table.add_row(kind, str(count))
    table.add_row("all", str(tally.faults.total()), style="bold")
    Console().print(table)
    sys.stdout.write(
        f"{tally.faults.total()} faults; {tally.delivered} mails delivered: {tally.lost} lost, {tally.twice} twice; "
        f"{tally.rollups} roll-ups; {len(tally.broken)} promises broken\n"
    )
    sys.stdout.writelines(f"- {sentence}\n" for sentence in tally.broken)


if __name__ == "__main__":
    sys.exit(main())
