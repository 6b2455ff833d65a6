from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.cli import application
from mailbot.clock import now

REPLY = sorted((Path(__file__).parents[2] / "mailbot/demo/replies/inbox").glob("002-*.eml"))


@pytest.fixture
def filled(run, config):
    """A configuration with retention, over a database with one accepted reply."""
    path = config("[retention]\nraw_days = 30\npersonal_days = 60\n")
    assert run("import", "-c", path, *REPLY).code == 0
    return path


@pytest.fixture
def wait(monkeypatch):
    def until(days):
        monkeypatch.setattr(application, "now", lambda: now() + timedelta(days=days))

    return until


def test_nothing_goes_without_a_configured_time(run, config):
    assert "ничего не удаляется" in run("purge", "-c", config()).out


def test_it_tells_first_and_removes_then(run, filled, wait):
    assert "удалено: исходный текст писем 0, личные данные писем 0" in run("purge", "-c", filled).out
    wait(31)
    assert "было бы удалено: исходный текст писем 1, личные" in run("purge", "--dry-run", "-c", filled).out
    assert run("reread", "-c", filled).out == "прочтено заново: 1\n"
    assert "\nудалено: исходный текст писем 1, личные данные писем 0" in "\n" + run("purge", "-c", filled).out
    done = run("reread", "-c", filled)
    assert done.out == "прочтено заново: 0\n"
    assert "срок хранения исходного текста истёк, прочесть заново нельзя: 1 (1)" in done.err
    wait(61)
    assert "личные данные писем 1" in run("purge", "-c", filled).out
    assert run("import", "-c", filled, *REPLY).out == "писем в файлах: 1, новых: 0\n"


def test_times_that_contradict_each_other_are_refused(run, config):
    done = run("purge", "-c", config("[retention]\nraw_days = 30\npersonal_days = 10\n"))
    assert done.code == 3
    assert "retention: personal_days не может быть меньше raw_days" in done.err
