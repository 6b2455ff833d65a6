"""What sane servers never say, and what some say all the same."""

import pytest
from pydantic import SecretStr

from mailbot.inbox.errors import ConnectionLostError, FolderMissingError, LoginRefusedError, ServerRefusedError
from mailbot.inbox.session import Look, connect
from mailbot.inbox.wire import KEPT_BYTES
from tests.inbox.conftest import EXAMINED
from tests.servers.scripted import CLOSE, SILENCE, scripted


def test_the_folder_is_opened_for_reading_only(talk):
    server, _ = talk()
    assert [line for line in server.heard if line.startswith((b"EXAMINE", b"SELECT"))] == [b'EXAMINE "INBOX"']


def test_bodies_are_peeked_at_in_short_sets(talk):
    server, connection = talk((b"UID FETCH", b"* 1 FETCH (UID 1 BODY[] {2}\r\nab)\r\n$ OK done\r\n"))
    assert connection.fetch([1, 2, 3, 9]) == {1: b"ab"}
    assert server.heard[-1] == b"UID FETCH 1:3,9 (UID BODY.PEEK[])"


def test_a_search_above_the_cursor_leaves_out_the_last_message(talk):
    server, connection = talk((b"UID SEARCH", b"* SEARCH 8\r\n$ OK done\r\n"))
    assert connection.search_after(8) == []
    assert server.heard[-1] == b"UID SEARCH UID 9:*"


def test_what_came_before_a_no_counts_and_is_not_left_for_the_next_answer(talk):
    _, connection = talk(
        (b"UID FETCH 1:2", b"* 1 FETCH (UID 1 BODY[] {2}\r\nab)\r\n$ NO [EXPUNGEISSUED] some are gone\r\n"),
        (b"UID FETCH 2", b"$ OK done\r\n"),
    )
    assert connection.fetch([1, 2]) == {1: b"ab"}
    assert connection.fetch([2]) == {}


def test_a_bad_for_one_message_leaves_the_connection_alive(talk):
    _, connection = talk(
        (b"UID FETCH 1", b"$ BAD cannot\r\n"), (b"UID FETCH 2", b"* 2 FETCH (UID 2 BODY[] {1}\r\nz)\r\n$ OK done\r\n")
    )
    with pytest.raises(ServerRefusedError, match="cannot"):
        connection.fetch([1])
    assert connection.fetch([2]) == {2: b"z"}


def test_a_poll_of_the_selected_folder_without_news_is_one_noop(talk):
    server, connection = talk((b"NOOP", b"$ OK done\r\n"))
    asked = len(server.heard)
    assert connection.look("INBOX") == Look(7, 9, 5)
    assert server.heard[asked:] == [b"NOOP"]


@pytest.mark.parametrize("news", [b"* 6 EXISTS\r\n", b"* 2 EXPUNGE\r\n"])
def test_news_in_any_answer_have_the_folder_opened_again(talk, news):
    changed = EXAMINED.replace(b"5 EXISTS", b"6 EXISTS").replace(b"UIDNEXT 9", b"UIDNEXT 10")
    _, connection = talk(
        (b"UID SEARCH", b"* SEARCH\r\n" + news + b"$ OK done\r\n"), (b"NOOP", b"$ OK done\r\n"), (b"EXAMINE", changed)
    )
    connection.search_after(8)
    assert connection.look("INBOX") == Look(7, 10, 6)


def test_another_folder_is_asked_by_status(talk):
    server, connection = talk(
        (b"STATUS", b'* STATUS "&BCEEPwQwBDw-" (MESSAGES 2 UIDNEXT 4 UIDVALIDITY 3)\r\n$ OK done\r\n')
    )
    assert connection.look("Спам") == Look(3, 4, 2)
    assert server.heard[-1] == b'STATUS "&BCEEPwQwBDw-" (MESSAGES UIDNEXT UIDVALIDITY)'


@pytest.mark.parametrize("command", ["look", "examine"])
def test_a_missing_folder(talk, command):
    _, connection = talk((b"(STATUS|EXAMINE)", b"$ NO [NONEXISTENT] no such folder\r\n"))
    with pytest.raises(FolderMissingError, match="no such folder"):
        getattr(connection, command)("Нет")


def test_a_folder_without_uidvalidity_cannot_be_read(talk):
    _, connection = talk((b"EXAMINE", b"* 5 EXISTS\r\n$ OK done\r\n"))
    with pytest.raises(ServerRefusedError, match="UIDVALIDITY"):
        connection.examine("Архив")


@pytest.mark.parametrize(
    "answer",
    [
        (CLOSE,),
        (b"* BYE shutting down\r\n", CLOSE),
        (b"* 1 FETCH (UID 1 BODY[] {100}\r\nhalf of it", CLOSE),
        (b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\nab)\r\n",),
        (b"* 1 FETCH (UID 1 BODY[] {100}\r\nhalf of it", SILENCE),
        (b"complete nonsense\r\n",),
        (SILENCE,),
    ],
    ids=["eof", "bye", "eof in a literal", "endless literal", "silence in a literal", "nonsense", "silence"],
)
def test_a_connection_that_ends_or_makes_no_sense_is_lost(talk, answer):
    _, connection = talk((b"UID FETCH", answer), timeout_seconds=0.3)
    with pytest.raises(ConnectionLostError):
        connection.fetch([1])


def test_literals_of_any_size_keep_their_own_bytes(talk):
    """Those that are put together in kept memory, and those that are too large for it, in one answer."""
    bodies = {uid: bytes([64 + uid]) * size for uid, size in enumerate((5, 300_000, KEPT_BYTES + 9, KEPT_BYTES, 7), 1)}
    answer = b"".join(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (n, n, len(b), b) for n, b in bodies.items())
    _, connection = talk((b"UID FETCH", answer + b"$ OK done\r\n"))
    assert connection.fetch(list(bodies)) == bodies


def test_a_drip_is_ended_by_the_time_for_one_answer(talk):
    drip = [b"* 1 FETCH (UID 1 BODY[] {1000000}\r\n", *([b"x"] * 2000)]
    _, connection = talk((b"UID FETCH", [*drip, SILENCE]), timeout_seconds=0.5, command_seconds=0.05)
    with pytest.raises(ConnectionLostError):
        connection.fetch([1])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"$ NO [AUTHENTICATIONFAILED] wrong\r\n", LoginRefusedError),
        (b"$ NO wrong\r\n", LoginRefusedError),
        (b"$ NO [UNAVAILABLE] later\r\n", ConnectionLostError),
        (b"$ NO [LIMIT] too many connections\r\n", ConnectionLostError),
        (b"* BYE busy\r\n", ConnectionLostError),
    ],
)
def test_a_refused_password_is_told_from_a_passing_trouble(settings, answer, error):
    with scripted((b"LOGIN", answer)) as server, pytest.raises(error) as caught:
        connect(settings(server))
    assert "secret" not in str(caught.value)


def test_a_refused_token_and_the_way_it_is_sent(settings):
    refused = (b"AUTHENTICATE XOAUTH2", b"+ \r\n"), (b".*", b"$ NO [AUTHENTICATIONFAILED] expired\r\n")
    with scripted(*refused) as server, pytest.raises(LoginRefusedError) as caught:
        connect(settings(server, password=None, token=lambda: SecretStr("t0ken")))
    assert "t0ken" not in str(caught.value)


def test_no_server_at_all(settings):
    with scripted() as server:
        gone = settings(server)
    with pytest.raises(ConnectionLostError, match="соединение отклонено"):
        connect(gone)


def test_capabilities_that_are_no_ascii(settings):
    """A byte that broke on its way: imaplib decodes them itself, as ASCII."""
    with (
        scripted((b"CAPABILITY", b"* CAPABILITY IMAP4rev1 ID\xc7E\r\n$ OK done\r\n")) as server,
        pytest.raises(ConnectionLostError, match="испорчены байты"),
    ):
        connect(settings(server))


def test_special_uses_that_a_server_tells_only_when_asked(talk):
    capable = (b"CAPABILITY", b"* CAPABILITY IMAP4rev1 SPECIAL-USE\r\n$ OK done\r\n")
    _, connection = talk(
        capable,
        capable,
        (b"LIST", b'* LIST () "." INBOX\r\n* LIST () "." INBOX.Bulk\r\n$ OK done\r\n'),
        (b'LIST "" "\\*" RETURN', b'* LIST () "." INBOX\r\n* LIST (\\Junk) "." INBOX.Bulk\r\n$ OK done\r\n'),
        selected=False,
        folders=("INBOX", "\\Junk"),
    )
    assert connection.find_folders() == (["INBOX", "INBOX.Bulk"], [])
