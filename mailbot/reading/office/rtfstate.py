"""The state of reading an RTF file: groups, fonts and their charsets, and where text goes. `rtf` reads with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.reading.office import flow
from mailbot.reading.office.flowbuilder import FlowBuilder, RowShape

MAC_CYRILLIC = 10007


@dataclass(slots=True)
class Content:
    """What an RTF file holds; `complete` is false where the file breaks off in mid-group."""

    items: list[flow.Item] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    title: str = ""
    complete: bool = True


@dataclass(slots=True)
class State:
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


class Reader:
    """The state of reading one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.content = Content()
        self.body = FlowBuilder()
        self.state = State(self.body)
        self.stack: list[State] = []
        self.codepage = 1251
        self.fonts: dict[int, int] = {}
        self.skip = 0
        self.high = ""
        self.raw = bytearray()
        self.picture = bytearray()
        self.shapes: dict[bool, RowShape] = {False: RowShape(), True: RowShape()}
        self.joins = {"left": False, "above": False}

    def put_bytes(self, value: bytes) -> None:
        """Collect text in the font's charset, or a picture's digits."""
        state = self.state
        if state.destination == "pict":
            self.picture += value
            return
        if self.skip:
            skipped = min(self.skip, len(value))
            self.skip -= skipped
            value = value[skipped:]
        if state.sink is not None and not (state.deleted or state.struck or state.hidden):
            self.raw += value

    def put(self, text: str) -> None:
        """Put text where the group's text goes, unless it is deleted, struck out or hidden."""
        state = self.state
        if state.sink is not None and not (state.deleted or state.struck or state.hidden):
            self.flush()
            state.sink.put(text)

    def flush(self) -> None:
        """Decode the bytes collected so far, all of one font."""
        if self.raw:
            raw = bytes(self.raw)
            self.raw.clear()
            codepage = self.fonts.get(self.state.font, self.codepage)
            name = "mac-cyrillic" if codepage == MAC_CYRILLIC else f"cp{codepage}"
            try:
                text = raw.decode(name, "replace")
            except LookupError:
                text = raw.decode("cp1251", "replace")
            if self.state.sink is not None:
                self.state.sink.put(text)

    def put_character(self, value: int) -> None:
        """Put a character given by its number (control word «u»); two of them may be the halves of one beyond the basic plane."""
        letter = chr(value & 0xFFFF)
        if "\ud800" <= letter <= "\udbff":
            self.high = letter
        else:
            pair = (self.high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            self.high = ""
            self.put(pair)
        self.skip = self.state.fallback
