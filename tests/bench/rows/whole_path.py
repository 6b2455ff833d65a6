"""The whole path: .xlsx replies over IMAPS to committed rows, against a lean program, an afternoon's script, parsedmarc."""

from __future__ import annotations

import json
import subprocess
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import mailboxes, mixture
from tests.bench.measure import Outcome, in_turn, median_of, ratios, run
from tests.bench.peers import parsedmarc
from tests.bench.plan import Plan
from tests.servers.dovecot import Dovecot, running

SCRIPT = Path(__file__).parents[1] / "naive.py"
PEER_SECONDS = 300


def measure(plan: Plan) -> list[Outcome]:
    """Rates as ratios to each yardstick."""
    count = plan.scaled(1_000)
    with running(password="secret-4711") as server:  # imaplib's own LOGIN, which parsedmarc takes, knows ASCII alone
        mailboxes.fill(server, "INBOX", mixture.replies(count))
        at = mailboxes.address(server)
        ours = partial(run, "tests.bench.ours:whole_path", at=at, folder="INBOX", workers=2)
        lean = partial(run, "tests.bench.yardsticks:lean", at=at, folder="INBOX", batch=50)
        lean()  # the server indexes now
        read, leanly = in_turn(plan.rounds, plan.step, ours, lean)
        if any(sample["read"] != count for sample in read):
            raise RuntimeError(f"not all of {count} messages were read")
        naive = _naive(plan, server, at)
        marc = parsedmarc(plan, server, count)
    speed = ratios(leanly, read, "wall")
    rate, cpu = count / median_of(read, "wall"), [median_of(s, "cpu") / count * 1000 for s in (read, leanly)]
    notes = (
        (
            f"{rate:.0f} messages a second, {read[0]['accepted']} of {count} accepted, {read[0]['figures']} figures; "
            f"{cpu[0]:.1f} ms of CPU a message against {cpu[1]:.1f}, which is {cpu[0] / cpu[1]:.0f} times as much"
        ),
        (
            "60 figures of 20 schools cost about half in reading, a third in saving (each with its evidence, judged against "
            "all that was said of the school before) and the rest in what lies between: the fenced process for attachments, "
            "the readers' own processes, which must start, and what travels"
        ),
    )
    what = f"whole path, {count:,} .xlsx replies of 20 schools over IMAPS to committed rows, two readers"
    made = [_line(what, "lean: imaplib, the standard MIME, calamine, SQL; no understanding", 0.6, speed, notes)]
    if naive:
        made.append(
            _line(what, "an afternoon's script (imap-tools, pandas, openpyxl, ORM)", 8, tuple(rate / n for n in naive))
        )
    if marc:
        made.append(_line(what, "parsedmarc on mail of its own", 3, tuple(rate / n for n in marc)))
    return made


def _line(what: str, yardstick: str, least: float, values: tuple[float, ...], notes: tuple[str, ...] = ()) -> Outcome:
    target = f"at least {least} of its rate" if least < 1 else f"at least {least} times its rate"
    return Outcome("whole", what, yardstick, target, "x", values, sorted(values)[len(values) // 2] >= least, notes)


def _naive(plan: Plan, server: Dovecot, at: dict[str, Any]) -> list[float]:
    """Messages a second of the afternoon's script, on a tenth of the replies; empty where it can't be installed."""
    python = plan.peer("naive")
    if python is None:
        return []
    mailboxes.fill(server, "Архив", mixture.replies(plan.scaled(100), seed=2))
    rates = []
    for _ in range(min(plan.rounds, 3)):
        with TemporaryDirectory() as folder:
            given = [
                at["host"],
                str(at["port"]),
                at["user"],
                at["password"],
                "Архив",
                f"sqlite:///{folder}/n.db",
                at["ca"],
            ]
            done = subprocess.run(
                [python, SCRIPT, *given], capture_output=True, text=True, timeout=PEER_SECONDS, check=True
            )
        result = json.loads(done.stdout)
        rates.append(result["messages"] / result["wall"])
        plan.step()
    return rates
