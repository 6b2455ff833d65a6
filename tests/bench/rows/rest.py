"""The service at rest: how soon it is ready, what it holds, what it burns; against the bare imports of its libraries."""

from __future__ import annotations

import compileall
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mailbot
from tests.bench.measure import Outcome, run
from tests.bench.plan import Plan
from tests.servers.dovecot import Dovecot, running

RESIDENT_MB, CPU_MS, READY_SECONDS = 70, 10, 0.7
WATCHED_SECONDS = 60.0
SETTLED_SECONDS = 5.0
START_SECONDS = 30.0


def measure(plan: Plan) -> list[Outcome]:
    """Start it some times, compiled as pip leaves what it installs; watch the last one for a minute."""
    compileall.compile_dir(Path(mailbot.__file__).parent, quiet=1)
    with running() as server, TemporaryDirectory() as folder:
        configuration = _configuration(Path(folder), server)
        _start(configuration, 0)  # makes the database
        starts = []
        for _ in range(plan.rounds):
            starts.append(_start(configuration, 0))
            plan.step()
        watched = _start(configuration, WATCHED_SECONDS * min(1, plan.scale * 2))
        plan.step()
    bare = run("tests.bench.rows.rest:imports")
    ready = tuple(each["ready"] for each in starts)
    resident = tuple(each["resident_mb"] for each in (*starts, watched))
    burnt = watched["cpu"] / watched["seconds"] * 60 * 1000
    burnt_to_ready = statistics.median(each["cpu_to_ready"] for each in starts)
    libraries = (
        f"bare imports of its libraries: {bare['seconds']:.2f} s, {bare['cpu']:.2f} s of CPU, {bare['peak_mb']:.0f} MB"
    )
    note = (f"until ready {burnt_to_ready:.2f} s of CPU; {libraries}",)
    return [
        Outcome("rest", "ready: from the start of the process to polling", "the bare imports", f"under {READY_SECONDS} s",
                "s", ready, statistics.median(ready) < READY_SECONDS, note),
        Outcome("rest", "resident memory", "", f"under {RESIDENT_MB} MB", "MB", resident,
                statistics.median(resident) < RESIDENT_MB),
        Outcome("rest", "CPU while idle", "", f"under {CPU_MS} ms a minute", "ms", (burnt,), burnt < CPU_MS,
                ("one look a minute for the three jobs, and the mailbox is polled beside IDLE",)),
    ]  # fmt: skip


def imports() -> dict[str, Any]:
    """What the libraries alone cost that a service must have."""
    code = "import imap_tools, sqlalchemy.orm, apscheduler.schedulers.background, structlog, pydantic, click"
    begun = time.perf_counter()
    told_at_end = "import time; print(time.process_time()); print(open('/proc/self/status').read())"
    command = [sys.executable, "-c", f"{code}; {told_at_end}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=START_SECONDS).stdout
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "cpu": float(told.partition("\n")[0]), "peak_mb": _resident(told)}


def _start(configuration: Path, watched: float) -> dict[str, float]:
    """Run the service until it has polled; with `watched`, let it settle, then watch it for so many seconds."""
    begun = time.perf_counter()
    command = [str(Path(sys.executable).parent / "mailbot"), "run", "--config", str(configuration)]
    service = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        while "service_started" not in (line := service.stderr.readline()):
            if not line or time.perf_counter() - begun > START_SECONDS:
                raise RuntimeError("the service did not start")
        ready, cpu_to_ready = time.perf_counter() - begun, _cpu(service.pid)
        time.sleep(SETTLED_SECONDS if watched else 0.5)
        before = _cpu(service.pid)
        time.sleep(watched)
        spent = _cpu(service.pid) - before
        resident = _resident(Path(f"/proc/{service.pid}/status").read_text(encoding="ascii"))
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=START_SECONDS)
    return {
        "ready": ready,
        "cpu_to_ready": cpu_to_ready,
        "resident_mb": resident,
        "cpu": spent,
        "seconds": watched or 1.0,
    }


def _cpu(pid: int) -> float:
    """Seconds of all the process' threads, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _resident(status: str) -> float:
    return int(status.split("VmRSS:")[1].split(maxsplit=1)[0]) / 1024


def _configuration(folder: Path, server: Dovecot) -> Path:
    (folder / "password").write_text(server.password, encoding="utf-8")
    os.chmod(folder / "password", 0o600)  # noqa: PTH101 - as a person would
    path = folder / "config.toml"
    path.write_text(
        f"""
[mailbox.press]
host = "localhost"
port = {server.port}
user = "{server.user}"
password_file = "password"
ca_file = "{server.certificates.authority}"

[database]
url = "sqlite:///{folder}/mailbot.db"

[smtp]
host = "localhost"
port = 1
tls = "none"
sender = "mailbot <bot@example.org>"

[report]
to = ["contact@example.org"]
at = 23:59:59
zone = "UTC"
""",
        encoding="utf-8",
    )
    return path
