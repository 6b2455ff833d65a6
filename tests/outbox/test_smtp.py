"""One mail to a real SMTP server on loopback."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from mailbot.outbox import smtp
from mailbot.outbox.errors import (
    BlockedError,
    LoginRefusedError,
    OutcomeUnknownError,
    PutOffError,
    RefusedError,
    UnreachableError,
)
from mailbot.outbox.settings import SmtpSettings
from mailbot.store.outgoing import OutgoingMail
from tests.servers.dovecot import HOST, free_port

SENDER, BOSS, OTHER = "press@example.org", "boss@example.org", "other@example.org"


def mail(recipients=(BOSS,), payload=b"Subject: x\r\n\r\n.dot\r\nbody\r\n"):
    return OutgoingMail("rollup", "<1@example.org>", SENDER, recipients, "Сводка", payload)


@pytest.fixture
def sink(make_sink):
    return make_sink()


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_the_bytes_arrive_as_they_are(serve, sink, tls):
    with serve(sink, tls) as settings:
        smtp.send(settings, mail((BOSS, OTHER)))
    assert sink.mails == [(SENDER, (BOSS, OTHER), b"Subject: x\r\n\r\n.dot\r\nbody\r\n")]
    assert sink.encrypted == [tls != "none"]


def test_bare_line_ends_leave_as_crlf(serve, sink):
    with serve(sink) as settings:
        smtp.send(settings, mail(payload=b"Subject: x\n\n..two\n.\nend"))
    assert sink.mails[0][2] == b"Subject: x\r\n\r\n..two\r\n.\r\nend\r\n"


def test_an_untrusted_certificate_stops_it(serve, sink):
    with serve(sink) as settings, pytest.raises(UnreachableError, match="сертификат"):
        smtp.send(replace(settings, ca_file=None), mail())
    assert not sink.mails


def test_no_starttls_no_mail(serve, sink):
    with serve(sink, "none") as settings, pytest.raises(UnreachableError, match="STARTTLS"):
        smtp.send(replace(settings, tls="starttls"), mail())
    assert not sink.mails


def test_in_the_clear_only_to_this_machine():
    with pytest.raises(ValueError, match=r"mail\.example\.org"):
        SmtpSettings(host="mail.example.org", tls="none")
    assert SmtpSettings(host="localhost", tls="none").tls == "none"


@pytest.mark.parametrize(("exclude", "mechanism"), [((), "PLAIN"), (("PLAIN",), "LOGIN")])
def test_log_in_with_a_password_beyond_ascii(serve, sink, exclude, mechanism):
    with serve(sink, "starttls", login=True, exclude=exclude) as settings:
        smtp.send(settings, mail())
    assert sink.users == [mechanism]
    assert len(sink.mails) == 1


def test_a_refused_password_is_told_apart_and_kept_secret(serve, sink):
    with serve(sink, "starttls", login=True) as settings:
        wrong = replace(settings, password=SecretStr("wrong-secret"))
        with pytest.raises(LoginRefusedError) as caught:
            smtp.send(wrong, mail())
    assert "535" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)
    assert not sink.mails


@pytest.mark.parametrize(("token", "good"), [("good-token", True), ("stale", False)])
def test_log_in_with_a_token(serve, sink, token, good):
    with serve(sink, "starttls", login=True) as settings:
        bearer = replace(settings, token=lambda: SecretStr(token))
        if good:
            smtp.send(bearer, mail())
        else:
            with pytest.raises(LoginRefusedError):
                smtp.send(bearer, mail())
    assert sink.users[0] == f"user={settings.user}\1auth=Bearer {token}\1\1"
    assert bool(sink.mails) == good


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("MAIL", "451 4.7.1 later", PutOffError),
        ("MAIL", "550 5.7.1 not you", RefusedError),
        ("RCPT", "450 4.2.0 greylisted", PutOffError),
        ("RCPT", "550 5.1.1 no such user", RefusedError),
        ("DATA", "421 4.3.2 closing", PutOffError),
        ("DATA", "554 5.7.1 not wanted", RefusedError),
        ("DATA", "cut before", OutcomeUnknownError),
        ("DATA", "cut after", OutcomeUnknownError),
    ],
)
def test_answers_are_told_apart(serve, sink, command, answer, error):
    sink.answers[command] = [answer]
    with serve(sink) as settings, pytest.raises(error) as caught:
        smtp.send(settings, mail())
    assert answer.startswith("cut") or answer[:3] in str(caught.value)


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("DATA", "550 5.7.1 Message rejected under suspicion of SPAM; https://ya.cc/1IrBc", BlockedError),
        ("DATA", "554 5.7.1 Message rejected under suspicion of SPAM; https://ya.cc/1IrBc", BlockedError),
        ("DATA", "554 5.7.1 You have exceeded your sending limits", BlockedError),
        ("MAIL", "550 5.4.5 Daily user sending limit exceeded", BlockedError),
        ("RCPT", "554 Too many recipients today", BlockedError),
        ("RCPT", "550 5.2.2 The mailbox exceeded its quota", RefusedError),
        ("RCPT", "550 5.1.1 No such user, spam trap", RefusedError),
        ("MAIL", "553 5.7.1 Sender address rejected: not owned by auth user", RefusedError),
        ("DATA", "552 5.3.4 message size exceeds the fixed limit", RefusedError),
        ("DATA", "451 4.5.1 The recipient has exceeded message rate limit. Try again later", PutOffError),
        ("DATA", "451 4.7.1 Sorry, the service is currently unavailable. Please come back later", PutOffError),
        ("MAIL", "530 5.7.0 Authentication required", LoginRefusedError),
        ("MAIL", "535 5.7.8 Error: authentication failed", LoginRefusedError),
        ("RCPT", "503 5.5.4 Bad sequence of commands", RefusedError),
    ],
)
def test_a_block_of_the_account_a_refused_mail_and_a_refused_log_in_are_told_apart(serve, sink, command, answer, error):
    """As Yandex and others word them: https://yandex.com/support/mail/ has its limits."""
    sink.answers[command] = [answer]
    with serve(sink) as settings, pytest.raises(error) as caught:
        smtp.send(settings, mail())
    assert type(caught.value) is error


def test_one_refused_recipient_does_not_rob_the_others(serve, sink):
    sink.answers["RCPT"] = ["550 5.1.1 no such user", "250 OK"]
    with serve(sink) as settings:
        smtp.send(settings, mail((BOSS, OTHER)))
    assert [recipients for _, recipients, _ in sink.mails] == [(OTHER,)]


def test_one_recipient_put_off_puts_off_all(serve, sink):
    sink.answers["RCPT"] = ["250 OK", "450 later"]
    with serve(sink) as settings, pytest.raises(PutOffError):
        smtp.send(settings, mail((BOSS, OTHER)))
    assert not sink.mails


def test_nobody_listens(certificates):
    settings = SmtpSettings(host=HOST, port=free_port(), ca_file=certificates.authority, timeout_seconds=2)
    with pytest.raises(UnreachableError, match="порт закрыт"):
        smtp.send(settings, mail())


@pytest.mark.parametrize("address", ["boss@example.org\r\nRCPT TO:<evil@example.org>", "a b@example.org", "ю@x.ru", ""])
def test_an_address_cannot_smuggle_a_command(serve, sink, address):
    with serve(sink) as settings, pytest.raises(RefusedError):
        smtp.send(settings, mail((address,)))
    assert not sink.mails


def test_check_logs_in_and_sends_nothing(serve, sink):
    with serve(sink, "starttls", login=True) as settings:
        smtp.check(settings)
        with pytest.raises(LoginRefusedError):
            smtp.check(replace(settings, password=SecretStr("x")))
    assert not sink.mails
