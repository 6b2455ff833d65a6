"""Reading in a process of its own, where several readers are wanted: a thread beside another gets no second core.

The process is ours, not a sender's: attachments are opened in its own sandbox, one level further down. Mails go in and
interpretations come back over one socket; when our end of it closes, however we may end, the process ends too.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation
from mailbot.log import where
from mailbot.reading.sandbox import Sandbox
from mailbot.service.garbage import look_seldom

READ_SECONDS = 1500.0
"""How long one message may take, all its attachments included; less than the lease of a claim."""

_END_SECONDS = 3.0
_READ, _RAISED = b"+", b"!"


@dataclass(frozen=True, slots=True)
class Work:
    """What a reader goes by, besides the mails: the campaign, and the bounds of reading and of its sandbox."""

    campaign: Campaign
    directory: Directory
    limits: Limits
    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int

    def sandbox(self) -> Sandbox:
        """A sandbox with these bounds; its process starts with the first attachment."""
        return Sandbox(self.limits, self.wall_seconds, self.cpu_seconds, self.memory_bytes)


class ReaderCrashError(Exception):
    """Reading raised, died or took too long over there; `trace` is its traceback, `place` where it happened."""

    def __init__(self, place: str, trace: str) -> None:
        super().__init__(place)
        self.place, self.trace = place, trace


class ReaderProcess:
    """A reader over there. It starts with the first message, and anew where it has died. For one thread at a time."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def interpret(self, raw: bytes) -> Interpretation:
        """Read one message (RFC 5322 bytes). Raises ReaderCrashError."""
        try:
            line = self._ready()
            line.send_bytes(raw)
            if not line.poll(READ_SECONDS):
                raise TimeoutError
            answer = line.recv_bytes()
        except (OSError, EOFError) as error:  # TimeoutError is one of the former
            self.close(at_once=True)
            reason = "no answer in time" if isinstance(error, TimeoutError) else "died"
            raise ReaderCrashError(f"the reader's process: {reason}", traceback.format_exc()) from error
        if answer[:1] == _RAISED:
            raise ReaderCrashError(*json.loads(answer[1:]))
        return Interpretation.model_validate_json(answer[1:])

    def close(self, *, at_once: bool = False) -> None:
        """End the process: by itself, where it is given the time. It can be used again: it starts a new one."""
        line, process = self._line, self._process
        self._line = self._process = None
        if line is not None:
            line.close()
        if process is not None:
            if at_once:
                process.kill()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_END_SECONDS)

    def _ready(self) -> Connection:
        if self._line is None:
            ours, theirs = Pipe()
            with theirs:
                number = theirs.fileno()
                command = [sys.executable, "-P", "-m", "mailbot.service.apart", str(number)]
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(number,))  # noqa: S603 - our own interpreter and module
            self._line = ours
            ours.send(self._work)
        return self._line


def main(number: str) -> None:
    """Answer mails that come over the socket of that number until its other end closes."""
    for each in (signal.SIGINT, signal.SIGTERM):  # they are for the service, which ends us when it is done
        signal.signal(each, signal.SIG_IGN)
    from mailbot.reading.read import interpret  # noqa: PLC0415 - heavy, and only for this side

    look_seldom()

    with Connection(int(number)) as line, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        work: Work = line.recv()
        with work.sandbox() as sandbox:
            while True:
                raw = line.recv_bytes()
                try:
                    read = interpret(raw, work.campaign, work.directory, sandbox.open, work.limits)
                    answer = _READ + read.model_dump_json().encode()
                except Exception as error:  # noqa: BLE001 - told to the service, which goes on with the next (promise 7)
                    answer = _RAISED + json.dumps([where(error), traceback.format_exc()]).encode()
                line.send_bytes(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
