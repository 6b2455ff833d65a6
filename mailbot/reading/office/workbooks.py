"""What the readers of spreadsheets share: cell styles, values as shown, and the document made of the sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.domain.document import Attachment, Block, Document, Limits, Opened, Paragraph
from mailbot.reading import grids
from mailbot.reading.office import numberformat
from mailbot.reading.office.packages import Package
from mailbot.reading.troubles import Empty

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
"""Error values of the binary formats ([MS-XLS] 2.5.10)."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell's format says that changes what a person sees: the number-format code, and struck-out text."""

    code: str = ""
    struck: bool = False


PLAIN = Style()


def shown_number(value: float, style: Style, *, epoch_1904: bool = False) -> str:
    """Return a number as its cell shows it; a struck-out cell shows nothing that counts."""
    return "" if style.struck else numberformat.show(value, style.code, epoch_1904=epoch_1904)


def shown_text(text: str, style: Style) -> str:
    """Return a text as its cell shows it."""
    return "" if style.struck or numberformat.hides_text(style.code) else text.strip()


def shown_runs(text: str, runs: Sequence[tuple[int, int]], struck_fonts: Sequence[bool], style: Style) -> str:
    """Return a rich text as its cell shows it: a run's own font (start, index) decides, the cell's before the first.

    >>> shown_runs("30 35", [(0, 1), (3, 0)], [False, True], PLAIN)
    '35'
    """
    if not runs:
        return shown_text(text, style)
    kept = ["" if style.struck else text[: runs[0][0]]]
    ends = [start for start, _ in runs[1:]] + [len(text)]
    for (start, font), end in zip(runs, ends, strict=True):
        if not (font < len(struck_fonts) and struck_fonts[font]):
            kept.append(text[start:end])
    return shown_text("".join(kept), Style(style.code))


def shown_truth(value: object) -> str:
    """Return a truth value as a Russian spreadsheet shows it."""
    return "ИСТИНА" if value else "ЛОЖЬ"


def opened(
    attachment: Attachment,
    kind: str,
    sheets: Iterable[tuple[grids.Sheet, Sequence[Block]]],
    limits: Limits,
    *,
    running: Iterable[str] = (),
    title: str = "",
    children: Sequence[Attachment] = (),
) -> Opened:
    """Return the visible sheets, each with the blocks drawn on it, as one document; raises `Empty` for nothing."""
    blocks: list[Block] = []
    for sheet, drawn in sheets:
        table = grids.sheet_table(sheet, attachment.name, limits)
        blocks += [table] if table else []
        blocks += drawn
    if not blocks and not children:
        raise Empty("в книге нет видимых данных")
    document = Document(
        name=attachment.name,
        role="attachment",
        format=kind,
        blocks=tuple(blocks),
        running=tuple(dict.fromkeys(text for text in running if text)),
        title=title,
    )
    return Opened((document,) if blocks else (), tuple(children))


def drawn_on(package: Package, part: str, place: str) -> tuple[list[Block], list[Attachment]]:
    """Return the text boxes of an OOXML sheet as paragraphs, and its pictures and embedded files as attachments."""
    boxes: list[Block] = []
    embedded: list[str] = []
    for relation in package.relations(part).values():
        if relation.kind == "drawing" and not relation.external:
            boxes += _boxes(package, relation.target, place)
            targets = package.relations(relation.target).values()
            embedded += [target.target for target in targets if target.kind == "image" and not target.external]
        elif relation.kind in {"package", "oleObject"} and not relation.external:
            embedded.append(relation.target)
    return boxes, package.embedded(embedded)


def _boxes(package: Package, part: str, place: str) -> Iterator[Block]:
    root = package.xml(part)
    number = 0
    for body in root.iter("{*}txBody") if root is not None else ():
        for paragraph in body.iter("{*}p"):
            text = "".join(run.text or "" for run in paragraph.iter("{*}t")).strip()
            if text:
                number += 1
                yield Paragraph(text, f"{place}!надпись {number}")
