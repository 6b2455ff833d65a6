"""A Dovecot filled in bulk, and what a task needs to reach it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from mailbot.inbox.settings import MailboxSettings

if TYPE_CHECKING:  # a task needs no server's certificates in its memory
    from tests.servers.dovecot import Dovecot


def fill(server: Dovecot, folder: str, messages: Iterable[bytes]) -> tuple[int, int]:
    """Put the messages into the maildir folder as read ones; how many there are, and their bytes on the wire.

    The sizes are in the names, so that the server need not look for them.
    """
    place = server.folder_path(folder)
    for part in ("tmp", "new", "cur"):
        (place / part).mkdir(parents=True, exist_ok=True)
    count = size = 0
    for count, raw in enumerate(messages, 1):
        stored = raw.replace(b"\r\n", b"\n")
        wire = len(stored) + stored.count(b"\n")
        name = f"{1_600_000_000 + count}.M{count}P1.bench,S={len(stored)},W={wire}:2,S"
        (place / "cur" / name).write_bytes(stored)
        size += wire
    if os.geteuid() == 0:
        own(server.folder / "mail", server.owner)
    return count, size


def own(top: Path, owner: tuple[int, int]) -> None:
    """Give everything below `top` to the server's account."""
    for folder, _, files in os.walk(top):
        os.chown(folder, *owner)
        for name in files:
            os.chown(f"{folder}/{name}", *owner)


def address(server: Dovecot) -> dict[str, Any]:
    """Where the server is and who logs in, as JSON for a task."""
    return {
        "host": "localhost",
        "port": server.port,
        "user": server.user,
        "password": server.password,
        "ca": str(server.certificates.authority),
    }


def settings(at: dict[str, Any], folder: str = "INBOX", **changes: Any) -> MailboxSettings:
    """mailbot's settings of the mailbox at `at`."""
    given = {
        "name": "press",
        "host": at["host"],
        "port": at["port"],
        "user": at["user"],
        "password": SecretStr(at["password"]),
        "ca_file": Path(at["ca"]),
        "folders": (folder,),
    }
    return MailboxSettings(**(given | changes))
