"""Which roll-ups are due: decided by the date, the hour in the campaign's zone, and what is recorded. Pure.

The service owes one daily roll-up for each date from the first one that it ever made (before that, from today), at
`at`; and on the deadline's date a final one besides, at `final_at` but not before the deadline. A date whose hour was
missed stays owed: after downtime each missed date gets its own mail, the oldest first, and each says that it is late
and that its figures are of now. What is owed for longer than `catch_up_days` is given up; the next mail's «changes
since» then shows the gap. Because only what is recorded counts, and by date:

- a clock moved backwards, over midnight too, makes nothing due again; one moved forwards owes the dates that it jumps
  over, within `catch_up_days`;
- an hour that summer time skips (02:30 on a night in March) is due when the clocks have jumped over it, and one that
  occurs twice is due the first time, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.rollup.facts import RollupKind

_DAY = timedelta(days=1)

Made = tuple[date, str]
"""A roll-up that was made: its date and kind."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When roll-ups are owed. `at` and `final_at` are wall-clock times in `zone`; no final one where that is None."""

    at: time
    zone: tzinfo
    deadline: datetime
    final_at: time | None = None
    catch_up_days: int = 7
    late_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A roll-up that is owed: for which date, of which kind, since when (aware)."""

    date: date
    kind: RollupKind
    since: datetime


def due(now: datetime, schedule: Schedule, made: Collection[Made]) -> tuple[Due, ...]:
    """The roll-ups that are due at `now` (aware) and not among those `made`, in the order in which they came due."""
    today = now.astimezone(schedule.zone).date()
    first = min((day for day, _ in made), default=today)
    start = max(first, today - schedule.catch_up_days * _DAY)
    owed = [each for each in _owed(schedule, start, today) if each.since <= now and (each.date, each.kind) not in made]
    return tuple(sorted(owed, key=lambda each: (each.since, each.kind)))


def next_at(now: datetime, schedule: Schedule, made: Collection[Made]) -> datetime:
    """When the next roll-up is due: `now` where one already is, else the earliest time to come (aware)."""
    if due(now, schedule, made):
        return now
    today = now.astimezone(schedule.zone).date()
    last = max((today, *(day for day, _ in made)))
    coming = _owed(schedule, today, last + 2 * _DAY)
    return min(each.since for each in coming if each.since > now and (each.date, each.kind) not in made)


def is_late(each: Due, now: datetime, schedule: Schedule) -> bool:
    """Whether a roll-up that is made `now` missed its hour so clearly that the mail should say so."""
    return now - each.since > schedule.late_after


def _owed(schedule: Schedule, start: date, end: date) -> Iterator[Due]:
    """All that is owed for the dates from `start` to `end`, whether its time has come or not."""
    for number in range((end - start).days + 1):
        day = start + number * _DAY
        yield Due(day, "daily", _instant(day, schedule.at, schedule.zone))
    final_day = schedule.deadline.astimezone(schedule.zone).date()
    if schedule.final_at is not None and start <= final_day <= end:
        since = max(_instant(final_day, schedule.final_at, schedule.zone), schedule.deadline)
        yield Due(final_day, "final", since)


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant of a wall-clock time; compared as UTC, since aware times of one zone compare by the wall."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)
