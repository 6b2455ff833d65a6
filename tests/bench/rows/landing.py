"""Landing a backlog: fetched over IMAPS and committed, against fetching the same with imaplib and dropping it."""

from __future__ import annotations

from functools import partial

from tests.bench import mailboxes, mixture
from tests.bench.measure import Outcome, in_turn, median_of, ratios, run
from tests.bench.plan import Plan
from tests.servers.dovecot import running

MEGABYTES = 150


def measure(plan: Plan) -> list[Outcome]:
    """The speed of landing as a share of the speed of fetching."""
    count = plan.scaled(10_000)
    with running() as server:
        _, size = mailboxes.fill(server, "INBOX", mixture.mixed(count))
        at = mailboxes.address(server)
        run("tests.bench.yardsticks:fetch_and_drop", at=at, folder="INBOX", batch=500)  # the server indexes now
        fetch = partial(run, "tests.bench.yardsticks:fetch_and_drop", at=at, folder="INBOX", batch=500)
        land = partial(run, "tests.bench.ours:land_backlog", at=at, folder="INBOX")
        fetched, landed = in_turn(plan.rounds, plan.step, fetch, land)
    if any(sample["messages"] != count for sample in (*fetched, *landed)):
        raise RuntimeError(f"not all of {count} messages were had")
    speed = ratios(fetched, landed, "wall")
    peak = max(sample["peak_mb"] for sample in landed)
    rates = [count / median_of(samples, "wall") for samples in (landed, fetched)]
    cpu = [median_of(samples, "cpu") / count * 1000 for samples in (landed, fetched)]
    return [
        Outcome(
            "landing",
            f"landing {count:,} mixed messages ({size / 1e6:.0f} MB) over IMAPS, fetched and committed (SQLite)",
            "imaplib, batches of 500, dropped",
            "at least 0.6 of its speed",
            "x",
            speed,
            sorted(speed)[len(speed) // 2] >= 0.6,
            (
                (f"{rates[0]:.0f} messages a second against {rates[1]:.0f}; {cpu[0]:.2f} ms of CPU a message "
                f"against {cpu[1]:.2f} (client alone)"),
            ),
        ),
        Outcome(
            "landing", "resident memory while landing", "", f"under {MEGABYTES} MB", "MB",
            tuple(sample["peak_mb"] for sample in landed), peak < MEGABYTES,
        ),
    ]  # fmt: skip
