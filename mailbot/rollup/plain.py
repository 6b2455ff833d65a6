"""The plain-text twin's building stones: headings, wrapped lines, aligned columns. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from mailbot.rollup.russian import plain

WIDTH = 76


def heading(title: str) -> str:
    """A section's heading, underlined."""
    line = plain(title)
    return f"{line.upper()}\n{'-' * min(len(line), WIDTH)}"


def wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    """The text in lines of at most `WIDTH` characters; `hanging` further spaces before all but the first line."""
    wrapped = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return plain("\n".join(wrapped))  # made plain last: what a hard space holds together stays on its line


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """The rows as aligned columns: the first `left` columns to the left, the others (figures) to the right."""
    if not rows:
        return ""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def lines(*parts: str) -> str:
    """The parts that are not empty, each on a line of its own."""
    return "\n".join(part for part in parts if part)


def blocks(*parts: str) -> str:
    """The parts that are not empty, with an empty line between them."""
    return "\n\n".join(part for part in parts if part)
