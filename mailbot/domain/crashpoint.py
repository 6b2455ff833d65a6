"""Named points at which the fault tests kill the process, to show that no crash loses or doubles anything.

Nothing is armed in normal operation; then `reach` is one comparison.
"""

from __future__ import annotations

import os
import signal

_armed: list[str] = []


def arm(name: str) -> None:
    """Make the process kill itself (SIGKILL, nothing is flushed) when it next reaches the point `name`."""
    _armed.append(name)


def reach(name: str) -> None:
    """Mark the point `name`, for example «after-fetch»; does nothing unless it is armed."""
    if _armed and name in _armed:
        os.kill(os.getpid(), signal.SIGKILL)
