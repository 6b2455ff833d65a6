"""Which mailboxes the roll-up accounts for: settings of the service, apart from the facts, which load with a roll-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Watched:
    """A mailbox that the roll-up accounts for: its name in the database, its address for people.

    `patience`: what was looked at longer ago than that counts as not looked at.
    """

    name: str
    address: str
    patience: timedelta
