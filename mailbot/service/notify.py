"""Telling systemd how the service fares: datagrams to the socket that it names (sd_notify(3)). Elsewhere, nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

SEND_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notifier:
    """`address` is a path, or «@name» in the abstract namespace; empty where nobody listens.

    `watchdog_seconds`: after so long without a sign of life systemd kills the service; None where it doesn't watch.
    """

    address: str = ""
    watchdog_seconds: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str], pid: int) -> Notifier:
        """The notifier that systemd's variables in `environment` ask for; those meant for another process are ignored."""
        address = environment.get("NOTIFY_SOCKET", "")
        microseconds = environment.get("WATCHDOG_USEC", "")
        is_watched = address and microseconds.isdecimal() and environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        return cls(address, int(microseconds) / 1e6 if is_watched else None)

    def ready(self, status: str = "") -> None:
        """The service works: after its start, and after a reload, be it taken or refused."""
        self._say("READY=1", *_described(status))

    def reloading(self) -> None:
        """A new configuration is being taken; `ready` follows."""
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The service is ending."""
        self._say("STOPPING=1")

    def alive(self) -> None:
        """Every job goes on."""
        if self.watchdog_seconds is not None:
            self._say("WATCHDOG=1")

    def status(self, status: str) -> None:
        """A line for `systemctl status`."""
        self._say(*_described(status))

    def _say(self, *assignments: str) -> None:
        """One datagram. One that can't be sent is logged: what systemd then does is its own affair."""
        if not self.address or not assignments:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.settimeout(SEND_SECONDS)
                channel.sendto("\n".join(assignments).encode(), address)
        except OSError as error:
            log.warning("notify_failed", said=assignments[0], reason=str(error))


def _described(status: str) -> tuple[str, ...]:
    return (f"STATUS={' '.join(status.split())}",) if status else ()
