"""Whether a series of samples is flat: a line fitted over its second half, since a service fills its caches first.

Flat is what rises by less than 5 % of its mean in an hour. What is watched for less than ten minutes is not judged.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HOUR = 3600.0
MOST_AN_HOUR = 0.05
LEAST_SECONDS = 600.0
CRITERION = (
    f"Mean, most and rise an hour are of the second half, the rise by least squares; under {MOST_AN_HOUR:.0%} of the mean "
    "is flat."
)


@dataclass(frozen=True, slots=True)
class Trend:
    """The second half of a series: its mean and its largest value, and how much it rises in an hour, in its own unit."""

    mean: float
    largest: float
    an_hour: float
    seconds: float

    @property
    def is_flat(self) -> bool | None:
        """Whether it is flat; None where it was watched for too short a time to tell."""
        return None if self.seconds < LEAST_SECONDS else self.an_hour < MOST_AN_HOUR * self.mean


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """The trend of `values` at `times` (seconds, ascending, two of them at least in the second half)."""
    middle = (times[0] + times[-1]) / 2
    late = [(when, value) for when, value in zip(times, values, strict=True) if when >= middle]
    xs, ys = [when for when, _ in late], [value for _, value in late]
    line = statistics.linear_regression(xs, ys)
    return Trend(statistics.fmean(ys), max(ys), line.slope * HOUR, times[-1] - times[0])
