"""`mailbot rollup`: look at the roll-up, or send one now."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.rollup.compose import RollupMail
from mailbot.rollup.queue import preview as preview_of
from mailbot.rollup.queue import queue_extra


@click.group("rollup")
def command() -> None:
    """Сводка: посмотреть или отправить."""


@command.command("preview")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("rollup"), show_default=True,
    help="Куда записать HTML, текст и книгу Excel.",
)  # fmt: skip
@click.option("--open", "show", is_flag=True, help="Открыть HTML в браузере.")
@with_config()
@with_debug
def preview(folder: Path, show: bool, config: Path) -> Exit:
    """Записать сводку, какой она была бы сейчас. Ничего не отправляет и не отмечает в базе."""
    with jobs(config) as made:
        _, mail = preview_of(made.reporting, made.clock())
    page = _write(mail, folder)
    click.echo(f"{mail.subject}\n{page.resolve()}")
    if show:
        click.launch(page.resolve().as_uri())
    return Exit.OK


@command.command("send")
@with_config()
@with_debug
def send(config: Path) -> Exit:
    """Поставить в очередь и отправить внеочередную сводку; ежедневная уйдёт своим чередом."""
    with jobs(config) as made:
        queue_extra(made.reporting, made.clock())
        result = made.deliver()
    click.echo(f"отправлено: {result.sent}, отложено: {result.put_off}, отвергнуто: {result.refused}")
    for problem in result.problems:
        click.echo(f"mailbot: {problem}", err=True)
    return Exit.SERVER if result.problems else Exit.OK


def _write(mail: RollupMail, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "rollup.html"
    page.write_text(mail.html, encoding="utf-8")
    (folder / "rollup.txt").write_text(mail.text, encoding="utf-8")
    (folder / mail.workbook_name).write_bytes(mail.workbook)
    return page
