"""Word documents (.docx, .docm; ECMA-376 part 1), read by our own pass over the XML.

As a person sees the final text: tracked insertions count, deletions don't; struck-out and hidden text is dropped;
text boxes once (mc:AlternateContent holds them twice); content controls, nested tables, footnotes are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading import flow
from mailbot.reading.packages import Package, Relation, attribute, local_name, parse_xml, part_names
from mailbot.reading.troubles import Damaged, Empty

if TYPE_CHECKING:
    from lxml.etree import _Element

OFF = frozenset({"0", "false", "off", "none"})
WRAPPERS = frozenset(
    {"ins", "moveTo", "sdt", "sdtContent", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "ruby"}
)
"""Elements that only wrap content; what is neither known nor a wrapper (del, moveFrom, rt…) is dropped."""

GRAPHICS = frozenset({"drawing", "pict", "object"})
CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
EMBEDDED = frozenset({"image", "package", "oleObject", "aFChunk"})
MAX_COLUMNS = 256
_HIDING = re.compile(rb"\b(?:d?strike|vanish)\b")


@dataclass(frozen=True, slots=True)
class _Look:
    """What hides text: each is True, False, or None where nothing is said."""

    strike: bool | None = None
    vanish: bool | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """The looks of the document's styles, by their id."""

    styles: dict[str, _Look]


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zip that holds a Word document's XML."""
    return any(part.startswith("word/document") and part.endswith(".xml") for part in part_names(data))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document; embedded pictures and files are children, logos included."""
    with Package(attachment.data, limits) as package:
        main = package.main_part("word/document.xml")
        root = package.xml(main)
        body = next((element for element in root if local_name(element) == "body"), None) if root is not None else None
        if body is None:
            raise Damaged("в файле нет текста Word")
        relations = package.relations(main)
        context = _Context(_styles(package, relations))
        items = [*_items(body, context), *_notes(package, relations, context)]
        running, children = _around(package, main, relations, context)
        document = Document(
            name=attachment.name,
            role="attachment",
            format="docx",
            blocks=flow.to_blocks(items, attachment.name, limits),
            running=running,
            title=package.title(),
        )
    if not document.blocks and not children:
        raise Empty("в документе нет текста")
    return Opened(documents=(document,) if document.blocks or running else (), children=children)


def _styles(package: Package, relations: dict[str, Relation]) -> dict[str, _Look]:
    part = next((relation.target for relation in relations.values() if relation.kind == "styles"), "word/styles.xml")
    data = package.read(part)
    if data is None or not _HIDING.search(
        data
    ):  # a usual file's styles hide nothing, and parsing them is most of the work
        return {}
    own: dict[str, tuple[str, _Look]] = {}
    for style in parse_xml(data):
        if local_name(style) == "style":
            parent = next((attribute(item, "val") for item in style if local_name(item) == "basedOn"), "")
            properties = next((item for item in style if local_name(item) == "rPr"), None)
            own[attribute(style, "styleId")] = (parent, _look(properties))
    return {name: _inherited(name, own) for name in own}


def _inherited(name: str, own: dict[str, tuple[str, _Look]]) -> _Look:
    seen: set[str] = set()
    look = _Look()
    while name in own and name not in seen:
        seen.add(name)
        name, parent = own[name]
        look = _over(look, parent)
    return look


def _over(first: _Look, second: _Look) -> _Look:
    """Return `first` with what it leaves open taken from `second`."""
    return _Look(
        second.strike if first.strike is None else first.strike,
        second.vanish if first.vanish is None else first.vanish,
    )


def _look(properties: _Element | None) -> _Look:
    strike = vanish = None
    for item in properties if properties is not None else ():
        kind = local_name(item)
        if kind in {"strike", "dstrike"}:
            strike = attribute(item, "val") not in OFF or bool(strike)
        elif kind == "vanish":
            vanish = attribute(item, "val") not in OFF
    return _Look(strike, vanish)


def _items(container: _Element, context: _Context) -> Iterator[flow.Item]:
    """Return a container's paragraphs and tables; a paragraph whose mark is deleted runs on into the next one."""
    carried = ""
    for element in _unwrapped(container):
        kind = local_name(element)
        if kind == "p":
            boxes: list[_Element] = []
            text = carried + "".join(_text(element, context, _paragraph_look(element, context), boxes))
            carried = text if _mark_deleted(element) else ""
            if not carried:
                yield text
            for box in boxes:
                yield from _items(box, context)
        elif kind == "tbl":
            yield _table(element, context)
    if carried:
        yield carried


def _unwrapped(container: _Element) -> Iterator[_Element]:
    """Return a container's children with wrappers and alternatives resolved."""
    for element in container:
        kind = local_name(element)
        if kind in WRAPPERS:
            yield from _unwrapped(element)
        elif kind == "AlternateContent":
            if len(element):
                yield from _unwrapped(element[0])
        else:
            yield element


def _child(element: _Element, name: str) -> _Element | None:
    return next((item for item in element if local_name(item) == name), None)


def _paragraph_look(paragraph: _Element, context: _Context) -> _Look:
    properties = _child(paragraph, "pPr")
    style = _child(properties, "pStyle") if properties is not None else None
    return context.styles.get(attribute(style, "val"), _Look()) if style is not None else _Look()


def _mark_deleted(paragraph: _Element) -> bool:
    properties = _child(paragraph, "pPr")
    mark = _child(properties, "rPr") if properties is not None else None
    return mark is not None and (_child(mark, "del") is not None or _child(mark, "moveFrom") is not None)


def _text(element: _Element, context: _Context, look: _Look, boxes: list[_Element]) -> Iterator[str]:
    """Return the visible text of a paragraph's runs; its text boxes are put into `boxes`."""
    for item in _unwrapped(element):
        kind = local_name(item)
        if kind == "r":
            if not _hidden(item, context, look):
                yield from _run(item, boxes)
        elif kind in {"oMath", "oMathPara"}:
            yield "".join(part.text or "" for part in item.iter("{*}t"))


def _hidden(run: _Element, context: _Context, look: _Look) -> bool:
    properties = _child(run, "rPr")
    if properties is not None:
        style = _child(properties, "rStyle")
        if style is not None:
            look = _over(context.styles.get(attribute(style, "val"), _Look()), look)
        look = _over(_look(properties), look)
    return bool(look.strike or look.vanish)


def _run(run: _Element, boxes: list[_Element]) -> Iterator[str]:
    for item in _unwrapped(run):
        kind = local_name(item)
        if kind == "t":
            yield item.text or ""
        elif kind in CHARACTERS:
            yield CHARACTERS[kind]
        elif kind in GRAPHICS:
            boxes += _boxes(item)


def _boxes(graphic: _Element) -> Iterator[_Element]:
    """Return the contents of text boxes, the outermost ones only, each of two alternatives once."""
    for element in _unwrapped(graphic):
        if local_name(element) == "txbxContent":
            yield element
        else:
            yield from _boxes(element)


def _table(table: _Element, context: _Context) -> flow.FlowTable:
    rows: list[list[flow.RowCell]] = []
    for row in _unwrapped(table):
        if local_name(row) != "tr":
            continue
        properties = _child(row, "trPr")
        if properties is None or not any(local_name(item) in {"del", "moveFrom", "hidden"} for item in properties):
            rows.append(list(_row(row, properties, context)))
    return flow.joined(rows)


def _row(row: _Element, properties: _Element | None, context: _Context) -> Iterator[flow.RowCell]:
    before = _child(properties, "gridBefore") if properties is not None else None
    if before is not None and _count(before):
        yield flow.RowCell((), columns=_count(before))
    for element in _unwrapped(row):
        if local_name(element) != "tc":
            continue
        settings = {local_name(item): item for part in element if local_name(part) == "tcPr" for item in part}
        if "cellDel" not in settings:
            merge = settings.get("vMerge")
            yield flow.RowCell(
                tuple(_items(element, context)),
                _count(settings["gridSpan"]) if "gridSpan" in settings else 1,
                continues=merge is not None and attribute(merge, "val") != "restart",
            )


def _count(element: _Element) -> int:
    value = attribute(element, "val")
    return max(1, min(int(value), MAX_COLUMNS)) if value.isascii() and value.isdigit() else 1


def _notes(package: Package, relations: dict[str, Relation], context: _Context) -> Iterator[flow.Item]:
    for relation in relations.values():
        if relation.kind in {"footnotes", "endnotes"}:
            root = package.xml(relation.target)
            for note in root if root is not None else ():
                if not attribute(note, "type").endswith(("eparator", "Notice")):
                    yield from _items(note, context)


def _around(
    package: Package, main: str, relations: dict[str, Relation], context: _Context
) -> tuple[tuple[str, ...], tuple[Attachment, ...]]:
    """Return the texts of headers and footers, and what is embedded in them and in the document."""
    running: list[str] = []
    embedded = [relation.target for relation in relations.values() if relation.kind in EMBEDDED]
    for relation in relations.values():
        if relation.kind in {"header", "footer"} and not relation.external:
            root = package.xml(relation.target)
            if root is not None:
                running.append(flow.all_text(_items(root, context)))
                embedded += [r.target for r in package.relations(relation.target).values() if r.kind in EMBEDDED]
    children = package.embedded(target for target in embedded if target != main)
    return tuple(dict.fromkeys(text for text in running if text)), tuple(children)
