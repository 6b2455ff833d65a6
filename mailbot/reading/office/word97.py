"""Word 97 to 2003 documents to lines and tables: stories, fields, table layout. `wordfile` knows the bytes.

Tracked deletions, struck-out and hidden text are dropped while reading: other readers join «999» (deleted) and
«1000» (inserted) to «9991000». `formats/doc.py` makes the document of it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from mailbot.reading.office import blips, flow, ole
from mailbot.reading.office.flowbuilder import CellShape, FlowBuilder, RowShape
from mailbot.reading.office.wordfile import Sprms, WordFile, is_on, open_file
from mailbot.reading.troubles import Damaged

_CELL, _PAGE_BREAK, _PARAGRAPH = "\x07", "\x0c", "\r"
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_CHARACTERS = {"\x0b": "\n", "\t": "\t", "\x1e": "-", "\x0e": "\n"}

_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW_END = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_TABLE_SHAPE, _VERTICAL_MERGE, _HORIZONTAL_MERGE = 0xD608, 0xD62B, 0x5624
_MERGED_LEFT, _VERTICAL, _RESTART = 0x2, 0x20, 0x40
_CELL_SIZE = 20
_MAX_DEPTH = 20


@dataclass(slots=True)
class Content:
    """What a document holds."""

    items: list[flow.Item] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    title: str = ""


def read(data: bytes) -> Content:
    """Return what a document holds; raises `Damaged`, `Protected`, or `Unsupported` for Word 6 and 95."""
    with ole.open_ole(data) as container:
        file = open_file(container)
        title = ole.title(container)
    try:
        content = _read(file)
    except (struct.error, IndexError) as error:
        raise Damaged(ole.DAMAGED) from error
    content.title = title
    return content


def _read(file: WordFile) -> Content:
    """Read the stories, which follow one another: text, footnotes, headers, macros, comments, endnotes, text boxes."""
    main, notes, headers, _, comments, endnotes, boxes = struct.unpack_from("<7I", file.text, 0x4C)
    content = Content(_story(file, 0, main), pictures=[*blips.pictures(file.data), *blips.pictures(file.text)])
    place = main
    content.items += _story(file, place, notes)
    place += notes
    content.running += [line for line in [flow.all_text(_story(file, place, headers))] if line]
    place += headers + comments
    content.items += _story(file, place, endnotes)
    content.items += _story(file, place + endnotes, boxes)
    return content


def _story(file: WordFile, start: int, length: int) -> list[flow.Item]:
    """Return the paragraphs and tables of a story: `length` characters from `start`."""
    builder = FlowBuilder()
    fields: list[bool] = []
    for text, place, width, dropped in file.segments(start, start + length):
        for offset, letter in enumerate(text):
            if letter in {_PARAGRAPH, _CELL, _PAGE_BREAK}:
                _end(builder, letter, file.paragraph_at(place + offset * width), dropped=dropped)
            elif letter == _FIELD_BEGIN:
                fields.append(False)
            elif letter == _FIELD_RESULT and fields:
                fields[-1] = True
            elif letter == _FIELD_END and fields:
                fields.pop()
            elif not dropped and all(fields) and (letter >= " " or letter in _CHARACTERS):
                builder.put(_CHARACTERS.get(letter, letter))
    return builder.finish()


def _end(builder: FlowBuilder, letter: str, sprms: Sprms, *, dropped: bool) -> None:
    """End a paragraph, a cell or a row; a deleted paragraph mark ends nothing."""
    depth = 0
    if is_on(sprms, _IN_TABLE) or letter == _CELL:
        stated = sprms.get(_DEPTH, b"")
        depth = max(1, min(int.from_bytes(stated, "little"), _MAX_DEPTH))
    if (letter == _CELL and is_on(sprms, _ROW_END)) or is_on(sprms, _INNER_ROW_END):
        builder.end_row(depth, _shape(sprms))
    elif letter == _CELL or is_on(sprms, _INNER_CELL):
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
