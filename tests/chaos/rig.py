"""The rig: mailbot's jobs on real servers through proxies that break, and an undisturbed twin to compare with.

The jobs are those of the service, called in its order by the rig instead of its timer, so that the clock can be moved.
An error ends a job's turn as it does in the service, and the next turn comes. After each round of faults the jobs run
on without any until they are at rest, and then the promises are checked.
"""

from __future__ import annotations

import errno
import gc
import random
import re
import resource
import tempfile
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from mailbot.cli.application import service_settings
from mailbot.config import load
from mailbot.inbox.errors import InboxError
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.reporting import Reporter
from mailbot.store import views
from mailbot.store.tables import (
    FigureRow,
    FolderRow,
    LocationRow,
    MessageRow,
    OrganisationRow,
    OutboxRow,
    RawMessageRow,
    ReportRow,
)
from tests.chaos import plan
from tests.chaos.mails import reply, sent_at
from tests.chaos.proxy import Proxy, proxies
from tests.chaos.servers import Mail, SetUp, database_of, mail_of
from tests.chaos.tally import Tally
from tests.servers.smtp import Sink, running_sink

START = datetime(2021, 3, 26, 4, tzinfo=UTC)
PLANNED = {"imap": (5, 11), "smtp": (3, 6), "postgres": (8, 14)}
"""How many faults a round plans for a link."""
TURNS = 20
"""Turns that a round's faults are waited for."""
SETTLING = 40
ROLLUP = re.compile(rb"<mailbot\.rollup\.[^>]*?\.(\d{4}-\d\d-\d\d)\.daily[.@]")

CONFIG = """
[mailbox.press]
host = "localhost"
port = {imap}
tls = "{tls}"
user = "{user}"
password = "{password}"
{ca}
[database]
url = "{database}"
[smtp]
host = "localhost"
port = {smtp}
tls = "{tls}"
user = "{sink.user}"
password = "{sink.password}"
{ca}
sender = "mailbot <press@example.org>"
[report]
to = ["contact@example.org"]
at = {at}
zone = "{zone}"
"""


@dataclass
class Rig:
    """Everything of one set-up. `links` are the proxies by name: imap, smtp, postgres."""

    set_up: SetUp
    mail: Mail
    sink: Sink
    links: dict[str, Proxy]
    database: Any
    jobs: Jobs
    twin: Jobs
    clock: plan.MovedClock
    dice: random.Random
    tally: Tally

    def __post_init__(self) -> None:
        self.receiving = self.jobs.receiving(self.jobs.settings.mailboxes[0])
        self.reader = self.jobs.reader()
        self.reporter: Reporter = self.jobs.reporter(lambda: self.receiving.first_poll.is_done, lambda: None)
        self.delivered: set[str] = set()
        self.number = 0
        self.failed = 0
        self._disk_is_full = False

    # What happens

    def deliver(self) -> None:
        """A few new mails, some of them in two folders."""
        for _ in range(self.dice.randint(1, 3)):
            self.number += 1
            raw = reply(self.dice, self.number)
            for folder in self.dice.choice([("INBOX",), ("INBOX",), ("INBOX",), ("Спам",), ("INBOX", "Спам")]):
                self.mail.deliver(raw, folder, sent_at(self.number))
            self.delivered.add(sha256(raw.replace(b"\n", b"\r\n")).hexdigest())
        self.tally.messages = len(self.delivered)

    def turn(self) -> int:
        """One turn of every job; returns how many of them failed."""
        self.failed = 0
        self._job("receive", self._receive)
        self._job("read", self.reader.read_waiting)
        self._job("report", self.reporter.report)
        self._job("deliver", self._deliver)
        return self.failed

    def _receive(self) -> None:
        if self.receiving.turn() > 1:  # a pause after a failure
            self.failed += 1

    def _deliver(self) -> None:
        if self.jobs.deliver().problems:
            self.failed += 1

    def _job(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except (SQLAlchemyError, InboxError):  # the service tells it and goes on
            self.failed += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the rig reports it
            self.failed += 1
            if not (self._disk_is_full and _says_too_large(error)):
                self.tally.uncaught.append(f"{self.set_up}: {name}: {traceback.format_exc()}")

    # Rounds

    def round(self, brings: str) -> None:
        """New mail, a moved clock, faults, and then rest and the reckoning."""
        self.deliver()
        self._count("clock", self.clock.jump(self.dice, to_next_day="smtp" in brings or self.dice.random() < 0.5))
        match brings:
            case "disk":
                self._fill_disk()
            case "restart postgres":
                self._restart("postgres", self.database)
            case "restart imap":
                self._restart("imap", self.mail.server)
            case _:
                self._break({link: self.dice.randint(*PLANNED[link]) for link in brings.split("+")})
        self.settle()
        self.check(brings)
        self.tally.rounds += 1

    def _count(self, where: str, what: Sequence[str]) -> None:
        self.tally.faults.update((where, each) for each in what)

    def _break(self, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            clear = self.set_up.plain and name != "postgres"
            self.links[name].plan(plan.faults(self.dice, name, count, plain=clear))
        for _ in range(TURNS):
            self.turn()
            self._count("clock", self.clock.move(timedelta(minutes=5)))
            if not any(link.waiting for link in self.links.values()):
                break
        for name in counts:
            self.tally.unreached += self.links[name].cancel()
        for name, link in self.links.items():
            self._count(name, [fault.kind for fault in link.fired])
            link.fired.clear()

    def _fill_disk(self) -> None:
        """Files may not grow beyond a few kilobytes for a while; whoever the tests run as."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        for _ in range(self.dice.randint(1, 3)):
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.dice.randrange(1024, 24 * 1024), hard))
            self._disk_is_full = True
            try:
                failed = self.turn()
            finally:
                self._disk_is_full = False
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            self._count("sqlite", ["disk full"] * (failed > 0))
            self.clock.move(timedelta(minutes=2))
        gc.collect()  # a half-written workbook complains when it is collected: here, and not in the next test

    def _restart(self, where: str, server: Any) -> None:
        """End the server in the middle of a turn, or before it, and start it again."""
        kill = getattr(server, "kill", server.stop)
        killer = threading.Timer(self.dice.random() * 0.15, kill)
        killer.start()
        failed = self.turn()
        killer.join()
        failed += self.turn()
        server.start()
        self._count(where, ["restarted"] * (failed > 0))

    # Rest and reckoning

    def settle(self) -> None:
        """Go on without faults until nothing is left to do. The clock goes on, so that leases and pauses end."""
        for _ in range(SETTLING):
            self._count("clock", self.clock.move(timedelta(minutes=61)))
            if not self.turn() and self._at_rest():
                return
        self.tally.losses.append(f"{self.set_up}: not at rest after {SETTLING} hours without faults")

    def _at_rest(self) -> bool:
        with self.jobs.reading_sessions() as session:
            unread = session.scalar(select(func.count()).select_from(MessageRow).where(MessageRow.queued))
            bare = session.scalar(select(func.count()).select_from(MessageRow).where(MessageRow.sha256.is_(None)))
            unsent = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state != "sent"))
        return not (unread or bare or unsent)

    def check(self, brings: str) -> None:
        """Compare with the undisturbed twin, with what was delivered, and with what arrived at the sink."""
        receiving = self.twin.receiving(self.twin.settings.mailboxes[0])
        receiving.poll()
        receiving.receiver.close()
        reader = self.twin.reader()
        reader.read_waiting()
        reader.close()
        ours, twins = outcome(self.jobs.reading_sessions), outcome(self.twin.reading_sessions)
        what = f"{self.set_up}, round {self.tally.rounds} ({brings})"
        self._check_messages(what, ours)
        for name in ("messages", "places", "figures", "current"):
            if ours[name] != twins[name]:
                differing = list(
                    (
                        (Counter(ours[name]) - Counter(twins[name])) + (Counter(twins[name]) - Counter(ours[name]))
                    ).items()
                )
                self.tally.wrong.append(f"{what}: {name} differ from the undisturbed: {differing[:4]}")
        self._check_rollups(what)

    def _check_messages(self, what: str, ours: dict[str, list[Any]]) -> None:
        stored = Counter(row[0] for row in ours["messages"])
        self.tally.losses += [f"{what}: message {digest[:8]} has no row" for digest in self.delivered - stored.keys()]
        for digest, count in stored.items():
            if count > 1:
                self.tally.duplicates.append(f"{what}: message {digest and digest[:8]} is {count} rows")
            if digest not in self.delivered:
                self.tally.wrong.append(f"{what}: a row that is no message that was delivered: {digest}")
            elif sha256(ours["raws"][digest]).hexdigest() != digest:
                self.tally.wrong.append(f"{what}: the bytes of message {digest[:8]} are not those that arrived")

    def _check_rollups(self, what: str) -> None:
        arrived = Counter(match[1].decode() for mail in self.sink.mails for match in [ROLLUP.search(mail)] if match)
        owed = self.clock.owed(START)
        self.tally.losses += [f"{what}: no roll-up for {day}" for day in sorted(owed - arrived.keys())]
        self.tally.wrong += [f"{what}: a roll-up that nobody owed: {day}" for day in sorted(arrived.keys() - owed)]
        twice = {day: count - 1 for day, count in arrived.items() if count > 1}
        if self.mail.keeps_copies:
            self.tally.duplicates += [f"{what}: {more} roll-ups too many for {day}" for day, more in twice.items()]
        else:
            self.tally.unknowable = sum(twice.values())
        self.tally.rollups = len(owed)

    def close(self) -> None:
        """Close what was opened."""
        self.receiving.receiver.close()
        self.reader.close()
        self.jobs.close()
        self.twin.close()


def _says_too_large(error: Exception) -> bool:
    """Whether a file could not grow: the workbook's temporary file, on a full disk, says so through its libraries."""
    return "EFBIG" in repr(error) or (isinstance(error, OSError) and error.errno == errno.EFBIG)


def outcome(sessions: sessionmaker[Session]) -> dict[str, Any]:
    """What a database says, without numbers that depend on the order of events."""
    figures = (
        select(MessageRow.sha256, OrganisationRow.key, FigureRow.field, FigureRow.value)
        .join(ReportRow, ReportRow.message_id == MessageRow.id)
        .join(FigureRow, FigureRow.report_id == ReportRow.id)
        .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
    )
    places = (
        select(FolderRow.name, LocationRow.uid, LocationRow.gone, MessageRow.sha256)
        .join(FolderRow, FolderRow.id == LocationRow.folder_id)
        .join(MessageRow, MessageRow.id == LocationRow.message_id)
    )
    with sessions() as session:

        def rows(query: Any) -> list[Any]:
            return sorted((tuple(row) for row in session.execute(query)), key=str)

        current = [
            tuple((name, value) for name, value in row.items() if name != "message_id")
            for row in views.read(session, "current_figures")
        ]
        raws = select(MessageRow.sha256, RawMessageRow.raw).join(
            RawMessageRow, RawMessageRow.message_id == MessageRow.id
        )
        return {
            "messages": rows(select(MessageRow.sha256, MessageRow.status, MessageRow.kind)),
            "places": rows(places),
            "figures": rows(figures),
            "current": sorted(current, key=str),
            "raws": dict(tuple(row) for row in session.execute(raws)),
        }


def settings_of(folder: Path, set_up: SetUp, mail: Mail, ports: dict[str, int], database: str) -> ServiceSettings:
    """The service's settings, as from a configuration, with short times."""
    ca = f'ca_file = "{mail.authority}"' if not set_up.plain else ""
    path = folder / "config.toml"
    path.write_text(
        CONFIG.format(
            **ports, tls="none" if set_up.plain else "tls", ca=ca, user=mail.user, password=mail.password, sink=Sink,
            database=database, at=plan.AT.isoformat(), zone=plan.ZONE.key,
        ),
        encoding="utf-8",
    )  # fmt: skip
    made = service_settings(load(path))
    box = replace(made.mailboxes[0], poll_seconds=0.02, timeout_seconds=0.5, command_seconds=3.0)
    smtp = replace(
        made.smtp, timeout_seconds=0.5, retry_seconds=60.0, retry_longest_seconds=600.0, login_retry_seconds=600.0
    )
    return replace(made, mailboxes=(box,), smtp=smtp)


@contextmanager
def rig(set_up: SetUp, seed: int) -> Iterator[Rig]:
    """A rig on fresh servers, everything closed and removed afterwards."""
    tally = Tally(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-chaos-")))
        mail = stack.enter_context(mail_of(set_up))
        sink = stack.enter_context(running_sink(None if set_up.plain else mail.certificates))
        if mail.keeps_copies:
            sink.taken = lambda raw: mail.deliver(raw, "Отправленные", None)
        database, server = stack.enter_context(database_of(set_up, folder))
        loop = stack.enter_context(proxies())
        links = {
            "imap": loop.proxy(mail.port, plain=set_up.plain),
            "smtp": loop.proxy(sink.port, plain=set_up.plain),
        }
        url = database
        if server is not None:
            links["postgres"] = loop.proxy(server.port, stall_seconds=0.7)
            url = database.replace(f":{server.port}/", f":{links['postgres'].port}/") + "?sslmode=require"
        ports = {"imap": links["imap"].port, "smtp": links["smtp"].port}
        clock = plan.MovedClock(START)
        jobs = Jobs(settings_of(folder, set_up, mail, ports, url), clock)
        jobs.prepare()
        straight = {"imap": mail.port, "smtp": sink.port}
        patient = settings_of(folder, set_up, mail, straight, f"sqlite:///{folder}/twin.db")
        box = replace(patient.mailboxes[0], timeout_seconds=60.0, command_seconds=60.0)
        twin = Jobs(replace(patient, mailboxes=(box,)), clock)
        twin.prepare()
        made = Rig(set_up, mail, sink, links, server, jobs, twin, clock, random.Random(seed), tally)
        stack.callback(made.close)
        made.settle()  # the first roll-up, from which on each day owes one
        yield made
