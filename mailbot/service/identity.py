"""The name under which a process claims work, made so that a later process on this machine can tell that it is dead."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from mailbot.domain.process import start_time

_PARTS = 4


def worker_name() -> str:
    """Host, boot, process and its start time: «press1/6f3c0d2e/4711/882134»."""
    pid = os.getpid()
    return f"{socket.gethostname()}/{_boot()}/{pid}/{start_time(pid)}"


def is_dead(name: str) -> bool:
    """True only for a worker of this machine whose process is gone; of other machines nothing is known from here."""
    parts = name.split("/")
    if len(parts) != _PARTS or parts[0] != socket.gethostname():
        return False
    _, boot, pid, started = parts
    return boot != _boot() or start_time(int(pid)) != started


def _boot() -> str:
    """What names the running boot of the machine: process numbers start anew with the next one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:  # no Linux: a dead worker's claims then wait for the end of their lease
        return "unknown"
