"""How mail leaves: built by the configuration, passed down, never changed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

TlsMode = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """From whom and to whom, each as «press@example.org» or «Пресс-служба <press@example.org>»."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes our mail, and how hard it may be asked. Times are seconds.

    Without `user` nobody logs in; with it, either `password` or `token` (a function that fetches a fresh OAuth token,
    and raises OSError where it can't) is set. `daily_recipients` bounds what leaves within 24 hours; each recipient of a mail counts (Yandex: 500). A mail that was put off is tried
    again after `retry_seconds`, then after twice as long each time, at most after `retry_longest_seconds`; after a
    refused log-in only after `login_retry_seconds`, because servers lock accounts; where the server blocks the account,
    after `blocked_retry_seconds` (Yandex lifts a block after 24 hours without an attempt), until the mail is
    `blocked_longest_seconds` old. `lease_seconds` is how long a mail
    that a process took stays its own; it must exceed what a single sending can last.
    """

    host: str
    port: int = 465
    tls: TlsMode = "tls"
    ca_file: Path | None = None
    user: str = ""
    password: SecretStr | None = None
    token: Callable[[], SecretStr] | None = None
    timeout_seconds: float = 60.0
    daily_recipients: int = 400
    retry_seconds: float = 120.0
    retry_longest_seconds: float = 7200.0
    login_retry_seconds: float = 3600.0
    blocked_retry_seconds: float = 90_000.0
    blocked_longest_seconds: float = 4 * 86_400.0
    lease_seconds: float = 900.0

    def __post_init__(self) -> None:
        """Refuse to send in the clear to anything but this machine: raises ValueError."""
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError(f"без TLS почту можно отправлять только на этот же компьютер, а не на {self.host}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: what it stands for tomorrow is not ours to know
        return False
