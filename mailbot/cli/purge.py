"""`mailbot purge`: remove what was kept for long enough; the service does the same once a day."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Ничего не удалять: только сказать, сколько было бы удалено.")
@with_config()
@with_debug
def command(dry_run: bool, config: Path) -> Exit:
    """Удалить исходный текст писем и личные данные, чей срок хранения истёк ([retention] в настройках)."""
    with jobs(config) as made:
        if not made.settings.retention.is_on:
            click.echo("сроки хранения не заданы ([retention] в настройках): ничего не удаляется")
            return Exit.OK
        purger = made.purger()
        found = purger.overdue() if dry_run else purger.purge()
    verb = "было бы удалено" if dry_run else "удалено"
    click.echo(
        f"{verb}: исходный текст писем {found.raw}, личные данные писем {found.personal}, тексты отправленных {found.sent}"
    )
    if found.waiting:
        click.echo(f"срок истёк, но ждут чтения или решения человека: {found.waiting}")
    return Exit.OK
