"""The servers that a rig stands on: which IMAP server, which database, with TLS or in the clear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from mailbot.demo import mailbox as pymap
from tests.servers import dovecot
from tests.servers.certificates import Certificates
from tests.servers.postgres import Postgres, find_programs, running_postgres


@dataclass(frozen=True, slots=True)
class SetUp:
    """One combination: Dovecot, Dovecot made to look like Yandex, or pymap (in the clear alone); SQLite or Postgres."""

    imap: Literal["dovecot", "yandex", "pymap"]
    database: Literal["sqlite", "postgres"]
    plain: bool = False

    def __str__(self) -> str:
        return f"{self.imap}, {self.database}, {'in the clear' if self.plain else 'TLS'}"


@dataclass(frozen=True, slots=True)
class Mail:
    """A running IMAP server. `deliver(raw, folder, when)` puts a mail there, past all proxies."""

    server: Any
    port: int
    user: str
    password: str
    certificates: Certificates | None
    keeps_copies: bool
    deliver: Callable[[bytes, str, datetime | None], object]

    @property
    def authority(self) -> Path | str:
        """The authority to trust."""
        return self.certificates.authority if self.certificates else ""


@contextmanager
def mail_of(set_up: SetUp) -> Iterator[Mail]:
    """The IMAP server of a set-up."""
    if set_up.imap == "pymap":
        with pymap.running_mailbox() as box:

            def append(raw: bytes, folder: str, when: datetime | None) -> None:
                box.deliver(
                    folder,
                    raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
                    when or datetime(2021, 3, 1, tzinfo=UTC),
                )

            yield Mail(box, box.port, pymap.USER, pymap.PASSWORD, None, False, append)
        return
    with dovecot.running(capabilities=dovecot.YANDEX if set_up.imap == "yandex" else "") as server:
        port = server.plain_port if set_up.plain else server.port
        yield Mail(
            server, port, server.user, server.password, server.certificates, True,
            lambda raw, folder, when: server.deliver(raw, folder, when=when, seen=when is None),
        )  # fmt: skip


@contextmanager
def database_of(set_up: SetUp, folder: Path) -> Iterator[tuple[str, Postgres | None]]:
    """The database's URL, and its server where it has one."""
    if set_up.database == "sqlite":
        yield f"sqlite:///{folder}/mailbot.db", None
        return
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("Postgres is not installed (Debian: apt install postgresql)")
    with running_postgres(programs, tls=True) as server:
        yield server.url(server.create()), server
