"""An error that reached the top, as one line on stderr and an exit code."""

from __future__ import annotations

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mailbot.cli.exits import Exit
from mailbot.config import ConfigError
from mailbot.inbox.errors import InboxError
from mailbot.outbox.errors import SendError
from mailbot.service.lead import AlreadyRunningError
from mailbot.store.backup import BackupError
from mailbot.store.schema import SchemaError


def tell(error: Exception) -> Exit:
    """Write the error's line (or lines, for a configuration) and return the exit code."""
    lines, code = _described(error)
    for line in lines:
        click.echo(f"mailbot: {line}", err=True)
    return code


def _described(error: Exception) -> tuple[list[str], Exit]:
    if isinstance(error, ConfigError):
        return error.lines, Exit.CONFIGURATION
    if isinstance(error, (InboxError, SendError)):
        return [str(error)], Exit.SERVER
    if isinstance(error, (SchemaError, BackupError, AlreadyRunningError)):
        return [str(error)], Exit.DATABASE
    if isinstance(error, SQLAlchemyError):
        cause = error.orig if isinstance(error, DBAPIError) else None
        return [f"база данных: {_first_line(cause or error)}"], Exit.DATABASE
    if isinstance(error, OSError):
        return [": ".join(str(part) for part in (error.filename, error.strerror or error) if part)], Exit.FAULT
    return [f"внутренняя ошибка: {type(error).__name__}: {_first_line(error)} (подробнее: --debug)"], Exit.FAULT


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
