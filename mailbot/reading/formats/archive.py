"""7z, RAR (4 and 5), tar, cab and cpio archives, by libarchive; bounded while unpacking, nothing touches the disk."""

from __future__ import annotations

import ctypes
import locale
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mailbot.domain.document import Attachment, Limits, Opened, Trouble
from mailbot.reading.text import filenames
from mailbot.reading.troubles import Damaged, Empty, Protected, TooLarge, Unsupported, trouble

KINDS = {
    b"7z\xbc\xaf\x27\x1c": "7zip", b"Rar!\x1a\x07\x00": "rar", b"Rar!\x1a\x07\x01": "rar5", b"MSCF\0\0\0\0": "cab",
    b"070701": "cpio", b"070707": "cpio",
}  # fmt: skip
"""Signatures, and the one format that libarchive shall try: left to guess, it takes a zip stored inside for the whole."""

_TAR_MAGIC, _TAR_PLACE = b"ustar", 257
_PROTECTED_WORDS = ("encrypt", "passphrase", "password")


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for the signatures of these archives."""
    return _kind(data) != ""


def _kind(data: bytes) -> str:
    for magic, kind in KINDS.items():
        if data.startswith(magic):
            return kind
    return "tar" if data[_TAR_PLACE : _TAR_PLACE + len(_TAR_MAGIC)] == _TAR_MAGIC else ""


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the archive's files as children; what was read before a fault is kept beside its trouble."""
    try:
        from libarchive.exception import ArchiveError  # noqa: PLC0415 - loads a shared library
        from libarchive.read import memory_reader  # noqa: PLC0415 - as above
    except OSError as error:
        raise Unsupported("для чтения таких архивов нужна библиотека libarchive (пакет libarchive13)") from error

    children: list[Attachment] = []
    troubles: tuple[Trouble, ...] = ()
    try:
        with _utf8_locale(), memory_reader(attachment.data, _kind(attachment.data), "none") as archive:
            _collect(archive, children, limits)
    except ArchiveError as error:
        words = str(error).lower()
        if any(word in words for word in _PROTECTED_WORDS):
            troubles = (trouble(Protected("архив защищён паролем"), attachment.name),)
        else:
            troubles = (trouble(Damaged("архив повреждён, обрезан или сжат редким способом"), attachment.name),)
    except TooLarge as fault:
        troubles = (trouble(fault, attachment.name),)
    if not children and not troubles:
        raise Empty("архив пуст")
    return Opened(children=tuple(children), troubles=troubles)


@contextmanager
def _utf8_locale() -> Iterator[None]:
    """Let this thread's locale be UTF-8: libarchive has no other way to names, and services often run without one."""
    libc = ctypes.CDLL(None)
    libc.newlocale.restype = libc.uselocale.restype = ctypes.c_void_p
    libc.uselocale.argtypes = libc.freelocale.argtypes = [ctypes.c_void_p]
    own = libc.newlocale(1 << locale.LC_CTYPE, b"C.UTF-8", None)
    before = libc.uselocale(own) if own else None
    try:
        yield
    finally:
        if own:
            libc.uselocale(before)
            libc.freelocale(own)


def _collect(archive: Any, children: list[Attachment], limits: Limits) -> None:
    budget = limits.unpacked_bytes
    for entry in archive:
        stored = entry.pathname or ""
        name = filenames.tidy(filenames.decode_names([stored])[0] if isinstance(stored, bytes) else stored)
        if not entry.isfile or filenames.is_litter(name):
            continue
        if len(children) >= limits.parts:
            raise TooLarge("в архиве слишком много файлов, прочитаны не все")
        data = bytearray()
        for block in entry.get_blocks():
            data += block
            if len(data) > budget:
                raise TooLarge("после распаковки архив слишком велик")
        budget -= len(data)
        children.append(Attachment(name, bytes(data)))
