"""The server's answers, taken apart. Pure: what imaplib collected goes in, plain values come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

Item = bytes | tuple[bytes, bytes] | None
"""What imaplib gives for one untagged line: a tuple for a line that ends in a literal, bytes for the rest."""

_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_BODY = re.compile(rb"BODY\[(?:HEADER\.FIELDS \([^)]*\))?\](?:<\d+>)?\s*\{\d+\+?\}$", re.IGNORECASE)
_DATE = re.compile(
    rb'INTERNALDATE "\s?(?P<day>\d{1,2})-(?P<month>[A-Za-z]{3})-(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):'
    rb'(?P<second>\d\d) (?P<sign>[+-])(?P<zone_hours>\d\d)(?P<zone_minutes>\d\d)"',
    re.IGNORECASE,
)
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


@dataclass(frozen=True, slots=True)
class Listed:
    """What is asked first about a message: its UID, size in bytes, and when the server took it in (None: unreadable)."""

    uid: int
    size: int
    internaldate: datetime | None


def parse_uids(data: Sequence[bytes | None]) -> list[int]:
    """The UIDs of a SEARCH answer (RFC 3501, 7.2.5), ascending; the answer may be empty or spread over several lines."""
    return sorted({int(uid) for line in data if line for uid in line.split() if uid.isdigit()})


def parse_listing(data: Iterable[Item]) -> list[Listed]:
    """Sizes and dates from `UID FETCH … (RFC822.SIZE INTERNALDATE)`; lines without a UID and a size are others' news."""
    found = []
    for text, _ in _answers(data):
        uid, size = _UID.search(text), _SIZE.search(text)
        if uid and size:
            found.append(Listed(int(uid[1]), int(size[1]), parse_internaldate(text)))
    return found


def parse_bodies(data: Iterable[Item]) -> dict[int, bytes]:
    """Raw messages (or the header fields asked for) by UID; the UID may stand before or after the literal.

    A NIL or quoted body is no message: it is left out, like a UID that the server does not mention.
    """
    found = {}
    for text, literals in _answers(data):
        uid = _UID.search(text)
        raw = next((literal for head, literal in literals if _BODY.search(head)), None)
        if uid and raw:
            found[int(uid[1])] = raw
    return found


def parse_internaldate(text: bytes) -> datetime | None:
    """INTERNALDATE (RFC 3501, date-time) as an aware UTC time, or None where it is missing or makes no sense.

    >>> parse_internaldate(b'INTERNALDATE "17-Aug-2021 15:00:00 +0300"')
    datetime.datetime(2021, 8, 17, 12, 0, tzinfo=datetime.timezone.utc)
    """
    found = _DATE.search(text)
    if not found:
        return None
    offset = timedelta(hours=int(found["zone_hours"]), minutes=int(found["zone_minutes"]))
    try:
        zone = timezone(-offset if found["sign"] == b"-" else offset)
        month = _MONTHS.index(found["month"].lower()) + 1
        day, hour, minute, second = (int(found[name]) for name in ("day", "hour", "minute", "second"))
        return datetime(int(found["year"]), month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):  # 31 June, hour 25, zone +9900
        return None


def parse_status(line: bytes) -> dict[str, int]:
    """The numbers of a STATUS answer: «Junk (MESSAGES 3 UIDNEXT 8 UIDVALIDITY 1)» -> {"MESSAGES": 3, …}."""
    words = line[line.rfind(b"(") + 1 :].rstrip(b") ").upper().split()
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name.decode("ascii", "replace"): int(number) for name, number in pairs if number.isdigit()}


def uid_set(uids: Iterable[int]) -> str:
    """A short sequence set: runs become ranges, since servers limit the length of a line.

    >>> uid_set([1, 2, 3, 7, 9, 10])
    '1:3,7,9:10'
    """
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def _answers(data: Iterable[Item]) -> Iterator[tuple[bytes, list[tuple[bytes, bytes]]]]:
    """Whole untagged answers: their text with the literals left out, and each literal with the text before it."""
    heads: list[tuple[bytes, bytes]] = []
    for item in data:
        if isinstance(item, tuple):
            heads.append(item)
        elif item is not None:
            yield b" ".join([*(head for head, _ in heads), item]), heads
            heads = []
