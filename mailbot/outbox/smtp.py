"""One mail to the SMTP server: verified TLS, log-in, and an answer that tells apart what the story must tell apart.

smtplib speaks the protocol; the log-in and the handing over of the mail are ours, because smtplib takes no password
outside of ASCII, and because its `data()` does not tell a connection that broke before the last dot from one that
broke after it. RFC 5321, RFC 4954 (AUTH), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from mailbot.outbox.errors import (
    BlockedError,
    LoginRefusedError,
    OutcomeUnknownError,
    PutOffError,
    RefusedError,
    SendError,
    UnreachableError,
    explain,
)
from mailbot.outbox.settings import SmtpSettings
from mailbot.store.outgoing import OutgoingMail

_LONGEST_WORDS = 300
_OWN_NAME = "[127.0.0.1]"
"""What we call ourselves in EHLO. Looking up this host's name can hang, and would tell the server of our network."""

_NUL, _SEPARATOR = "\0", "\1"
"""What stands between the parts of PLAIN (RFC 4616) and of XOAUTH2."""

_LOG_IN_FIRST = (530, 534, 535, 538)
"""RFC 4954, 6: the log-in is wanted, or not good enough."""

_POLICY = (550, 554)
_ABOUT_AN_ADDRESS = re.compile(r"5\.[1-3]\.")  # RFC 3463: of the address, the mailbox, its system; not of the sender
_BLOCKED = re.compile(r"(?i)\bspam|suspicio|\blimit|\bquota|\btoo (many|much)|\bexceeded|\brate\b")
"""How servers say that they take no more from an account, such as Yandex's «rejected under suspicion of SPAM»."""

log = structlog.get_logger(__name__)

_Reply = tuple[int, bytes]


def send(settings: SmtpSettings, mail: OutgoingMail) -> None:
    """Hand the mail over; when this returns, the server has taken the responsibility for it.

    Recipients that the server refuses for good are logged, and the others get the mail. Where it puts off one of them,
    it is put off for all: a second attempt for that one must not send to the others twice. Raises the errors of
    `mailbot.outbox.errors`.
    """
    _refuse_unspeakable(mail)
    with _connected(settings) as client, _before_handing_over(settings):
        _check(client.mail(mail.sender, _mail_options(client, mail.payload)), "отправитель", mail.sender)
        _name_recipients(client, mail)
        _check(client.docmd("DATA"), "письмо", mail.message_id, good=(354,))
        _hand_over(client, settings, mail)


def _refuse_unspeakable(mail: OutgoingMail) -> None:
    """Addresses that the protocol cannot say would stop every mail behind them."""
    for address in (mail.sender, *mail.recipients):
        if not re.fullmatch(r"[!-;=?-~]+", address):
            raise RefusedError(f"адрес {address!r} нельзя передать почтовому серверу")


def check(settings: SmtpSettings, sender: str = "", recipients: Sequence[str] = ()) -> None:
    """Connect, log in, and ask whether a mail between these addresses would be taken; send nothing. Raises as `send`.

    For `mailbot doctor`.
    """
    with _connected(settings) as client, _before_handing_over(settings):
        if recipients:
            _check(client.mail(sender), "отправитель", sender)
        for recipient in recipients:
            _check(client.rcpt(recipient), "получатель", recipient)
        client.rset()


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verified TLS 1.2 or later; with `ca_file` (PEM) that authority alone is trusted, else the system's."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _connected(settings: SmtpSettings) -> Iterator[smtplib.SMTP]:
    with _before_handing_over(settings):
        client = _connect(settings)
    try:
        with _before_handing_over(settings):
            if settings.tls == "starttls":
                _start_tls(client, settings)
            client.ehlo_or_helo_if_needed()
            if settings.user:
                _log_in(client, settings)
        yield client
        with suppress(OSError, smtplib.SMTPException):  # the mail is over; whether the server says goodbye is its own
            client.quit()
    finally:
        client.close()


def _connect(settings: SmtpSettings) -> smtplib.SMTP:
    if settings.tls == "tls":
        context = tls_context(settings.ca_file)
        return smtplib.SMTP_SSL(
            settings.host, settings.port, _OWN_NAME, timeout=settings.timeout_seconds, context=context
        )
    return smtplib.SMTP(settings.host, settings.port, _OWN_NAME, timeout=settings.timeout_seconds)


def _start_tls(client: smtplib.SMTP, settings: SmtpSettings) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("starttls"):
        raise UnreachableError(f"{_where(settings)}: сервер не предлагает STARTTLS, без шифрования почта не уйдёт")
    client.starttls(context=tls_context(settings.ca_file))


def _log_in(client: smtplib.SMTP, settings: SmtpSettings) -> None:
    offered = client.esmtp_features.get("auth", "").upper().split()
    if settings.token is not None:
        bearer = ("user=" + settings.user, "auth=Bearer " + settings.token().get_secret_value(), "", "")
        reply = client.docmd("AUTH", f"XOAUTH2 {_base64(_SEPARATOR.join(bearer))}")
        if reply[0] == 334:  # RFC 4954: the refusal comes as a challenge, which wants an empty answer
            reply = client.docmd("")
    elif "PLAIN" in offered or "LOGIN" not in offered:
        credentials = ("", settings.user, _password(settings))
        reply = client.docmd("AUTH", f"PLAIN {_base64(_NUL.join(credentials))}")
    else:
        reply = _log_in_by_questions(client, settings)
    code, words = reply
    if code in (235, 503):  # 503: already authenticated
        return
    sentence = f"{_where(settings)}: вход для {settings.user} отклонён: {code} {_words(words)}"
    if 400 <= code < 500:  # RFC 4954, 4.7.0: a passing trouble of the server's, not of the password
        raise PutOffError(sentence)
    raise LoginRefusedError(sentence)


def _log_in_by_questions(client: smtplib.SMTP, settings: SmtpSettings) -> _Reply:
    reply = client.docmd("AUTH", "LOGIN")
    for answer in (settings.user, _password(settings)):
        if reply[0] != 334:  # RFC 4954: go on
            break
        reply = client.docmd(_base64(answer))
    return reply


def _password(settings: SmtpSettings) -> str:
    return settings.password.get_secret_value() if settings.password else ""


def _mail_options(client: smtplib.SMTP, payload: bytes) -> list[str]:
    return [f"SIZE={len(payload)}"] if client.has_extn("size") else []


def _name_recipients(client: smtplib.SMTP, mail: OutgoingMail) -> None:
    refused: list[str] = []
    for recipient in mail.recipients:
        try:
            _check(client.rcpt(recipient), "получатель", recipient)
        except RefusedError as error:
            refused.append(str(error))
    if len(refused) == len(mail.recipients):
        raise RefusedError("; ".join(refused))
    for reason in refused:
        log.warning("recipient_refused", mail=mail.message_id, reason=reason)


def _hand_over(client: smtplib.SMTP, settings: SmtpSettings, mail: OutgoingMail) -> None:
    """Send the bytes up to the last dot, and hear the answer: from the first byte on, silence leaves it open."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", mail.payload)
    lines = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    try:
        client.send(re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n")
        reply = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        sentence = "соединение прервалось, когда письмо было уже передано"
        raise OutcomeUnknownError(f"{_where(settings)}: {sentence}: {explain(error)}") from error
    _check(reply, "письмо", mail.message_id)


def _check(reply: _Reply, what: str, which: str, good: tuple[int, ...] = (250, 251, 252)) -> None:
    code, words = reply
    if code in good:
        return
    raise _refusal(code, _words(words))(f"{what} {which}: {code} {_words(words)}")


def _refusal(code: int, words: str) -> type[SendError]:
    """What a reply that is not good means: the mail, the account or the log-in is refused, or not now (RFC 5321, 4.2.1)."""
    if code in _LOG_IN_FIRST:
        return LoginRefusedError
    if code in _POLICY and not _ABOUT_AN_ADDRESS.match(words) and _BLOCKED.search(words):
        return BlockedError
    return RefusedError if 500 <= code < 600 else PutOffError


@contextmanager
def _before_handing_over(settings: SmtpSettings) -> Iterator[None]:
    """Whatever breaks in here breaks before the mail was handed over."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise UnreachableError(f"{_where(settings)}: {explain(error)}") from error


def _where(settings: SmtpSettings) -> str:
    return f"{settings.host}:{settings.port}"


def _words(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:_LONGEST_WORDS]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
