"""`mailbot db`: the database's schema."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.clock import now
from mailbot.config.load import load_for_reading
from mailbot.config.secrets import read_secret
from mailbot.config.sources import environment
from mailbot.store import schema
from mailbot.store.backup import backup, restore
from mailbot.store.docs import describe
from mailbot.store.readers import grant_reader
from mailbot.store.views import fields_of


@click.group("db")
def command() -> None:
    """База данных: обновить схему, проверить, описать, скопировать, восстановить, открыть для чтения."""


@command.command("upgrade")
@with_config()
@with_debug
def upgrade(config: Path) -> Exit:
    """Создать схему или довести её до нужной версии; данные остаются на месте."""
    with jobs(config, prepare=False) as made:
        before = schema.current(made.engine)
        made.upgrade()
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


@command.command("docs")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("docs/database.md"))
@click.option("--check", "compare", is_flag=True, help="Не записывать: сказать, отстал ли файл от схемы.")
@with_config(required=False)
@with_debug
def docs(file: Path, compare: bool, config: Path | None) -> Exit:
    """Описать таблицы и представления в файле Markdown (для полей из настроек, без них — из письма-примера)."""
    campaign, _, _ = load_for_reading(config)
    page = describe(fields_of(campaign))
    if not compare:
        file.write_text(page, encoding="utf-8")
        click.echo(str(file))
        return Exit.OK
    if file.exists() and file.read_text(encoding="utf-8") == page:
        return Exit.OK
    click.echo(f"mailbot: {file} отстал от схемы: запустите «mailbot db docs»", err=True)
    return Exit.UNHEALTHY


@command.command("grant-reader")
@click.argument("name")
@click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Файл с паролем новой роли; без него роль входит так, как настроен сервер.",
)  # fmt: skip
@with_config()
@with_debug
def grant(name: str, password_file: Path | None, config: Path) -> Exit:
    """Дать роли NAME в Postgres читать представления, и ничего больше; роль, которой нет, создаётся."""
    password = None if password_file is None else read_secret(password_file).get_secret_value()
    with jobs(config, prepare=False) as made:
        schema.require_head(made.engine)
        is_new = grant_reader(made.engine, name, password)
    click.echo(f"роль «{name}» {'создана и ' if is_new else ''}читает представления")
    return Exit.OK


@command.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@with_config()
@with_debug
def make_backup(target: Path, config: Path) -> Exit:
    """Скопировать базу в новый файл TARGET; служба может работать. PostgreSQL: нужен pg_dump."""
    with jobs(config, prepare=False) as made:
        schema.require_head(made.engine)
        backup(made.engine, target, environment())
    click.echo(f"{target}: {target.stat().st_size / 1e6:.1f} МБ")
    return Exit.OK


@command.command("restore")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@with_config()
@with_debug
def bring_back(source: Path, config: Path) -> Exit:
    """Восстановить копию SOURCE в пустую базу; служба должна стоять. PostgreSQL: нужен pg_restore."""
    with jobs(config, prepare=False) as made:
        restore(made.engine, source, now(), environment())
        click.echo(f"восстановлено, схема {schema.current(made.engine)}; запускайте службу: она дочитает остальное")
    return Exit.OK
