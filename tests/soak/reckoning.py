"""What came of a soak, by the database, the service's log and the sink: how long everything took, and what is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from mailbot.store.tables import MessageRow
from tests.servers.databases import Database

BAD = ("error", "critical")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Seconds from the delivery to the committed row, and to what was read of it; messages by status; and breaches."""

    landed: tuple[float, ...]
    read: tuple[float, ...]
    statuses: Counter[str]
    broken: tuple[str, ...]


def reckon(
    delivered: Mapping[str, float], database: Database, lines: Sequence[dict[str, Any]], mails: Sequence[bytes]
) -> Reckoning:
    """Reckon up. `delivered`: times by digest; `lines`: the service's log, whose lines follow the commits."""
    query = select(MessageRow.id, MessageRow.sha256, MessageRow.status, MessageRow.queued, MessageRow.attempts)
    with database.reading() as session:
        rows = session.execute(query).all()
    landed, read = _landed(lines), _read(lines)
    known = [row for row in rows if row.sha256 in delivered]
    return Reckoning(
        tuple(landed[row.id] - delivered[row.sha256] for row in known if row.id in landed),
        tuple(read[row.id] - delivered[row.sha256] for row in known if row.id in read),
        Counter(row.status for row in rows),
        tuple(_broken(delivered, rows, lines, mails)),
    )


def _landed(lines: Sequence[dict[str, Any]]) -> dict[int, float]:
    """When each message was committed, by its number."""
    batches = [line for line in lines if line["event"] == "landed" and line["messages"]]
    return {number: _time(line) for line in batches for number in range(line["first"], line["last"] + 1)}


def _read(lines: Sequence[dict[str, Any]]) -> dict[int, float]:
    return {line["message"]: _time(line) for line in lines if line["event"] == "read"}


def _time(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def _broken(
    delivered: Mapping[str, float],
    rows: Sequence[Row[Any]],
    lines: Sequence[dict[str, Any]],
    mails: Sequence[bytes],
) -> Iterator[str]:
    """Every promise that was not kept, in a line."""
    stored = Counter(row.sha256 for row in rows)
    lost = len(delivered.keys() - stored.keys())
    if lost:
        yield f"{lost} messages have no row"
    if len(rows) != len(delivered) - lost:
        yield f"{len(rows)} rows for {len(delivered)} messages"
    if unread := sum(row.queued for row in rows):
        yield f"{unread} messages are not read"
    if again := sum(row.attempts > 1 for row in rows):
        yield f"{again} messages were begun more than once"
    rollups = sum(b"<mailbot.rollup." in mail for mail in mails)
    if rollups != 1:
        yield f"{rollups} roll-ups arrived"
    for event, count in Counter(line["event"] for line in lines if line["level"] in BAD).items():
        yield f"the log tells of {event} {count} times"
