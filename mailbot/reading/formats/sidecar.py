"""Files that hold nothing to read, and say so: cards, invitations, system litter; shortcuts and programs."""

from __future__ import annotations

import re

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading.text import charset, filenames
from mailbot.reading.troubles import CloudLink, Fault, Unsupported

_SHORTCUT = b"\x4c\x00\x00\x00\x01\x14\x02\x00"
_PROGRAM = re.compile(rb"MZ.{0,62}\0|\x7fELF|#!/|\xca\xfe\xba\xbe|dex\n", re.DOTALL)
_CARDS = (b"BEGIN:VCARD", b"BEGIN:VCALENDAR", b"BEGIN:VEVENT")
_APPLE_DOUBLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00", b"\x00\x00\x00\x01Bud1")
_OWNER_SIZES = frozenset({54, 162, 165, 171})
_OWNER_NAME = 53
_LINK_HEADS = re.compile(rb"\s*(?:\[InternetShortcut\]|\[Desktop Entry\]|\[\{000214A0)", re.IGNORECASE)
_PLIST = re.compile(rb"<plist\b.*?<key>\s*URL\s*</key>", re.DOTALL)
_DRIVE_JSON = re.compile(rb'\s*\{\s*"(?:url|doc_id)"\s*:')
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
_SAMPLE = 4096
_SIGNATURE_NAMES = (".sig", ".sgn", ".p7s")
_DER_SEQUENCE = b"\x30"
_LARGEST_SIGNATURE = 65_536


def sniff(data: bytes, name: str) -> bool:
    """True for what the content shows to be such a file; system litter is known by its name too."""
    return _is_silent(data, name) or _fault(data, name) is not None


def read(attachment: Attachment, limits: Limits) -> Opened:  # noqa: ARG001 - nothing is unpacked
    """Return nothing for cards and litter; raises what a person must know of shortcuts and programs."""
    fault = None if _is_silent(attachment.data, attachment.name) else _fault(attachment.data, attachment.name)
    if fault is not None:
        raise fault
    return Opened()


def _is_silent(data: bytes, name: str) -> bool:
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    if _is_signature(data, name):
        return True
    return head.startswith(_CARDS) or data.startswith(_APPLE_DOUBLE) or filenames.is_litter(name.rpartition("/")[2])


def _is_signature(data: bytes, name: str) -> bool:
    """A detached signature beside the file that it signs («ответ.pdf.sig»), of a make that CMS readers don't know."""
    return name.casefold().endswith(_SIGNATURE_NAMES) and data[:1] == _DER_SEQUENCE and len(data) <= _LARGEST_SIGNATURE


def _fault(data: bytes, name: str) -> Fault | None:
    if data.startswith(_SHORTCUT):
        return Unsupported("это ярлык, а не сам документ; попросите прислать файл, на который он указывает")
    if _PROGRAM.match(data):
        return Unsupported("это программа, а не документ; она не открывалась")
    if _is_owner_file(data, name):
        return Unsupported(
            "это служебный файл, который Office создаёт рядом с открытым документом; сам документ не приложен"
        )
    head = data[:_SAMPLE]
    if _LINK_HEADS.match(head) or _PLIST.search(head) or _DRIVE_JSON.match(head):
        address = _ADDRESS.search(charset.decode(head).text)
        where = f": {address.group()}" if address else ""
        return CloudLink(f"вместо файла приложена ссылка{where}; сам документ нужно скачать или запросить")
    return None


def _is_owner_file(data: bytes, name: str) -> bool:
    """True for Office's owner file: its size is fixed, and a short user name, padded, is all that it holds."""
    named = name.rpartition("/")[2].startswith(("~$", ".~lock."))
    if len(data) not in _OWNER_SIZES:
        return named and len(data) <= max(_OWNER_SIZES)
    length = data[0]
    padded = 0 < length <= _OWNER_NAME and not data[length + 1 : _OWNER_NAME].strip(b" \0")
    return padded or named
