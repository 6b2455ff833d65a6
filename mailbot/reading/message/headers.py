"""Header fields: encoded words, parameters, addresses, dates; all from raw bytes, all forgiving.

RFC 5322 (fields), RFC 2047 (encoded words), RFC 2231 (parameters). What mail programs get wrong is read as they meant
it: raw 8-bit text, words that cut a letter in half, broken base64, unquoted file names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mailbot.reading.message.transfer import base64_bytes, quoted_word_bytes
from mailbot.reading.text import charset
from mailbot.reading.text.plaintext import normalise_text

_WORD = re.compile(
    rb"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?(.{0,2000}?)\?=(?!=?[0-9A-F]{2}[^\s]{0,200}\?=)", re.DOTALL
)
_BLANK = re.compile(r"\s+")
_BARE_ADDRESS = re.compile(r"(?<![\w.+%=!#$&'*/?^`{|}~-])[\w.+%=!#$&'*/?^`{|}~-]++@[\w.-]+", re.ASCII)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
_PARAMETER = re.compile(
    rb"""\s*([^\s=;"]{1,80}?)(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))\s*(?:;|$)""", re.DOTALL
)
_ESCAPED = re.compile(rb'\\([\\"])')
_QUOTED_PAIR = re.compile(rb"\\(.)")
_MARK = re.compile(rb'\\.|["<>(),;]')
_ANGLE = re.compile(rb"<([^<>]*)>?\s*$|<([^<>]*)>")
_VALUE_LIMIT = 100_000
_ADDRESS_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Address:
    """A display name, which may be empty, and an address, in lower case."""

    name: str
    address: str


class Decoded(Mapping[str, tuple[str, ...]]):
    """Header fields by lower-case name, decoded when they are asked for."""

    def __init__(self, fields: Mapping[str, tuple[bytes, ...]], hint: str) -> None:
        self._fields = fields
        self._hint = hint

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return tuple(decode_text(value, self._hint) for value in self._fields[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def decode_text(raw: bytes, hint: str = "") -> str:
    """Decode an unstructured field's value: encoded words, raw 8-bit text between them, folding.

    Neighbouring words of one charset are joined as bytes before they are decoded, so that a letter that was cut in
    half between two words is whole again. `hint` is the charset to prefer for raw 8-bit text.

    >>> decode_text(b"=?utf-8?B?0JLQmtCw?= =?utf-8?Q?_35?=")
    'ВКа 35'
    """
    raw = raw[:_VALUE_LIMIT]
    if b"=?" not in raw and raw.isascii():
        return " ".join(raw.decode("ascii").split())
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        if between.strip() or (between and not pieces):
            pieces.append(("", between))
        name = word[1].decode("ascii", "replace").lower()
        data = base64_bytes(word[3]) if word[2] in b"bB" else quoted_word_bytes(word[3])
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + data)
        else:
            pieces.append((name, data))
        at = word.end()
    pieces.append(("", raw[at:]))
    text = "".join(charset.decode(data, name or hint).text for name, data in pieces if data)
    return _BLANK.sub(" ", normalise_text(text).replace("\xa0", " ")).strip()


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """A structured field's value in lower case, and its parameters: RFC 2231 joined and decoded, RFC 2047 tolerated.

    >>> parameters(b"text/plain; charset=utf-8; name*0*=utf-8''%D0%92; name*1*=%D0%9A.txt")
    ('text/plain', {'charset': 'utf-8', 'name': 'ВК.txt'})
    """
    raw = raw[:_VALUE_LIMIT]
    value, _, rest = raw.partition(b";")
    found: dict[str, str] = {}
    continued: dict[str, list[tuple[int, bool, bytes]]] = {}
    for match in _PARAMETER.finditer(rest):
        name = match[1].decode("latin-1").lower()
        quoted = match[4] is not None
        data = _ESCAPED.sub(rb"\1", match[4]) if quoted else match[5].strip()
        if match[2] is None and match[3] is None:
            found.setdefault(name, decode_text(data))
        else:
            continued.setdefault(name, []).append((int(match[2] or 0), bool(match[3]), data))
    found.update({name: _continued(sections) for name, sections in continued.items()})
    return value.decode("latin-1").strip().lower(), found


def _continued(sections: list[tuple[int, bool, bytes]]) -> str:
    """Join the sections of an RFC 2231 parameter; the first may name the charset: «utf-8'ru'%D0%92»."""
    sections.sort(key=lambda section: section[0])
    name = ""
    data = b""
    for i, (_, extended, section) in enumerate(sections):
        part = section
        if extended and i == 0 and part.count(b"'") >= 2:
            label, _, part = part.split(b"'", 2)
            name = label.decode("latin-1")
        data += unquote_to_bytes(part) if extended else part
    return decode_text(data, name) if not name else normalise_text(charset.decode(data, name).text)


def addresses(values: Iterable[bytes], hint: str = "") -> tuple[Address, ...]:
    """The addresses of From, To and the like. Names are decoded after splitting, as they may hold commas.

    >>> addresses([b'"=?utf-8?B?0JLQmg==?=" <VK@tatar.ru>, b@c.ru (Bee)'])
    (Address(name='ВК', address='vk@tatar.ru'), Address(name='Bee', address='b@c.ru'))
    """
    return tuple(
        address for value in values for part in _split(value[:_VALUE_LIMIT]) if (address := _address(part, hint))
    )


def _split(value: bytes) -> Iterator[bytes]:
    """Split a list of addresses at its commas and semicolons, but not within quotation marks, <> or ()."""
    if b"," not in value and b";" not in value:
        yield value
        return
    start, inside = 0, b""
    for match in _MARK.finditer(value):
        char = match[0]
        if inside:
            inside = b"" if char == inside else inside
        elif char in b'"<(':
            inside = {b'"': b'"', b"<": b">", b"(": b")"}[char]
        elif char in b",;":
            yield value[start : match.start()]
            start = match.end()
    yield value[start:]


def _address(listed: bytes, hint: str) -> Address | None:
    part = listed[:_ADDRESS_LIMIT]
    if angle := _ANGLE.search(part):
        name = part[: angle.start()]
        address = (angle[1] if angle[1] is not None else angle[2]).decode("ascii", "replace")
        return _made(decode_text(_unquoted(name), hint), address)
    if bare := _BARE_ADDRESS.search(part.decode("ascii", "replace")):
        comment = re.search(rb"\(([^()]*)\)", part)
        return _made(decode_text(comment[1], hint) if comment else "", bare[0])
    only_name = decode_text(_unquoted(part), hint)
    return Address(only_name, "") if only_name and b":" not in part else None


def _made(name: str, address: str) -> Address:
    address = "".join(address.split()).removeprefix("mailto:").lower()
    return Address(name.strip(" \"'"), address)


def _unquoted(name: bytes) -> bytes:
    name = name.strip()
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        name = name[1:-1]
    return _QUOTED_PAIR.sub(rb"\1", name) if b"\\" in name else name


def date(raw: bytes) -> datetime | None:
    """The time that a Date field, or the end of a Received field, states; aware, or None where it is not readable.

    >>> date(b"Mon, 9 Aug 2021 14:32:12 +0300 (MSK)").isoformat()
    '2021-08-09T14:32:12+03:00'
    """
    try:
        time = parsedate_to_datetime(raw[:200].decode("ascii", "replace").strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    return time if time.year > 1 else None


def message_ids(raw: bytes) -> tuple[str, ...]:
    """The identifiers of Message-ID, In-Reply-To or References, without their angle brackets."""
    text = raw[:_VALUE_LIMIT].decode("utf-8", "replace")
    found = _MESSAGE_ID.findall(text)
    return tuple(found) or tuple(text.split()[:1])
