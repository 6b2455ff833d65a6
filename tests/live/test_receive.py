"""RECEIVE against a real Dovecot over verified TLS, into SQLite and Postgres."""

import re
import threading
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from mailbot.domain.interpretation import FindingCode
from mailbot.inbox.errors import ConnectionLostError, LoginRefusedError
from mailbot.inbox.receiver import Receiver
from mailbot.inbox.sent import was_sent
from mailbot.inbox.wire import Bounded
from mailbot.store.tables import MessageRow
from tests.live.whole import REPLIES
from tests.servers.dovecot import YANDEX, running

SENT = datetime(2021, 8, 15, 9, 30, tzinfo=UTC)


def test_a_poll_lands_every_reply_as_it_lies_in_the_mailbox(dovecot, receiver, rows):
    assert REPLIES
    for path in REPLIES:
        dovecot.deliver(path.read_bytes(), seen=path.name < "03")
    assert receiver().poll().landed == len(REPLIES)
    expected = sorted(re.sub(rb"\r*\n", b"\r\n", path.read_bytes()) for path in REPLIES)  # as Dovecot gives lines
    assert sorted(rows.raws().values()) == expected
    assert rows.folders()["INBOX"] == (len(REPLIES), len(REPLIES))


def test_a_second_poll_changes_nothing_and_a_new_process_neither(dovecot, receiver, rows, mail, clock):
    for number in range(5):
        dovecot.deliver(mail(number))
    first = receiver()
    first.poll()
    before = rows.messages(), rows.places(), rows.raws()
    clock.move(minutes=5)
    assert first.poll().landed == 0
    assert receiver().poll().landed == 0
    assert (rows.messages(), rows.places(), rows.raws()) == before


def test_nothing_is_marked_as_read_or_changed(dovecot, receiver, mail):
    path = dovecot.deliver(mail(1))
    receiver().poll()
    listing = sorted(file.name for folder in ("new", "cur") for file in (dovecot.maildir / folder).iterdir())
    assert [name.partition(",S=")[0] for name in listing] == [path.name.partition(",S=")[0]]
    assert all(":2," not in name or name.endswith(":2,") for name in listing)


def test_what_comes_later_is_found_by_the_same_connection_in_every_folder(dovecot, receiver, rows, mail):
    dovecot.deliver(mail(1))
    keeper = receiver()
    keeper.poll()
    dovecot.deliver(mail(2))
    dovecot.deliver(mail(3), "Спам")
    assert keeper.poll().landed == 2
    dovecot.deliver(mail(4), "Спам")
    assert keeper.poll().landed == 1
    assert [place[0] for place in rows.places()] == ["INBOX", "INBOX", "Спам", "Спам"]


def test_the_junk_folder_is_found_by_its_flag(dovecot, receiver, rows, mail):
    dovecot.deliver(mail(1), "Спам")
    assert receiver(folders=("\\Junk",)).poll().landed == 1
    assert rows.folders() == {"Спам": (1, 1)}


def test_the_internal_date_is_kept(dovecot, receiver, database, mail):
    dovecot.deliver(mail(1), when=SENT)
    receiver().poll()
    with database.sessions() as session:
        assert session.query(MessageRow.internal_date).scalar() == SENT


def test_a_moved_mail_is_one_message_with_a_further_place(dovecot, receiver, rows, mail, clock):
    path = dovecot.deliver(mail(1))
    keeper = receiver()
    keeper.poll()
    moved = next((dovecot.maildir / "new").glob("*"), None) or next((dovecot.maildir / "cur").glob("*"))
    dovecot.deliver(moved.read_bytes(), "Спам")
    moved.unlink()
    assert not path.exists()
    clock.move(hours=2)
    result = keeper.poll()
    assert (result.landed, result.duplicates) == (0, 1)
    assert len(rows.messages()) == 1
    assert [(place[0], place[4]) for place in rows.places()] == [("INBOX", True), ("Спам", False)]
    assert rows.folders() == {"INBOX": (0, 0), "Спам": (1, 1)}


@pytest.mark.parametrize("kept", [True, False], ids=["same connection", "new process"])
def test_a_changed_uidvalidity_doubles_nothing(dovecot, receiver, rows, mail, kept):
    for number in range(4):
        dovecot.deliver(mail(number))
    first = receiver()
    first.poll()
    before = rows.messages()
    validity = rows.places()[0][1]
    first.close()
    dovecot.forget_uids()
    dovecot.deliver(mail(9))
    result = (first if kept else receiver()).poll()
    assert (result.landed, result.duplicates) == (1, 4)
    assert rows.messages()[:4] == before
    assert len(rows.messages()) == 5
    assert {place[1] for place in rows.places()} > {validity}


def test_a_folder_deleted_and_made_again(dovecot, receiver, rows, mail):
    dovecot.deliver(mail(1), "Архив")
    keeper = receiver(folders=("INBOX", "Архив"))
    keeper.poll()
    dovecot.remove("Архив")
    dovecot.deliver(mail(2))
    gone = keeper.poll()
    assert gone.landed == 1
    dovecot.deliver(mail(1), "Архив")
    dovecot.deliver(mail(3), "Архив")
    back = keeper.poll()
    assert (back.landed, back.duplicates, back.problems) == (1, 1, [])
    assert len(rows.messages()) == 3


def test_a_configured_folder_that_is_not_there_is_told_and_stops_nothing(dovecot, receiver, mail):
    dovecot.deliver(mail(1))
    result = receiver(folders=("Нет такой", "INBOX")).poll()
    assert result.landed == 1
    assert len(result.problems) == 1
    assert "Нет такой" in result.problems[0]


def test_gaps_and_expunged_messages(dovecot, receiver, rows, mail):
    paths = [dovecot.deliver(mail(number)) for number in range(6)]
    keeper = receiver()
    for path in paths[1:3]:
        path.unlink()
    keeper.poll()
    for file in (*(dovecot.maildir / "new").iterdir(), *(dovecot.maildir / "cur").iterdir()):
        file.unlink()
    assert keeper.poll().landed == 0
    dovecot.deliver(mail(7))
    assert keeper.poll().landed == 1
    assert len(rows.messages()) == 5


def test_a_message_over_the_limit_becomes_a_row_with_a_finding(dovecot, receiver, rows, mail):
    dovecot.deliver(mail(1))
    dovecot.deliver(mail(2, size=200_000))
    dovecot.deliver(mail(3))
    keeper = receiver(message_bytes=100_000)
    assert keeper.poll().landed == 3
    assert len(rows.raws()) == 2
    assert [code for _, code, _ in rows.findings()] == [FindingCode.MESSAGE_TOO_LARGE]
    assert "UID 2" in rows.findings()[0][2]
    assert keeper.poll().landed == 0


def test_a_message_that_was_too_large_is_fetched_once_the_limit_is_raised(dovecot, receiver, rows, mail):
    dovecot.deliver(mail(1, size=200_000))
    receiver(message_bytes=100_000).poll()
    receiver(message_bytes=1_000_000).poll()
    assert len(rows.messages()) == 1
    assert [len(raw) > 200_000 for raw in rows.raws().values()] == [True]


def test_batches_are_bounded_and_a_message_larger_than_a_batch_is_fetched(dovecot, receiver, rows, mail):
    for number in range(30):
        dovecot.deliver(mail(number, size=30_000 if number % 7 == 0 else 1_000))
    assert receiver(batch_bytes=20_000, batch_count=4).poll().landed == 30
    assert len(rows.raws()) == 30


def test_a_wrong_password_is_refused_at_once(receiver):
    with pytest.raises(LoginRefusedError, match="отклонён") as caught:
        receiver(password=SecretStr("неверный")).poll()
    assert "неверный" not in str(caught.value)


def test_a_certificate_of_an_unknown_authority_is_not_accepted(receiver):
    with pytest.raises(ConnectionLostError, match="сертификат сервера не подтверждён"):
        receiver(ca_file=None).poll()


def test_a_certificate_for_another_name_is_not_accepted(receiver):
    with running(host="mail.example.org") as other, pytest.raises(ConnectionLostError, match="не подтверждён"):
        receiver(port=other.port, ca_file=other.certificates.authority).poll()


@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_the_other_tls_modes(dovecot, receiver, mail, tls):
    dovecot.deliver(mail(1))
    assert receiver(port=dovecot.plain_port, tls=tls).poll().landed == 1


def test_a_restarted_server_is_met_again(dovecot, receiver, mail):
    keeper = receiver()
    keeper.poll()
    dovecot.kill()
    with pytest.raises(ConnectionLostError):
        keeper.poll()
    dovecot.start()
    dovecot.deliver(mail(1))
    assert keeper.poll().landed == 1


@pytest.mark.parametrize("messages", [3, 300])
def test_a_poll_with_nothing_new_costs_two_commands_and_few_bytes_at_any_size(
    dovecot, receiver, mail, messages, monkeypatch
):
    for number in range(messages):
        dovecot.deliver(mail(number))
    keeper = receiver()
    assert keeper.poll().landed == messages
    keeper.poll()
    sent, received = [], []
    real_send, real_line = Bounded.send, Bounded.readline
    monkeypatch.setattr(Bounded, "send", lambda self, data: (sent.append(data), real_send(self, data))[1])
    monkeypatch.setattr(Bounded, "readline", lambda self: (received.append(real_line(self)), received[-1])[1])
    assert keeper.poll().landed == 0
    assert len(sent) == 2
    assert sum(map(len, received)) <= 200


def test_the_copy_in_the_sent_folder_tells_that_a_mail_has_left(dovecot, settings):
    dovecot.deliver(b"From: a@example.org\nMessage-ID:\n <known@example.org>\n\nx\n", "Отправленные", seen=True)
    assert was_sent(settings(), "<known@example.org>") is True
    assert was_sent(settings(), "<unknown@example.org>") is False
    dovecot.remove("Отправленные")
    assert was_sent(settings(password=SecretStr("wrong")), "<known@example.org>") is None
    dovecot.kill()
    with pytest.raises(ConnectionLostError):
        was_sent(settings(), "<known@example.org>")


def test_news_in_the_first_folder_end_the_listening(dovecot, receiver, mail):
    keeper = receiver()
    keeper.poll()
    dovecot.deliver(mail(1))
    assert keeper.listen(30, lambda: False) is True
    assert keeper.poll().landed == 1
    assert keeper.listen(0.2, lambda: False) is False
    assert receiver(idle=False).listen(30, lambda: False) is None


def test_a_server_that_dies_while_listening_is_noticed(dovecot, receiver):
    keeper = receiver()
    keeper.poll()
    killer = threading.Timer(0.3, dovecot.kill)
    killer.start()
    with pytest.raises(ConnectionLostError):
        keeper.listen(60, lambda: False)
    killer.join()


def test_dovecot_made_to_look_like_yandex(mail, settings, sqlite_database, clock):
    with running(capabilities=YANDEX) as yandex:
        yandex.deliver(mail(1))
        yandex.deliver(mail(2), "Спам")
        own = Receiver(
            settings(port=yandex.port, ca_file=yandex.certificates.authority), sqlite_database.sessions, clock
        )
        try:
            assert own.poll().landed == 2
            yandex.deliver(mail(3))
            assert own.listen(30, lambda: False) is True
            assert own.poll().landed == 1
        finally:
            own.close()
