"""`mailbot run`: the service."""

from __future__ import annotations

import gc
import os
import sys
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

log = structlog.get_logger(__name__)


@click.command("run")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Работать службой до сигнала: SIGTERM и SIGINT завершают, SIGHUP перечитывает настройки."""
    gc.freeze()  # the code is never rubbish: no collection needs to look at it any more
    notifier = Notifier.of(environment(), os.getpid())
    service = Service(service_settings(configured(config)), now, lambda: _is_sound(config), notifier)
    ending = service.run()
    if ending is Ending.RELOAD:
        _start_again()
    if ending is Ending.ABANDONED:
        sys.stderr.flush()
        os._exit(Exit.OK)  # the threads of abandoned jobs would hold the process; nothing they have begun can be lost
    return Exit.OK


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
