"""`mailbot demo`: everything, on a throwaway mailbox."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import configured, service_settings
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_debug

_MISSING = "для показа нужны пакеты дополнения demo: pip install 'mailbot[demo]' (не найден {name})"


@click.command("demo")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Куда сложить базу и сводку.")
@with_debug
def command(folder: Path | None) -> Exit:
    """Запустить на этом компьютере временный почтовый сервер с ответами-примерами и пройти весь путь до сводки."""
    from mailbot.demo.errors import DemoError  # noqa: PLC0415 - needs the packages of the extra «demo»
    from mailbot.demo.story import run  # noqa: PLC0415

    try:
        run(folder or Path("demo-output"), lambda path: service_settings(configured(path)))
    except ModuleNotFoundError as error:
        click.echo(f"mailbot: {_MISSING.format(name=error.name)}", err=True)
        return Exit.FAULT
    except DemoError as error:
        click.echo(f"mailbot: {error}", err=True)
        return Exit.SERVER
    return Exit.OK
