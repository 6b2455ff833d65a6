"""Several processes on one Postgres, over a good part of the labelled replies, killed while they are at it.

    python -m tests.chaos.shared [--seed 1] [--messages 200] [--kills 8]

First two services: the active poller is killed, the other takes over, the dead one is started again, and so on. Then a
service with four Procrastinate workers, killed at random. Every message must be read once, all figures be those of an
undisturbed run, and one roll-up arrive. Exit code 1 where anything else came out.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import select

from mailbot.store.tables import MessageRow
from tests.live.conftest import polled
from tests.live.processes import Instance, Workers, instances, read_so_far, until
from tests.live.whole import LIGHT, Outcome, fill, write_config
from tests.servers import dovecot
from tests.servers.databases import Database, postgres_database
from tests.servers.postgres import find_programs, running_postgres
from tests.servers.smtp import running_sink

TAKEOVERS = 3
WORKERS = 4
PATIENCE = 900.0
"""Seconds for a whole run: the machine may be a shared one."""


@dataclass(frozen=True)
class Place:
    """Servers and an empty database for one run, with the replies that it gets and what must come of them."""

    folder: Path
    mail: Any
    sink: Any
    database: Database
    replies: Sequence[Path]
    expected: dict[str, Any]

    def config(self, more: str = "") -> Path:
        """The configuration of a service here."""
        path = write_config(self.folder / "config.toml", self.mail, self.sink.port, self.database.url)
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        return path

    def wrong(self, processes: Sequence[Instance], kills: int) -> list[str]:
        """What is not as it must be, at the end."""
        found, outcome = [], Outcome(self.database).rows()
        found += [f"{name} differ from the undisturbed" for name in outcome if outcome[name] != self.expected[name]]
        read = sum(one.said("read") for one in processes)
        if not len(self.replies) - kills <= read <= len(self.replies):  # a kill may come between commit and log
            found.append(f"{read} readings saved for {len(self.replies)} messages")
        if len(self.sink.mails) != 1:
            found.append(f"{len(self.sink.mails)} roll-ups arrived")
        return found

    def begun_again(self) -> int:
        """How many messages were claimed more than once, because their first reader was killed."""
        with self.database.reading() as session:
            return len(session.scalars(select(MessageRow.id).where(MessageRow.attempts > 1)).all())


def main() -> int:
    """Run both, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.shared")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--kills", type=int, default=8)
    arguments = parser.parse_args()
    console = Console()
    replies = LIGHT[:: max(1, len(LIGHT) // arguments.messages)][: arguments.messages]
    with tempfile.TemporaryDirectory(prefix="mailbot-shared-") as folder:
        expected = polled(Path(folder), replies)
    dice = random.Random(arguments.seed)
    wrong = []
    with _place(replies, expected) as place:
        wrong += _pollers(place, dice, console)
    with _place(replies, expected) as place:
        wrong += _workers(place, dice, arguments.kills, console)
    for line in wrong:
        console.print(line, style="red")
    console.print(f"seed {arguments.seed}: {len(wrong)} promises broken")
    return int(bool(wrong))


def _pollers(place: Place, dice: random.Random, console: Console) -> list[str]:
    """Two services; the leader is killed some times, each time when a part of the replies has been read."""
    portion = len(place.replies) // (TAKEOVERS + 1)
    took, everyone, began = [], [], time.monotonic()
    fill(place.mail, place.replies[:portion])
    config = place.config()
    with ExitStack() as stack:
        pair = stack.enter_context(instances(config, 2))
        everyone += pair
        for number in range(1, TAKEOVERS + 1):
            goal = portion * (number - 1) + dice.randrange(portion // 2, portion)
            until(lambda goal=goal: read_so_far(place.database) >= goal, everyone, PATIENCE)
            leader = max(pair, key=_led_at)
            other = pair[1 - pair.index(leader)]
            before = other.said("lead_taken")
            leader.process.kill()
            leader.process.wait(10)
            killed = time.monotonic()
            last = number == TAKEOVERS
            fill(place.mail, place.replies[portion * number : None if last else portion * (number + 1)])
            until(lambda other=other, before=before: other.said("lead_taken") > before, everyone, PATIENCE)
            took.append(time.monotonic() - killed)
            again = Instance(config, f"instance{number + 1}")
            stack.callback(again.process.wait)
            stack.callback(again.process.kill)
            everyone.append(again)
            pair = [other, again]
        until(lambda: Outcome(place.database).is_done(len(place.replies)), everyone, PATIENCE)
        wrong = place.wrong(everyone, TAKEOVERS)
    shares = sorted((one.said("read") for one in everyone), reverse=True)
    console.print(
        f"two services, {TAKEOVERS} leaders killed, {len(place.replies)} messages: read by {shares}, "
        f"{place.begun_again()} begun again; taken over after {', '.join(f'{one:.1f}' for one in took)} s; "
        f"{time.monotonic() - began:.0f} s in all",
        soft_wrap=True,
    )
    return wrong


def _led_at(instance: Instance) -> str:
    return max((line["timestamp"] for line in instance.lines() if line["event"] == "lead_taken"), default="")


def _workers(place: Place, dice: random.Random, kills: int, console: Console) -> list[str]:
    """A service that hands over, and workers of which one after the other is killed and replaced."""
    fill(place.mail, place.replies)
    began = time.monotonic()
    config = place.config('\n[queue]\nengine = "procrastinate"\n')
    with instances(config, 1) as (service,):
        workers = Workers(config, WORKERS)
        try:
            for number in range(kills):
                goal = (number + 1) * len(place.replies) // (kills + 1)
                until(lambda goal=goal: read_so_far(place.database) >= goal, workers.all, PATIENCE)
                time.sleep(dice.random() * 0.3)
                workers.kill_one(dice)
            until(lambda: Outcome(place.database).is_done(len(place.replies)), [service, *workers.all], PATIENCE)
        finally:
            for one in workers.all:
                one.process.kill()
                one.process.wait()
        wrong = place.wrong([service, *workers.all], kills)
        wrong += ["the service read by itself"] * bool(service.said("read"))
    shares = sorted((one.said("read") for one in workers.all), reverse=True)
    console.print(
        f"{WORKERS} workers, {kills} killed, {len(place.replies)} messages: read by {shares}, "
        f"{place.begun_again()} begun again; {time.monotonic() - began:.0f} s in all",
        soft_wrap=True,
    )
    return wrong


@contextmanager
def _place(replies: Sequence[Path], expected: dict[str, Any]) -> Iterator[Place]:
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("Postgres is not installed (Debian: apt install postgresql)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-shared-")))
        mail = stack.enter_context(dovecot.running())
        sink = stack.enter_context(running_sink(mail.certificates))
        sink.taken = lambda raw: mail.deliver(raw, "Отправленные", seen=True)
        database = stack.enter_context(postgres_database(stack.enter_context(running_postgres(programs))))
        yield Place(folder, mail, sink, database, replies, expected)


if __name__ == "__main__":
    sys.exit(main())
