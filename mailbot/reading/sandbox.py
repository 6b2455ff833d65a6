"""Reads attachments in a process of its own, bounded in time and memory and without a network (promise 8).

Several of the libraries that readers use abort the whole process on a few hostile kilobytes, where `except` does not
help. The process is started once and reused; whatever happens in it, `Sandbox.open` returns an `Opened`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.domain.interpretation import FindingCode
from mailbot.domain.pipes import LateError, TimedPipe
from mailbot.reading.folders import make_folder
from mailbot.reading.troubles import Fault, TooLarge, trouble
from mailbot.reading.wire import FrameTooLargeError, WireError, pack, read_frame, unpack, write_frame

MEGABYTE = 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 150
MEMORY_BYTES = 1024 * MEGABYTE  # address space; OpenCV and Tesseract with their data occupy 450 MB of it
RECYCLE_BYTES = 300 * MEGABYTE  # resident; a process that has grown beyond it is replaced after its task
_GRACE_SECONDS = 1.0  # for a process whose pipes are closed to end by itself
_ANSWER_SPARE = 128 * MEGABYTE  # texts and locators beside the unpacked bytes


@dataclass(frozen=True, slots=True)
class Task:
    """A pure top-level function that may run here: «module:name», and the dataclass that it gives."""

    target: str
    gives: type


TASKS = {"open_attachment": Task("mailbot.reading.formats:open_attachment", Opened)}


class _OutOfTime(Fault):
    code = FindingCode.ATTACHMENT_TIMEOUT


class _OutOfMemory(TooLarge):
    pass


class _Crashed(Fault):
    code = FindingCode.READER_CRASHED


class _Died(_Crashed):
    pass


@dataclass(frozen=True, slots=True)
class _Worker:
    """A running process, its folder, where tasks go and answers come from, and our end of its lifeline."""

    process: subprocess.Popen[bytes]
    folder: Path
    tasks: TimedPipe
    answers: TimedPipe
    lifeline: int

    def kill(self) -> None:
        """End the process and whatever it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Sandbox:
    """One warm process for reading attachments. Usable from several threads: tasks queue up.

    Args:
        limits: bounds that the readers keep, unless `open` is given others.
        wall_seconds: time after which a task is killed, by the clock on the wall.
        cpu_seconds: whole seconds of processor time that one task may use.
        memory_bytes: address space of the process; under about 600 MB recognition of pictures cannot start.

    Example:
        with Sandbox() as sandbox:
            opened = sandbox.open(attachment)

    """

    def __init__(
        self,
        limits: Limits | None = None,
        wall_seconds: float = WALL_SECONDS,
        cpu_seconds: int = CPU_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._limits = limits or Limits()
        self._wall_seconds = wall_seconds
        self._cpu_seconds = cpu_seconds
        self._memory_bytes = memory_bytes
        self._worker: _Worker | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, attachment: Attachment, limits: Limits | None = None) -> Opened:
        """What the attachment's reader returns; a crash, a kill or running out of time is one Trouble."""
        bounds = limits or self._limits
        try:
            opened = self._run(TASKS["open_attachment"], (attachment, bounds), bounds.unpacked_bytes + _ANSWER_SPARE)
        except Fault as fault:
            return Opened(troubles=(trouble(fault, attachment.name),))
        return cast(Opened, opened)

    def close(self) -> None:
        """End the process and remove its folder. The sandbox can be used again: it starts a new one."""
        with self._lock:
            self._discard()

    def _run(self, task: Task, arguments: tuple[object, ...], answer_bound: int) -> Any:
        """The value that the task gives for its arguments; raises a `Fault` where there is none."""
        content = pack(arguments)
        with self._lock:
            used = self._worker is not None
            try:
                return self._attempt(task, content, answer_bound)
            except (_Died, _OutOfMemory):
                if not used:
                    raise
            return self._attempt(task, content, answer_bound)  # what came before may be to blame: a new process

    def _attempt(self, task: Task, content: bytes, answer_bound: int) -> Any:
        worker = self._ready()
        for pipe in (worker.tasks, worker.answers):
            pipe.allow(self._wall_seconds)
        try:
            value = _value(task, *_exchange(worker, task.target, content, answer_bound))
        except LateError as error:
            worker.kill()
            self._discard()
            raise _out_of_time() from error
        except WireError as error:
            raise _why(error, self._discard()) from error
        except BaseException:  # the process may be in mid-task: whatever it was, the next task gets a new one
            self._discard()
            raise
        self._tidy(worker)
        return value

    def _ready(self) -> _Worker:
        if self._worker is not None and self._worker.process.poll() is not None:
            self._discard()
        if self._worker is None:
            self._worker = _start(self._memory_bytes, self._limits.unpacked_bytes, self._cpu_seconds)
        return self._worker

    def _tidy(self, worker: _Worker) -> None:
        """After a task: an empty folder for the next one, and a new process where this one has grown."""
        _empty(worker.folder)
        if _resident_bytes(worker.process.pid) > RECYCLE_BYTES:
            self._discard()

    def _discard(self) -> int:
        """End the process, if there is one, and forget it; its exit status as Popen gives it."""
        worker, self._worker = self._worker, None
        return 0 if worker is None else _end(worker)


def _start(memory: int, file_bytes: int, cpu_seconds: int) -> _Worker:
    """A new process. Its environment is made here, so that no secret of ours is in it."""
    folder = make_folder()
    (their_tasks, tasks), (answers, their_answers), (theirs, ours) = os.pipe(), os.pipe(), os.pipe()
    arguments = [str(number) for number in (memory, file_bytes, cpu_seconds, theirs)]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module; numbers for arguments
            [sys.executable, "-P", "-m", "mailbot.reading.sandbox_worker", *arguments],
            stdin=their_tasks,
            stdout=their_answers,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder),
            pass_fds=(theirs,),
            start_new_session=True,
        )
    except BaseException:
        for each in (tasks, answers, ours):
            os.close(each)
        raise
    finally:
        for each in (their_tasks, their_answers, theirs):
            os.close(each)
    return _Worker(process, folder, TimedPipe(tasks), TimedPipe(answers), ours)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path),
        "PYTHONHASHSEED": "0",  # the same bytes give the same document
        "OMP_THREAD_LIMIT": "1",  # Tesseract: threads make a page five times slower
        "OPENBLAS_NUM_THREADS": "1",  # numpy: each thread reserves address space
    }


def _exchange(worker: _Worker, target: str, content: bytes, answer_bound: int) -> tuple[str, bytes]:
    try:
        write_frame(worker.tasks, target, content)
    except BrokenPipeError as error:
        raise WireError("no reader") from error
    frame = read_frame(worker.answers, answer_bound)
    if frame is None:
        raise WireError("no answer")
    return frame


def _value(task: Task, label: str, answer: bytes) -> Any:
    if label == "memory":
        raise _OutOfMemory("для чтения не хватило отведённой памяти")
    if label == "error":
        (where,) = unpack(answer, (str,))
        raise _Crashed(f"не прочитано, ошибка программы чтения ({where[:200]})")
    (value,) = unpack(answer, (task.gives,))
    return value


def _why(error: WireError, status: int) -> Fault:
    if isinstance(error, FrameTooLargeError):
        return TooLarge("прочитанное слишком велико")
    if status == -signal.SIGXCPU:
        return _out_of_time()
    return _Died("не прочитано, программа чтения аварийно завершилась")


def _out_of_time() -> Fault:
    return _OutOfTime("чтение заняло слишком много времени и остановлено")


def _end(worker: _Worker) -> int:
    """End the process and remove its folder; the exit status is its own if it is dying already."""
    worker.tasks.close()
    worker.answers.close()
    try:
        status = worker.process.wait(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        status = worker.process.wait()
    os.close(worker.lifeline)
    shutil.rmtree(worker.folder, ignore_errors=True)
    return status


def _resident_bytes(pid: int) -> int:
    """Resident size of a living process; 0 where the system does not tell (not Linux)."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
