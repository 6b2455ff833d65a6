"""`make chaos`: many faults, in one bounded run, and what came of them.

    python -m tests.chaos [--seed 1] [--faults 1000] [--minutes 25]

Exit code 1 where a promise was broken, or fewer faults took effect than asked for.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mailbot import log
from tests.chaos.kills import POINTS, kills
from tests.chaos.rig import rig
from tests.chaos.servers import SetUp
from tests.chaos.tally import Tally

IMAP = ("imap", "imap+smtp", "smtp", "imap")
SQLITE = (*IMAP, "disk")
POSTGRES = ("postgres", "postgres+imap", "smtp", "postgres+smtp+imap", "restart postgres", "imap+smtp")
PARTS: tuple[tuple[SetUp, tuple[str, ...], float], ...] = (
    (SetUp("dovecot", "sqlite"), (*SQLITE, "restart imap"), 0.17),
    (SetUp("dovecot", "postgres"), (*POSTGRES, "restart imap"), 0.27),
    (SetUp("dovecot", "sqlite", plain=True), SQLITE, 0.13),
    (SetUp("yandex", "postgres"), (*POSTGRES, "restart imap"), 0.19),
    (SetUp("pymap", "sqlite", plain=True), SQLITE, 0.09),
    (SetUp("pymap", "postgres", plain=True), POSTGRES, 0.10),
)
"""Each set-up with what its rounds bring, in turn, and its share of the faults. The rest are kills."""
RANDOM_KILLS = 4


def main() -> int:
    """Run, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=25)
    arguments = parser.parse_args()
    log.set_up("critical", "text")
    console = Console()
    tally = Tally(arguments.seed)
    end = time.monotonic() + arguments.minutes * 60
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("faults", total=arguments.faults)

        def tell(part: object, now: Tally) -> None:
            progress.update(task, completed=tally.total + now.total, description=f"faults ({part})")

        tally.add(_kill(arguments, end, tell))
        for number, (set_up, brings, share) in enumerate(PARTS):
            with rig(set_up, arguments.seed * 1000 + number) as made:
                turn = 0
                while made.tally.total < share * arguments.faults and time.monotonic() < end:
                    made.round(brings[turn % len(brings)])
                    turn += 1
                    tell(set_up, made.tally)
                tally.add(made.tally)
    tally.show(console)
    if tally.total < arguments.faults:
        console.print(f"only {tally.total} of {arguments.faults} faults in {arguments.minutes} minutes", style="red")
    return int(bool(tally.broken) or tally.total < arguments.faults)


def _kill(arguments: argparse.Namespace, end: float, tell: Callable[[object, Tally], None]) -> Tally:
    """Every named point on both databases once, and some random times."""
    few = arguments.faults < 500
    with kills(arguments.seed) as made:
        lives = [(kind, point) for point in POINTS for kind in ("sqlite", "postgres")]
        lives += [(kind, "") for kind in ("sqlite", "postgres")] * RANDOM_KILLS
        for kind, point in lives[:: 6 if few else 1]:
            if time.monotonic() < end:
                made.life(kind, point)
                tell("kill -9", made.tally)
        return made.tally


if __name__ == "__main__":
    sys.exit(main())
