"""Services and workers as processes that a test may kill, and waiting for what must come."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

from sqlalchemy import select

from mailbot.store.tables import MessageRow
from tests.live.whole import PATIENCE, ROOT


class Instance:
    """A running `mailbot run` (or another command), and its log."""

    def __init__(self, config, name, command="run"):
        self._log = config.parent / f"{name}.log"
        with self._log.open("wb") as log:
            words = [sys.executable, "-m", "mailbot", command, "-c", str(config)]
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)

    def said(self, event):
        """How often the log tells of the event."""
        return sum(line["event"] == event for line in self.lines())

    def lines(self):
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(12) == 0


@contextmanager
def instances(config, count):
    config.write_text(config.read_text() + '\n[log]\nformat = "json"\n')
    with ExitStack() as stack:
        made = [Instance(config, f"instance{number}") for number in range(count)]
        for one in made:
            stack.callback(one.process.wait)
            stack.callback(one.process.kill)
        yield made


def until(condition, instances, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, [one.lines()[-5:] for one in instances]
        time.sleep(0.05)


class Workers:
    """Processes of `mailbot worker`, of which one at a time is killed and replaced."""

    def __init__(self, config, count):
        self._config = config
        self.all = []
        self.alive = [self._start() for _ in range(count)]

    def _start(self):
        self.all.append(Instance(self._config, f"worker{len(self.all)}", "worker"))
        return self.all[-1]

    def kill_one(self, dice):
        place = dice.randrange(len(self.alive))
        self.alive[place].process.kill()
        assert self.alive[place].process.wait(10) == -signal.SIGKILL
        self.alive[place] = self._start()

    def said(self, event):
        return sum(one.said(event) for one in self.all)

    def end(self):
        for one in self.alive:
            one.end()


def read_so_far(database):
    with database.reading() as session:
        try:
            return len(session.scalars(select(MessageRow.id).where(~MessageRow.queued)).all())
        except Exception:  # noqa: BLE001 - the tables are only just being made
            return 0
