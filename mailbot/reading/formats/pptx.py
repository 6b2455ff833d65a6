"""PowerPoint presentations (.pptx; ECMA-376 part 1, 19): the visible slides' paragraphs and tables, and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow
from mailbot.reading.office.packages import Package, attribute, local_name, part_names
from mailbot.reading.troubles import Damaged, Empty

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_COLUMNS = 256
_OFF = frozenset({"0", "false"})
_TRUE = frozenset({"1", "true"})


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zip that holds a presentation's XML."""
    return "ppt/presentation.xml" in part_names(data)


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return all slides' text as one document; pictures and embedded files are children."""
    with Package(attachment.data, limits) as package:
        main = package.main_part("ppt/presentation.xml")
        root = package.xml(main)
        if root is None:
            raise Damaged("в файле нет презентации")
        relations = package.relations(main)
        items: list[flow.Item] = []
        embedded: list[str] = []
        for entry in root.iter("{*}sldId"):
            relation = relations.get(_relation_of(entry))
            slide = package.xml(relation.target) if relation else None
            if relation and slide is not None and slide.get("show") not in _OFF:
                items += _items(slide)
                parts = package.relations(relation.target).values()
                embedded += [part.target for part in parts if part.kind in {"image", "package"} and not part.external]
        document = Document(
            name=attachment.name,
            role="attachment",
            format="pptx",
            blocks=flow.to_blocks(items, attachment.name, limits),
            title=package.title(),
        )
        children = tuple(package.embedded(embedded))
    if not document.blocks and not children:
        raise Empty("в презентации нет текста")
    return Opened((document,) if document.blocks else (), children)


def _relation_of(entry: _Element) -> str:
    """Return the relation's id of a slide; the slide's own number is called «id» too, without a namespace."""
    return next((str(value) for key, value in entry.items() if str(key).endswith("}id")), "")


def _items(element: _Element) -> Iterator[flow.Item]:
    for child in element:
        kind = local_name(child)
        if kind == "tbl":
            yield _table(child)
        elif kind == "p":
            yield "".join(_text(child))
        elif kind == "AlternateContent":
            yield from _items(child[0]) if len(child) else ()
        elif kind != "cNvPr" and not _hidden(child):
            yield from _items(child)


def _hidden(shape: _Element) -> bool:
    return any(
        attribute(properties, "hidden") in _TRUE
        for part in shape
        for properties in part
        if local_name(properties) == "cNvPr"
    )


def _text(paragraph: _Element) -> Iterator[str]:
    for part in paragraph:
        kind = local_name(part)
        if kind == "br":
            yield "\n"
        elif kind in {"r", "fld"} and not _struck(part):
            yield "".join(text.text or "" for text in part if local_name(text) == "t")


def _struck(run: _Element) -> bool:
    return any(attribute(look, "strike") in {"sngStrike", "dblStrike"} for look in run if local_name(look) == "rPr")


def _table(table: _Element) -> flow.FlowTable:
    return flow.joined(
        [_cell(cell) for cell in row if local_name(cell) == "tc" and attribute(cell, "hMerge") not in _TRUE]
        for row in table
        if local_name(row) == "tr"
    )


def _cell(cell: _Element) -> flow.RowCell:
    span = attribute(cell, "gridSpan")
    columns = min(int(span), MAX_COLUMNS) if span.isascii() and span.isdigit() else 1
    return flow.RowCell(tuple(_items(cell)), max(columns, 1), attribute(cell, "vMerge") in _TRUE)
