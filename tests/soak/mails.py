"""What the soak delivers: labelled replies of every kind that reads quickly, again and again, each as a mail of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.live.whole import LIGHT

FIRST = datetime(2021, 8, 16, 6, tzinfo=UTC)
"""When the first one reached the ministry's server; all of an hour's do so before the deadline."""

_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def replies(seed: int) -> Iterator[bytes]:
    """Labelled replies without end, in an order that the seed shuffles; no two of them are the same mail."""
    dice, number = random.Random(seed), 0
    while True:
        for path in dice.sample(LIGHT, len(LIGHT)):
            number += 1
            yield renamed(path.read_bytes(), number)


def sent_at(number: int) -> datetime:
    """When the mail of this number, from 0, reached the ministry's server."""
    return FIRST + timedelta(seconds=number)


def renamed(raw: bytes, number: int) -> bytes:
    """The mail under a Message-ID of its own, for by that the store knows a mail again."""
    end = _END_OF_HEADERS.search(raw)
    split = end.start() if end else len(raw)
    named = b"Message-ID: <soak.%d@example.org>\n" % number
    return named + _MESSAGE_ID.sub(b"X-Labelled-ID:", raw[:split]) + raw[split:]
