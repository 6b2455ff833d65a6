"""Which faults a round brings: drawn from the seed, so that the same seed plans the same faults."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from tests.chaos.proxy import Direction, Fault, Kind

ZONE = ZoneInfo("Europe/Berlin")
"""A zone with summer time, which Moscow has not."""
AT = wall_time(2, 30)
"""The roll-up's hour: one that a night in March skips, and one in October has twice."""

BREAKS: tuple[Kind, ...] = ("reset", "close", "truncate", "corrupt")
REACH: dict[str, dict[Direction, int]] = {
    "imap": {"down": 6000, "up": 900},
    "smtp": {"down": 2200, "up": 24_000},
    "postgres": {"down": 9000, "up": 14_000},
}
"""How many bytes pass in each direction of a session with something to do, roughly: there the faults are put."""
SMTP_GOODBYE = b"421 4.3.2 the server is going down\r\n"


def faults(dice: random.Random, where: str, count: int, *, plain: bool) -> list[Fault]:
    """Faults for one link. Stalls cost their timeout, so they are drawn less often than what breaks at once."""
    kinds: list[Kind] = [*BREAKS, *BREAKS, "stall", "drip"]
    if plain:
        kinds += ["bye", "bye"]
    return [_fault(dice, where, dice.choice(kinds), plain=plain) for _ in range(count)]


def _fault(dice: random.Random, where: str, kind: Kind, *, plain: bool) -> Fault:
    direction: Direction = "down" if dice.random() < 0.6 or kind == "bye" else "up"
    if kind == "corrupt" and plain:
        direction = "down"
    after = dice.randrange(REACH[where][direction])
    goodbye = SMTP_GOODBYE if where == "smtp" else Fault.__dataclass_fields__["goodbye"].default
    return Fault(kind, direction, after, goodbye)


class MovedClock:
    """A clock that moves only when it is moved, and tells what a move meant."""

    def __init__(self, start: datetime) -> None:
        self.time = self.latest = start

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> Sequence[str]:
        """Move; returns the names of what this was as a fault: backwards, over midnight, over a change of the hour."""
        before, self.time = self.time.astimezone(ZONE), self.time + by
        now = self.time.astimezone(ZONE)
        self.latest = max(self.latest, self.time)
        told = {
            "set back": by < timedelta(),
            "over midnight": before.date() != now.date(),
            "over summer time": before.utcoffset() != now.utcoffset(),
        }
        return [name for name, is_so in told.items() if is_so]

    def jump(self, dice: random.Random, *, to_next_day: bool) -> Sequence[str]:
        """A move as a round may bring it; with `to_next_day` to just about the hour of the next roll-up."""
        if to_next_day:
            day = self.latest.astimezone(ZONE).date() + timedelta(days=1)
            hour = datetime.combine(day, AT, ZONE).astimezone(UTC)
            return self.move(hour + timedelta(minutes=dice.randint(-10, 40)) - self.time)
        if dice.random() < 0.3:
            return self.move(-timedelta(minutes=dice.randint(1, 240)))
        return self.move(timedelta(minutes=dice.randint(1, 120)))

    def owed(self, first: datetime) -> set[str]:
        """The dates whose hour has come by the latest time that was ever shown, from the first on."""
        day, owed = first.astimezone(ZONE).date(), set()
        while datetime.combine(day, AT, ZONE).astimezone(UTC) <= self.latest:
            owed.add(day.isoformat())
            day += timedelta(days=1)
        return owed
