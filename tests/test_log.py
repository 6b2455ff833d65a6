import json
import logging
import os
import sys
import tempfile

import pytest
import structlog

from mailbot import log


@pytest.fixture(autouse=True)
def _as_before():
    root, own = logging.getLogger(), logging.getLogger("mailbot")
    kept = list(root.handlers), root.level, own.level, structlog.get_config()
    yield
    root.handlers, root.level, own.level = kept[0], kept[1], kept[2]
    root.setLevel(kept[1])
    own.setLevel(kept[2])
    structlog.reset_defaults()
    structlog.configure(**kept[3])


def lines(capsys):
    return capsys.readouterr().err.splitlines()


def crash():
    try:
        int("Ахметова Гузель, 8 843 294-95-00")
    except ValueError as error:
        return error


def test_text_for_people_has_time_level_event_and_values(capsys):
    log.set_up("info", "text")
    structlog.get_logger("mailbot.test").info("landed", mailbox="press", messages=3)
    structlog.get_logger("mailbot.test").debug("unheard")
    (line,) = lines(capsys)
    assert "[info     ] landed" in line
    assert "mailbox=press messages=3" in line
    assert line.startswith("20")


def test_json_for_collectors_is_one_object_a_line(capsys):
    log.set_up("info", "json")
    with structlog.contextvars.bound_contextvars(message=17):
        structlog.get_logger("mailbot.test").warning("odd", reason="кириллица")
    logging.getLogger("some.library").warning("of its own %s", "kind")
    own, foreign = map(json.loads, lines(capsys))
    assert (own["event"], own["level"], own["message"], own["reason"]) == ("odd", "warning", 17, "кириллица")
    assert (foreign["event"], foreign["level"]) == ("of its own kind", "warning")


@pytest.mark.parametrize("style", ["text", "json"])
def test_journald_gets_each_lines_priority_and_keeps_the_time_itself(capsys, style):
    log.set_up("debug", style, to_journal=True)
    logger = structlog.get_logger("mailbot.test")
    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(logger, level)("event", message=1)
    logger.error("job_failed", exc_info=crash())
    heads = [line[:3] for line in lines(capsys)]
    assert heads[:5] == ["<7>", "<6>", "<4>", "<3>", "<2>"]
    assert set(heads[5:]) == {"<3>"}  # every line of the traceback too


def test_journald_shows_event_and_values(capsys):
    log.set_up("info", "text", to_journal=True)
    structlog.get_logger("mailbot.test").info("read", message=7, status="accepted")
    assert lines(capsys) == ["<6>event=read message=7 status=accepted level=info"]


def test_an_exception_is_named_and_quoted_at_debug_alone(capsys):
    log.set_up("info", "text")
    structlog.get_logger("mailbot.test").error("job_failed", job="read", exc_info=crash())
    (line,) = lines(capsys)
    assert "error='ValueError at test_log.py:" in line
    assert "Ахметова" not in line
    log.set_up("debug", "text")
    structlog.get_logger("mailbot.other").error("job_failed", job="read", exc_info=crash())
    assert any("Ахметова" in line for line in lines(capsys))


def test_the_journal_is_known_by_its_device_and_inode(monkeypatch):
    with tempfile.TemporaryFile("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        status = os.fstat(stream.fileno())
        assert log.is_journal({"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        assert not log.is_journal({"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"})
        assert not log.is_journal({})
