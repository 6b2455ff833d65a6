"""Reading files in several processes, each with its own sandbox; results come in the order of the files."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Finding, FindingCode, Interpretation, Kind, Severity, Status
from mailbot.reading.read import interpret
from mailbot.reading.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Task:
    """What is the same for every file."""

    campaign: Campaign
    directory: Directory
    limits: Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """One file's outcome; `error` is a line that says why it could not be read at all."""

    file: str
    interpretation: Interpretation
    error: str = ""


_worker: list[tuple[Task, Sandbox]] = []


def readings(task: Task, files: Sequence[Path], jobs: int) -> Iterator[Reading]:
    """Read the files; one that can't be read is `failed` and stops nothing."""
    jobs = min(jobs, len(files))
    if jobs <= 1:
        with Sandbox(task.limits) as sandbox:
            yield from (_read(task, sandbox, file) for file in files)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(task,)) as pool:
        yield from pool.map(_read_in_worker, files)


def _start(task: Task) -> None:
    _worker.append((task, Sandbox(task.limits)))


def _read_in_worker(file: Path) -> Reading:
    task, sandbox = _worker[0]
    return _read(task, sandbox, file)


def _read(task: Task, sandbox: Sandbox, file: Path) -> Reading:
    try:
        raw = file.read_bytes()
    except OSError as error:
        return Reading(str(file), _failed(FindingCode.MESSAGE_UNAVAILABLE), f"не читается: {error.strerror}")
    try:
        return Reading(str(file), interpret(raw, task.campaign, task.directory, sandbox.open, task.limits))
    except Exception as error:  # noqa: BLE001 - whatever a message does to the reader, the next one is read (promise 7)
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return Reading(str(file), _failed(FindingCode.READER_CRASHED), f"{type(error).__name__}: {error} ({where})")


def _failed(code: FindingCode) -> Interpretation:
    finding = Finding(code=code, severity=Severity.BLOCKS, message="Письмо прочесть не удалось")
    return Interpretation(status=Status.FAILED, kind=Kind.OTHER, findings=(finding,))
