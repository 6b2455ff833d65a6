"""A world to harm: a mail server, a sink, a database, each behind a proxy, and mailbot's own jobs between them.

Days pass by a clock that the rig moves. Each morning mail arrives; then the jobs run, while faults hit whatever they
talk to; at night all faults end, and the jobs must come to rest with every mail in one row and one roll-up a day.
"""

from __future__ import annotations

import random
import resource
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.desk.settings import DeskSettings
from mailbot.domain.document import Limits
from mailbot.domain.weights import Weights
from mailbot.inbox.errors import InboxError
from mailbot.inbox.settings import MailboxSettings
from mailbot.outbox.message import Addresses
from mailbot.outbox.settings import SmtpSettings
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.reading import Bounds
from mailbot.store.tables import FigureRow, MessageRow, OrganisationRow, OutboxRow, ReportRow, RollupRow
from tests.servers.proxy import Fault, Kind, Proxy, Way
from tests.servers.smtp import Sink

ZONE = ZoneInfo("Europe/Berlin")
AT = time(2, 30)
"""An hour that one night in March skips and one night in October has twice."""

SENT = "Отправленные"
SPAM = "Спам"
ROUNDS_TO_SETTLE = 40
STEP = timedelta(minutes=1)
LEAP = timedelta(minutes=25)
"""While things settle: past every pause and lease."""


class MailServer(Protocol):
    """What the rig needs of an IMAP server."""

    host: str
    port: int
    user: str
    password: str
    ca_file: Path | None
    timeout_seconds: float
    keeps_copies: bool
    """Whether copies of what was sent are found in a folder of the account: only so can exactly once be kept."""

    def deliver(self, raw: bytes, folder: str = "INBOX", *, seen: bool = False) -> object:
        """Put a mail into a folder."""


@dataclass
class Tally:
    """What happened: faults by kind, and every way in which a promise was broken, as sentences."""

    faults: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    lost: int = 0
    twice: int = 0
    delivered: int = 0
    rollups: int = 0

    def __iadd__(self, other: Tally) -> Self:
        self.faults += other.faults
        self.broken += other.broken
        self.lost, self.twice = self.lost + other.lost, self.twice + other.twice
        self.delivered, self.rollups = self.delivered + other.delivered, self.rollups + other.rollups
        return self


class Weather:
    """Which fault hits the next connection; none while it is `calm`."""

    def __init__(self, rng: random.Random, tally: Tally) -> None:
        self._rng = rng
        self._tally = tally
        self._open: list[tuple[str, Fault]] = []
        self.calm = True

    def plan(self, name: str, kinds: dict[Kind, int]) -> Callable[[], Fault | None]:
        """Faults for the connections of one proxy; `kinds` with the last byte at which each may strike."""

        def next_fault() -> Fault | None:
            if self.calm or not kinds:
                return None
            kind = self._rng.choice(sorted(kinds))
            way: Way = "to client" if kind == "bye" or self._rng.random() < 0.7 else "to server"
            fault = Fault(kind, way, int(kinds[kind] ** self._rng.random()))
            self._open.append((name, fault))
            return fault

        return next_fault

    def count(self) -> int:
        """Enter what has happened since the last call into the tally; returns how many faults there are in all."""
        for name, fault in self._open:
            if fault.happened:
                self._tally.faults[f"{name}: {fault.kind}"] += 1
        self._open = [(name, fault) for name, fault in self._open if not fault.happened]
        return self._tally.faults.total()


class Clock:
    """The time, as the rig says."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


TLS_FAULTS: dict[Kind, int] = {
    "cut": 60_000, "reset": 60_000, "stall": 40_000, "drip": 20_000, "lose": 40_000, "corrupt": 40_000,
}  # fmt: skip
# Without TLS nobody can tell a byte of a mail that was changed: so only what stands before the mails is corrupted.
PLAIN_FAULTS: dict[Kind, int] = {
    "cut": 60_000, "reset": 60_000, "stall": 40_000, "drip": 20_000, "corrupt": 150, "bye": 40_000,
}  # fmt: skip
SMTP_FAULTS: dict[Kind, int] = {
    "cut": 100_000, "reset": 100_000, "stall": 50_000, "drip": 9_000, "lose": 50_000, "corrupt": 50_000,
}  # fmt: skip
DATABASE_FAULTS: dict[Kind, int] = {"cut": 200_000, "reset": 200_000}


class World:
    """mailbot's jobs over servers that fail. `own_faults` are those of no connection: a restart, a full disk."""

    def __init__(
        self,
        name: str,
        seed: int,
        start: date,
        mail: MailServer,
        sink: Sink,
        sink_ca: Path,
        database_url: Callable[[Weather], str],
    ) -> None:
        self.name = name
        self.rng = random.Random(f"{seed} {name}")
        self.tally = Tally()
        self.weather = Weather(self.rng, self.tally)
        self.clock = Clock(datetime.combine(start, time(2), tzinfo=ZONE).astimezone(UTC))
        self.mail = mail
        self.sink = sink
        if mail.keeps_copies:
            sink.taken = lambda raw: mail.deliver(raw, SENT, seen=True)
        faults = TLS_FAULTS if mail.ca_file else PLAIN_FAULTS
        self._imap = Proxy(mail.port, self.weather.plan("IMAP", faults))
        self._smtp = Proxy(sink.port, self.weather.plan("SMTP", SMTP_FAULTS if mail.keeps_copies else {}))
        self.delivered: dict[bytes, None] = {}
        self.own_faults: dict[str, Callable[[World], None]] = {"clock: moved back": _move_clock_back}
        self.settings = _settings(mail, self._imap.port, self._smtp.port, sink_ca, database_url(self.weather))
        self.jobs = Jobs(self.settings, self.clock)
        self.jobs.prepare()
        self._build()

    def close(self) -> None:
        """End all connections."""
        self._reader.close()
        self._receiving.receiver.close()
        self.jobs.close()
        self._imap.close()
        self._smtp.close()

    # -- what happens ---------------------------------------------------------------------------------------------

    def day(self, mails: list[bytes], rounds: int, enough: Callable[[], bool]) -> None:
        """One day: mail arrives, the jobs run under faults, then they settle without."""
        waiting = list(mails)
        self.weather.calm = False
        self._imap.hang_up()
        for _ in range(rounds):
            if waiting and self.rng.random() < 0.5:
                self._deliver(waiting.pop())
            self.run_jobs()
            self.clock.now += STEP
            if self.rng.random() < 0.25:
                self._strike()
            if self.weather.count() and enough():
                break
        for raw in waiting:
            self._deliver(raw)
        self._settle()
        self._check(f"{self.name}, {self.clock.now.astimezone(ZONE):%d.%m.%Y}")
        local = self.clock.now.astimezone(ZONE).date()
        self.clock.now = datetime.combine(local + timedelta(days=1), time(2), tzinfo=ZONE).astimezone(UTC)

    def _deliver(self, raw: bytes) -> None:
        self.mail.deliver(raw, SPAM if self.rng.random() < 0.2 else "INBOX")
        self.delivered[raw] = None
        if self.rng.random() < 0.15:
            self.mail.deliver(raw, SPAM)  # the same mail in a second folder

    def run_jobs(self) -> None:
        """All jobs once, in the service's order; what the service would bear is borne."""
        for job in (self._receiving.poll, self._reader.read_waiting, self._reporter.report, self.jobs.deliver):
            try:
                job()
            except (InboxError, SQLAlchemyError):
                continue
            except Exception:  # noqa: BLE001 - whatever it is, it is what the rig is for: it is reported with its trace
                self.tally.broken.append(f"{self.name}: an error that no job should raise\n{traceback.format_exc()}")

    def _strike(self) -> None:
        what = self.rng.choice(sorted(self.own_faults))
        self.own_faults[what](self)
        self.tally.faults[what] += 1

    def restart(self) -> None:
        """The process ends without a word, and another takes its place: nothing that was in memory is left."""
        self._reader.close()
        self._receiving.receiver.interrupt()
        self._receiving.receiver.close()
        self.jobs.close()
        self.jobs = Jobs(self.settings, self.clock)
        self._build()

    def _build(self) -> None:
        self._receiving = self.jobs.receiving(self.settings.mailboxes[0])
        self._reader = self.jobs.reader()
        self._reporter = self.jobs.reporter(self._receiving.has_polled.is_set, lambda: None)
        self._key_ready()

    def _key_ready(self) -> None:
        """`prepare` again, for the key that signs roll-ups; while the database is away, later."""
        for _ in range(20):
            try:
                self.jobs.prepare()
            except SQLAlchemyError:
                continue
            return
        raise RuntimeError("the database does not come back")

    def _settle(self) -> None:
        self.weather.calm = True
        self._imap.hang_up()
        for _ in range(ROUNDS_TO_SETTLE):
            self.run_jobs()
            if self._at_rest():
                return
            self.clock.now += LEAP
        self.tally.broken.append(f"{self.name}: not at rest after {ROUNDS_TO_SETTLE} rounds without a fault")

    def _at_rest(self) -> bool:
        with self.jobs.reading_sessions() as session:
            queued = session.scalar(select(func.count()).where(MessageRow.queued))
            waiting = session.scalar(select(func.count()).where(OutboxRow.state != "sent"))
            known = set(session.scalars(select(MessageRow.sha256).where(MessageRow.sha256.is_not(None))))
        return not queued and not waiting and len(known) >= len(self.delivered) and self._last_rollup() == self._today()

    def _today(self) -> date:
        return self.clock.now.astimezone(ZONE).date()

    def _last_rollup(self) -> date | None:
        return max(self._arrived(), default=None)

    # -- what must hold -------------------------------------------------------------------------------------------

    def _arrived(self) -> Counter[date]:
        """How many roll-ups of each date the sink has."""
        made = select(OutboxRow.message_id_header, RollupRow.for_date).join(
            RollupRow, RollupRow.outbox_id == OutboxRow.id
        )
        with self.jobs.reading_sessions() as session:
            dates = dict(session.execute(made).all())
        return Counter(dates[message_from_bytes(raw)["Message-ID"]] for raw in self.sink.mails)

    def _check(self, where: str) -> None:
        with self.jobs.reading_sessions() as session:
            rows = session.scalar(select(func.count()).select_from(MessageRow)) or 0
        self.tally.lost += max(0, len(self.delivered) - rows)
        self.tally.twice += max(0, rows - len(self.delivered))
        if rows != len(self.delivered):
            self.tally.broken.append(f"{where}: {len(self.delivered)} mails delivered, {rows} in the database")
        arrived = self._arrived()
        first, last = min(arrived, default=self._today()), max(arrived, default=self._today())
        owed = (max(last, self._today()) - first).days + 1
        expected = Counter(first + timedelta(days=number) for number in range(owed))
        if arrived != expected:
            too_many, missing = dict(arrived - expected), dict(expected - arrived)
            self.tally.broken.append(f"{where}: roll-ups too many: {too_many}, missing: {missing}")
        self.tally.delivered, self.tally.rollups = len(self.delivered), arrived.total()

    def figures(self) -> list[tuple[object, ...]]:
        """What was read: of each mail its status and kind, and every figure."""
        figures = (
            select(MessageRow.sha256, MessageRow.status, MessageRow.kind, OrganisationRow.name)
            .add_columns(FigureRow.field, FigureRow.value)
            .outerjoin(ReportRow, ReportRow.message_id == MessageRow.id)
            .outerjoin(FigureRow, FigureRow.report_id == ReportRow.id)
            .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
        )
        with self.jobs.reading_sessions() as session:
            return sorted((tuple(row) for row in session.execute(figures)), key=str)


def _move_clock_back(world: World) -> None:
    """Over midnight too: nothing may become due again."""
    world.clock.now -= timedelta(hours=world.rng.choice((1, 3)))


@contextmanager
def full_disk(path: Path, spare: int) -> Iterator[None]:
    """For the time of the block no file of this process may grow beyond what `path` has now and `spare` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + spare, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill_disk(path: Path) -> Callable[[World], None]:
    """A fault: the disk of the SQLite database is full for a round."""

    def fault(world: World) -> None:
        with full_disk(path, world.rng.choice((0, 4096, 20_000))):
            world.run_jobs()

    return fault


def restart_process(world: World) -> None:
    """A fault: the process dies, another starts."""
    world.restart()


def _settings(mail: MailServer, imap_port: int, smtp_port: int, sink_ca: Path, url: str) -> ServiceSettings:
    mailbox = MailboxSettings(
        name="press", host=mail.host, port=imap_port, user=mail.user, password=SecretStr(mail.password),
        tls="tls" if mail.ca_file else "none", ca_file=mail.ca_file, idle=False, timeout_seconds=mail.timeout_seconds,
        command_seconds=6 * mail.timeout_seconds, batch_count=4,
    )  # fmt: skip
    smtp = SmtpSettings(
        host="localhost", port=smtp_port, ca_file=sink_ca, user=Sink.user, password=SecretStr(Sink.password),
        timeout_seconds=0.5, retry_seconds=60.0, lease_seconds=900.0,
    )  # fmt: skip
    return ServiceSettings(
        database_url=url, mailboxes=(mailbox,), smtp=smtp,
        addresses=Addresses("mailbot <press@example.org>", ("contact@example.org",)), report_at=AT, final_at=None,
        zone=ZONE, campaign=build_campaign(CampaignSection(), Path()), directory=build_directory(CampaignSection(), Path()),
        limits=Limits(), bounds=Bounds(), weights=Weights(),
        desk=DeskSettings(contacts=("contact@example.org",), authserv_ids=(), require_authentication=True, key=None),
    )  # fmt: skip


def enter(stack: ExitStack, world: World) -> World:
    """The world, closed with the stack."""
    stack.callback(world.close)
    return world
