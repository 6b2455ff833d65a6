"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def with_config(*, required: bool = True) -> Decorator:
    """The configuration's path as the argument `config` (a Path; None where it may be left out and was)."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="MAILBOT_CONFIG",
        default=Path("config.toml") if required else None,
        show_default=required,
        help="Файл настроек.",
    )


def with_debug(command: Callable[..., Any]) -> Callable[..., Any]:
    """Accept --debug; `mailbot.cli.main` looks for it itself, since it deals with what the command raises."""
    option = click.option("--debug", is_flag=True, expose_value=False, help="При ошибке показать трассировку.")
    return option(command)
