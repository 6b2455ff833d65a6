"""A throw-away Dovecot on loopback: TLS, maildir, free ports, an unprivileged user, everything in one temporary folder.

Started as root it drops to «nobody»; it never touches /etc/dovecot. Mail is put straight into the maildir, so that a
test decides what lies there, when it arrived and which flags it has.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from imap_tools.imap_utf7 import utf7_encode

from tests.servers.certificates import Certificates, make_certificates

PROGRAM = "/usr/sbin/dovecot"
HOST = "127.0.0.1"
FOLDERS = {"Черновики": "\\Drafts", "Отправленные": "\\Sent", "Удалённые": "\\Trash", "Спам": "\\Junk", "Архив": ""}
YANDEX = "IMAP4rev1 CHILDREN UNSELECT LITERAL+ NAMESPACE XLIST UIDPLUS ENABLE ID IDLE MOVE"
"""What Yandex Mail is taken to advertise: no CONDSTORE, QRESYNC, SPECIAL-USE, ESEARCH. Assumed, not read off it."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Dovecot:
    """A running server. `user`/`password` log in; `port` speaks TLS at once, `plain_port` offers STARTTLS."""

    user, password = "press@example.org", "секрет-4711"

    def __init__(
        self,
        folder: Path,
        *,
        capabilities: str = "",
        separator: str = "|",
        host: str = "localhost",
        password: str = password,
    ) -> None:
        self.folder, self.password = folder, password
        self.port, self.plain_port = free_port(), free_port()
        self.certificates: Certificates = make_certificates(folder, host)
        self._capabilities, self._separator = capabilities, separator
        self._process: subprocess.Popen[bytes] | None = None
        self._delivered = 0
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._uid, self._gid, self._account = account.pw_uid, account.pw_gid, account.pw_name

    @property
    def owner(self) -> tuple[int, int]:
        """User and group that the server runs as, by number."""
        return self._uid, self._gid

    @property
    def maildir(self) -> Path:
        """The user's maildir on disk."""
        return self.folder / "mail" / self.user / "Maildir"

    def folder_path(self, name: str) -> Path:
        """Where a folder lies on disk."""
        if name.upper() == "INBOX":
            return self.maildir
        return self.maildir / ("." + utf7_encode(name).decode("ascii").replace(self._separator, "."))

    def start(self) -> None:
        """Write the configuration and start; returns when the server listens."""
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "passwd").write_text(f"{self.user}:{{PLAIN}}{self.password}::::::\n", encoding="utf-8")
        (self.folder / "dovecot.conf").write_text(self._configuration(), encoding="utf-8")
        self._own(self.folder)
        with (self.folder / "dovecot.out").open("ab") as output:
            self._process = subprocess.Popen(
                [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
                user=self._uid if os.geteuid() == 0 else None,
                group=self._gid if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
            )
        self._wait()

    def stop(self) -> None:
        """Stop the server; connections get a BYE."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def deliver(self, raw: bytes, folder: str = "INBOX", *, seen: bool = False, when: datetime | None = None) -> Path:
        """Put a message into the folder; `when` becomes its INTERNALDATE. Returns its path."""
        place = self.folder_path(folder)
        if not (place / "cur").exists():
            for part in ("tmp", "new", "cur"):
                (place / part).mkdir(parents=True, exist_ok=True)
            self._own(self.folder / "mail")
        self._delivered += 1
        stored = raw.replace(b"\r\n", b"\n")
        name = f"{1_600_000_000 + self._delivered}.M{self._delivered}P1.test,S={len(stored)}"
        draft = place / "tmp" / name
        draft.write_bytes(stored)
        if when is not None:
            os.utime(draft, (when.timestamp(), when.timestamp()))
        self._own(draft)
        return draft.rename(place / ("cur" if seen else "new") / (name + (":2,S" if seen else "")))

    def forget_uids(self, folder: str = "INBOX") -> None:
        """Make the server give the folder a new UIDVALIDITY and new UIDs, as after a restored backup."""
        place = self.folder_path(folder)
        header = (place / "dovecot-uidlist").read_text(encoding="ascii").partition("\n")[0]
        before = int(re.search(r"\bV(\d+)", header)[1])
        for path in place.glob("dovecot*"):
            path.unlink()
        new = re.sub(r"\bN\d+", "N1", header.replace(f"V{before}", f"V{before + 1000}"))
        (place / "dovecot-uidlist").write_text(f"{new}\n", encoding="ascii")
        self._own(place)

    def remove(self, folder: str) -> None:
        """Delete a folder with all that lies in it."""
        shutil.rmtree(self.folder_path(folder))

    def _own(self, top: Path) -> None:
        if os.geteuid() == 0:
            for path in (top, *top.rglob("*")):
                with suppress(FileNotFoundError):  # a lock of the server's own that it has removed meanwhile
                    os.chown(path, self._uid, self._gid)

    def _wait(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError(f"Dovecot ended: {(self.folder / 'dovecot.out').read_text()}")
            try:
                socket.create_connection((HOST, self.port), 0.5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("Dovecot does not listen")

    def _configuration(self) -> str:
        group = grp.getgrgid(self._gid).gr_name
        boxes = "\n".join(
            f'  mailbox "{name}" {{\n    auto = subscribe\n    {f"special_use = {use}" if use else ""}\n  }}'
            for name, use in FOLDERS.items()
        )
        unchrooted = "\n".join(
            f"service {name} {{\n  chroot =\n}}" for name in ("anvil", "stats", "ipc", "dns-client", "log")
        )
        return f"""
protocols = imap
listen = {HOST}
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
default_internal_user = {self._account}
default_internal_group = {group}
default_login_user = {self._account}
first_valid_uid = 1
default_vsz_limit = 2 G
mail_location = maildir:~/Maildir
mail_max_userip_connections = 20
imap_idle_notify_interval = 2 mins
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{self.certificates.certificate}
ssl_key = <{self.certificates.key}
{f"imap_capability = {self._capabilities}" if self._capabilities else ""}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {self.folder}/passwd
}}
userdb {{
  driver = static
  args = uid={self._uid} gid={self._gid} home={self.folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {self._separator}
{boxes}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    address = {HOST}
    port = {self.plain_port}
  }}
  inet_listener imaps {{
    address = {HOST}
    port = {self.port}
    ssl = yes
  }}
}}
{unchrooted}
"""


@contextmanager
def running(**options: str) -> Iterator[Dovecot]:
    """A server in a folder of its own, stopped and removed afterwards. Raises FileNotFoundError where none is installed."""
    if not Path(PROGRAM).exists():
        raise FileNotFoundError(f"{PROGRAM} is missing: install Debian's dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="mailbot-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, **options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
