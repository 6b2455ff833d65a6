"""Whose word counts, and how it is checked: built by the configuration, passed down, never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from mailbot.store.outgoing import OutgoingMail


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Who may correct by reply, and what vouches for her.

    `contacts` are addresses, in lower case. `authserv_ids` are the names under which our own mail server adds
    Authentication-Results (RFC 8601), exact or as «*.example.org». `key` signs the roll-ups; without one a key is
    generated and kept in the store.
    """

    contacts: tuple[str, ...]
    authserv_ids: tuple[str, ...] = ()
    require_authentication: bool = True
    key: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What a receipt says: its subject, the same in plain text and in HTML."""

    subject: str
    plain: str
    html: str


PackReceipt = Callable[[str, Text, str, str], OutgoingMail]
"""Makes the outgoing mail of a receipt: identity, what it says, the address, the Message-ID that it answers (bare)."""
