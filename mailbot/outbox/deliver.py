"""DELIVER: the story of sending what waits in the outbox, from top to bottom.

Claim the oldest mail that is due (one transaction), hand it to the server (in none), record what became of it
(another). One at a time, so that a lease covers one sending.

A server that refuses the account (a limit is reached, it suspects spam, the log-in is not good) gets no further mail
until the pause of the refused one is over, since every attempt would prolong the block. Nothing of that is lost: it
leaves the next day.

What can't be known: where the process dies, or the connection breaks, between the last byte of the mail and the
record that it was taken, the mail may have arrived or not. The next claim of it says so (`uncertain`). Then `was_sent`
is asked, which looks the Message-ID up where the server lets us (its folder of sent mail): true ends the matter, false
sends again. Where it can't be looked up just now (LookUpFailedError), the mail waits as one that was put off, for an
hour or so. Where nobody can tell (None), or nobody could for that long, it is sent again under the same Message-ID: a second copy, which many
servers and programs fold into the first, is a lesser evil than a roll-up that never came. This is the one case in which
a mail can arrive twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.domain.crashpoint import reach
from mailbot.loading import loading
from mailbot.outbox.errors import (
    BlockedError,
    LoginRefusedError,
    LookUpFailedError,
    OutcomeUnknownError,
    RefusedError,
    SendError,
)
from mailbot.outbox.settings import SmtpSettings
from mailbot.store.outgoing import (
    DueMail,
    OutgoingMail,
    claim_due,
    held,
    mark_refused,
    mark_retry,
    mark_sent,
    recipients_since,
)

_DAY = timedelta(days=1)
_LOOK_UPS = 6
"""Attempts after which a mail whose fate can't be looked up is sent again: an hour or so after the first."""

log = structlog.get_logger(__name__)


def nobody_knows(_message_id: str) -> bool | None:
    """The `was_sent` of a server that keeps no copies of what it sends."""
    return None


def send_by_smtp(settings: SmtpSettings, mail: OutgoingMail) -> None:
    """Hand one mail over to the server: `mailbot.outbox.smtp.send`."""
    with loading:
        from mailbot.outbox import smtp  # noqa: PLC0415 - loaded when there is mail to send

    smtp.send(settings, mail)


@dataclass(slots=True)
class DeliveryResult:
    """What a run did: mails sent, put off, refused for good; and what went wrong, in Russian sentences."""

    sent: int = 0
    put_off: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that a run works with. `send` hands one mail over, or raises a SendError."""

    sessions: sessionmaker[Session]
    settings: SmtpSettings
    clock: Callable[[], datetime]
    worker: str
    was_sent: Callable[[str], bool | None]
    send: Callable[[SmtpSettings, OutgoingMail], None]
    only: int | None = None
    result: DeliveryResult = field(default_factory=DeliveryResult)


def deliver(
    sessions: sessionmaker[Session],
    settings: SmtpSettings,
    clock: Callable[[], datetime],
    worker: str,
    was_sent: Callable[[str], bool | None] = nobody_knows,
    send: Callable[[SmtpSettings, OutgoingMail], None] = send_by_smtp,
    *,
    only: int | None = None,
) -> DeliveryResult:
    """Send every mail that is due, or only the one of this number. `worker` names this process.

    Two processes never send the same mail.

    Stops at the first mail that the server puts off or that cannot reach it: the next would fare no better, and
    servers hold insistence against us. A mail that is refused for good stops nothing.
    """
    run = Delivery(sessions, settings, clock, worker, was_sent, send, only)
    while (due := _claim(run)) is not None and _deliver_one(run, due):
        pass
    return run.result


def _may_send(run: Delivery, session: Session) -> bool:
    """Whether a mail more may leave today; what may not stays due and leaves later."""
    hold = held(session, run.clock())
    if hold is not None:
        run.result.problems.append(f"Отправка приостановлена, письма уйдут позже: {hold.reason}")
        return False
    if recipients_since(session, run.clock() - _DAY) >= run.settings.daily_recipients:
        run.result.problems.append("Дневной предел отправки исчерпан: письма уйдут позже.")
        log.warning("daily_limit_reached", limit=run.settings.daily_recipients)
        return False
    return True


def _claim(run: Delivery) -> DueMail | None:
    """The oldest mail that is due, where the day's limit allows one more."""
    lease = timedelta(seconds=run.settings.lease_seconds)
    with run.sessions.begin() as session:
        claimed = (
            claim_due(session, run.worker, run.clock(), 1, lease, only=run.only) if _may_send(run, session) else []
        )
    return claimed[0] if claimed else None


def _deliver_one(run: Delivery, due: DueMail) -> bool:
    """Send one mail and record it; false where the run should end."""
    try:
        if due.uncertain and _has_arrived(run, due):
            log.info("mail_had_arrived", mail=due.id, message_id=due.mail.message_id)
            _record_sent(run, due)
            return True
    except LookUpFailedError as error:
        return _record_put_off(run, due, error)
    reach("before-smtp")
    try:
        run.send(run.settings, due.mail)
    except RefusedError as error:
        return _record_refused(run, due, error)
    except BlockedError as error:
        too_old = run.clock() - due.queued_at >= timedelta(seconds=run.settings.blocked_longest_seconds)
        return _record_refused(run, due, error) if too_old else _record_put_off(run, due, error)
    except SendError as error:
        return _record_put_off(run, due, error)
    reach("after-smtp-data")
    _record_sent(run, due)
    return True


def _has_arrived(run: Delivery, due: DueMail) -> bool | None:
    """Whether the mail is known to have arrived; None where nobody can tell. Raises LookUpFailedError: ask later."""
    try:
        return run.was_sent(due.mail.message_id)
    except LookUpFailedError:
        if due.attempt <= _LOOK_UPS:
            raise
        return None


def _record_sent(run: Delivery, due: DueMail) -> None:
    with run.sessions.begin() as session:
        mark_sent(session, due, run.clock())
    reach("after-sent-commit")
    run.result.sent += 1
    log.info("mail_sent", mail=due.id, kind=due.mail.kind, message_id=due.mail.message_id, attempt=due.attempt)


def _record_refused(run: Delivery, due: DueMail, error: SendError) -> bool:
    with run.sessions.begin() as session:
        mark_refused(session, due, str(error), run.clock())
    run.result.refused += 1
    run.result.problems.append(f"Сервер отказался принять письмо «{due.mail.subject}»: {error}")
    log.error("mail_refused", mail=due.id, message_id=due.mail.message_id, reason=str(error))
    return True


def _record_put_off(run: Delivery, due: DueMail, error: SendError) -> bool:
    again = run.clock() + _pause(run.settings, due.attempt, error)
    with run.sessions.begin() as session:
        mark_retry(
            session,
            due,
            str(error),
            again,
            uncertain=isinstance(error, OutcomeUnknownError),
            holds_all=isinstance(error, (BlockedError, LoginRefusedError)),
        )
    run.result.put_off += 1
    run.result.problems.append(f"Письмо «{due.mail.subject}» пока не ушло: {error}")
    log.warning("mail_put_off", mail=due.id, reason=str(error), attempt=due.attempt, again=again.isoformat())
    return False


def _pause(settings: SmtpSettings, attempt: int, error: SendError) -> timedelta:
    """How long to wait: twice as long after each attempt; the longest at once where the server refuses the account."""
    if isinstance(error, BlockedError):
        return timedelta(seconds=settings.blocked_retry_seconds)
    if isinstance(error, LoginRefusedError):
        return timedelta(seconds=settings.login_retry_seconds)
    doubled = settings.retry_seconds * 2.0 ** min(attempt - 1, 16)
    return timedelta(seconds=min(settings.retry_longest_seconds, doubled))
