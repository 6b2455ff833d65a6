"""How a mailbox is reached and read: built by the configuration, passed down, never changed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

TlsMode = Literal["tls", "starttls", "none"]

MEGABYTE = 1024 * 1024

Action = Literal["none", "seen", "flag", "keyword", "move"]


@dataclass(frozen=True, slots=True)
class AfterCare:
    r"""What is done in the mailbox to a message that has been read: by default nothing.

    `seen` sets \Seen, `flag` sets \Flagged, `keyword` sets `keyword` (RFC 3501, 2.3.2), `move` moves into `folder`, which
    must exist. Only messages whose status is one of `statuses` are concerned.
    """

    action: Action = "none"
    keyword: str = "mailbot"
    folder: str = "mailbot"
    statuses: tuple[str, ...] = ("accepted",)

    @property
    def mark(self) -> str:
        """What the database notes of a message to which this was done."""
        return {"keyword": f"keyword {self.keyword}", "move": f"moved to {self.folder}"}.get(self.action, self.action)


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    r"""One mailbox.

    `name` is the mailbox's stable name in the database. `folders` are names as people see them («INBOX», «Архив|2021»)
    or special uses («\Junk», RFC 6154), which are found by the server's flags whatever the folder is called.
    Either `password` or `token` (a function that fetches a fresh OAuth token) is set. Times are seconds, sizes bytes.
    """

    name: str
    host: str
    user: str
    port: int = 993
    tls: TlsMode = "tls"
    ca_file: Path | None = None
    password: SecretStr | None = None
    token: Callable[[], SecretStr] | None = None
    folders: tuple[str, ...] = ("INBOX", "\\Junk")
    idle: bool = True
    poll_seconds: float = 60.0
    idle_renew_seconds: float = 540.0
    recheck_seconds: float = 3600.0
    timeout_seconds: float = 30.0
    command_seconds: float = 600.0
    message_bytes: int = 50 * MEGABYTE
    batch_bytes: int = 4 * MEGABYTE
    batch_count: int = 200
    after_care: AfterCare = AfterCare()

    def __post_init__(self) -> None:
        """Refuse to send a password in the clear to anything but this machine: raises ValueError."""
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError(f"без TLS почту можно читать только на этом же компьютере, а не на {self.host}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: what it stands for tomorrow is not ours to know
        return False
