"""A logged-in IMAP connection that reads and changes nothing: EXAMINE, BODY.PEEK[], bounded in time and size.

imap-tools connects, logs in and selects; what it would decode or hide (whole messages, UIDs that come back with
nothing) is asked for here and taken raw from the imaplib client underneath.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from imap_tools import BaseMailBox, UnexpectedCommandStatusError
from imap_tools.utils import encode_folder

from mailbot.inbox.answers import Item, Listed, parse_bodies, parse_listing, parse_status, parse_uids, uid_set
from mailbot.inbox.errors import ConnectionLostError, FolderMissingError, LoginRefusedError, ServerRefusedError, explain
from mailbot.inbox.folders import choose, parse_folders
from mailbot.inbox.settings import MEGABYTE, MailboxSettings
from mailbot.inbox.wire import Bounded, PlainClient, TlsClient

_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[OVERQUOTA]")
"""Response codes (RFC 5530) with which a server refuses a log-in for now, whatever the password."""

_GOODBYE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a folder says of itself: UIDVALIDITY, the next UID (0 where the server does not say), how many messages."""

    uidvalidity: int
    uidnext: int
    messages: int


class Mailbox(BaseMailBox):
    """imap-tools' mailbox over our bounded client, in the three TLS modes."""

    client: Bounded

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        super().__init__()

    def _get_mailbox_client(self) -> Bounded:
        own = self._settings
        client: Bounded
        if own.tls == "tls":
            context = tls_context(own.ca_file)
            client = TlsClient(own.host, own.port, ssl_context=context, timeout=own.timeout_seconds)
        else:
            client = PlainClient(own.host, own.port, timeout=own.timeout_seconds)
            if own.tls == "starttls":
                client.starttls(tls_context(own.ca_file))
        client.max_literal = own.message_bytes + MEGABYTE
        return client


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verified TLS 1.2 or later; with `ca_file` (PEM) that authority alone is trusted, else the system's."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def connect(settings: MailboxSettings) -> Connection:
    """Connect and log in. Raises ConnectionLostError, or LoginRefusedError where trying again at once would lock the account."""
    try:
        mailbox = Mailbox(settings)
    except (imaplib.IMAP4.error, UnexpectedCommandStatusError, OSError, UnicodeDecodeError) as error:
        raise ConnectionLostError(f"{settings.host}:{settings.port}: {explain(error)}") from error
    try:
        _log_in(mailbox, settings)
        capabilities = words_of(mailbox.client.capability()[1]).upper()  # the list before the log-in may be shorter
    except (imaplib.IMAP4.abort, OSError, UnicodeDecodeError) as error:
        _hang_up(mailbox.client)
        raise ConnectionLostError(f"{settings.host}:{settings.port}: вход: {explain(error)}") from error
    except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
        _hang_up(mailbox.client)
        raise _refusal(settings, error) from error
    return Connection(mailbox, settings, frozenset(capabilities.split()))


def _log_in(mailbox: Mailbox, settings: MailboxSettings) -> None:
    if settings.token is not None:
        mailbox.xoauth2(settings.user, settings.token().get_secret_value(), initial_folder=None)
        return
    password = settings.password.get_secret_value() if settings.password else ""
    if (settings.user + password).isascii():
        mailbox.login(settings.user, password, initial_folder=None)
    else:
        mailbox.login_utf8(settings.user, password, initial_folder=None)


def _refusal(settings: MailboxSettings, error: Exception) -> ConnectionLostError | LoginRefusedError:
    words = server_words(error)
    where = f"{settings.host}:{settings.port}: вход для {settings.user}"
    if any(code in words.upper() for code in _PASSING):
        return ConnectionLostError(f"{where} временно невозможен: {words}")
    return LoginRefusedError(f"{where} отклонён: {words}")


def server_words(error: Exception) -> str:
    """What the server said, out of an exception of imap-tools or imaplib."""
    if isinstance(error, UnexpectedCommandStatusError):
        lines = error.command_result[1]
        return " ".join(line.decode("utf-8", "replace") for line in lines if isinstance(line, bytes))
    return str(error)


class Connection:
    """One kept connection. Every method raises ConnectionLostError when the connection is over, ServerRefusedError for a NO."""

    def __init__(self, mailbox: Mailbox, settings: MailboxSettings, capabilities: frozenset[str]) -> None:
        self.mailbox = mailbox
        self._client = mailbox.client
        self._settings = settings
        self._selected: str | None = None
        self._look = Look(0, 0, 0)
        self._news = False
        self.capabilities = capabilities

    def find_folders(self) -> tuple[list[str], list[str]]:
        """Names of the folders to read, and the configured special uses that the server has no folder for."""
        with self.asking():
            _, data = self._client.list()
            folders = parse_folders(data)
            wanted, missing = choose(self._settings.folders, folders)
            if missing and "SPECIAL-USE" in self.capabilities:
                # Some servers (Cyrus) tell special uses only when asked for them: RFC 6154, 5.2.
                _, data = self._client.list('""', '"*" RETURN (SPECIAL-USE)')
                wanted, missing = choose(self._settings.folders, parse_folders(data) or folders)
        return wanted, missing

    def look(self, folder: str) -> Look:
        """The folder's state for one command: STATUS, or NOOP for the selected folder as long as it tells no news."""
        if folder != self._selected:
            return self._status(folder)
        with self.asking():
            answer, _ = self._client.noop()
        news = [self._client.response(code)[1] != [None] for code in ("EXISTS", "EXPUNGE")]
        if answer != "OK":
            self._selected = None
            return self._status(folder)
        return self.examine(folder) if any(news) or self._news else self._look

    def examine(self, folder: str) -> Look:
        """Select the folder read-only and tell its state."""
        self._selected = None
        with self.asking(FolderMissingError):
            self.mailbox.folder.set(folder, readonly=True)
        self._look = Look(self._number("UIDVALIDITY"), self._number("UIDNEXT"), self._number("EXISTS"))
        if not self._look.uidvalidity:
            raise ServerRefusedError(f"папка «{folder}»: сервер не сообщил UIDVALIDITY, письма нельзя различить")
        self._selected = folder
        self._news = False
        return self._look

    def select(self, folder: str) -> None:
        """Select the folder read-only, unless it is selected already."""
        if folder != self._selected:
            self.examine(folder)

    def has_selected(self, folder: str) -> bool:
        """Whether the folder is selected: then `look` has told its state from within, and tells each change."""
        return folder == self._selected

    def forget_selection(self) -> None:
        """Another part of the room has selected a folder for writing: examine anew before reading on."""
        self._selected = None

    def expect_news(self) -> None:
        """IDLE said that the selected folder changed: the next look asks for everything."""
        self._news = True

    def search_after(self, uid: int) -> list[int]:
        """UIDs of the selected folder above `uid`, ascending.

        `UID n:*` always names the last message, even below n (RFC 3501, 6.4.8), so the answer is filtered.
        """
        return [found for found in self._search(f"UID {uid + 1}:*") if found > uid]

    def holds(self, uid: int) -> bool:
        """Whether the selected folder (still) has the message."""
        return uid in self._search(f"UID {uid}")

    def list_messages(self, uids: Sequence[int]) -> list[Listed]:
        """Size and date of messages of the selected folder; those that the server does not mention are absent."""
        return parse_listing(self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)"))

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        r"""Whole raw messages of the selected folder by UID, without setting \Seen; ungiven ones are absent."""
        return parse_bodies(self._fetch(uids, "(UID BODY.PEEK[])"))

    def fetch_header(self, uids: Sequence[int], name: str) -> dict[int, bytes]:
        """One header field of messages of the selected folder, raw, by UID."""
        return parse_bodies(self._fetch(uids, f"(UID BODY.PEEK[HEADER.FIELDS ({name})])"))

    def interrupt(self) -> None:
        """Shut the socket down under whoever is reading from it; `close` must still be called."""
        with suppress(OSError):  # it is closed already
            self._client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Log out if the server still listens, and close."""
        _hang_up(self._client)

    def _search(self, criteria: str) -> list[int]:
        with self.asking():
            self._client.response("SEARCH")
            answer, data = self._client.uid("SEARCH", criteria)
            if answer != "OK":
                raise ServerRefusedError(words_of(data))
        return parse_uids(data)

    def _fetch(self, uids: Sequence[int], parts: str) -> list[Item]:
        if not uids:
            return []
        with self.asking():
            self._client.response("FETCH")  # forget news of flags that nobody asked for
            answer, data = self._client.uid("FETCH", uid_set(uids), parts)
            if answer != "OK":  # «some are gone»: what came before the NO still counts, and must not be left behind
                data = self._client.response("FETCH")[1] or []
        return data

    def _status(self, folder: str) -> Look:
        with self.asking():
            self._client.response("STATUS")
            name = encode_folder(folder).decode("ascii")
            answer, data = self._client.status(name, "(MESSAGES UIDNEXT UIDVALIDITY)")
            if answer != "OK":
                raise FolderMissingError(f"папка «{folder}»: {words_of(data)}")
        lines = [line for line in data if isinstance(line, bytes)]
        numbers = parse_status(lines[-1]) if lines else {}
        if "UIDVALIDITY" not in numbers:
            raise ServerRefusedError(f"папка «{folder}»: сервер ответил на STATUS без UIDVALIDITY")
        return Look(numbers["UIDVALIDITY"], numbers.get("UIDNEXT", 0), numbers.get("MESSAGES", 0))

    def _number(self, code: str) -> int:
        values = self._client.response(code)[1] or [None]
        word = values[-1] or b""
        return int(word) if word.isdigit() else 0

    @contextmanager
    def asking(self, refusal: type[ServerRefusedError] = ServerRefusedError) -> Iterator[None]:
        """Bound a command in time, and turn what libraries raise into the errors of this room; a NO into `refusal`."""
        self._client.limit(self._settings.command_seconds)
        try:
            yield
        except (imaplib.IMAP4.abort, OSError) as error:
            raise ConnectionLostError(f"{self._settings.host}: {explain(error)}") from error
        except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
            raise refusal(f"{self._settings.host}: {server_words(error)}") from error
        finally:
            self._client.limit(None)


def words_of(data: Sequence[Item]) -> str:
    """The lines of an answer as text."""
    return " ".join(line.decode("utf-8", "replace") for line in data if isinstance(line, bytes))


def _hang_up(client: Bounded) -> None:
    with suppress(imaplib.IMAP4.error, OSError):  # it may be dead already: then there is nobody to take leave of
        client.sock.settimeout(_GOODBYE_SECONDS)
        client.logout()
    with suppress(OSError):
        client.shutdown()
