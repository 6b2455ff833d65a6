"""Telling a process from a later one of the same number (Linux; elsewhere nothing is known)."""

from __future__ import annotations

from pathlib import Path

_STATE, _START_TIME = 0, 19  # positions in /proc/PID/stat (proc(5)), counted from the state behind the name
_ENDED = "ZX"
"""States of a process that has ended and that its parent has not buried yet: a zombie holds nothing."""


def start_time(pid: int) -> str:
    """When the process started, in ticks since the boot; empty where there is no such process, or it has ended."""
    try:
        behind_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return ""
    fields = behind_name.split()
    return "" if fields[_STATE] in _ENDED else fields[_START_TIME]
