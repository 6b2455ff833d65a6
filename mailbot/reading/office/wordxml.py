"""WordprocessingML (ECMA-376 part 1, 17; and its form of 2003) to lines and tables.

As a person sees the final text: tracked insertions count, deletions don't; struck-out and hidden text is dropped;
text boxes once (mc:AlternateContent holds them twice); content controls and nested tables are kept. Names are looked
at without their namespaces, so that strict, transitional and older forms read alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.reading.office import flow
from mailbot.reading.office.packages import attribute, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

OFF = frozenset({"0", "false", "off", "none"})
WRAPPERS = frozenset(
    {"ins", "moveTo", "sdt", "sdtContent", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "ruby"}
    | {"sect", "sub-section", "content"}
)
"""Elements that only wrap content; what is neither known nor a wrapper (del, moveFrom, rt…) is dropped."""

GRAPHICS = frozenset({"drawing", "pict", "object"})
CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
MAX_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Look:
    """What hides text: each is True, False, or None where nothing is said."""

    strike: bool | None = None
    vanish: bool | None = None


Styles = dict[str, Look]
"""The looks of a document's styles, by their id."""


def read_styles(root: _Element) -> Styles:
    """Return the looks of the styles below `root`, what they inherit included."""
    own: dict[str, tuple[str, Look]] = {}
    for style in root:
        if local_name(style) == "style":
            parent = next((attribute(item, "val") for item in style if local_name(item) == "basedOn"), "")
            own[attribute(style, "styleId")] = (parent, _look(_child(style, "rPr")))
    return {name: _inherited(name, own) for name in own}


def _inherited(name: str, own: dict[str, tuple[str, Look]]) -> Look:
    seen: set[str] = set()
    look = Look()
    while name in own and name not in seen:
        seen.add(name)
        name, parent = own[name]
        look = _over(look, parent)
    return look


def _over(first: Look, second: Look) -> Look:
    """Return `first` with what it leaves open taken from `second`."""
    return Look(
        second.strike if first.strike is None else first.strike,
        second.vanish if first.vanish is None else first.vanish,
    )


def _look(properties: _Element | None) -> Look:
    strike = vanish = None
    for item in properties if properties is not None else ():
        kind = local_name(item)
        if kind in {"strike", "dstrike"}:
            strike = attribute(item, "val") not in OFF or bool(strike)
        elif kind == "vanish":
            vanish = attribute(item, "val") not in OFF
    return Look(strike, vanish)


def read_items(container: _Element, styles: Styles) -> Iterator[flow.Item]:
    """Return a container's paragraphs and tables; a paragraph whose mark is deleted runs on into the next one."""
    carried = ""
    for element in _unwrapped(container):
        kind = local_name(element)
        if kind == "p":
            boxes: list[_Element] = []
            text = carried + "".join(_text(element, styles, _paragraph_look(element, styles), boxes))
            carried = text if _mark_deleted(element) else ""
            if not carried:
                yield text
            for box in boxes:
                yield from read_items(box, styles)
        elif kind == "tbl":
            yield _table(element, styles)
    if carried:
        yield carried


def _unwrapped(container: _Element) -> Iterator[_Element]:
    """Return a container's children with wrappers and alternatives resolved."""
    for element in container:
        kind = local_name(element)
        if kind in WRAPPERS or (kind == "annotation" and attribute(element, "type") == "Word.Insertion"):
            yield from _unwrapped(element)
        elif kind == "AlternateContent":
            if len(element):
                yield from _unwrapped(element[0])
        else:
            yield element


def _child(element: _Element, name: str) -> _Element | None:
    return next((item for item in element if local_name(item) == name), None)


def _paragraph_look(paragraph: _Element, styles: Styles) -> Look:
    properties = _child(paragraph, "pPr")
    style = _child(properties, "pStyle") if properties is not None else None
    return styles.get(attribute(style, "val"), Look()) if style is not None else Look()


def _mark_deleted(paragraph: _Element) -> bool:
    properties = _child(paragraph, "pPr")
    mark = _child(properties, "rPr") if properties is not None else None
    return mark is not None and (_child(mark, "del") is not None or _child(mark, "moveFrom") is not None)


def _text(element: _Element, styles: Styles, look: Look, boxes: list[_Element]) -> Iterator[str]:
    """Return the visible text of a paragraph's runs; its text boxes are put into `boxes`."""
    for item in _unwrapped(element):
        kind = local_name(item)
        if kind == "r":
            if not _hidden(item, styles, look):
                yield from _run(item, boxes)
        elif kind in {"oMath", "oMathPara"}:
            yield "".join(part.text or "" for part in item.iter("{*}t"))


def _hidden(run: _Element, styles: Styles, look: Look) -> bool:
    properties = _child(run, "rPr")
    if properties is not None:
        style = _child(properties, "rStyle")
        if style is not None:
            look = _over(styles.get(attribute(style, "val"), Look()), look)
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


def _table(table: _Element, styles: Styles) -> flow.FlowTable:
    rows: list[list[flow.RowCell]] = []
    for row in _unwrapped(table):
        if local_name(row) != "tr":
            continue
        properties = _child(row, "trPr")
        if properties is None or not any(local_name(item) in {"del", "moveFrom", "hidden"} for item in properties):
            rows.append(list(_row(row, properties, styles)))
    return flow.joined(rows)


def _row(row: _Element, properties: _Element | None, styles: Styles) -> Iterator[flow.RowCell]:
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
                tuple(read_items(element, styles)),
                _count(settings["gridSpan"]) if "gridSpan" in settings else 1,
                continues=merge is not None and attribute(merge, "val") != "restart",
            )


def _count(element: _Element) -> int:
    value = attribute(element, "val")
    return max(1, min(int(value), MAX_COLUMNS)) if value.isascii() and value.isdigit() else 1
