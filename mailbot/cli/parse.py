"""`mailbot parse`: what would be taken from these files? No database, no network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.progress import track

from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.cli.reading import Reading, Task, readings
from mailbot.cli.shown import answers_table, explained, json_line
from mailbot.config.load import load_for_reading


@click.command("parse")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "style", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Сколько процессов читают.")
@click.option("--explain", is_flag=True, help="Для каждого числа — чем оно сочтено и почему, и где стоит.")
@with_config(required=False)
@with_debug
def command(
    paths: tuple[Path, ...], style: Literal["table", "jsonl"], jobs: int, explain: bool, config: Path | None
) -> Exit:
    """Прочесть файлы .eml или папки с ними и показать, что было бы взято; результаты идут в порядке файлов.

    Без настроек читает для встроенной кампании.
    """
    files = list(_files(paths))
    task = Task(*load_for_reading(config))
    results = track(
        readings(task, files, jobs),
        description="Чтение",
        total=len(files),
        console=Console(stderr=True),
        disable=len(files) == 1,
    )
    if explain:
        return _show_explained(results)
    return _show_lines(results) if style == "jsonl" else _show_table(results)


def _show_explained(results: Iterable[Reading]) -> Exit:
    code = Exit.OK
    for reading in results:
        Console().print(explained(reading.file, reading.interpretation))
        code = max(code, _complain(reading))
    return code


def _show_lines(results: Iterable[Reading]) -> Exit:
    code = Exit.OK
    for reading in results:
        click.echo(json_line(reading.file, reading.interpretation))
        code = max(code, _complain(reading))
    return code


def _show_table(results: Iterable[Reading]) -> Exit:
    done = list(results)
    Console().print(answers_table([(reading.file, reading.interpretation) for reading in done]))
    return max((_complain(reading) for reading in done), default=Exit.OK)


def _complain(reading: Reading) -> Exit:
    if reading.error:
        click.echo(f"mailbot: {reading.file}: {reading.error}", err=True)
        return Exit.FAULT
    return Exit.OK


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as given, and all .eml files of folders in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() == ".eml" and file.is_file())
        else:
            yield path
