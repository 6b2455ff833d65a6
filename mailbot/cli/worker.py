"""`mailbot worker`: a process that reads and sends, as a service on the same database hands it the jobs."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import click

from mailbot.cli.application import configured, service_settings
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.clock import now
from mailbot.config import ConfigError
from mailbot.service.jobs import Jobs


@click.command("worker")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Читать и отправлять по заданиям службы до сигнала.

    Нужен queue.engine = "procrastinate". Работников может быть сколько угодно, на любых машинах с той же базой.
    """
    settings = configured(config)
    if settings.model.queue.engine != "procrastinate":
        raise ConfigError(["queue.engine: «embedded»: читает и отправляет сама служба, работники не нужны"])
    from mailbot.service.handover import HandedOver  # noqa: PLC0415 - an optional library
    from mailbot.service.worker import QueueWorker  # noqa: PLC0415 - the same

    stop = threading.Event()
    jobs = Jobs(service_settings(settings), now, stop.is_set)
    try:
        jobs.prepare()
        handover = HandedOver(jobs.engine, jobs.sessions, jobs.clock, jobs.take_up)
        at_rest = QueueWorker(jobs, handover, stop).run()
    finally:
        jobs.close()
    if not at_rest:
        sys.stderr.flush()
        os._exit(Exit.OK)  # the thread of an abandoned reading would hold the process; nothing it has begun can be lost
    return Exit.OK
