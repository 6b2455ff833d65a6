"""Names of files inside archives: their charset, harmless paths, and the litter that systems leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from mailbot.reading.text import charset

_LITTER_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "icon\r", ".localized"})
_LITTER_FOLDERS = frozenset({"__macosx", ".git", ".svn", ".trashes", ".spotlight-v100", ".fseventsd"})
_DRIVE = re.compile(r"^[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def tidy(name: str) -> str:
    r"""Return a stored name as a harmless relative one; folders stay, for they tell what the file is.

    >>> tidy("..\\..\\C:/Школы/СОШ 5.xlsx")
    'Школы/СОШ 5.xlsx'
    """
    parts = _CONTROL.sub(" ", name).replace("\\", "/").split("/")
    return "/".join(part.strip() for part in parts if part.strip() not in {"", ".", ".."} and not _DRIVE.match(part))


def is_litter(name: str) -> bool:
    """True for what a system puts beside the files of a person: «__MACOSX/._Свод.xlsx», «Thumbs.db»."""
    path = PurePosixPath(name.lower())
    return path.name in _LITTER_FILES or path.name.startswith("._") or bool(_LITTER_FOLDERS & set(path.parts))


def decode_names(raw: Sequence[bytes]) -> list[str]:
    """Return names stored in an unknown charset; all of one archive are in the same one, so they decide together."""
    joined = b"\n".join(name.replace(b"\n", b" ") for name in raw)
    names = charset.decode(joined).text.split("\n")
    return names if len(names) == len(raw) else [charset.decode(name).text for name in raw]
