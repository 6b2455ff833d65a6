"""One soak: servers, the service as a process, a delivery at each tick, and samples meanwhile."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.chaos.servers import SetUp, database_of
from tests.live.processes import Instance, instances, read_so_far, until
from tests.live.whole import write_config
from tests.servers import dovecot
from tests.servers.databases import Database, opened
from tests.servers.smtp import running_sink
from tests.soak.mails import replies, sent_at
from tests.soak.reckoning import Reckoning, reckon
from tests.soak.samples import Sample, sample
from tests.soak.witness import listening

PATIENCE = 300.0
"""Seconds after the last delivery within which everything must be read."""

MOST_SAMPLES = 360
LEAST_BETWEEN = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """So many messages, one `every` so many seconds; the seed fixes which. `database`: «sqlite» or «postgres».

    `step` is called after each delivery with how many there were, and the newest sample.
    """

    messages: int
    every: float
    seed: int
    database: str
    step: Callable[[int, Sample], None]


@dataclass
class Soak:
    """What a run saw: samples, and seconds from each delivery until the server told a bystander of it."""

    samples: list[Sample] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    delivered: dict[str, float] = field(default_factory=dict)
    """When each message was delivered (time.time), by its digest."""
    reckoning: Reckoning = field(default_factory=lambda: Reckoning((), (), Counter(), ()))


@dataclass(frozen=True)
class _Place:
    mail: dovecot.Dovecot
    sink: Any
    database: Database
    config: Path


def soak(plan: Plan) -> Soak:
    """Run the service through the plan, and say what came of it. Raises AssertionError where the end never comes."""
    seen = Soak()
    with _place(plan.database) as place, instances(place.config, 1) as (service,):
        until(lambda: service.said("connected") > 0, [service])
        with listening(place.mail) as witness:
            _deliver(plan, place, service, seen)
            until(lambda: read_so_far(place.database) >= plan.messages, [service], PATIENCE)
            until(lambda: service.said("mail_sent") > 0, [service], PATIENCE)  # the roll-up: a short run is over first
        service.end()
        moments = zip(seen.delivered.values(), witness.told, strict=False)
        seen.told = [when - delivered for delivered, when in moments]
        seen.reckoning = reckon(seen.delivered, place.database, service.lines(), place.sink.mails)
    return seen


def _deliver(plan: Plan, place: _Place, service: Instance, seen: Soak) -> None:
    """One message at each tick, late ticks made up for; samples lie evenly over the run."""
    began, mails, due = time.monotonic(), replies(plan.seed), 0.0
    between = max(LEAST_BETWEEN, plan.messages * plan.every / MOST_SAMPLES)
    for number in range(plan.messages):
        time.sleep(max(0.0, began + number * plan.every - time.monotonic()))
        raw = next(mails)
        place.mail.deliver(raw, when=sent_at(number))
        seen.delivered[digest(raw)] = time.time()
        seconds = time.monotonic() - began
        if seconds >= due:
            seen.samples.append(sample(service.process.pid, seconds))
            due += between
        plan.step(number + 1, seen.samples[-1])


def digest(raw: bytes) -> str:
    """What the store knows the mail by: the digest of its bytes as an IMAP server gives them, with CRLF."""
    stored = raw.replace(b"\r\n", b"\n")
    return sha256(re.sub(rb"\r?\n", b"\r\n", stored)).hexdigest()


@contextmanager
def _place(kind: str) -> Iterator[_Place]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mailbot-soak-")))
        mail = stack.enter_context(dovecot.running())
        sink = stack.enter_context(running_sink(mail.certificates))
        sink.taken = lambda raw: mail.deliver(raw, "Отправленные", seen=True)
        url, _ = stack.enter_context(
            database_of(SetUp("dovecot", "postgres" if kind == "postgres" else "sqlite"), folder)
        )
        database = stack.enter_context(opened(url))
        yield _Place(mail, sink, database, write_config(folder / "config.toml", mail, sink.port, url))
