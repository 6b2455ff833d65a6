"""`mailbot demo`: everything, on a throwaway mailbox."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.options import with_debug


@click.command("demo")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Куда сложить базу и сводку.")
@with_debug
def command(folder: Path | None) -> None:
    """Запустить на этом компьютере временный почтовый сервер с ответами-примерами и пройти весь путь до сводки."""
    from mailbot.demo import run  # noqa: PLC0415 - needs the packages of the extra «demo»

    run(folder)
