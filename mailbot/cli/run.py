"""`mailbot run`: the service."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

import click
import structlog

from mailbot.cli.application import configured, service_settings
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.clock import now
from mailbot.config import ConfigError, load
from mailbot.config.sources import environment
from mailbot.service.notify import Notifier
from mailbot.service.service import Ending, Service

_M_ARENA_MAX = -8
"""mallopt(3): how many heaps glibc's allocator may keep."""

log = structlog.get_logger(__name__)


@click.command("run")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Работать службой до сигнала: SIGTERM и SIGINT завершают, SIGHUP перечитывает настройки."""
    gc.freeze()  # the code is never rubbish: no collection needs to look at it any more
    _share_one_heap()
    notifier = Notifier.of(environment(), os.getpid())
    service = Service(service_settings(configured(config)), now, lambda: _is_sound(config), notifier)
    ending = service.run()
    if ending is Ending.RELOAD:
        _start_again()
    if ending is Ending.ABANDONED:
        sys.stderr.flush()
        os._exit(Exit.OK)  # the threads of abandoned jobs would hold the process; nothing they have begun can be lost
    return Exit.OK


def _share_one_heap() -> None:
    """Have all threads allocate from one heap: glibc would keep for each what its largest message ever took.

    They hardly meet there, since the interpreter runs one of them at a time.
    """
    with suppress(AttributeError):  # another C library, which has no such heaps
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _is_sound(config: Path) -> bool:
    """Whether the configuration can be taken; its faults go to the log, and the service works on with the old one."""
    try:
        load(config)
    except ConfigError as error:
        for line in error.lines:
            log.warning("reload_refused", reason=line)
        return False
    return True


def _start_again() -> None:
    """Become a new process of the same number: everything of the old configuration is gone."""
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line
