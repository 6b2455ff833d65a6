"""Word 97 to 2003 documents ([MS-DOC]) to lines and tables: pieces, tracked changes, fields, tables, pictures.

Tracked deletions, struck-out and hidden text are dropped while reading: other readers join «999» (deleted) and
«1000» (inserted) to «9991000». `formats/doc.py` makes the document of it.
"""

from __future__ import annotations

import bisect
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailbot.reading import flow, ole
from mailbot.reading.flowbuilder import CellShape, FlowBuilder, RowShape
from mailbot.reading.troubles import Damaged, Protected, Unsupported

_MAGIC = 0xA5EC
_WORD_97 = 0xC1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_PAGE = 512
_CHPX, _PAPX, _CLX = 12, 13, 33
_CELL, _PAGE_BREAK, _PARAGRAPH = "\x07", "\x0c", "\r"
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_CHARACTERS = {"\x0b": "\n", "\t": "\t", "\x1e": "-", "\x0e": "\n"}
_MAX_PIECES = 200_000

_DELETED, _STRIKE, _DOUBLE_STRIKE, _VANISH = 0x0800, 0x0837, 0x2A53, 0x083C
_DROPPING = frozenset({_DELETED, _STRIKE, _DOUBLE_STRIKE, _VANISH})
_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW_END = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_HUGE, _TABLE_SHAPE, _VERTICAL_MERGE, _HORIZONTAL_MERGE, _TABS = (0x6645, 0x6646), 0xD608, 0xD62B, 0x5624, 0xC615
_SHORT_SPRMS = {0x41: _DELETED, 0x57: _STRIKE, 0x5C: _VANISH}
"""Properties that a piece may give in short (Prm0) and that drop its text."""

_OPERAND_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_ON = frozenset({1, 0x81})
_MERGED_LEFT, _VERTICAL, _RESTART = 0x2, 0x20, 0x40
_CELL_SIZE = 20
_BLIP = re.compile(rb"[\x1d\x1e\x2a]\xf0(.{4})", re.DOTALL)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff")
_MAX_DEPTH = 20

Sprms = dict[int, bytes]


@dataclass(slots=True)
class Content:
    """What a document holds."""

    items: list[flow.Item] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of characters that lie together in the file: from character `start`, at byte `place`, `width` each."""

    start: int
    end: int
    place: int
    width: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class _Runs:
    """Properties by byte range: `starts[i]` to the next one has `values[i]`."""

    starts: list[int]
    values: list[Sprms]

    def at(self, place: int) -> Sprms:
        index = bisect.bisect_right(self.starts, place) - 1
        return self.values[index] if index >= 0 else {}

    def next_after(self, place: int) -> int:
        index = bisect.bisect_right(self.starts, place)
        return self.starts[index] if index < len(self.starts) else 1 << 40


@dataclass(frozen=True, slots=True)
class _File:
    """The parts of an opened document that its stories are read from."""

    text: bytes
    data: bytes
    pieces: tuple[_Piece, ...]
    characters: _Runs
    paragraphs: _Runs


def read(data: bytes) -> Content:
    """Return what a document holds; raises `Damaged`, `Protected`, or `Unsupported` for Word 6 and 95."""
    with ole.open_ole(data) as container:
        text = ole.stream(container, "WordDocument")
        try:
            return _read(container, text)
        except (struct.error, IndexError) as error:
            raise Damaged(ole.DAMAGED) from error


def _read(container: Any, text: bytes) -> Content:
    magic, version = struct.unpack_from("<HH", text)
    (flags,) = struct.unpack_from("<H", text, 0x0A)
    if flags & _ENCRYPTED:
        raise Protected("файл защищён паролем")
    if magic != _MAGIC or version < _WORD_97:
        raise Unsupported("документ очень старой версии Word (6 или 95); его нужно пересохранить")
    table = ole.stream(container, "1Table" if flags & _TABLE_1 else "0Table")
    extra = ole.stream(container, "Data") if container.exists("Data") else b""
    file = _File(
        text,
        extra,
        tuple(_pieces(_part(text, table, _CLX))),
        _runs(text, _part(text, table, _CHPX), _character_sprms),
        _runs(text, _part(text, table, _PAPX), _paragraph_sprms),
    )
    main, notes, headers, _, comments, endnotes, boxes = struct.unpack_from("<7I", text, 0x4C)
    content = Content(list(_story(file, 0, main)), pictures=[*_pictures(extra), *_pictures(text)])
    place = main
    content.items += _story(file, place, notes)
    place += notes
    content.running += [line for line in [flow.all_text(_story(file, place, headers))] if line]
    place += headers + comments
    content.items += _story(file, place, endnotes)
    content.items += _story(file, place + endnotes, boxes)
    return content


def _part(text: bytes, table: bytes, index: int) -> bytes:
    place, size = struct.unpack_from("<II", text, 0x9A + 8 * index)
    if place + size > len(table):
        raise Damaged(ole.DAMAGED)
    return table[place : place + size]


def _pieces(clx: bytes) -> Iterator[_Piece]:
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
        yield _Piece(
            edges[number], edges[number + 1], start // 2 if width == 1 else start, width, _drops(modifier, groups)
        )


def _drops(modifier: int, groups: list[bytes]) -> bool:
    if modifier & 1:
        index = modifier >> 1
        return index < len(groups) and _dropped(_sprms(groups[index]))
    return (modifier >> 1) & 0x7F in _SHORT_SPRMS and modifier >> 8 in _ON


def _runs(text: bytes, plc: bytes, content: Any) -> _Runs:
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
    return _Runs(starts, [found[start] for start in starts])


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


def _flag(sprms: Sprms, operation: int) -> bool:
    return bool(sprms.get(operation, b"")[:1]) and sprms[operation][0] in _ON


def _dropped(sprms: Sprms) -> bool:
    return any(_flag(sprms, operation) for operation in _DROPPING & sprms.keys())


def _story(file: _File, start: int, length: int) -> list[flow.Item]:
    """Return the paragraphs and tables of a story: `length` characters from `start`."""
    builder = FlowBuilder()
    fields: list[bool] = []
    for text, place, width, dropped in _segments(file, start, start + length):
        for offset, letter in enumerate(text):
            if letter in {_PARAGRAPH, _CELL, _PAGE_BREAK}:
                _end(builder, letter, _huge(file, file.paragraphs.at(place + offset * width)), dropped=dropped)
            elif letter == _FIELD_BEGIN:
                fields.append(False)
            elif letter == _FIELD_RESULT and fields:
                fields[-1] = True
            elif letter == _FIELD_END and fields:
                fields.pop()
            elif not dropped and all(fields) and (letter >= " " or letter in _CHARACTERS):
                builder.put(_CHARACTERS.get(letter, letter))
    return builder.finish()


def _segments(file: _File, start: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
    """Return the characters from `start` to `end` in runs of equal formatting: text, byte place, width, dropped."""
    for piece in file.pieces:
        first, last = max(start, piece.start), min(end, piece.end)
        place = piece.place + (first - piece.start) * piece.width
        stop = piece.place + (last - piece.start) * piece.width
        if first < last and stop > len(file.text):
            raise Damaged(ole.DAMAGED)
        while place < stop:
            until = min(stop, max(place + piece.width, file.characters.next_after(place)))
            until -= (until - place) % piece.width
            raw = file.text[place:until]
            text = raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace")
            yield text, place, piece.width, piece.dropped or _dropped(file.characters.at(place))
            place = until


def _huge(file: _File, sprms: Sprms) -> Sprms:
    """Return a paragraph's properties, with those that are kept apart because of their size."""
    for operation in _HUGE:
        if operation in sprms:
            (place,) = struct.unpack("<I", sprms[operation])
            if place + 2 <= len(file.data):
                (size,) = struct.unpack_from("<H", file.data, place)
                return sprms | _sprms(file.data[place + 2 : place + 2 + size])
    return sprms


def _end(builder: FlowBuilder, letter: str, sprms: Sprms, *, dropped: bool) -> None:
    """End a paragraph, a cell or a row; a deleted paragraph mark ends nothing."""
    depth = 0
    if _flag(sprms, _IN_TABLE) or letter == _CELL:
        (depth,) = struct.unpack("<I", sprms[_DEPTH]) if len(sprms.get(_DEPTH, b"")) == 4 else (1,)
        depth = max(1, min(depth, _MAX_DEPTH))
    if (letter == _CELL and _flag(sprms, _ROW_END)) or _flag(sprms, _INNER_ROW_END):
        builder.end_row(depth, _shape(sprms))
    elif letter == _CELL or _flag(sprms, _INNER_CELL):
        builder.end_cell(depth)
    elif not dropped:
        builder.end_paragraph(depth)


def _shape(sprms: Sprms) -> RowShape:
    """Return a row's layout from its table definition ([MS-DOC] 2.9.321) and the merges that follow it."""
    definition = sprms.get(_TABLE_SHAPE, b"")
    if len(definition) < 3:
        return RowShape()
    count = definition[2]
    edges = struct.unpack_from(f"<{count + 1}h", definition, 3)
    left = [False] * count
    above = [False] * count
    for number in range(count):
        place = 3 + 2 * (count + 1) + _CELL_SIZE * number
        if place + 2 <= len(definition):
            (flags,) = struct.unpack_from("<H", definition, place)
            left[number] = bool(flags & _MERGED_LEFT)
            above[number] = bool(flags & _VERTICAL and not flags & _RESTART)
    if len(merge := sprms.get(_HORIZONTAL_MERGE, b"")) == 2:
        left[merge[0] + 1 : merge[1]] = [True] * len(left[merge[0] + 1 : merge[1]])
    if len(merge := sprms.get(_VERTICAL_MERGE, b"")) == 3 and merge[1] < count:
        above[merge[1]] = merge[2] == 1
    cells = tuple(CellShape(edges[number + 1], left[number], above[number]) for number in range(count))
    return RowShape(edges[0], cells)


def _pictures(stream: bytes) -> Iterator[bytes]:
    """Return the PNG and JPEG pictures that drawing records of a stream hold ([MS-ODRAW] 2.2.23)."""
    place = 0
    while match := _BLIP.search(stream, place):
        (size,) = struct.unpack("<I", match.group(1))
        body = stream[match.end() : match.end() + size]
        begins = min((at for magic in _PICTURES if (at := body[:64].find(magic)) >= 0), default=-1)
        place = match.end()
        if begins >= 0 and len(body) == size:
            yield body[begins:]
            place += size
