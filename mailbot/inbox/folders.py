"""Folders: what LIST says, and which of them are meant by the configuration."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imap_tools.imap_utf7 import utf7_decode

from mailbot.inbox.answers import Item

_LINE = re.compile(
    rb'\((?P<flags>[^)]*)\)\s+(?P<delimiter>"(?:\\.|[^"])*"|NIL)\s+(?P<name>.+)', re.IGNORECASE | re.DOTALL
)

_USUAL_NAMES = {
    "\\junk": ("spam", "спам", "junk", "junk e-mail", "junk email", "нежелательная почта", "рассылки и спам"),
}
"""For servers that flag nothing (old Courier): names that the folder of that use goes by, case folded."""


@dataclass(frozen=True, slots=True)
class Folder:
    r"""A folder as LIST shows it: decoded name, hierarchy delimiter («» for none), flags («\Junk», «\Noselect»)."""

    name: str
    delimiter: str
    flags: tuple[str, ...]

    def has(self, flag: str) -> bool:
        """Whether the folder carries the flag; flags are case-insensitive."""
        return flag.lower() in (own.lower() for own in self.flags)


def parse_folders(data: Iterable[Item]) -> list[Folder]:
    """Folders from the lines of LIST (RFC 3501, 7.2.2). A name that is no modified UTF-7 is kept as the server writes it."""
    folders = []
    for item in data:
        line, literal = (item[0], item[1]) if isinstance(item, tuple) else (item, None)
        found = _LINE.match(line or b"")
        if found:
            delimiter = b"" if found["delimiter"].upper() == b"NIL" else _unquote(found["delimiter"])
            name = literal if literal is not None else _unquote(found["name"].strip())
            flags = tuple(found["flags"].decode("ascii", "replace").split())
            folders.append(Folder(_decoded(name), delimiter.decode("ascii", "replace"), flags))
    return folders


def choose(wanted: Sequence[str], folders: Sequence[Folder]) -> tuple[list[str], list[str]]:
    r"""Names of the folders to read, in the configured order and each once, and the special uses that none answers to.

    A configured «\Junk» is found by its flag, and only where the server flags no folder so, by its usual names.
    """
    chosen: list[str] = []
    missing = []
    for want in wanted:
        names = _by_use(want, folders) if want.startswith("\\") else [want]
        if not names:
            missing.append(want)
        chosen += [name for name in names if name not in chosen]
    return chosen, missing


def _by_use(use: str, folders: Sequence[Folder]) -> list[str]:
    readable = [folder for folder in folders if not folder.has("\\Noselect") and not folder.has("\\NonExistent")]
    flagged = [folder.name for folder in readable if folder.has(use)]
    usual = _USUAL_NAMES.get(use.lower(), ())
    return flagged or [folder.name for folder in readable if _last_level(folder).casefold() in usual]


def _last_level(folder: Folder) -> str:
    return folder.name.rsplit(folder.delimiter, 1)[-1] if folder.delimiter else folder.name


def _unquote(word: bytes) -> bytes:
    if len(word) > 1 and word.startswith(b'"') and word.endswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", word[1:-1])
    return word


def _decoded(name: bytes) -> str:
    try:
        return str(utf7_decode(name))
    except (binascii.Error, UnicodeDecodeError):  # raw 8-bit or broken base64: still a folder, readable by other means
        return name.decode("utf-8", "replace")
