"""The only place that reads the clock. Jobs and readers receive the time as an argument; `cli` and `service` ask here."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the edge that the ban points to
