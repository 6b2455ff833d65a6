"""`mailbot reread`: read again what is stored."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.reading.read import READER_VERSION
from mailbot.store.reading_queue import backlog, requeue
from mailbot.store.retention import without_bytes

SHOWN = 20
"""How many numbers of messages are named in a line."""


@click.command("reread")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
@click.option("--outdated", is_flag=True, help=f"Только прочтённые не этой версией чтения ({READER_VERSION}).")
@with_config()
@with_debug
def command(numbers: tuple[int, ...], outdated: bool, config: Path) -> Exit:
    """Прочесть заново все письма базы или те, чьи номера даны; решения человека остаются в силе."""
    with jobs(config) as made:
        with made.sessions.begin() as session:
            again = requeue(session, numbers or None, unless_reader=READER_VERSION if outdated else None)
            purged = without_bytes(session, numbers or None, READER_VERSION if outdated else None)
            waiting = backlog(session).messages
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("Чтение", total=waiting)
            reader = made.reader(lambda count: progress.advance(bar, count))
            try:
                reader.read_waiting()
            finally:
                reader.close()
    click.echo(f"прочтено заново: {again}")
    if purged:
        shown = ", ".join(map(str, purged[:SHOWN])) + ("…" if len(purged) > SHOWN else "")
        click.echo(
            f"mailbot: срок хранения исходного текста истёк, прочесть заново нельзя: {len(purged)} ({shown})", err=True
        )
    return Exit.OK
