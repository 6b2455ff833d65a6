"""The only commands of mailbot that change a mailbox: flags are added, messages are moved. Used where configured alone.

Never a plain EXPUNGE (or CLOSE), which would remove what others have marked as deleted: a move is MOVE (RFC 6851), or a
copy of which the original is expunged by its UID (UIDPLUS, RFC 4315).
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Sequence
from typing import Self

from imap_tools.utils import encode_folder

from mailbot.inbox.answers import parse_uids, uid_set
from mailbot.inbox.errors import FolderMissingError, ServerRefusedError
from mailbot.inbox.session import Connection, words_of

_FLAGS = re.compile(rb"\(([^)]*)\)")


class Changes:
    """A folder selected for writing. Every method raises ConnectionLostError, or ServerRefusedError for a NO."""

    def __init__(self, connection: Connection, folder: str) -> None:
        """Select the folder; the connection examines anew before it reads on."""
        self._connection = connection
        self._client = connection.mailbox.client
        self.folder = folder
        self.uidvalidity, self._kept = self._select()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.forget_selection()

    def keeps(self, flag: str) -> bool:
        r"""Whether the folder stores the flag for good (PERMANENTFLAGS; «\*» stands for keywords of any name)."""
        is_keyword = not flag.startswith("\\")
        return self._kept is None or flag.lower() in self._kept or (is_keyword and "\\*" in self._kept)

    def add_flag(self, uids: Sequence[int], flag: str) -> None:
        """Add the flag to these messages; those that are gone are passed over."""
        self._command("STORE", uid_set(uids), "+FLAGS.SILENT", f"({flag})")

    def move(self, uids: Sequence[int], target: str) -> None:
        """Move these messages in one step (RFC 6851); those that are gone are passed over."""
        self._command("MOVE", uid_set(uids), _name(target), refusal=FolderMissingError)

    def copy(self, uid: int, target: str) -> None:
        """Copy the message."""
        self._command("COPY", str(uid), _name(target), refusal=FolderMissingError)

    def expunge(self, uid: int) -> None:
        """Mark the message as deleted and expunge it, and no other (RFC 4315)."""
        self.add_flag([uid], "\\Deleted")
        self._command("EXPUNGE", str(uid))

    def left(self, uids: Sequence[int]) -> set[int]:
        """Which of these messages the folder still has."""
        with self._connection.asking():
            self._client.response("SEARCH")
            answer, data = self._client.uid("SEARCH", f"UID {uid_set(uids)}")
            if answer != "OK":
                raise ServerRefusedError(words_of(data))
        return set(uids) & set(parse_uids(data))

    def _select(self) -> tuple[int, frozenset[str] | None]:
        self._connection.forget_selection()
        with self._connection.asking(FolderMissingError):
            try:
                self._connection.mailbox.folder.set(self.folder)
            except imaplib.IMAP4.readonly as error:  # which imaplib counts among the lost connections
                raise ServerRefusedError(f"папка «{self.folder}» открывается только для чтения") from error
        kept = self._client.response("PERMANENTFLAGS")[1][-1]
        found = _FLAGS.search(kept) if isinstance(kept, bytes) else None
        flags = frozenset(found[1].decode("ascii", "replace").lower().split()) if found else None
        number = self._client.response("UIDVALIDITY")[1][-1]
        return int(number) if number and number.isdigit() else 0, flags

    def _command(self, *command: str, refusal: type[ServerRefusedError] = ServerRefusedError) -> None:
        with self._connection.asking(refusal):
            answer, data = self._client.uid(*command)
            if answer != "OK":
                raise refusal(f"папка «{self.folder}»: {command[0]}: {words_of(data)}")


def _name(folder: str) -> str:
    return encode_folder(folder).decode("ascii")
