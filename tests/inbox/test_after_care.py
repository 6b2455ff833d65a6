"""What servers that can or will do less than asked are told, and what they never hear."""

import re
from dataclasses import replace

import pytest

from mailbot.inbox.receiver import Receiver
from mailbot.inbox.settings import AfterCare
from mailbot.store.after_care import due
from tests.servers.scripted import scripted
from tests.store.builders import NOW, landed, read_all, reading, set_up

STATE = b"* 1 EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT 2] ok\r\n%s$ OK [%s] done\r\n"
KEEPS = b"* OK [PERMANENTFLAGS (\\Seen \\Deleted)] ok\r\n"
MOVE = AfterCare("move", folder="Archive")


@pytest.fixture
def database(sqlite_database):
    set_up(sqlite_database)
    with sqlite_database.sessions.begin() as session:
        landed(session, uid=1, uidvalidity=7)
        read_all(session, reading())
    return sqlite_database


class Server:
    """A folder with the one message; which capabilities, and how it is selected."""

    def __init__(self, capabilities=b"IMAP4rev1", uidvalidity=7, mode=b"READ-WRITE", refused=b"none"):
        self.capabilities, self.uidvalidity, self.mode, self.refused = capabilities, uidvalidity, mode, refused

    def __call__(self, command):
        if self.refused in command:
            return b"$ NO [TRYCREATE] no such folder\r\n"
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY " + self.capabilities + b"\r\n$ OK done\r\n"
        if command.startswith(b"SELECT"):
            return STATE % (self.uidvalidity, KEEPS, self.mode)
        if command.startswith(b"EXAMINE"):
            return STATE % (7, KEEPS, b"READ-ONLY")
        if command.startswith(b"STATUS"):
            return b"* STATUS Archive (MESSAGES 0 UIDNEXT 5 UIDVALIDITY 9)\r\n$ OK done\r\n"
        if re.match(rb"UID SEARCH", command):
            return b"* SEARCH 1\r\n$ OK done\r\n" if b"1:*" in command else b"* SEARCH\r\n$ OK done\r\n"
        if re.match(rb"UID (STORE|COPY|MOVE|EXPUNGE)|NOOP", command):
            return b"$ OK done\r\n"
        return None


def polled(settings, database, server, care):
    """The problems of a poll with this after-care, and the commands that the server heard."""
    with scripted(otherwise=server) as made:
        receiver = Receiver(replace(settings(made), after_care=care), database.sessions, lambda: NOW)
        try:
            problems = receiver.poll().problems
        finally:
            receiver.close()
        return problems, [command for command in made.heard if not command.startswith((b"EXAMINE", b"CAPABILITY"))]


def changing(commands):
    return [command for command in commands if re.match(rb"UID (STORE|COPY|MOVE|EXPUNGE)|EXPUNGE|CLOSE", command)]


def left(database, care):
    with database.sessions() as session:
        return due(session, "press", "INBOX", care.statuses, care.mark, 10)


@pytest.mark.parametrize(
    ("server", "care", "words"),
    [
        (Server(), MOVE, "не умеет ни MOVE, ни UIDPLUS"),
        (Server(), AfterCare("keyword", keyword="$Read"), "не хранит отметку «$Read»"),
        (Server(), AfterCare("flag"), "не хранит отметку"),
        (Server(mode=b"READ-ONLY"), AfterCare("seen"), "только для чтения"),
        (Server(b"IMAP4rev1 MOVE", refused=b"MOVE"), MOVE, "не перенести в «Archive»"),
        (Server(b"IMAP4rev1 UIDPLUS", refused=b"COPY"), MOVE, "не перенести в «Archive»"),
    ],
)
def test_what_a_server_cannot_do_is_told_and_the_message_stays_due(settings, database, server, care, words):
    problems, heard = polled(settings, database, server, care)
    assert [words in problem for problem in problems] == [True]
    assert [command for command in changing(heard) if server.refused not in command] == []
    assert left(database, care) is not None


def test_another_uidvalidity_is_another_folder(settings, database):
    problems, heard = polled(settings, database, Server(uidvalidity=8), AfterCare("seen"))
    assert (problems, changing(heard)) == ([], [])


@pytest.mark.parametrize(
    ("server", "care", "commands"),
    [
        (Server(), AfterCare("seen"), [rb"UID STORE 1 +FLAGS.SILENT (\Seen)"]),
        (Server(b"IMAP4rev1 MOVE"), MOVE, [b'UID MOVE 1 "Archive"']),
        (
            Server(b"IMAP4rev1 UIDPLUS"),
            MOVE,
            [b'UID COPY 1 "Archive"', rb"UID STORE 1 +FLAGS.SILENT (\Deleted)", b"UID EXPUNGE 1"],
        ),
    ],
)
def test_exactly_these_commands_change_the_mailbox(settings, database, server, care, commands):
    problems, heard = polled(settings, database, server, care)
    assert (problems, changing(heard)) == ([], commands)
    assert left(database, care) is None


def test_what_waits_to_be_read_again_is_not_due(database):
    with database.sessions.begin() as session:
        landed(session, uid=2, uidvalidity=7)
    assert [copy.uid for copy in left(database, MOVE).copies] == [1]
    with database.sessions.begin() as session:
        read_all(session, reading(status="failed"))
    assert [copy.uid for copy in left(database, MOVE).copies] == [1]
