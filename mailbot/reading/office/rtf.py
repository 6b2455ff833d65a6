"""RTF 1.9 to lines and tables: groups, charsets, tracked changes, tables (nested ones too), pictures.

Tracked deletions, struck-out and hidden text are dropped while reading, so that «999» deleted before «1000» leaves
1000. `formats/rtf.py` makes the document of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mailbot.reading.office import flow
from mailbot.reading.office.flowbuilder import CellShape, FlowBuilder, RowShape
from mailbot.reading.office.rtfstate import MAC_CYRILLIC, Content, Reader
from mailbot.reading.troubles import Damaged

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<open>\{)|(?P<close>\})|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
MAX_DEPTH = 400
MAX_NESTED_TABLES = 20
_SKIPPED = frozenset(
    {"colortbl", "stylesheet", "info", "listtable", "listoverridetable", "rsidtbl", "generator", "themedata"}
    | {"datastore", "latentstyles", "fldinst", "xmlnstbl", "pntext", "listtext", "nonshppict", "shprslt", "sp"}
    | {"annotation", "atnid", "atnauthor", "atnref", "atndate", "revtbl", "objclass", "objdata", "filetbl", "pgptbl"}
    | {"txe", "rxe", "tc", "xe", "bkmkstart", "bkmkend", "do", "pict", "fonttbl"}
)
"""Destinations that hold nothing that the page shows, or a second form of it, or something read in its own way."""

_KEPT = frozenset({"shppict", "shpinst", "nesttableprops"})
"""Destinations marked as ignorable («\\*») that are read all the same."""

_RUNNING = frozenset({"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"})
_APART = frozenset({"shptxt", "footnote"})
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "page": "\n",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n",
    "column": "\n",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
_FONT_CODEPAGES = {
    77: 10007, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256,
    186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}  # fmt: skip
"""Windows charsets of fonts (\\fcharset) to code pages; the others are in the document's own."""

_RUSSIAN, _TATAR = 1049, 1092


def read(data: bytes) -> Content:
    """Return what an RTF file holds; raises `Damaged` for absurd nesting."""
    reader = Reader(data)
    place = 0
    while match := _TOKEN.match(data, place):
        place = match.end()
        kind = match.lastgroup
        if kind in {"word", "number"}:
            place = _word(reader, match.group("word").decode("ascii"), match.group("number"), place)
        elif kind is not None:
            _SIMPLE[kind](reader, match.group(kind))
        if kind == "close" and not reader.stack:
            break
    reader.flush()
    reader.content.complete = not reader.stack
    reader.content.items = reader.body.finish()
    return reader.content


def _open(reader: Reader, _: bytes) -> None:
    reader.flush()
    reader.stack.append(replace(reader.state))
    if len(reader.stack) > MAX_DEPTH:
        raise Damaged("в файле RTF слишком глубокая вложенность")


def _close(reader: Reader, _: bytes) -> None:
    reader.flush()
    if not reader.stack:
        return
    inner, reader.state = reader.state, reader.stack.pop()
    outer = reader.state
    if inner.destination == "pict" and outer.destination != "pict":
        digits = re.sub(rb"[^0-9a-fA-F]", b"", bytes(reader.picture))
        reader.content.pictures.append(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")))
    elif inner.sink is not None and inner.sink is not outer.sink:
        items = inner.sink.finish()
        if inner.destination in _RUNNING:
            reader.content.running.append(flow.all_text(items))
        elif inner.destination == "title":
            reader.content.title = flow.all_text(items)
        elif outer.sink is not None:
            outer.sink.add(items)


def _symbol(reader: Reader, value: bytes) -> None:
    if value == b"*":
        reader.state.destination = "*"
    elif value in {b"\n", b"\r"}:
        _end_paragraph(reader)
    elif value in _SYMBOLS:
        reader.put(_SYMBOLS[value])


def _hex(reader: Reader, value: bytes) -> None:
    reader.put_bytes(bytes([int(value, 16)]))


_SIMPLE: dict[str, Callable[[Reader, bytes], None]] = {
    "open": _open,
    "close": _close,
    "symbol": _symbol,
    "hex": _hex,
    "text": Reader.put_bytes,
}


def _word(reader: Reader, word: str, number: bytes | None, place: int) -> int:
    """Act on a control word; returns the place to read on from: behind the data that a «bin» brings."""
    value = int(number) if number else None
    if word == "bin":
        size = max(0, min(value or 0, len(reader.data) - place))
        if reader.state.destination == "pict":
            reader.picture += reader.data[place : place + size].hex().encode()
        return place + size
    reader.flush()
    if word == "u":
        reader.put_character(value or 0)
    elif reader.skip:
        reader.skip -= 1
    elif not _enters(reader, word):
        if reader.state.destination == "fonttbl":
            _font(reader, word, value or 0)
        elif word in _CHARACTERS:
            reader.put(_CHARACTERS[word])
        elif word in _ACTIONS:
            _ACTIONS[word](reader, value)
    return place


def _enters(reader: Reader, word: str) -> bool:
    """True where the word opens a destination that is left out or read apart."""
    state = reader.state
    ignorable = state.destination == "*"
    if word in _RUNNING or word in _APART:
        state.destination = word
        state.sink = FlowBuilder() if state.sink is not None else None
        state.in_table = False
    elif word == "title" and state.destination == "info":
        state.destination, state.sink = word, FlowBuilder()
    elif word in _SKIPPED or (ignorable and word not in _KEPT):
        state.destination, state.sink = word, None
        if word == "pict":
            reader.picture.clear()
    else:
        if ignorable:
            state.destination = word
        return False
    return True


def _font(reader: Reader, word: str, value: int) -> None:
    if word == "f":
        reader.state.font = value
    elif word == "fcharset" and value in _FONT_CODEPAGES:
        reader.fonts[reader.state.font] = _FONT_CODEPAGES[value]
    elif word == "cpg":
        reader.fonts[reader.state.font] = value


def _end_paragraph(reader: Reader) -> None:
    """End a paragraph, unless its mark is deleted: then it runs on into the next one."""
    if reader.state.sink is not None and not reader.state.deleted:
        reader.state.sink.end_paragraph(reader.state.depth)


def _end_cell(reader: Reader, depth: int) -> None:
    if reader.state.sink is not None:
        reader.state.sink.end_cell(depth)


def _end_row(reader: Reader, depth: int) -> None:
    """End a row; a row that is deleted as a whole holds no text anyway."""
    sink = reader.state.sink
    if sink is not None:
        sink.end_row(depth, reader.shapes[depth > 1])


def _nested(reader: Reader) -> bool:
    """True while the layout of a nested table's row is described: that has a destination of its own."""
    return reader.state.destination == "nesttableprops"


def _set_left(reader: Reader, left: int) -> None:
    reader.shapes[_nested(reader)] = replace(reader.shapes[_nested(reader)], left=left)


def _begin_row(reader: Reader) -> None:
    reader.shapes[_nested(reader)] = RowShape()
    reader.joins = {"left": False, "above": False}


def _edge(reader: Reader, right: int) -> None:
    shape = reader.shapes[_nested(reader)]
    cell = CellShape(right, reader.joins["left"], reader.joins["above"])
    reader.shapes[_nested(reader)] = replace(shape, cells=(*shape.cells, cell))
    reader.joins = {"left": False, "above": False}


def _deeper(reader: Reader, value: int | None) -> None:
    reader.state.nesting = max(1, min(value or 1, MAX_NESTED_TABLES))
    reader.state.in_table = bool(value)


def _plain(reader: Reader) -> None:
    reader.state.struck = reader.state.hidden = reader.state.deleted = False


def _pard(reader: Reader) -> None:
    reader.state.in_table, reader.state.nesting = False, 1


def _set_codepage(reader: Reader, value: int) -> None:
    reader.codepage = value


def _set_language(reader: Reader, value: int) -> None:
    """A Russian document that claims the western code page was written by a program that knows only one."""
    if value in {_RUSSIAN, _TATAR} and reader.codepage == 1252:
        reader.codepage = 1251


def _flag(name: str) -> Callable[[Reader, int | None], None]:
    def act(reader: Reader, value: int | None) -> None:
        setattr(reader.state, name, value != 0)

    return act


def _number(name: str) -> Callable[[Reader, int | None], None]:
    def act(reader: Reader, value: int | None) -> None:
        setattr(reader.state, name, value or 0)

    return act


def _join(side: str) -> Callable[[Reader, int | None], None]:
    def act(reader: Reader, _: int | None) -> None:
        reader.joins[side] = True

    return act


_ACTIONS: dict[str, Callable[[Reader, int | None], None]] = {
    "par": lambda reader, _: _end_paragraph(reader),
    "sect": lambda reader, _: _end_paragraph(reader),
    "cell": lambda reader, _: _end_cell(reader, 1),
    "nestcell": lambda reader, _: _end_cell(reader, max(2, reader.state.nesting)),
    "row": lambda reader, _: _end_row(reader, 1),
    "nestrow": lambda reader, _: _end_row(reader, max(2, reader.state.nesting)),
    "trowd": lambda reader, _: _begin_row(reader),
    "trleft": lambda reader, value: _set_left(reader, value or 0),
    "cellx": lambda reader, value: _edge(reader, value or 0),
    "clmrg": _join("left"),
    "clvmrg": _join("above"),
    "intbl": _flag("in_table"),
    "itap": _deeper,
    "pard": lambda reader, _: _pard(reader),
    "plain": lambda reader, _: _plain(reader),
    "deleted": _flag("deleted"),
    "strike": _flag("struck"),
    "striked": _flag("struck"),
    "v": _flag("hidden"),
    "f": _number("font"),
    "deff": _number("font"),
    "uc": _number("fallback"),
    "ansicpg": lambda reader, value: _set_codepage(reader, value or 1251),
    "mac": lambda reader, _: _set_codepage(reader, MAC_CYRILLIC),
    "pc": lambda reader, _: _set_codepage(reader, 866),
    "deflang": lambda reader, value: _set_language(reader, value or 0),
}
