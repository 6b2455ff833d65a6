"""What the parts of the thermometer weigh: data of the configuration, needed by the roll-up and by the public view."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts weigh against each other, and the scales inside them (days; shares for each event)."""

    speed: float = 3.0
    completeness: float = 3.0
    quota: float = 3.0
    steadiness: float = 1.0
    early_days: float = 3.0
    late_days: float = 3.0
    correction_cost: float = 0.25
    contradiction_cost: float = 0.5
