"""`mailbot db`: the database's schema."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.store import schema


@click.group("db")
def command() -> None:
    """База данных: обновить схему, проверить."""


@command.command("upgrade")
@with_config()
@with_debug
def upgrade(config: Path) -> Exit:
    """Создать схему или довести её до нужной версии; данные остаются на месте."""
    with jobs(config, prepare=False) as made:
        before = schema.current(made.engine)
        schema.upgrade(made.engine)
        made.prepare()
        click.echo(f"схема: {before or 'пусто'} -> {schema.current(made.engine)}")
    return Exit.OK


@command.command("check")
@with_config()
@with_debug
def check(config: Path) -> Exit:
    """Проверить, что схема та, которая нужна этой версии; неполадки по одной в строке."""
    with jobs(config, prepare=False) as made:
        problems = schema.check(made.engine)
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo("схема в порядке")
    return Exit.UNHEALTHY if problems else Exit.OK
