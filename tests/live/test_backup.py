"""A backup of a running service, the loss of its database, and its return: nothing is lost, nothing comes twice."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.live.test_service import service, until
from tests.live.whole import ROOT, SAMPLE, Outcome, fill


@pytest.fixture
def mailbot(config):
    def run(*arguments):
        command = [sys.executable, "-m", "mailbot", *arguments, "-c", str(config)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def lose(database):
    database.engine.dispose()
    if database.kind == "sqlite":
        for path in Path(database.engine.url.database).parent.glob("mailbot.db*"):
            path.unlink()
        for path in Path(database.engine.url.database).parent.glob("empty.db*"):
            path.unlink()
    else:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))


def test_what_came_after_the_backup_comes_again_once_and_no_roll_up_twice(
    dovecot,
    sink,
    config,
    mailbot,
    empty_database,
    undisturbed,
    mail,
    tmp_path,
):
    dovecot.deliver(mail(1))
    mailbot("poll")
    mailbot("db", "backup", str(tmp_path / "copy"))
    fill(dovecot)
    outcome = Outcome(empty_database)
    with service(config):
        until(lambda: outcome.is_done(len(SAMPLE) + 1), config)
    assert len(sink.mails) == 1
    whole = outcome.rows()
    assert whole["figures"] == undisturbed["figures"]

    lose(empty_database)
    assert "восстановлено" in mailbot("db", "restore", str(tmp_path / "copy"))
    with service(config):
        until(lambda: outcome.is_done(len(SAMPLE) + 1), config)
    assert outcome.rows() == whole
    assert len(sink.mails) == 1  # the roll-up was found among the sent mails
