"""The structure of Word 97 files ([MS-DOC]): pieces of text, runs of formatting, property modifiers (sprms)."""

from __future__ import annotations

import bisect
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mailbot.reading.office import ole
from mailbot.reading.troubles import Damaged, Protected, Unsupported

_MAGIC = 0xA5EC
_WORD_97 = 0xC1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_PAGE = 512
_CHPX, _PAPX, _CLX = 12, 13, 33
_MAX_PIECES = 200_000

_DELETED, _STRIKE, _DOUBLE_STRIKE, _VANISH = 0x0800, 0x0837, 0x2A53, 0x083C
_DROPPING = frozenset({_DELETED, _STRIKE, _DOUBLE_STRIKE, _VANISH})
_HUGE, _TABLE_SHAPE, _TABS = (0x6645, 0x6646), 0xD608, 0xC615
_SHORT_SPRMS = frozenset({0x41, 0x57, 0x5C})
"""Properties that a piece may give in short (Prm0) and that drop its text: deleted, struck out, hidden."""

_OPERAND_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_ON = frozenset({1, 0x81})

Sprms = dict[int, bytes]
"""Property modifiers: operands by operation."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that lie together in the file: from character `start`, at byte `place`, `width` bytes each."""

    start: int
    end: int
    place: int
    width: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class Runs:
    """Properties by byte range: from `starts[i]` to the next one, `values[i]` hold."""

    starts: list[int]
    values: list[Sprms]

    def at(self, place: int) -> Sprms:
        """Return the properties at a byte."""
        index = bisect.bisect_right(self.starts, place) - 1
        return self.values[index] if index >= 0 else {}

    def next_after(self, place: int) -> int:
        """Return where the properties next change, or a place beyond all files."""
        index = bisect.bisect_right(self.starts, place)
        return self.starts[index] if index < len(self.starts) else 1 << 40


@dataclass(frozen=True, slots=True)
class WordFile:
    """An opened document: the main stream, the data stream, and what describes the text in them."""

    text: bytes
    data: bytes
    pieces: tuple[Piece, ...]
    characters: Runs
    paragraphs: Runs

    def segments(self, start: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
        """Return characters in runs of equal formatting: the text, its byte place, width, and whether it is dropped."""
        for piece in self.pieces:
            first, last = max(start, piece.start), min(end, piece.end)
            place = piece.place + (first - piece.start) * piece.width
            stop = piece.place + (last - piece.start) * piece.width
            if first < last and stop > len(self.text):
                raise Damaged(ole.DAMAGED)
            while place < stop:
                until = min(stop, max(place + piece.width, self.characters.next_after(place)))
                until -= (until - place) % piece.width
                raw = self.text[place:until]
                text = raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace")
                yield text, place, piece.width, piece.dropped or _dropped(self.characters.at(place))
                place = until

    def paragraph_at(self, place: int) -> Sprms:
        """Return a paragraph's properties by its mark's byte, those kept apart because of their size included."""
        sprms = self.paragraphs.at(place)
        for operation in _HUGE:
            if operation in sprms:
                (place,) = struct.unpack("<I", sprms[operation])
                if place + 2 <= len(self.data):
                    (size,) = struct.unpack_from("<H", self.data, place)
                    return sprms | _sprms(self.data[place + 2 : place + 2 + size])
        return sprms


def open_file(container: Any) -> WordFile:
    """Open the document in a compound file; raises `Damaged`, `Protected`, or `Unsupported` for Word 6 and 95."""
    text = ole.stream(container, "WordDocument")
    try:
        magic, version = struct.unpack_from("<HH", text)
        (flags,) = struct.unpack_from("<H", text, 0x0A)
        if flags & _ENCRYPTED:
            raise Protected("файл защищён паролем")
        if magic != _MAGIC or version < _WORD_97:
            raise Unsupported("документ очень старой версии Word (6 или 95); его нужно пересохранить")
        table = ole.stream(container, "1Table" if flags & _TABLE_1 else "0Table")
        return WordFile(
            text,
            ole.stream(container, "Data") if container.exists("Data") else b"",
            tuple(_pieces(_part(text, table, _CLX))),
            _runs(text, _part(text, table, _CHPX), _character_sprms),
            _runs(text, _part(text, table, _PAPX), _paragraph_sprms),
        )
    except (struct.error, IndexError) as error:
        raise Damaged(ole.DAMAGED) from error


def is_on(sprms: Sprms, operation: int) -> bool:
    """True where a property that is a flag is set."""
    return bool(sprms.get(operation, b"")[:1]) and sprms[operation][0] in _ON


def _part(text: bytes, table: bytes, index: int) -> bytes:
    place, size = struct.unpack_from("<II", text, 0x9A + 8 * index)
    if place + size > len(table):
        raise Damaged(ole.DAMAGED)
    return table[place : place + size]


def _pieces(clx: bytes) -> Iterator[Piece]:
    """Return the pieces of the text ([MS-DOC] 2.8.35); a piece's own properties may delete it as a whole."""
    groups: list[bytes] = []
    place = 0
    while clx[place] == 1:
        (size,) = struct.unpack_from("<H", clx, place + 1)
        groups.append(clx[place + 3 : place + 3 + size])
        place += 3 + size
    (size,) = struct.unpack_from("<I", clx, place + 1)
    count = min((size - 4) // 12, _MAX_PIECES)
    edges = struct.unpack_from(f"<{count + 1}I", clx, place + 5)
    for number in range(count):
        _, position, modifier = struct.unpack_from("<HIH", clx, place + 5 + 4 * (count + 1) + 8 * number)
        width = 1 if position & 0x40000000 else 2
        start = position & 0x3FFFFFFF
        begins = start // 2 if width == 1 else start
        yield Piece(edges[number], edges[number + 1], begins, width, _drops(modifier, groups))


def _drops(modifier: int, groups: list[bytes]) -> bool:
    if modifier & 1:
        index = modifier >> 1
        return index < len(groups) and _dropped(_sprms(groups[index]))
    return (modifier >> 1) & 0x7F in _SHORT_SPRMS and modifier >> 8 in _ON


def _dropped(sprms: Sprms) -> bool:
    return any(is_on(sprms, operation) for operation in _DROPPING & sprms.keys())


def _runs(text: bytes, plc: bytes, content: Callable[[bytes, int, int], Sprms]) -> Runs:
    """Return the properties that the pages of formatting give, in the order of the bytes that they are for."""
    count = (len(plc) - 4) // 8
    found: dict[int, Sprms] = {}
    for number in range(count):
        (page,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)
        base = (page & 0x3FFFFF) * _PAGE
        fkp = text[base : base + _PAGE]
        if len(fkp) < _PAGE:
            raise Damaged(ole.DAMAGED)
        size = fkp[_PAGE - 1]
        edges = struct.unpack_from(f"<{size + 1}I", fkp)
        for run in range(size):
            found[edges[run]] = content(fkp, 4 * (size + 1), run)
        found.setdefault(edges[size], {})
    starts = sorted(found)
    return Runs(starts, [found[start] for start in starts])


def _character_sprms(fkp: bytes, base: int, run: int) -> Sprms:
    place = 2 * fkp[base + run]
    return _sprms(fkp[place + 1 : place + 1 + fkp[place]]) if place else {}


def _paragraph_sprms(fkp: bytes, base: int, run: int) -> Sprms:
    place = 2 * fkp[base + 13 * run]
    if not place:
        return {}
    size = 2 * fkp[place] - 1
    if size < 0:
        place += 1
        size = 2 * fkp[place]
    return _sprms(fkp[place + 3 : place + 1 + size])


def _sprms(group: bytes) -> Sprms:
    """Return the property modifiers of a group by their operation ([MS-DOC] 2.6); the last one holds."""
    found: Sprms = {}
    place = 0
    while place + 2 < len(group):
        (operation,) = struct.unpack_from("<H", group, place)
        place += 2
        kind = operation >> 13
        if operation == _TABLE_SHAPE:
            size = struct.unpack_from("<H", group, place)[0] + 1 if place + 2 <= len(group) else 2
        elif kind in _OPERAND_SIZES:
            size = _OPERAND_SIZES[kind]
        else:
            size = 1 + group[place]
        if operation == _TABS and group[place] == 0xFF:
            return found
        found[operation] = group[place : place + size]
        place += size
    return found
