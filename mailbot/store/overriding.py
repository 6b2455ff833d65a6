"""Whose a figure is, and whether a later mail by somebody else would override it. Pure.

A figure is its senders': of everyone who stated it while it stood. Whoever repeats it joins them; whoever states another
in its place, or drops it, overrides it. One of its senders may do that, and so may their own house; anybody else's mail
goes to a person, who sees both senders (`mailbot.store.rejudging`).

What counts as the same sender is what a clerk would take for it: the same address; an address of the same domain, if
that domain is one organisation's own and not a provider's or a whole authority's; a mail that continues the other one
(it names its Message-ID, which only who has that mail can know). An address that our own mail server refutes
(Authentication-Results) counts for nothing. The authority itself overrides nobody: what it forwards
is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailbot.store.superseding import Statement, step


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a mail: the address, the mail's Message-ID, and the Message-IDs that it refers to.

    `refuted`: our own mail server says that it hardly comes from that address.
    """

    address: str
    message_id: str = ""
    refers_to: frozenset[str] = frozenset()
    refuted: bool = False


@dataclass(frozen=True, slots=True)
class Houses:
    """What is known of addresses: domains that many share, and the authority's own addresses; in lower case."""

    shared_domains: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()

    def is_same(self, later: Sender, earlier: Sender) -> bool:
        """Whether the later mail is by the sender of the earlier one, as far as a clerk would ask."""
        one, other = later.address.casefold(), earlier.address.casefold()
        if earlier.message_id and earlier.message_id in later.refers_to:
            return True
        if later.refuted:
            return False
        if one == other or {one, other} & self.own_addresses:
            return True
        domain = one.rpartition("@")[2]
        return bool(domain) and domain == other.rpartition("@")[2] and domain not in self.shared_domains


@dataclass(frozen=True, slots=True)
class Override:
    """A figure that a mail would override: which, what stands and by whom, what would (None: nothing)."""

    field: str
    stands: int
    by: tuple[Sender, ...]
    would_be: int | None


@dataclass(slots=True)
class Ledger:
    """What stands of one respondent, and whose it is, after the statements noted so far; in order of time."""

    kinds: Mapping[str, str]
    houses: Houses
    _stands: dict[str, int] = field(default_factory=dict)
    _senders: dict[str, list[Sender]] = field(default_factory=dict)

    def note(self, statement: Statement, sender: Sender) -> None:
        """The statement counts."""
        after = self._after(statement)
        for name in statement.figures:
            same = name in self._stands and self._stands[name] == after[name]
            self._senders[name] = [*self._senders[name], sender] if same else [sender]
        self._stands = after
        self._senders = {name: self._senders[name] for name in after}

    def overrides(self, statement: Statement, sender: Sender) -> tuple[Override, ...]:
        """The figures of other senders that the statement would override. A split that it leaves out is no figure."""
        after = self._after(statement)
        return tuple(
            Override(name, value, tuple(self._senders[name]), after.get(name))
            for name, value in self._stands.items()
            if after.get(name) != value
            and (name in after or self.kinds[name] != "audience")
            and not any(self.houses.is_same(sender, other) for other in self._senders[name])
        )

    def _after(self, statement: Statement) -> dict[str, int]:
        given = {name: stated.value for name, stated in statement.figures.items()}
        return step(self._stands, given, self.kinds, correction=statement.correction)


def senders_named(overrides: Iterable[Override]) -> tuple[str, ...]:
    """The addresses of those whose figures would be overridden, each once; empty ones are unknown."""
    return tuple(dict.fromkeys(sender.address for override in overrides for sender in override.by))
