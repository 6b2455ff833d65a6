"""RTF 1.9 to lines and tables: groups, charsets, tracked changes, tables (nested ones too), pictures.

Tracked deletions, struck-out and hidden text are dropped while reading, so that «999» deleted before «1000» leaves
1000. `formats/rtf.py` makes the document of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mailbot.reading import flow
from mailbot.reading.flowbuilder import CellShape, FlowBuilder, RowShape
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

_MAC_CYRILLIC = 10007
_RUSSIAN, _TATAR = 1049, 1092


@dataclass(slots=True)
class Content:
    """What an RTF file holds; `complete` is false where the file breaks off in mid-group."""

    items: list[flow.Item] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it; text goes to `sink`, or nowhere."""

    sink: FlowBuilder | None
    destination: str = ""
    font: int = -1
    fallback: int = 1
    deleted: bool = False
    struck: bool = False
    hidden: bool = False
    in_table: bool = False
    nesting: int = 1

    @property
    def depth(self) -> int:
        """The depth of table nesting that the paragraph stands in, 0 for none."""
        return self.nesting if self.in_table else 0


class _Reader:
    """The state of reading one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.content = Content()
        self.body = FlowBuilder()
        self.state = _State(self.body)
        self.stack: list[_State] = []
        self.codepage = 1251
        self.fonts: dict[int, int] = {}
        self.skip = 0
        self.high = ""
        self.raw = bytearray()
        self.picture = bytearray()
        self.shapes: dict[bool, RowShape] = {False: RowShape(), True: RowShape()}
        self.joins = {"left": False, "above": False}


def read(data: bytes) -> Content:
    """Return what an RTF file holds; raises `Damaged` for absurd nesting."""
    reader = _Reader(data)
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
    _flush(reader)
    reader.content.complete = not reader.stack
    reader.content.items = reader.body.finish()
    return reader.content


def _open(reader: _Reader, _: bytes) -> None:
    _flush(reader)
    reader.stack.append(replace(reader.state))
    if len(reader.stack) > MAX_DEPTH:
        raise Damaged("в файле RTF слишком глубокая вложенность")


def _close(reader: _Reader, _: bytes) -> None:
    _flush(reader)
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
        elif outer.sink is not None:
            outer.sink.add(items)


def _symbol(reader: _Reader, value: bytes) -> None:
    if value == b"*":
        reader.state.destination = "*"
    elif value in {b"\n", b"\r"}:
        _end_paragraph(reader)
    elif value in _SYMBOLS:
        _put(reader, _SYMBOLS[value])


def _hex(reader: _Reader, value: bytes) -> None:
    _bytes(reader, bytes([int(value, 16)]))


def _bytes(reader: _Reader, value: bytes) -> None:
    state = reader.state
    if state.destination == "pict":
        reader.picture += value
        return
    if reader.skip:
        skipped = min(reader.skip, len(value))
        reader.skip -= skipped
        value = value[skipped:]
    if state.sink is not None and not (state.deleted or state.struck or state.hidden):
        reader.raw += value


_SIMPLE: dict[str, Callable[[_Reader, bytes], None]] = {
    "open": _open,
    "close": _close,
    "symbol": _symbol,
    "hex": _hex,
    "text": _bytes,
}


def _word(reader: _Reader, word: str, number: bytes | None, place: int) -> int:
    """Act on a control word; returns the place to read on from: behind the data that a «bin» brings."""
    value = int(number) if number else None
    if word == "bin":
        size = max(0, min(value or 0, len(reader.data) - place))
        if reader.state.destination == "pict":
            reader.picture += reader.data[place : place + size].hex().encode()
        return place + size
    _flush(reader)
    if word == "u":
        _unicode(reader, value or 0)
    elif reader.skip:
        reader.skip -= 1
    elif not _enters(reader, word):
        if reader.state.destination == "fonttbl":
            _font(reader, word, value or 0)
        elif word in _CHARACTERS:
            _put(reader, _CHARACTERS[word])
        elif word in _ACTIONS:
            _ACTIONS[word](reader, value)
    return place


def _enters(reader: _Reader, word: str) -> bool:
    """True where the word opens a destination that is left out or read apart."""
    state = reader.state
    ignorable = state.destination == "*"
    if word in _RUNNING or word in _APART:
        state.destination = word
        state.sink = FlowBuilder() if state.sink is not None else None
        state.in_table = False
    elif word in _SKIPPED or (ignorable and word not in _KEPT):
        state.destination, state.sink = word, None
        if word == "pict":
            reader.picture.clear()
    else:
        if ignorable:
            state.destination = word
        return False
    return True


def _font(reader: _Reader, word: str, value: int) -> None:
    if word == "f":
        reader.state.font = value
    elif word == "fcharset" and value in _FONT_CODEPAGES:
        reader.fonts[reader.state.font] = _FONT_CODEPAGES[value]
    elif word == "cpg":
        reader.fonts[reader.state.font] = value


def _put(reader: _Reader, text: str) -> None:
    state = reader.state
    if state.sink is not None and not (state.deleted or state.struck or state.hidden):
        _flush(reader)
        state.sink.put(text)


def _flush(reader: _Reader) -> None:
    """Decode the bytes collected so far, all of one font."""
    if reader.raw:
        raw = bytes(reader.raw)
        reader.raw.clear()
        codepage = reader.fonts.get(reader.state.font, reader.codepage)
        name = "mac-cyrillic" if codepage == _MAC_CYRILLIC else f"cp{codepage}"
        try:
            text = raw.decode(name, "replace")
        except LookupError:
            text = raw.decode("cp1251", "replace")
        if reader.state.sink is not None:
            reader.state.sink.put(text)


def _unicode(reader: _Reader, value: int) -> None:
    """Put a character given by its number (control word «u»); two of them may be the halves of one beyond the basic plane."""
    letter = chr(value & 0xFFFF)
    if "\ud800" <= letter <= "\udbff":
        reader.high = letter
    else:
        pair = (reader.high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        reader.high = ""
        _put(reader, pair)
    reader.skip = reader.state.fallback


def _end_paragraph(reader: _Reader) -> None:
    """End a paragraph, unless its mark is deleted: then it runs on into the next one."""
    if reader.state.sink is not None and not reader.state.deleted:
        reader.state.sink.end_paragraph(reader.state.depth)


def _end_cell(reader: _Reader, depth: int) -> None:
    if reader.state.sink is not None:
        reader.state.sink.end_cell(depth)


def _end_row(reader: _Reader, depth: int) -> None:
    """End a row; a row that is deleted as a whole holds no text anyway."""
    sink = reader.state.sink
    if sink is not None:
        sink.end_row(depth, reader.shapes[depth > 1])


def _nested(reader: _Reader) -> bool:
    """True while the layout of a nested table's row is described: that has a destination of its own."""
    return reader.state.destination == "nesttableprops"


def _set_left(reader: _Reader, left: int) -> None:
    reader.shapes[_nested(reader)] = replace(reader.shapes[_nested(reader)], left=left)


def _begin_row(reader: _Reader) -> None:
    reader.shapes[_nested(reader)] = RowShape()
    reader.joins = {"left": False, "above": False}


def _edge(reader: _Reader, right: int) -> None:
    shape = reader.shapes[_nested(reader)]
    cell = CellShape(right, reader.joins["left"], reader.joins["above"])
    reader.shapes[_nested(reader)] = replace(shape, cells=(*shape.cells, cell))
    reader.joins = {"left": False, "above": False}


def _deeper(reader: _Reader, value: int | None) -> None:
    reader.state.nesting = max(1, min(value or 1, MAX_NESTED_TABLES))
    reader.state.in_table = bool(value)


def _plain(reader: _Reader) -> None:
    reader.state.struck = reader.state.hidden = reader.state.deleted = False


def _pard(reader: _Reader) -> None:
    reader.state.in_table, reader.state.nesting = False, 1


def _set_codepage(reader: _Reader, value: int) -> None:
    reader.codepage = value


def _set_language(reader: _Reader, value: int) -> None:
    """A Russian document that claims the western code page was written by a program that knows only one."""
    if value in {_RUSSIAN, _TATAR} and reader.codepage == 1252:
        reader.codepage = 1251


def _flag(name: str) -> Callable[[_Reader, int | None], None]:
    def act(reader: _Reader, value: int | None) -> None:
        setattr(reader.state, name, value != 0)

    return act


def _number(name: str) -> Callable[[_Reader, int | None], None]:
    def act(reader: _Reader, value: int | None) -> None:
        setattr(reader.state, name, value or 0)

    return act


def _join(side: str) -> Callable[[_Reader, int | None], None]:
    def act(reader: _Reader, _: int | None) -> None:
        reader.joins[side] = True

    return act


_ACTIONS: dict[str, Callable[[_Reader, int | None], None]] = {
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
    "mac": lambda reader, _: _set_codepage(reader, _MAC_CYRILLIC),
    "pc": lambda reader, _: _set_codepage(reader, 866),
    "deflang": lambda reader, value: _set_language(reader, value or 0),
}
