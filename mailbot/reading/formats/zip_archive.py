"""Zip archives: bounded, names in whatever charset, password-protected and damaged members told one by one.

Comes after all formats that are zips themselves (OOXML, OpenDocument).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

from mailbot.domain.document import Attachment, Limits, Opened, Trouble
from mailbot.reading.office.packages import DAMAGED, ENCRYPTED_FLAG, ZIP_MAGIC, is_complete, part_names
from mailbot.reading.text import filenames
from mailbot.reading.troubles import Damaged, Empty, Fault, Protected, TooLarge, Unsupported, trouble

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_DEFLATE64 = "архив сжат редким способом, его нужно распаковать вручную"


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for what begins as a zip does, damaged ones too."""
    return data.startswith(ZIP_MAGIC)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the archive's files as children; a member that can't be read is a trouble, the others are read."""
    if "[content_types].xml" in part_names(attachment.data):
        raise Unsupported("документ Office такого вида программа не читает")
    try:
        with zipfile.ZipFile(BytesIO(attachment.data)) as archive:
            if not is_complete(attachment.data, archive):
                raise Damaged(DAMAGED)
            return _read(attachment.name, archive, limits)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise Damaged(DAMAGED) from error


def _read(archive_name: str, archive: zipfile.ZipFile, limits: Limits) -> Opened:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    children: list[Attachment] = []
    troubles: list[Trouble] = []
    budget = limits.unpacked_bytes
    named = [
        (entry, name) for entry, name in zip(entries, _names(entries), strict=True) if not filenames.is_litter(name)
    ]
    if not named:
        raise Empty("архив пуст")
    if len(named) > limits.parts:
        troubles.append(trouble(TooLarge(f"в архиве {len(named)} файлов, прочитаны не все"), archive_name))
    for entry, name in named[: limits.parts]:
        try:
            data = _member(archive, entry, budget)
        except TooLarge as fault:
            troubles.append(trouble(fault, archive_name))
            break
        except Fault as fault:
            troubles.append(trouble(fault, f"{archive_name}/{name}"))
            continue
        budget -= len(data)
        children.append(Attachment(name, data))
    return Opened(children=tuple(children), troubles=tuple(troubles))


def _names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the members' names; those not marked as UTF-8 came to us as cp437, which is never true."""
    unmarked = [entry for entry in entries if not entry.flag_bits & _UTF8_FLAG]
    decoded = dict(
        zip(
            map(id, unmarked),
            filenames.decode_names([entry.orig_filename.encode("cp437", "replace") for entry in unmarked]),
            strict=True,
        )
    )
    return [filenames.tidy(_unicode_path(entry) or decoded.get(id(entry), entry.filename)) for entry in entries]


def _unicode_path(entry: zipfile.ZipInfo) -> str:
    """Return the name from the extra field of Info-ZIP and WinRAR that has it in UTF-8, or ""."""
    extra, place = entry.extra, 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        if kind == _UNICODE_PATH and size > 5:
            return extra[place + 9 : place + 4 + size].decode("utf-8", "replace")
        place += 4 + size
    return ""


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> bytes:
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise Protected("архив защищён паролем")
    try:
        with archive.open(entry) as member:
            data = member.read(budget + 1)
    except NotImplementedError as error:
        raise Unsupported(_DEFLATE64) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise Damaged(DAMAGED) from error
    if len(data) > budget:
        raise TooLarge("после распаковки архив слишком велик")
    return data
