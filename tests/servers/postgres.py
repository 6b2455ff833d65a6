"""A throw-away Postgres on loopback: a cluster in a temporary folder, a free port, an unprivileged user.

It keeps nothing safe (fsync is off) and asks for no password, so it listens on 127.0.0.1 alone. The programs are found
in PATH or under /usr/lib/postgresql. Each test gets a database of its own, copied from a template.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.certificates import make_certificates
from tests.servers.dovecot import HOST, free_port

USER = "mailbot"
_LOCALE = ("--locale=C", "--locale-provider=icu", "--icu-locale=ru")
"""Sorts as a Russian dictionary does, not by character codes: an order that a view forgot to state shows."""
_SETTINGS = {
    "listen_addresses": HOST,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class Postgres:
    """A running cluster; with `tls` it offers TLS, with a certificate of its own."""

    def __init__(self, folder: Path, programs: Path, *, tls: bool = False) -> None:
        self.folder = folder
        self._tls = self._offer_tls() if tls else {}
        self.port = free_port()
        self._programs = programs
        self._made = 0
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Initialise the cluster (once) and start it; returns when it takes connections."""
        data = self.folder / "data"
        if not data.exists():
            self._run("initdb", "-D", str(data), "-U", USER, "--auth=trust", "--encoding=UTF8", *_LOCALE)
        settings = [part for name, value in (_SETTINGS | self._tls).items() for part in ("-c", f"{name}={value}")]
        where = ["-p", str(self.port), "-c", f"unix_socket_directories={self.folder}"]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", str(data), *where, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **_unprivileged(),
            )
        self._wait()

    def stop(self) -> None:
        """Stop at once, as a power cut would not: connections are closed, nothing is awaited."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # «fast» shutdown
            self._server.wait(timeout=30)
            self._server = None

    def create(self, template: str = "template1") -> str:
        """A new database, copied from `template`; returns its name."""
        self._made += 1
        name = f"test_{self._made}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def url(self, database: str) -> str:
        """What mailbot's configuration would say."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def _offer_tls(self) -> dict[str, str]:
        made = make_certificates(self.folder)
        for path in (made.certificate, made.key):
            path.chmod(0o600)
            if os.geteuid() == 0:
                os.chown(path, _account().pw_uid, _account().pw_gid)
        return {"ssl": "on", "ssl_cert_file": str(made.certificate), "ssl_key_file": str(made.key)}

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                dead = self._server is None or self._server.poll() is not None
                if dead or time.monotonic() > deadline:
                    log = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"Postgres did not start:\n{log}") from error
                time.sleep(0.05)
            else:
                return

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **_unprivileged(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


def find_programs() -> Path | None:
    """The folder of initdb and postgres, the newest version that there is; None where Postgres is not installed."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def running_postgres(programs: Path, *, tls: bool = False) -> Iterator[Postgres]:
    """A cluster for the time of the block, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mailbot-postgres-"))
    try:
        if os.geteuid() == 0:
            account = _account()
            os.chown(folder, account.pw_uid, account.pw_gid)
        server = Postgres(folder, programs, tls=tls)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd:
    """Whom the server runs as when the tests run as root, which Postgres refuses to do."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _unprivileged() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    account = _account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
