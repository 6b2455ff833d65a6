"""Whether a mail of ours has left: its Message-ID looked up among the copies that the server keeps of what it sends."""

from __future__ import annotations

import re
from dataclasses import replace

import structlog

from mailbot.inbox.errors import ConnectionLostError, InboxError
from mailbot.inbox.session import connect
from mailbot.inbox.settings import MailboxSettings

LOOKED_THROUGH = 500
"""The latest copies, by UID. Asking the server to search by a header would be shorter, and is unreliable on Yandex."""

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)

log = structlog.get_logger(__name__)


def was_sent(settings: MailboxSettings, message_id: str) -> bool | None:
    r"""Whether the folder \Sent of the account holds the mail; None where that can't be looked up.

    `message_id` carries its angle brackets. Reads only. Raises ConnectionLostError: it can't be looked up just now.
    """
    try:
        return _looked_up(replace(settings, folders=("\\Sent",)), message_id.encode())
    except ConnectionLostError:
        raise
    except InboxError as error:
        log.warning("sent_folder_not_read", mailbox=settings.name, reason=str(error))
        return None


def _looked_up(settings: MailboxSettings, message_id: bytes) -> bool | None:
    connection = connect(settings)
    try:
        folders, missing = connection.find_folders()
        if missing:
            return None
        for folder in folders:
            connection.examine(folder)
            latest = connection.search_after(0)[-LOOKED_THROUGH:]
            headers = connection.fetch_header(latest, "MESSAGE-ID")
            if any(message_id in _MESSAGE_ID.findall(header) for header in headers.values()):
                return True
        return False
    finally:
        connection.close()
