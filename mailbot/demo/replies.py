"""The sample replies: files beside this module, written as such senders write; all persons and addresses are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from importlib import resources

from mailbot.demo.mailbox import SPAM

_FOLDERS = (("inbox", "INBOX"), ("spam", SPAM))


@dataclass(frozen=True, slots=True)
class Reply:
    """A sample: its name, the folder that it lies in, its bytes as a server gives them, and when it arrived (aware)."""

    name: str
    folder: str
    raw: bytes
    arrived: datetime


def sample_replies() -> list[Reply]:
    """All samples, in the order of their arrival."""
    own = resources.files("mailbot.demo").joinpath("replies")
    files = [(folder, file) for place, folder in _FOLDERS for file in own.joinpath(place).iterdir()]
    found = [_reply(file.name, folder, file.read_bytes()) for folder, file in files if file.name.endswith(".eml")]
    return sorted(found, key=lambda reply: (reply.arrived, reply.folder, reply.name))


def _reply(name: str, folder: str, data: bytes) -> Reply:
    """The lines of a mail end in CRLF (RFC 5322); in the repository they end as text files do."""
    raw = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    received = message_from_bytes(raw)["Received"]  # the topmost: that of the mailbox's own server
    return Reply(name.removesuffix(".eml"), folder, raw, parsedate_to_datetime(received.rpartition(";")[2]))
