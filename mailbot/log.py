"""The log: structured lines on stderr, for people and journald as text, for collectors as JSON.

A line is an event with its values («landed mailbox=press messages=34 first=17 last=50»). A line about a message has its
number. Secrets never get here, and of persons nothing beyond an address; a traceback, which may quote anything, is
shown at «debug» alone.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import structlog
from structlog.typing import Processor

_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""Levels and their syslog priorities (RFC 5424), as journald takes them from the head of a line: sd-daemon(3)."""


def set_up(level: str, style: Literal["text", "json"], *, to_journal: bool = False) -> None:
    """Send our own lines, and those of libraries from warnings up, to stderr in one form.

    `to_journal`: stderr is journald's, which keeps the time itself and wants each line's priority at its head.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        *([] if to_journal else [structlog.processors.TimeStamper(fmt="iso", utc=True)]),
        structlog.processors.format_exc_info if number <= logging.DEBUG else _name_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = _JournalFormatter if to_journal else structlog.stdlib.ProcessorFormatter
    handler.setFormatter(
        formatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer(style, to_journal)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("mailbot").setLevel(number)


def is_journal(environment: Mapping[str, str]) -> bool:
    """Whether stderr is the journal's socket: JOURNAL_STREAM names its device and inode (systemd.exec(5))."""
    named = environment.get("JOURNAL_STREAM", "")
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or no file
        return False
    return named == f"{status.st_dev}:{status.st_ino}"


class _JournalFormatter(structlog.stdlib.ProcessorFormatter):
    """Puts the priority at the head of each line: journald makes an entry of every one."""

    def format(self, record: logging.LogRecord) -> str:
        priority = next((number for level, number in _PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def _renderer(style: Literal["text", "json"], to_journal: bool) -> list[Processor]:
    if style == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if to_journal:
        return [structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False)]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _name_exception(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The exception's type and place instead of its traceback: a message of a library may quote what it was reading."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["error"] = where(error)
    return event


def where(error: BaseException) -> str:
    """«ValueError at tables.py:120»: enough to find the place, nothing of anybody's text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
