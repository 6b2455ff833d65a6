"""`mailbot export`: the public views as files."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.store import schema
from mailbot.store.export import export_csv, export_xlsx
from mailbot.store.views import VIEW_NAMES


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--view", "names", multiple=True, type=click.Choice(VIEW_NAMES), help="Только это; можно указать несколько раз."
)
@with_config()
@with_debug
def command(target: Path, names: tuple[str, ...], config: Path) -> Exit:
    """Выгрузить представления базы в TARGET: книгу Excel («цифры.xlsx») или папку файлов CSV."""
    with jobs(config, prepare=False) as made:
        schema.require_head(made.engine)
        with made.reading_sessions() as session:
            if target.suffix.lower() == ".xlsx":
                files = [export_xlsx(session, target, names or VIEW_NAMES, made.settings.zone)]
            else:
                target.mkdir(parents=True, exist_ok=True)
                files = export_csv(session, target, names or VIEW_NAMES)
    for file in files:
        click.echo(str(file))
    return Exit.OK
