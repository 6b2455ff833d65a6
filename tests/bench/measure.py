"""How things are measured: each in a fresh process, the things compared in turn, medians and ratios of pairs.

A task is a function «module:name» that takes JSON arguments and returns a dictionary; it begins a `Stopwatch` when its
imports and connections are ready, so that the start of Python is in no figure that doesn't ask for it.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TASK_SECONDS = 600
_CPUCLOCK_SCHED = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the report: what, against what, the target in words, the figures, whether met, and what bounds it.

    `values` are the samples of the figure that the target is about, in `unit` («x» for ratios); `notes` say the rest.
    `met` is None where there is no target or it could not be measured.
    """

    row: str
    what: str
    yardstick: str
    target: str
    unit: str
    values: tuple[float, ...]
    met: bool | None
    notes: tuple[str, ...] = ()

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.values)


def processor_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_megabytes() -> float:
    """The largest resident size of this process so far. Not getrusage's: that begins with what the parent's was at exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split(maxsplit=1)[0]) / 1024


@dataclass
class Stopwatch:
    """Time by the wall, and of the processor: this process and its ended children."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=processor_seconds)

    def stop(self, **more: Any) -> dict[str, Any]:
        """Seconds since the start, the largest resident size so far in MB, and what else is told."""
        peak = peak_megabytes()
        wall, cpu = time.perf_counter() - self.wall, processor_seconds() - self.cpu
        return {"wall": wall, "cpu": cpu, "peak_mb": peak, **more}


def run(target: str, **arguments: Any) -> dict[str, Any]:
    """Run a task in a fresh process. Raises RuntimeError with the end of what it said where it fails."""
    command = [sys.executable, "-m", "tests.bench.measure", target, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TASK_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{target} ended with {done.returncode}: {done.stderr[-1500:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def in_turn(rounds: int, step: Callable[[], None], *things: Callable[[], dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Run the things one after another, `rounds` times; the samples of each. `step` is called after each run."""
    samples: list[list[dict[str, Any]]] = [[] for _ in things]
    for number in range(rounds):
        order = list(enumerate(things))
        for place, thing in order if number % 2 == 0 else reversed(order):
            samples[place].append(thing())
            step()
    return samples


def ratios(above: Sequence[dict[str, Any]], below: Sequence[dict[str, Any]], key: str) -> tuple[float, ...]:
    """For each pair the quotient of the figure `key`."""
    return tuple(a[key] / b[key] for a, b in zip(above, below, strict=True))


def median_of(samples: Sequence[dict[str, Any]], key: str) -> float:
    """The median of the figure `key`."""
    return statistics.median(sample[key] for sample in samples)


def cpu_of(pid: int) -> float:
    """Seconds of the processor that all threads of a process have used, by its clock (Linux, clock_getcpuclockid(3)).

    A file of /proc would cost as much as a tenth of what is measured.
    """
    return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)


def waiting_share() -> float | None:
    """Percentage of the last minute in which some task waited for a processor; None where the system doesn't tell."""
    path = Path("/proc/pressure/cpu")
    if not path.exists():
        return None
    return float(path.read_text(encoding="ascii").split("avg60=")[1].split()[0])


def _main(target: str, arguments: str) -> None:
    module, _, name = target.partition(":")
    result = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    os._exit(0)  # closing a large heap is no part of what was asked


if __name__ == "__main__":
    _main(*sys.argv[1:])
