"""Lives of the whole service, timer and threads and all, that end by kill -9: at named points, and at random times.

Each life begins with a new database, is killed twice (a message that kills its reader three times is failed, by
promise 7), and then goes on undisturbed until it is at rest.
"""

from __future__ import annotations

import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from mailbot.cli.application import service_settings
from mailbot.clock import now
from mailbot.config import load
from mailbot.service.jobs import Jobs
from tests.chaos.child import started
from tests.chaos.mails import reply, sent_at
from tests.chaos.rig import outcome
from tests.chaos.tally import Tally
from tests.live.whole import PATIENCE, Outcome, write_config
from tests.servers import databases, dovecot
from tests.servers.databases import Database
from tests.servers.postgres import find_programs, running_postgres
from tests.servers.smtp import running_sink

POINTS = (
    "after-fetch",
    "before-land-commit",
    "after-land-commit",
    "after-claim",
    "after-interpret",
    "before-save-commit",
    "after-save-commit",
    "before-rollup-commit",
    "after-rollup-commit",
    "before-smtp",
    "after-smtp-data",
    "after-sent-commit",
)
LONGEST = 1.2
"""Seconds after which a life that is to end at random has ended."""


class Kills:
    """The servers, the mail on them, and what an undisturbed service makes of it."""

    def __init__(self, seed: int, folder: Path, mail: Any, sink: Any, fresh: Callable[[str], Any]) -> None:
        self.dice, self.tally = random.Random(seed), Tally(seed)
        self._folder, self._mail, self._sink, self._fresh = folder, mail, sink, fresh
        self._delivered: set[str] = set()
        self._lives = 0
        self._twin = Jobs(service_settings(load(self._config(f"sqlite:///{folder}/twin.db", "twin"))), now)
        self._twin.prepare()

    def life(self, kind: str, point: str) -> None:
        """One life on a database of this kind, first killed at the point («» for a random time)."""
        self._lives += 1
        self._deliver()
        before = len(self._sink.mails)
        with self._fresh(kind) as database:
            config = self._config(database.url, f"life-{self._lives}")
            for where in (point, ""):
                self._killed(config, where, kind)
            self._undisturbed(config, database)
            what = f"life {self._lives} ({kind}, killed {point or 'at random'})"
            self._check(what, database, len(self._sink.mails) - before)

    def _config(self, url: str, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return write_config(folder / "config.toml", self._mail, self._sink.port, url)

    def close(self) -> None:
        """Close the twin."""
        self._twin.close()

    def _deliver(self) -> None:
        for _ in range(self.dice.randint(1, 2)):
            number = len(self._delivered) + 1
            raw = reply(self.dice, number)
            self._mail.deliver(raw, when=sent_at(number))
            self._delivered.add(sha256(raw.replace(b"\n", b"\r\n")).hexdigest())

    def _killed(self, config: Path, point: str, kind: str) -> None:
        process = started(config, point)
        process.join(PATIENCE if point else self.dice.random() * LONGEST)
        if process.exitcode is None:
            process.kill()
            process.join(PATIENCE)
            if point:
                self.tally.uncaught.append(f"the point {point} was not reached ({kind})")
        if process.exitcode == -signal.SIGKILL:
            self.tally.faults["service", f"killed {point or 'at random'}"] += 1
        else:
            self.tally.uncaught.append(f"ended with {process.exitcode}: {config.with_name('service.log').read_text()}")

    def _undisturbed(self, config: Path, database: Database) -> None:
        process, until = started(config), time.monotonic() + PATIENCE
        done = Outcome(database)
        while not done.is_done(len(self._delivered)):
            if time.monotonic() > until or process.exitcode is not None:
                tail = config.with_name("service.log").read_text()[-1500:]
                self.tally.losses.append(f"not at rest after {PATIENCE} s without faults: {tail}")
                break
            time.sleep(0.05)
        process.kill()  # at rest, where it counts for nothing; a clean end would wait for IDLE's next look
        process.join(PATIENCE)

    def _check(self, what: str, database: Database, arrived: int) -> None:
        receiving = self._twin.receiving(self._twin.settings.mailboxes[0])
        receiving.poll()
        receiving.receiver.close()
        reader = self._twin.reader()
        reader.read_waiting()
        reader.close()
        ours, twins = outcome(database.reading), outcome(self._twin.reading_sessions)
        stored = [row[0] for row in ours["messages"]]
        self.tally.losses += [f"{what}: message {one[:8]} has no row" for one in self._delivered - set(stored)]
        self.tally.duplicates += [f"{what}: {len(stored) - len(set(stored))} rows too many"] * (
            len(stored) > len(set(stored))
        )
        for name in ("messages", "places", "figures", "current"):
            if ours[name] != twins[name]:
                self.tally.wrong.append(f"{what}: {name} differ from the undisturbed")
        self.tally.losses += [f"{what}: no roll-up arrived"] * (arrived < 1)
        self.tally.duplicates += [f"{what}: {arrived} roll-ups arrived"] * (arrived > 1)
        self.tally.rounds += 1
        self.tally.rollups += 1
        self.tally.messages = len(self._delivered)


@contextmanager
def kills(seed: int) -> Iterator[Kills]:
    """Dovecot, the sink, Postgres and templates of the databases, for the time of the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-chaos-")))
        mail = stack.enter_context(dovecot.running())
        sink = stack.enter_context(running_sink(mail.certificates))
        sink.taken = lambda raw: mail.deliver(raw, "Отправленные", seen=True)
        programs = find_programs()
        if programs is None:
            raise FileNotFoundError("Postgres is not installed (Debian: apt install postgresql)")
        server = stack.enter_context(running_postgres(programs))
        sqlite, postgres = databases.sqlite_template(folder / "template.db"), databases.postgres_template(server)
        numbers = iter(range(10_000))

        def fresh(kind: str) -> Any:
            if kind == "sqlite":
                return databases.sqlite_database(folder / f"{next(numbers)}.db", sqlite)
            return databases.postgres_database(server, postgres)

        made = Kills(seed, folder, mail, sink, fresh)
        stack.callback(made.close)
        yield made
