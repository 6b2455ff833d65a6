"""`mailbot poll`: receive and read once."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.inbox.errors import InboxError
from mailbot.service.jobs import Jobs


@click.command("poll")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Один раз получить новые письма из всех ящиков и прочесть всё, что ждёт чтения. Сводку не отправляет."""
    with jobs(config) as made:
        code = max((_receive(made, number) for number in range(len(made.settings.mailboxes))), default=Exit.OK)
        reader = made.reader()
        try:
            read = reader.read_waiting()
        finally:
            reader.close()
    click.echo(f"прочтено писем: {read}")
    return code


def _receive(made: Jobs, number: int) -> Exit:
    """One mailbox; a failure is told, and the others are polled all the same."""
    receiving = made.receiving(made.settings.mailboxes[number])
    name = receiving.receiver.settings.name
    try:
        result = receiving.poll()
    except InboxError as error:
        made.health.failed(receiving.component, str(error))
        click.echo(f"mailbot: {name}: {error}", err=True)
        return Exit.SERVER
    finally:
        receiving.receiver.close()
    click.echo(f"{name}: новых писем {result.landed}, копий известных {result.duplicates}")
    for problem in result.problems:
        click.echo(f"mailbot: {name}: {problem}", err=True)
    return Exit.FAULT if result.problems else Exit.OK
