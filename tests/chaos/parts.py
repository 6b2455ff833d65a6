"""The parts of a run, each of which can be run in a process of its own: rounds on one set-up, or kills."""

from __future__ import annotations

import time
from typing import Any

from mailbot import log
from tests.chaos.kills import POINTS, kills
from tests.chaos.rig import rig
from tests.chaos.servers import SetUp
from tests.chaos.tally import Tally

IMAP = ("imap", "imap+smtp", "smtp", "imap")
SQLITE = (*IMAP, "disk")
POSTGRES = ("postgres", "postgres+imap", "smtp", "postgres+smtp+imap", "restart postgres", "imap+smtp")
PARTS: tuple[tuple[SetUp, tuple[str, ...], float], ...] = (
    (SetUp("dovecot", "postgres"), (*POSTGRES, "restart imap"), 0.25),
    (SetUp("dovecot", "sqlite"), (*SQLITE, "restart imap"), 0.18),
    (SetUp("yandex", "postgres"), (*POSTGRES, "restart imap"), 0.20),
    (SetUp("dovecot", "sqlite", plain=True), SQLITE, 0.15),
    (SetUp("pymap", "sqlite", plain=True), SQLITE, 0.10),
    (SetUp("pymap", "postgres", plain=True), POSTGRES, 0.10),
)
"""Each set-up with what its rounds bring, in turn, and its share of the faults. The rest are kills."""
KILLED = "kill -9 of the service"
RANDOM_LIVES = 3


def run_part(seed: int, number: int, faults: int, end: float, told: Any) -> Tally:
    """Rounds on one set-up until its share of the faults is reached. In a process of its own."""
    log.set_up("critical", "text")
    set_up, brings, share = PARTS[number]
    with rig(set_up, seed * 1000 + number) as made:
        turn = 0
        while made.tally.total < share * faults and time.time() < end:
            made.round(brings[turn % len(brings)])
            turn += 1
            told.put((str(set_up), made.tally.total))
        return made.tally


def run_kills(seed: int, faults: int, end: float, told: Any) -> Tally:
    """Every named point on both databases once, and some random times. In a process of its own."""
    log.set_up("critical", "text")
    lives = [(kind, point) for point in POINTS for kind in ("sqlite", "postgres")]
    lives += [(kind, "") for kind in ("sqlite", "postgres")] * RANDOM_LIVES
    with kills(seed) as made:
        for kind, point in lives[:: 6 if faults < 500 else 1]:
            if time.time() < end:
                made.life(kind, point)
                told.put((KILLED, made.tally.total))
        return made.tally
