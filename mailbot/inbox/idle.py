"""IDLE (RFC 2177): the server tells at once that something arrived. A poll stands beside it, and finds what it misses.

The traps: an untagged line may come before `+ idling`, or in the same packet after it, where waiting on the socket
never sees it; a dead socket is readable for ever; a line may come in two pieces; servers hang up after minutes; and
what arrived between the last look and IDLE may never be told, so that the caller looks again soon after the start.
"""

from __future__ import annotations

import imaplib
import re
import socket
import time
from collections.abc import Callable

from imap_tools import UnexpectedCommandStatusError

from mailbot.inbox.errors import ConnectionLostError, ServerRefusedError, explain
from mailbot.inbox.session import Mailbox, server_words
from mailbot.inbox.wire import Bounded

STOP_CHECK_SECONDS = 20.0
"""For those who cannot wake us; each look costs CPU, and a service rests most of its life."""

_NEWS = re.compile(rb"\* \d+ (EXISTS|EXPUNGE)", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b", re.IGNORECASE)


def wait_for_news(
    mailbox: Mailbox, seconds: float, stopped: Callable[[], bool], wake: socket.socket | None = None
) -> bool:
    """Idle on the selected folder until it changes, `seconds` have passed or `stopped()` is true; whether it changed.

    `stopped` is asked every 20 seconds, and when there is something to read from `wake`.

    Raises ConnectionLostError when the server says goodbye or is gone, ServerRefusedError when it will not idle.
    """
    client = mailbox.client
    try:
        client.limit(client.sock.gettimeout())
        tag = _start(client)
        client.limit(None)
        client.rest()
        news = "EXISTS" in client.untagged_responses or _wait(client, seconds, stopped, wake)
        client.limit(client.sock.gettimeout())
        client.send(b"DONE\r\n")
        mailbox.consume_until_tagged_response(tag)
    except (imaplib.IMAP4.abort, OSError) as error:
        raise ConnectionLostError(f"IDLE: {explain(error)}") from error
    except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
        raise ServerRefusedError(f"IDLE: {server_words(error)}") from error
    finally:
        client.limit(None)
    return news


def _start(client: Bounded) -> bytes:
    """Send IDLE and read up to the continuation; untagged lines before it stay with the client, for the next look."""
    tag: bytes = client._command("IDLE")  # noqa: SLF001 - imaplib has no public IDLE before Python 3.14
    while client._get_response() is not None:  # noqa: SLF001 - None stands for the continuation
        answer = client.tagged_commands.get(tag)
        if answer is not None:
            raise client.error(f"{answer}")
    return tag


def _wait(client: Bounded, seconds: float, stopped: Callable[[], bool], wake: socket.socket | None) -> bool:
    until = time.monotonic() + seconds
    while not stopped():
        left = until - time.monotonic()
        if left <= 0:
            return False
        line = client.wait_line(min(left, STOP_CHECK_SECONDS), wake)
        if line is not None and _BYE.match(line):
            raise client.abort(line.decode("utf-8", "replace"))
        if line is not None and _NEWS.match(line):
            return True
    return False
