"""What the log tells of the mails, at its usual level: their numbers, and nothing of the people who wrote them."""

import json
import logging
import re
from pathlib import Path

import pytest
import structlog

from mailbot import log
from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.domain.document import Limits
from mailbot.reading.message.mail import decode
from mailbot.service import reading as jobs
from mailbot.service.reading import Bounds, Reader, Reading
from mailbot.store.campaign import synchronise
from tests.live.whole import REPLIES

READ = REPLIES[5::18]
CRASHES = 3


@pytest.fixture(autouse=True)
def _as_before():
    root, own = logging.getLogger(), logging.getLogger("mailbot")
    kept = list(root.handlers), root.level, own.level, structlog.get_config()
    yield
    root.handlers = kept[0]
    root.setLevel(kept[1])
    own.setLevel(kept[2])
    structlog.configure(**kept[3])


def of_people(raw):
    """Words and telephones of a mail: of its headers, and of its raw text in the charsets that Russian mail is in."""
    mail = decode(raw, Limits())
    text = " ".join([mail.envelope.sender_name, mail.envelope.subject, *(file.name for file in mail.attachments)])
    text += raw.decode("utf-8", "ignore") + raw.decode("cp1251", "ignore")
    text += repr(mail.bodies)
    return set(re.findall(r"[А-ЯЁа-яё]{4,}", text)), set(re.findall(r"\d{3}[- ]?\d{2}[- ]?\d{2}", text))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_poll_and_the_reading_of_replies_tell_numbers_and_no_names(
    dovecot, receiver, database, clock, capsys, monkeypatch
):
    campaign, directory = build_campaign(CampaignSection(), Path()), build_directory(CampaignSection(), Path())
    with database.sessions.begin() as session:
        synchronise(session, campaign, directory, str.casefold, clock())
    words, telephones = set(), set()
    for path in READ:
        dovecot.deliver(path.read_bytes())
        mine = of_people(path.read_bytes())
        words |= mine[0]
        telephones |= mine[1]
    assert len(words) > 300
    assert len(telephones) > 10

    decode = jobs.decode

    def some_crash(raw, limits):
        if READ[CRASHES].read_bytes() == raw:
            raise ValueError(raw.decode("utf-8", "replace"))
        return decode(raw, limits)

    monkeypatch.setattr(jobs, "decode", some_crash)
    log.set_up("info", "json")
    receiver().poll()
    reader = Reader(Reading(database.sessions, campaign, directory, Limits(), clock, "worker", lambda: False), Bounds())
    try:
        assert reader.read_waiting() >= len(READ)
    finally:
        reader.close()

    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    events = [line["event"] for line in lines]
    assert events.count("read") == len(READ) - 1
    assert events.count("reading_crashed") == 3
    assert {line["message"] for line in lines if line["event"] == "read"} | {CRASHES + 1} == set(
        range(1, len(READ) + 1)
    )
    for line in lines:
        if line["event"] == "connected":
            continue
        assert "message" in line or {"first", "last"} <= line.keys(), line
    assert [word for word in words if word in written] == []
    assert [number for number in telephones if number in written] == []
