"""The story of sending: what waits leaves once, and what can't leave now waits, whatever the server says."""

from datetime import timedelta

import pytest

from mailbot.domain import crashpoint
from mailbot.outbox import deliver as story
from mailbot.outbox.deliver import deliver
from mailbot.outbox.errors import (
    BlockedError,
    LoginRefusedError,
    LookUpFailedError,
    OutcomeUnknownError,
    PutOffError,
    RefusedError,
    UnreachableError,
)
from mailbot.outbox.settings import SmtpSettings
from mailbot.store.outgoing import claim_due
from mailbot.store.tables import OutboxRow

SETTINGS = SmtpSettings(host="localhost", tls="none")


class Server:
    """Takes mails, or raises what it is told to, in turn."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.taken = []

    def __call__(self, _settings, mail):
        error = self.errors.pop(0) if self.errors else None
        if error is None or isinstance(error, OutcomeUnknownError):
            self.taken.append(mail.message_id)
        if error is not None:
            raise error


def rows(store):
    with store.begin() as session:
        return [(row.state, row.attempts, row.last_error, row.uncertain) for row in session.query(OutboxRow)]


def test_what_waits_leaves_once_through_a_real_server(store, post, clock, serve, make_sink):
    post(1)
    post(2)
    sink = make_sink()
    with serve(sink) as settings:
        first = deliver(store, settings, clock, "a")
        second = deliver(store, settings, clock, "a")
    assert (first.sent, second.sent) == (2, 0)
    assert len(sink.mails) == 2
    assert rows(store) == [("sent", 1, None, False)] * 2


def test_the_same_mail_queued_twice_is_one(store, post, clock):
    assert post(1) == post(1)
    server = Server()
    deliver(store, SETTINGS, clock, "a", send=server)
    assert server.taken == ["<1@example.org>"]


def test_a_mail_put_off_waits_twice_as_long_each_time(store, post, clock):
    post(1)
    server = Server(*[PutOffError("451 later")] * 3)
    waits = []
    for _ in range(4):
        before = clock.now
        while not deliver(store, SETTINGS, clock, "a", send=server).put_off and not server.taken:
            clock.forward(seconds=60)
        waits.append((clock.now - before).total_seconds())
    assert waits == [0, 120, 240, 480]
    assert server.taken == ["<1@example.org>"]
    assert rows(store) == [("sent", 4, None, False)]


def test_a_put_off_mail_ends_the_run_and_a_refused_one_does_not(store, post, clock):
    for number in (1, 2, 3):
        post(number)
    server = Server(RefusedError("554 spam"), PutOffError("451 later"))
    result = deliver(store, SETTINGS, clock, "a", send=server)
    assert (result.refused, result.put_off, result.sent) == (1, 1, 0)
    assert [row[:3] for row in rows(store)] == [
        ("refused", 1, "554 spam"),
        ("queued", 1, "451 later"),
        ("queued", 0, None),
    ]
    assert "554 spam" in result.problems[0]
    assert "Сводка 1" in result.problems[0]


def test_a_refused_mail_is_never_tried_again(store, post, clock):
    post(1)
    server = Server(RefusedError("550"))
    deliver(store, SETTINGS, clock, "a", send=server)
    clock.forward(days=30)
    assert deliver(store, SETTINGS, clock, "a", send=server).sent == 0
    assert server.taken == []


def test_after_a_refused_login_it_waits_long(store, post, clock):
    post(1)
    server = Server(LoginRefusedError("535"))
    deliver(store, SETTINGS, clock, "a", send=server)
    clock.forward(minutes=59)
    assert deliver(store, SETTINGS, clock, "a", send=server).sent == 0
    clock.forward(minutes=1)
    assert deliver(store, SETTINGS, clock, "a", send=server).sent == 1


@pytest.mark.parametrize(("answer", "copies"), [(True, 1), (False, 2), (None, 2)])
def test_after_a_broken_handing_over_the_server_is_asked(store, post, clock, answer, copies):
    post(1)
    server = Server(OutcomeUnknownError("gone"))
    asked = []

    def was_sent(message_id):
        asked.append(message_id)
        return answer

    deliver(store, SETTINGS, clock, "a", was_sent, server)
    assert asked == []
    clock.forward(minutes=2)
    assert deliver(store, SETTINGS, clock, "a", was_sent, server).sent == 1
    assert asked == ["<1@example.org>"]
    assert len(server.taken) == copies
    assert rows(store)[0][0] == "sent"


def test_while_it_cannot_be_looked_up_it_waits_but_not_for_ever(store, post, clock):
    post(1)
    server = Server(OutcomeUnknownError("gone"))

    def was_sent(_message_id):
        raise LookUpFailedError("the mailbox is away")

    deliver(store, SETTINGS, clock, "a", was_sent, server)
    for _ in range(5):
        clock.forward(seconds=SETTINGS.retry_longest_seconds)
        assert deliver(store, SETTINGS, clock, "a", was_sent, server).put_off == 1
    assert len(server.taken) == 1
    clock.forward(seconds=SETTINGS.retry_longest_seconds)
    assert deliver(store, SETTINGS, clock, "a", was_sent, server).sent == 1
    assert len(server.taken) == 2


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


@pytest.mark.parametrize(("point", "found", "copies"), [("before-smtp", False, 1), ("after-smtp-data", True, 1)])
def test_a_killed_sender_sends_neither_twice_nor_never(store, post, clock, monkeypatch, point, found, copies):
    post(1)
    server = Server()

    def kill(name):
        if name == point:
            raise Killed

    monkeypatch.setattr(story, "reach", kill)
    with pytest.raises(Killed):
        deliver(store, SETTINGS, clock, "a", send=server)
    monkeypatch.setattr(story, "reach", crashpoint.reach)
    assert deliver(store, SETTINGS, clock, "b", lambda _: found, server).sent == 0, "the lease still holds"
    clock.forward(seconds=SETTINGS.lease_seconds)
    assert deliver(store, SETTINGS, clock, "b", lambda _: found, server).sent == 1
    assert len(server.taken) == copies


def test_two_processes_never_send_the_same(store, post, clock):
    post(1)
    with store.begin() as session:
        assert claim_due(session, "a", clock(), 1, timedelta(minutes=10))
    server = Server()
    assert deliver(store, SETTINGS, clock, "b", send=server).sent == 0
    assert server.taken == []


def test_the_daily_limit_holds_mails_back_until_the_next_day(store, post, clock):
    post(1, recipients=("a@example.org", "b@example.org"))
    post(2)
    limited = SmtpSettings(host="localhost", tls="none", daily_recipients=2)
    server = Server()
    result = deliver(store, limited, clock, "a", send=server)
    assert (result.sent, server.taken) == (1, ["<1@example.org>"])
    assert "предел" in result.problems[0]
    clock.forward(hours=24)
    assert deliver(store, limited, clock, "a", send=server).sent == 1


def test_the_limit_counts_each_recipient_of_the_last_24_hours(store, post, clock):
    limited = SmtpSettings(host="localhost", tls="none", daily_recipients=3)
    server = Server()
    for number in (1, 2, 3):
        post(number, recipients=("a@example.org", "b@example.org"))
        deliver(store, limited, clock, "a", send=server)
        clock.forward(hours=10)
    assert server.taken == ["<1@example.org>", "<2@example.org>"]
    clock.forward(hours=5)
    assert deliver(store, limited, clock, "a", send=server).sent == 1


def test_a_blocked_account_sends_nothing_until_the_block_is_over_and_then_everything(store, post, clock):
    """Yandex: «if you don't try to send during this time, the block is lifted after 24 hours, otherwise extended»."""
    post(1)
    post(2)
    tried = []

    def send(settings, mail):
        tried.append((clock.now, mail.message_id))
        server(settings, mail)

    server = Server(BlockedError("письмо 1: 554 5.7.1 Message rejected under suspicion of SPAM"))
    began = clock.now
    first = deliver(store, SETTINGS, clock, "a", send=send)
    assert (first.put_off, first.refused, first.sent) == (1, 0, 0)
    post(3)
    while clock.now - began < timedelta(hours=24):
        clock.forward(minutes=30)
        result = deliver(store, SETTINGS, clock, "a", send=send)
        assert result.problems == [
            "Отправка приостановлена, письма уйдут позже: письмо 1: 554 5.7.1 Message rejected under suspicion of SPAM"
        ]
    assert len(tried) == 1
    clock.forward(hours=1)
    assert deliver(store, SETTINGS, clock, "a", send=send).sent == 3
    assert server.taken == ["<1@example.org>", "<2@example.org>", "<3@example.org>"]
    assert [row[0] for row in rows(store)] == ["sent"] * 3


def test_a_mail_that_is_blocked_for_days_is_refused_in_the_end_and_robs_the_others_of_nothing(store, post, clock):
    post(1)
    server = Server(*[BlockedError("554 5.7.1 spam")] * 5)
    attempts = 0
    while rows(store)[0][0] != "refused":
        attempts += bool(deliver(store, SETTINGS, clock, "a", send=server).put_off)
        clock.forward(hours=1)
    assert attempts == 4
    assert rows(store)[0][2] == "554 5.7.1 spam"
    post(2)
    assert deliver(store, SETTINGS, clock, "a", send=server).sent == 1


def test_after_a_refused_log_in_the_other_mails_do_not_try_either(store, post, clock):
    post(1)
    post(2)
    server = Server(LoginRefusedError("535"), LoginRefusedError("535"))
    deliver(store, SETTINGS, clock, "a", send=server)
    for _ in range(11):
        clock.forward(minutes=5)
        assert "приостановлена" in deliver(store, SETTINGS, clock, "a", send=server).problems[0]
    assert len(server.errors) == 1


def test_a_server_down_for_days_loses_nothing(store, post, clock):
    post(1)
    server = Server(*[UnreachableError("порт закрыт")] * 40)
    while not server.taken:
        deliver(store, SETTINGS, clock, "a", send=server)
        clock.forward(minutes=30)
    assert rows(store)[0][0] == "sent"
