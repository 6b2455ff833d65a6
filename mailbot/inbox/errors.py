"""What can go wrong with a mailbox, as the rest of the room tells it apart. Sentences are Russian: an operator reads them."""

from __future__ import annotations

import imaplib
import socket
import ssl


class InboxError(Exception):
    """The mailbox could not be read now; the sentence says why."""


class ConnectionLostError(InboxError):
    """The server cannot be reached, went away, was silent for too long, or spoke nonsense. Connect again later."""


class LoginRefusedError(InboxError):
    """The server refused the user, password or token. Trying again at once would lock the account."""


class ServerRefusedError(InboxError):
    """The server answered NO or BAD to one command; the connection still stands. Carries the server's own words."""


class FolderMissingError(ServerRefusedError):
    """A configured folder is not (or no longer) there."""


_SENTENCES = (
    (TimeoutError, "сервер не ответил вовремя"),
    (ConnectionRefusedError, "соединение отклонено: порт закрыт или сервер не запущен"),
    (ConnectionResetError, "сервер оборвал соединение"),
    (socket.gaierror, "имя сервера не найдено в DNS"),
)


def explain(error: BaseException) -> str:
    """A network error as a sentence for the operator; the system's own words where we have no better ones."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"сертификат сервера не подтверждён: {error.verify_message}"
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    if isinstance(error, UnicodeDecodeError):
        return "в ответе сервера испорчены байты"
    if isinstance(error, imaplib.IMAP4.abort) and "EOF" in str(error):
        return "сервер закрыл соединение"
    return str(error) or type(error).__name__
