"""What a process and all that it has started hold, as /proc tells: resident memory, open files, threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PARENT, _THREADS = 1, 17  # positions in /proc/PID/stat (proc(5)), counted from the state behind the name


@dataclass(frozen=True, slots=True)
class Sample:
    """At `seconds` since the start: resident bytes of the main process and of all, and their open files and threads.

    Pages that processes share count for each of them.
    """

    seconds: float
    main_bytes: int
    all_bytes: int
    files: int
    threads: int
    processes: int


def sample(pid: int, seconds: float) -> Sample:
    """A sample of the process `pid` and its descendants. Raises FileNotFoundError where it has ended."""
    main = _resident(pid)
    tree = [pid, *_descendants(pid)]
    return Sample(
        seconds,
        main,
        sum(_told(_resident, each) for each in tree),
        sum(_told(_files, each) for each in tree),
        sum(_told(_threads, each) for each in tree),
        len(tree),
    )


def _descendants(pid: int) -> list[int]:
    parents = {int(path.name): _told(_parent, int(path.name)) for path in _PROC.iterdir() if path.name.isdigit()}
    found, last = [], {pid}
    while last:
        last = {child for child, parent in parents.items() if parent in last}
        found += sorted(last)
    return found


def _told(ask: Callable[[int], int], pid: int) -> int:
    """What is asked of a process; 0 where it has just ended."""
    try:
        return ask(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _resident(pid: int) -> int:
    return int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]) * _PAGE


def _files(pid: int) -> int:
    return len(os.listdir(_PROC / str(pid) / "fd"))  # noqa: PTH208 - only their number matters


def _parent(pid: int) -> int:
    return int(_stat(pid)[_PARENT])


def _threads(pid: int) -> int:
    return int(_stat(pid)[_THREADS])


def _stat(pid: int) -> list[str]:
    return (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
