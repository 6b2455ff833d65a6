"""What can go wrong with sending, as the story tells it apart. Sentences are Russian: an operator reads them."""

from __future__ import annotations

import socket
import ssl

from mailbot.loading import loading


class SendError(Exception):
    """The mail did not leave for certain; the sentence says why."""


class UnreachableError(SendError):
    """The server cannot be reached, or went away before it had the mail. Nothing was handed over; try again later."""


class LoginRefusedError(SendError):
    """The server refused the user, password or token. The mail is blameless; trying again soon would lock the account."""


class PutOffError(SendError):
    """The server answered 4xx: not now. Nothing was handed over; try again later."""


class RefusedError(SendError):
    """The server answered 5xx: never this mail. Trying again would only extend a block."""


class BlockedError(SendError):
    """The server takes nothing from this account for now: a limit is reached, or it takes us for a spammer.

    The mail may be blameless, and trying again soon, with whatever mail, would prolong it.
    """


class OutcomeUnknownError(SendError):
    """The connection broke when the mail had been handed over but not acknowledged: it may have arrived or not."""


class LookUpFailedError(SendError):
    """Whether a mail of uncertain fate has arrived could not be looked up now; later it may be."""


_SENTENCES = (
    (TimeoutError, "сервер не ответил вовремя"),
    (ConnectionRefusedError, "соединение отклонено: порт закрыт или сервер не запущен"),
    (ConnectionResetError, "сервер оборвал соединение"),
    (socket.gaierror, "имя сервера не найдено в DNS"),
)


def explain(error: BaseException) -> str:
    """A network error as a sentence for the operator; the system's own words where we have no better ones."""
    with loading:
        import smtplib  # noqa: PLC0415 - with half of `email`, and not needed until something is sent

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"сертификат сервера не подтверждён: {error.verify_message}"
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    return str(error) or type(error).__name__
