"""The service as a process that may be killed: forked from one that has loaded it, so that a life costs little."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import mailbot.reading.read  # noqa: F401 - loaded before the fork
from mailbot import log
from mailbot.cli.application import service_settings
from mailbot.clock import now
from mailbot.config import load
from mailbot.domain import crashpoint
from mailbot.service.service import Service

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.chaos.child"])


def serve(config: Path, crash_at: str) -> None:
    """`mailbot run`, in this process, until a signal."""
    with config.with_name("service.log").open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    log.set_up("info", "text")
    if crash_at:
        crashpoint.arm(crash_at)
    Service(service_settings(load(config)), now).run()


def started(config: Path, crash_at: str = "") -> BaseProcess:
    """The service in a process of its own."""
    process = _CONTEXT.Process(target=serve, args=(config, crash_at), daemon=True)
    process.start()
    return process
