"""The folders of reading processes: made under a name that tells whose they are, and removed when that process is dead.

A process that is killed can't clear up behind itself. Its folder's name has the number of its owner, when that was
started, and the namespace that the number holds in, so that a container that shares the directory takes nobody's away.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from mailbot.domain.process import start_time

_PREFIX = "mailbot-reading"
_NAME = re.compile(rf"{_PREFIX}-(?P<space>\d+)-(?P<pid>\d+)-(?P<started>\d+)-\w+")


def make_folder() -> Path:
    """An empty folder that belongs to this process, in the directory for temporary files."""
    pid = os.getpid()
    started = start_time(pid)
    owner = f"{_namespace()}-{pid}-{started}-" if started else ""  # no Linux: nobody can tell whether its owner lives
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{owner}"))


def remove_leftovers() -> int:
    """Remove the folders of this user whose owners are dead; how many those were."""
    found = [entry for entry in Path(tempfile.gettempdir()).glob(f"{_PREFIX}-*") if _is_left(entry)]
    for entry in found:
        shutil.rmtree(entry, ignore_errors=True)
    return len(found)


def _is_left(entry: Path) -> bool:
    name = _NAME.fullmatch(entry.name)
    if name is None or name["space"] != _namespace() or start_time(int(name["pid"])) == name["started"]:
        return False
    try:
        return entry.lstat().st_uid == os.geteuid()
    except FileNotFoundError:  # another process has just removed it
        return False


def _namespace() -> str:
    """The inode of the namespace that process numbers hold in (pid_namespaces(7)); 0 where there is no telling."""
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)  # noqa: PTH116 - no path of a file: what the link leads to
    except OSError:
        return "0"
