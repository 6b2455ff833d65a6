"""OpenDocument texts (.odt; ODF 1.2 part 1), read by our own pass over the XML.

Tracked deletions are stored apart from the text and never read; struck-out and hidden text is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow, opendocument
from mailbot.reading.office.opendocument import OpenDocument, Styles, count_of
from mailbot.reading.office.packages import Package, attribute, local_name
from mailbot.reading.troubles import Empty

if TYPE_CHECKING:
    from lxml.etree import _Element

WRAPPERS = frozenset(
    {"list", "list-item", "list-header", "section", "index-body", "table-of-content", "numbered-paragraph", "text-box"}
    | {"note", "note-body", "frame", "custom-shape", "rect", "g"}
)
ROW_GROUPS = frozenset({"table-row-group", "table-rows", "table-header-rows"})
MAX_REPEATS = 256


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zipped OpenDocument text."""
    return opendocument.is_kind(data, "text")


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document; embedded pictures are children."""
    with Package(attachment.data, limits) as package:
        source = opendocument.open_document(package, "text")
        running = tuple(dict.fromkeys(filter(None, _running(source))))
        document = Document(
            name=attachment.name,
            role="attachment",
            format="odt",
            blocks=flow.to_blocks(_items(source.body, source.styles), attachment.name, limits),
            running=running,
            title=opendocument.title_of(package),
        )
        children = package.embedded(opendocument.pictures(package))
    if not document.blocks and not children:
        raise Empty("в документе нет текста")
    return Opened((document,) if document.blocks or running else (), tuple(children))


def _running(source: OpenDocument) -> Iterator[str]:
    root = source.package.xml("styles.xml")
    for page in root.iter("{*}master-page") if root is not None else ():
        for part in page:
            if local_name(part).startswith(("header", "footer")):
                yield flow.all_text(_items(part, source.styles))


def _items(container: _Element, styles: Styles) -> Iterator[flow.Item]:
    for element in container:
        kind = local_name(element)
        if kind in {"p", "h"}:
            frames: list[_Element] = []
            text = opendocument.text_of(element, styles, frames)
            if not styles.drops("paragraph", attribute(element, "style-name")):
                yield text
            for frame in frames:
                yield from _items(frame, styles)
        elif kind == "table":
            yield _table(element, styles)
        elif kind in WRAPPERS and attribute(element, "display") not in {"none", "false"}:
            yield from _items(element, styles)


def _table(table: _Element, styles: Styles) -> flow.FlowTable:
    rows: list[tuple[flow.FlowCell, ...]] = []
    for row in _rows(table):
        cells = tuple(_cells(row, styles))
        rows += [cells] * min(count_of(row, "number-rows-repeated"), MAX_REPEATS)
    return flow.FlowTable(tuple(rows))


def _rows(container: _Element) -> Iterator[_Element]:
    for element in container:
        kind = local_name(element)
        if kind == "table-row" and attribute(element, "visibility") != "collapse":
            yield element
        elif kind in ROW_GROUPS:
            yield from _rows(element)


def _cells(row: _Element, styles: Styles) -> Iterator[flow.FlowCell]:
    for cell in row:
        if local_name(cell) == "table-cell":
            content = tuple(_items(cell, styles))
            columns = min(count_of(cell, "number-columns-spanned"), MAX_REPEATS)
            rows = count_of(cell, "number-rows-spanned")
            for _ in range(min(count_of(cell, "number-columns-repeated"), MAX_REPEATS)):
                yield flow.FlowCell(content, columns, rows)
