"""`make soak`: an hour of a real service, a message each second, IDLE on.

    python -m tests.soak [--minutes 60] [--every 1.0] [--seed 1] [--database sqlite]

Exit code 1 where a message is lost, twice or unread, the log tells of errors, or something that it holds grows.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.soak.report import MEGABYTE, show
from tests.soak.run import Plan, soak
from tests.soak.samples import Sample


def main() -> int:
    """Run, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two messages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    arguments = parser.parse_args()
    console = Console()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[held]}"),
    )  # fmt: skip
    messages = max(2, round(arguments.minutes * 60 / arguments.every))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("messages", total=messages, held="")

        def step(count: int, newest: Sample) -> None:
            held = f"{newest.main_bytes / MEGABYTE:.0f} MB, {newest.files} files, {newest.threads} threads"
            progress.update(task, completed=count, held=held)

        seen = soak(Plan(messages, arguments.every, arguments.seed, arguments.database, step))
    return int(bool(show(seen, console)))


if __name__ == "__main__":
    sys.exit(main())
