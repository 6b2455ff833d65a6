import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from multiprocessing import Pipe

import pytest

from mailbot.domain.campaign import Campaign, CampaignField
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.reading.read import interpret
from mailbot.service.apart import ReaderCrashError, ReaderProcess, Work

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)
CAMPAIGN = Campaign(name="x", title="X", fields=(CampaignField(name="vk", title="ВК"),), deadline=NOON)
WORK = Work(CAMPAIGN, Directory(municipalities=()), Limits(), wall_seconds=20, cpu_seconds=20, memory_bytes=1 << 30)
MAIL = "From: a@b.ru\r\nSubject: Ответ\r\n\r\nВК: 35 подписчиков\r\n".encode()


@pytest.fixture
def reader():
    reader = ReaderProcess(WORK)
    yield reader
    reader.close()


def test_it_reads_as_this_process_would_and_stays_for_the_next(reader):
    assert reader.interpret(MAIL) == interpret(MAIL, CAMPAIGN, WORK.directory)
    first = reader._process.pid
    assert reader.interpret(MAIL) == interpret(MAIL, CAMPAIGN, WORK.directory)
    assert reader._process.pid == first


def test_one_that_died_is_told_and_the_next_message_gets_a_new_one(reader):
    reader.interpret(MAIL)
    reader._process.kill()
    with pytest.raises(ReaderCrashError, match="died"):
        reader.interpret(MAIL)
    assert reader.interpret(MAIL).status


def test_one_that_gives_no_answer_in_time_is_ended(reader, monkeypatch):
    reader.interpret(MAIL)
    process = reader._process
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr("mailbot.service.apart.READ_SECONDS", 0.1)
    with pytest.raises(ReaderCrashError, match="no answer in time"):
        reader.interpret(MAIL)
    assert process.returncode == -signal.SIGKILL


def test_what_it_raises_comes_with_the_place_and_the_traceback():
    unfit = Work(None, WORK.directory, Limits(), wall_seconds=20, cpu_seconds=20, memory_bytes=1 << 30)
    reader = ReaderProcess(unfit)
    try:
        with pytest.raises(ReaderCrashError, match=r"AttributeError at \w+\.py:\d+") as raised:
            reader.interpret(MAIL)
    finally:
        reader.close()
    assert "Traceback" in raised.value.trace


def test_it_ends_when_the_service_does_however_that_ends():
    ours, theirs = Pipe()
    command = [sys.executable, "-P", "-m", "mailbot.service.apart", str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=(theirs.fileno(),))
    theirs.close()
    ours.send(WORK)
    ours.send_bytes(MAIL)
    assert ours.poll(30)
    process.send_signal(signal.SIGTERM)
    ours.send_bytes(MAIL)
    assert ours.poll(30)  # the signal is for the service, which lets the message be read
    ours.close()
    assert process.wait(10) == 0
