"""Which time a message goes by."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

SentAtSource = Literal["received", "internaldate", "date", "landing"]


def server_time(
    received: datetime | None, internal_date: datetime | None, date_header: datetime | None, landed_at: datetime
) -> tuple[datetime, SentAtSource]:
    """When a mail reached the authority's server, and what says so. All times are aware.

    The server's own word comes first: its Received header, which no later move of the mail changes, then INTERNALDATE.
    A mail imported from a file may have neither; then it takes its place by the sender's Date header (never one after
    the landing, which can only be wrong) or by the landing, but nobody can tell whether it was on time.
    """
    if received is not None:
        return received, "received"
    if internal_date is not None:
        return internal_date, "internaldate"
    if date_header is not None and date_header <= landed_at:
        return date_header, "date"
    return landed_at, "landing"
