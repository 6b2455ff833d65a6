"""`mailbot status`: how things stand, for people and (by the exit code) for monitors."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.store.schema import require_head


@click.command("status")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Показать, как идут дела; код возврата 6, если что-то не так."""
    with jobs(config, prepare=False) as made:
        require_head(made.engine)
        with made.reading_sessions() as session:
            lines = made.judge().lines(session)
    for line in lines:
        click.echo(f"{'  ' if line.good else '! '}{line.text}")
    return Exit.OK if all(line.good for line in lines) else Exit.UNHEALTHY
