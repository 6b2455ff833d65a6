"""The process in which attachments are read; `sandbox.py` starts it as `python -m mailbot.reading.sandbox_worker`.

It fences itself before anything of a sender's is touched, then answers one task after another. It takes no lock, has
no thread, and loads a format's library when that format is first met.
"""

from __future__ import annotations

import ctypes
import fcntl
import functools
import importlib
import math
import os
import resource
import sys
import traceback
import typing
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from mailbot.reading.wire import pack, read_frame, unpack, write_frame

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_OPEN_FILES = 256
_OUR_CODE = str(Path(__file__).parents[1])


def main(memory: str, file_bytes: str, cpu_seconds: str, lifeline: str) -> None:
    """Fence the process, then answer tasks until the parent closes the stream. Arguments are whole numbers."""
    tasks, answers = _take_streams()
    _die_with_parent(int(lifeline))
    _limit(int(memory), int(file_bytes))
    _cut_network()
    while (frame := read_frame(tasks, sys.maxsize)) is not None:
        _allow_cpu(int(cpu_seconds))
        write_frame(answers, *_answer(*frame))


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, moved away from 0 and 1 so that a library that prints cannot spoil an answer."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a device, wanted for its descriptor
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    return tasks, answers


def _die_with_parent(lifeline: int) -> None:
    """Have the kernel end this process (SIGIO) when the parent's end of the pipe `lifeline` closes.

    PR_SET_PDEATHSIG is not enough: it fires when the *thread* that started the process ends.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    try:
        gone = os.read(lifeline, 1) == b""
    except BlockingIOError:
        gone = False
    if gone:
        sys.exit()


def _limit(memory: int, file_bytes: int) -> None:
    for kind, bound in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        least = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(kind, (least, least))


def _cut_network() -> None:
    """Leave the network where the kernel lets us, and refuse Python's sockets in any case."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(_CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, _arguments: object) -> None:
    if event.startswith("socket."):
        raise PermissionError("a reader of attachments has no network")


def _allow_cpu(seconds: int) -> None:
    """Move the soft limit so that the next task has `seconds`; beyond it the kernel kills with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, most))


def _answer(target: str, content: bytes) -> tuple[str, bytes]:
    """The label and content of the answer: «ok» and the value, «memory», or «error» and where it happened."""
    try:
        return "ok", pack((_run(target, content),))
    except MemoryError:
        return "memory", b""
    except Exception as error:  # noqa: BLE001 - whatever a library raises on a hostile file is told, not swallowed
        return "error", pack((_where(error),))


def _run(target: str, content: bytes) -> object:
    """Call the function «module:name» with the values in `content`; their types are those that it declares."""
    function, kinds = _function(target)
    return function(*unpack(content, kinds))


@functools.cache
def _function(target: str) -> tuple[Callable[..., object], tuple[type, ...]]:
    """The function «module:name», and the types that it declares for its arguments."""
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    return function, tuple(hints.values())


def _where(error: Exception) -> str:
    """«KeyError, pdf.py:120»: enough to find the place, nothing of the sender's text."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    ours = [frame for frame in frames if frame.filename.startswith(_OUR_CODE)] or frames
    place = f", {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"


if __name__ == "__main__":
    main(*sys.argv[1:])
