"""After-care on a real Dovecot: marked or moved once the reading is committed, killed anywhere, others' mail untouched."""

import re
import signal
import subprocess
import sys

import pytest
from pydantic import SecretStr

from mailbot.inbox import after_care
from mailbot.inbox.receiver import Receiver
from mailbot.inbox.session import connect
from mailbot.inbox.settings import AfterCare
from mailbot.store.reading_queue import requeue
from tests.live.conftest import Rows, mail
from tests.live.whole import ROOT, SAMPLE, fill, write_config
from tests.servers.dovecot import running
from tests.store.builders import read_all, reading, set_up

ARCHIVE = "Архив"
SEEN, FLAG = AfterCare("seen"), AfterCare("flag")
KEYWORD, MOVE = AfterCare("keyword", keyword="$Read"), AfterCare("move", folder=ARCHIVE)
NO_MOVE = "IMAP4rev1 IDLE UIDPLUS"


@pytest.fixture
def database(sqlite_database):
    return set_up(sqlite_database)


class Box:
    """The mailbox seen by another program: UID, flags and bytes of what lies in a folder."""

    def __init__(self, settings):
        self._settings = settings

    def flags(self, folder="INBOX"):
        connection = connect(self._settings)
        try:
            connection.examine(folder)
            _, lines = connection.mailbox.client.uid("FETCH", "1:*", "(FLAGS)")
        finally:
            connection.close()
        found = (re.search(rb"FLAGS \(([^)]*)\)", line) for line in lines if line)
        return [set(one[1].decode().split()) - {"\\Recent"} for one in found if one]

    def change(self, *commands, folder="INBOX"):
        connection = connect(self._settings)
        try:
            connection.mailbox.folder.set(folder)
            for command in commands:
                assert connection.mailbox.client.uid(*command)[0] == "OK"
        finally:
            connection.close()


@pytest.fixture
def box(settings):
    return Box(settings())


@pytest.fixture
def read(database):
    """Reads what waits, with this status."""

    def make(status="accepted"):
        with database.sessions.begin() as session:
            read_all(session, reading(status=status))

    return make


def test_by_default_nothing_is_changed_after_the_reading_either(dovecot, receiver, read, box):
    dovecot.deliver(mail(1))
    keeper = receiver()
    keeper.poll()
    read()
    keeper.poll()
    assert box.flags() == [set()]


@pytest.mark.parametrize(("care", "flag"), [(SEEN, "\\Seen"), (FLAG, "\\Flagged"), (KEYWORD, "$Read")])
def test_a_flag_is_set_after_the_reading_and_only_once(dovecot, receiver, read, box, care, flag):
    dovecot.deliver(mail(1))
    keeper = receiver(after_care=care)
    keeper.poll()
    keeper.poll()
    assert box.flags() == [set()]
    read()
    assert keeper.poll().problems == []
    assert box.flags() == [{flag}]
    box.change(("STORE", "1", "-FLAGS", f"({flag})"))
    keeper.poll()
    receiver(after_care=care).poll()
    assert box.flags() == [set()]  # what its owner took away is not set again


def test_only_the_configured_statuses_and_a_decision_counts(dovecot, receiver, read, box, database):
    for number in range(3):
        dovecot.deliver(mail(number))
        receiver(after_care=SEEN).poll()
        read(("accepted", "review", "ignored")[number])
    keeper = receiver(after_care=AfterCare("seen", statuses=("accepted", "ignored")))
    keeper.poll()
    assert box.flags() == [{"\\Seen"}, set(), {"\\Seen"}]
    with database.sessions.begin() as session:
        requeue(session, [2])
    read()
    keeper.poll()
    assert box.flags() == [{"\\Seen"}] * 3


@pytest.mark.parametrize("also_read", [False, True], ids=["target not read", "target read"])
def test_a_moved_message_is_the_same_and_nothing_of_it_is_missing(dovecot, receiver, rows, read, box, clock, also_read):
    for number in range(3):
        dovecot.deliver(mail(number))
    keeper = receiver(after_care=MOVE, folders=("INBOX", ARCHIVE) if also_read else ("INBOX",))
    keeper.poll()
    read()
    dovecot.deliver(mail(9))
    box.change(("STORE", "2", "+FLAGS", "(\\Deleted)"), ("STORE", "4", "+FLAGS", "(\\Deleted)"))  # by its owner
    result = [keeper.poll() for _ in range(3)]
    assert [one.problems for one in result] == [[], [], []]
    assert len(box.flags(ARCHIVE)) == 3
    assert box.flags() == [{"\\Deleted"}]  # the new one: not read yet, and not expunged on the way
    clock.move(hours=2)
    keeper.poll()
    assert len(rows.messages()) == 4
    places = {place[0]: [one[4] for one in rows.places() if one[0] == place[0]] for place in rows.places()}
    assert places["INBOX"] == [True, True, True, False]
    assert places.get(ARCHIVE, []) == [False] * (3 if also_read else 0)
    assert rows.folders() == {"INBOX": (1, 1)} | ({ARCHIVE: (3, 3)} if also_read else {})


def test_a_missing_target_is_told_and_nothing_moves(dovecot, receiver, read, box):
    dovecot.deliver(mail(1))
    keeper = receiver(after_care=AfterCare("move", folder="Нет такой"))
    keeper.poll()
    read()
    assert ["Нет такой" in problem for problem in keeper.poll().problems] == [True]
    assert box.flags() == [set()]


class Killed(BaseException):
    """As if the process had been killed."""


def die_at(monkeypatch, point):
    def reach(name):
        if name == point:
            raise Killed

    monkeypatch.setattr(after_care, "reach", reach)


POINTS = [(care, when) for care in (SEEN, KEYWORD, MOVE) for when in ("before-after-care", "after-after-care")]


@pytest.mark.parametrize(("care", "point"), POINTS, ids=[f"{care.action} {point}" for care, point in POINTS])
def test_killed_before_or_after_it_is_done_again_and_once(dovecot, receiver, rows, read, box, monkeypatch, care, point):
    dovecot.deliver(mail(1))
    receiver(after_care=care).poll()
    read()
    die_at(monkeypatch, point)
    with pytest.raises(Killed):
        receiver(after_care=care).poll()
    monkeypatch.undo()
    survivor = receiver(after_care=care)
    assert [survivor.poll().problems for _ in range(2)] == [[], []]
    if care is MOVE:
        assert (box.flags(), len(box.flags(ARCHIVE))) == ([], 1)
        assert rows.folders()["INBOX"] == (0, 0)
    else:
        assert box.flags() == [{care.mark.removeprefix("keyword ").replace("seen", "\\Seen")}]
    assert len(rows.messages()) == 1


@pytest.mark.parametrize("point", ["", "before-after-care", "after-copy", "after-after-care"])
def test_a_server_without_move_gets_one_copy_and_loses_no_one_elses_message(
    settings, database, read, clock, monkeypatch, point
):
    with running(capabilities=NO_MOVE) as other:
        own = settings(
            port=other.port, ca_file=other.certificates.authority, after_care=MOVE, folders=("INBOX", ARCHIVE)
        )
        other.deliver(mail(1))
        other.deliver(mail(1), ARCHIVE)  # its owner's own copy
        other.deliver(mail(2))
        first = Receiver(own, database.sessions, clock)
        first.poll()
        read()
        other.deliver(mail(3))
        box = Box(own)
        box.change(("STORE", "3", "+FLAGS", "(\\Deleted)"))
        die_at(monkeypatch, point)
        if point:
            with pytest.raises(Killed):
                first.poll()
            monkeypatch.undo()
        first.close()
        survivor = Receiver(own, database.sessions, clock)
        assert [survivor.poll().problems for _ in range(2)] == [[], []]
        survivor.close()
        assert len(box.flags(ARCHIVE)) == 3
        assert box.flags() == [{"\\Deleted"}]
        rows = Rows(database)
        assert len(rows.messages()) == 3
        assert rows.folders() == {"INBOX": (1, 1), ARCHIVE: (3, 3)}


def test_killed_with_sigkill_between_the_reading_and_the_move(dovecot, sqlite_database, tmp_path, settings):
    config = write_config(tmp_path / "config.toml", dovecot, 1, sqlite_database.url)
    statuses = '["accepted", "review", "ignored"]'
    text = f'[mailbox.press.after_care]\naction = "move"\nfolder = "{ARCHIVE}"\nstatuses = {statuses}\n'
    config.write_text(config.read_text() + text, encoding="utf-8")
    fill(dovecot)

    def poll(**more):
        command = [sys.executable, "-m", "mailbot", "poll", "-c", str(config)]
        return subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True, **more)

    assert poll().returncode == 0
    assert poll(env={"MAILBOT_CRASH_AT": "after-after-care"}).returncode == -signal.SIGKILL
    done = poll()
    assert (done.returncode, done.stderr) == (0, b"")
    box = Box(settings(password=SecretStr(dovecot.password)))
    assert (box.flags(), len(box.flags(ARCHIVE))) == ([], len(SAMPLE))
    rows = Rows(sqlite_database)
    assert len(rows.messages()) == len(SAMPLE)
    assert all(place[4] for place in rows.places())
