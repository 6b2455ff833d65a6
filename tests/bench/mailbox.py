"""What a mailbox of 100,000 messages costs: a poll with nothing new, and the memory of the first import.

    python -m tests.bench.mailbox [--sizes 1000 100000]

Each size is a Dovecot of its own, an SQLite database, and a fresh process that receives everything. Bytes are counted
by a proxy on the way, below TLS; commands where they are sent.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from mailbot import log
from mailbot.inbox.receiver import Receiver
from mailbot.inbox.settings import MailboxSettings
from mailbot.inbox.wire import Bounded
from tests.chaos.mails import reply
from tests.chaos.proxy import proxies
from tests.servers import databases, dovecot

NOW = datetime(2021, 8, 16, 12, tzinfo=UTC)
POLLS = 5


def main() -> int:
    """Measure each size, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mailbox")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    table = Table("messages", "import, s", "peak memory, MB", "commands a poll", "bytes a poll, up", "down")
    console = Console()
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for size in parser.parse_args().sizes:
            with console.status(f"{size} messages"):
                table.add_row(*pool.apply(measure, (size,)))
    console.print(table)
    return 0


def measure(size: int) -> list[str]:
    """The row of one size, measured in this process."""
    log.set_up("error", "text")
    with tempfile.TemporaryDirectory() as folder, dovecot.running() as server, proxies() as loop:
        _fill(server, size)
        database = databases.Database(f"sqlite:///{databases.sqlite_template(Path(folder) / 'mailbot.db')}")
        proxy = loop.proxy(server.port)
        settings = MailboxSettings(
            "press", "localhost", server.user, proxy.port, password=SecretStr(server.password),
            ca_file=server.certificates.authority, timeout_seconds=120.0, recheck_seconds=1e9,
        )  # fmt: skip
        receiver = Receiver(settings, database.sessions, lambda: NOW)
        before, started = _peak(), time.monotonic()
        landed = receiver.poll().landed
        took = time.monotonic() - started
        if landed != size:
            raise RuntimeError(f"{landed} of {size} messages landed")
        peak = _peak()
        receiver.poll()
        commands = _count_commands()
        up, down = proxy.passed["up"], proxy.passed["down"]
        for _ in range(POLLS):
            if receiver.poll().landed:
                raise RuntimeError("a poll with nothing new landed something")
        up, down = proxy.passed["up"] - up, proxy.passed["down"] - down
        told = len(commands)
        receiver.close()
        database.engine.dispose()
    counted = [f"{told / POLLS:g}", f"{up / POLLS:g}", f"{down / POLLS:g}"]
    return [str(size), f"{took:.1f}", f"{before:.0f} before, {peak:.0f} at the most", *counted]


def _fill(server: dovecot.Dovecot, size: int) -> None:
    """Put messages of about a kilobyte straight into the maildir."""

    dice = random.Random(1)
    first = server.deliver(reply(dice, 0))
    owner = first.stat()
    for number in range(1, size):
        raw = reply(random.Random(number), number).split(b"X-Filler", 1)
        whole = raw[0] + b"X-Number: %d\n\n" % number + b"text " * 100 + b"\n"
        path = server.maildir / "cur" / f"{1_600_000_000 + number}.M{number}P1.test,S={len(whole)}:2,"
        path.write_bytes(whole)
        os.chown(path, owner.st_uid, owner.st_gid)


def _count_commands() -> list[Any]:
    sent: list[Any] = []
    send = Bounded.send

    def counted(self: Bounded, data: Any) -> None:
        sent.append(data)
        send(self, data)

    Bounded.send = counted  # type: ignore[method-assign]
    return sent


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
