"""Runs worlds until enough faults have happened, and holds their figures against an undisturbed reading."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from mailbot.demo import mailbox as pymap
from tests.chaos.world import DATABASE_FAULTS, Tally, Weather, World, fill_disk, restart_process
from tests.servers import dovecot
from tests.servers.certificates import make_certificates
from tests.servers.databases import postgres_template
from tests.servers.postgres import Postgres, find_programs, running_postgres
from tests.servers.proxy import Proxy
from tests.servers.smtp import running_sink

SPRING, AUTUMN = date(2021, 3, 26), date(2021, 10, 29)
"""Two days before the clocks change in Europe."""

REPLIES = Path(__file__).parents[1] / "replies"
LARGEST = 40_000
"""Bytes: scans are left out, since reading them is not what is tested here."""

MAILS_A_DAY = 12
ROUNDS_A_DAY = 25


@dataclass
class DovecotMail:
    """Dovecot, as the rig sees it; over TLS where `certificates` are given."""

    server: dovecot.Dovecot
    tls: bool
    host: str = "localhost"
    timeout_seconds: float = 1.5
    keeps_copies: bool = True

    def __post_init__(self) -> None:
        self.port = self.server.port if self.tls else self.server.plain_port
        self.user, self.password = self.server.user, self.server.password
        self.ca_file = self.server.certificates.authority if self.tls else None

    def deliver(self, raw: bytes, folder: str = "INBOX", *, seen: bool = False) -> None:
        """Put a mail into a folder."""
        self.server.deliver(raw, folder, seen=seen)


@dataclass
class PymapMail:
    """pymap, the second server: no TLS, in memory."""

    server: pymap.Mailbox
    host: str = "localhost"
    user: str = pymap.USER
    password: str = pymap.PASSWORD
    ca_file: Path | None = None
    timeout_seconds: float = 5.0  # it is slow, the more so with connections that broke
    keeps_copies: bool = False  # it knows no special uses, so nobody can tell which folder that would be

    def __post_init__(self) -> None:
        self.port = self.server.port

    def deliver(self, raw: bytes, folder: str = "INBOX", *, seen: bool = False) -> None:
        """Put a mail into a folder; what the server keeps no flags for stays unseen."""
        del seen
        self.server.deliver(folder, raw, datetime(2021, 8, 16, 9, tzinfo=UTC))


@dataclass(frozen=True)
class Databases:
    """Where worlds find a database: a Postgres, or none, and a folder for SQLite's files."""

    postgres: Postgres | None
    template: str
    folder: Path


WorldMaker = Callable[[ExitStack, int, Databases], World]


def over_tls_into_sqlite(stack: ExitStack, seed: int, databases: Databases, *, yandex: bool = False) -> World:
    """Dovecot over TLS, SQLite; the disk is full at times, and the process dies."""
    name = "Яндекс-подобный Dovecot, TLS, SQLite" if yandex else "Dovecot, TLS, SQLite"
    server = stack.enter_context(dovecot.running(capabilities=dovecot.YANDEX) if yandex else dovecot.running())
    return _on_sqlite(stack, name, seed, AUTUMN if yandex else SPRING, DovecotMail(server, tls=True), databases)


def plain_into_postgres(stack: ExitStack, seed: int, databases: Databases) -> World:
    """Dovecot without TLS, Postgres behind a proxy; Postgres restarts at times."""
    postgres = databases.postgres
    assert postgres is not None
    server = stack.enter_context(dovecot.running())
    sink = stack.enter_context(running_sink(server.certificates))
    url = make_url(postgres.url(postgres.create(databases.template)))

    def through_a_proxy(weather: Weather) -> str:
        proxy = Proxy(postgres.port, weather.plan("Postgres", DATABASE_FAULTS))
        stack.callback(proxy.close)
        return url.set(port=proxy.port).render_as_string(hide_password=False)

    mail = DovecotMail(server, tls=False)
    ca = server.certificates.authority
    world = World("Dovecot, PostgreSQL", seed, AUTUMN, mail, sink, ca, through_a_proxy)
    stack.callback(world.close)

    def restart(_world: World) -> None:
        postgres.stop()
        postgres.start()

    world.own_faults |= {"Postgres: restarted": restart, "process: killed": restart_process}
    return world


def pymap_into_sqlite(stack: ExitStack, seed: int, databases: Databases) -> World:
    """A second IMAP server, SQLite."""
    mailbox = stack.enter_context(pymap.running_mailbox())
    return _on_sqlite(stack, "pymap, SQLite", seed, SPRING, PymapMail(mailbox), databases)


def _on_sqlite(
    stack: ExitStack, name: str, seed: int, start: date, mail: DovecotMail | PymapMail, databases: Databases
) -> World:
    folder = Path(tempfile.mkdtemp(dir=databases.folder))
    sink = stack.enter_context(running_sink(make_certificates(folder, "localhost")))
    path = folder / "mailbot.db"
    world = World(name, seed, start, mail, sink, folder / "ca.pem", lambda _weather: f"sqlite:///{path}")
    stack.callback(world.close)
    world.own_faults |= {"disk: full": fill_disk(path), "process: killed": restart_process}
    return world


WORLDS: dict[str, WorldMaker] = {
    "dovecot-sqlite": over_tls_into_sqlite,
    "dovecot-postgres": plain_into_postgres,
    "yandex-sqlite": partial(over_tls_into_sqlite, yandex=True),
    "pymap-sqlite": pymap_into_sqlite,
}


@contextmanager
def databases() -> Iterator[Databases]:
    """A Postgres of our own and a folder, removed at the end. Raises RuntimeError where Postgres is not installed."""
    programs = find_programs()
    if programs is None:
        raise RuntimeError("Postgres is not installed (Debian: apt install postgresql)")
    with running_postgres(programs) as postgres, tempfile.TemporaryDirectory(prefix="mailbot-chaos-") as folder:
        yield Databases(postgres, postgres_template(postgres), Path(folder))


def run_world(make: WorldMaker, seed: int, faults: int, where: Databases, tell: Callable[[Tally], None]) -> Tally:
    """Days in one world until so many faults have happened. `tell` is called with the tally after each day."""
    with ExitStack() as stack:
        world = make(stack, seed, where)
        mails = mails_for(world.rng)
        while world.tally.faults.total() < faults:
            today = [next(mails) for _ in range(MAILS_A_DAY)]
            world.day(today, ROUNDS_A_DAY, lambda: world.tally.faults.total() >= faults)
            tell(world.tally)
        expected = undisturbed(list(world.delivered), where)
        if world.figures() != expected:
            missing, more = set(expected) - set(world.figures()), set(world.figures()) - set(expected)
            world.tally.broken.append(f"{world.name}: figures differ: missing {missing}, more {more}")
        return world.tally


def mails_for(rng: random.Random) -> Iterator[bytes]:
    """The labelled replies without the large ones, in a random order, over and over: each time as another mail."""
    paths = [path for path in sorted(REPLIES.rglob("*.eml")) if path.stat().st_size < LARGEST]
    turn = 0
    while True:
        rng.shuffle(paths)
        for path in paths:
            head = f"X-Turn: {turn}\nMessage-ID: <{turn}.{path.parent.name}.{path.stem}@chaos.example>\n"
            yield (head.encode() + path.read_bytes().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        turn += 1


def undisturbed(mails: list[bytes], where: Databases) -> list[tuple[object, ...]]:
    """What one calm day makes of the same mails, in a database of its own."""
    with ExitStack() as stack:
        calm = over_tls_into_sqlite(stack, 0, where)
        calm.day(mails, 0, lambda: True)
        assert not calm.tally.broken, calm.tally.broken
        return calm.figures()
