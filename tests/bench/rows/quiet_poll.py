"""A poll that finds nothing new, in a small and in a large folder, against NOOP on the same connection."""

from __future__ import annotations

import statistics
import time
from typing import Any

from mailbot.clock import now
from mailbot.inbox.receiver import Receiver
from tests.bench import mailboxes, mixture, ours
from tests.bench.measure import Outcome, run
from tests.bench.plan import Plan
from tests.servers.dovecot import running

COMMANDS, BYTES = 2, 200


def measure(plan: Plan) -> list[Outcome]:
    """Commands and bytes of a quiet poll at both sizes, and its time as a multiple of NOOP's."""
    sizes = (plan.scaled(1_000), plan.scaled(100_000))
    found = []
    with running() as server:
        for number, size in enumerate(sizes):
            mailboxes.fill(server, f"Poll{number}", mixture.tiny(size))
            found.append(run("tests.bench.rows.quiet_poll:poll", at=mailboxes.address(server), folder=f"Poll{number}"))
            plan.step()
    what = f"a poll with nothing new, {sizes[0]:,} and {sizes[1]:,} messages"
    commands, octets = [[each[key] for each in found] for key in ("commands", "bytes")]
    same = commands[0] == commands[1] and octets[0] == octets[1]
    times = tuple(each["seconds"] / each["noop"] for each in found)
    note = ", ".join(f"{each['seconds'] * 1000:.1f} ms" for each in found)
    return [
        Outcome("poll", f"{what}: commands", "", f"at most {COMMANDS}, the same at both", "", tuple(commands),
                same and max(commands) <= COMMANDS),
        Outcome("poll", f"{what}: bytes both ways", "", f"at most {BYTES}, the same at both", "", tuple(octets),
                same and max(octets) <= BYTES),
        Outcome("poll", f"{what}: time", "NOOP on the same connection", "", "x", times, None,
                (f"{note}; the rest is one transaction that notes what the folder holds",)),
    ]  # fmt: skip


def poll(at: dict[str, Any], folder: str) -> dict[str, Any]:
    """Land the folder, then poll it again and again, and count what goes over the connection."""
    with ours.database() as store:
        receiver = Receiver(mailboxes.settings(at, folder), store.sessions, now)
        receiver.poll()
        receiver.poll()
        client = receiver._connection._client
        client.tagnum = 0  # the tags' digits grow with the commands before, and are no matter of size
        counted = {"commands": 0, "bytes": 0}
        _count(client, counted)
        receiver.poll()
        result = dict(counted)
        result["seconds"] = _median(receiver.poll)
        result["noop"] = _median(client.noop)
        receiver.close()
        return result


def _count(client: Any, counted: dict[str, int]) -> None:
    """Count commands and bytes of imaplib's client where they pass."""
    send, readline, read = client.send, client.readline, client.read

    def sending(data: bytes) -> None:
        counted["commands"] += data.endswith(b"\r\n")
        counted["bytes"] += len(data)
        send(data)

    def counting(get: Any) -> Any:
        def reading(*size: int) -> bytes:
            data: bytes = get(*size)
            counted["bytes"] += len(data)
            return data

        return reading

    client.send, client.readline, client.read = sending, counting(readline), counting(read)


def _median(act: Any) -> float:
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
