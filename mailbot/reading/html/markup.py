"""HTML as a person sees it: paragraphs with their depth of quotation, tables as grids, links.

What a browser would not show, or shows struck out, does not get in. Tables that only lay out a page are flattened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailbot.domain.document import Block, Limits, Paragraph
from mailbot.reading.grids import Span, span_table
from mailbot.reading.html.htmlguard import bare_lines, is_nested_beyond_sense
from mailbot.reading.html.htmlstyle import Styles, is_indent, keeps_space, read_styles
from mailbot.reading.text.plaintext import normalise_text
from mailbot.reading.troubles import TooLarge

_SKIPPED = frozenset([
    "script", "style", "head", "title", "noscript", "template", "object", "svg", "math", "select", "textarea",
])  # fmt: skip
_BLOCK = frozenset([
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "address", "listing", "xmp", "ul", "ol", "dl", "dt", "dd",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "hr", "fieldset", "form", "article", "section", "header", "footer",
    "main", "nav", "aside", "figure", "figcaption",
])  # fmt: skip
_SAY_NOTHING = re.compile(
    r"(?:(?:по )?(?:этой )?ссылке|ссылка|тут|здесь|сюда|группа|страница|аккаунт|link|here)?", re.IGNORECASE
)
_NO_TARGET = ("#", "mailto:", "tel:", "javascript:", "cid:", "data:")
_BLANK = re.compile(r"[ \t\r\n\f]+")
_SPAN = re.compile(r"\s*(\d{1,9})")
_MAX_COLUMNS = 300
_MAX_EMOJI = 8


@dataclass(frozen=True, slots=True)
class Link:
    """A link: what is shown, where it leads, and the depth of quotation that it stands in."""

    text: str
    href: str
    quote: int = 0


@dataclass(frozen=True, slots=True)
class Markup:
    """An HTML text as read: blocks, links, and whether something struck out was left out of it."""

    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    struck: bool = False


def html_to_blocks(html: str, locator: str, limits: Limits | None = None) -> tuple[Block, ...]:
    """The blocks of an HTML text; `locator` is what their own locators start with («body» gives «body:1»…)."""
    return read_markup(html, locator, limits).blocks


def read_markup(html: str, locator: str, limits: Limits | None = None) -> Markup:
    """Read an HTML text into blocks, links and what is to be known of them.

    Never raises: text beyond the limits' characters or cells is left out, and markup nested beyond sense is read as
    bare lines. A link whose text says nothing («тут», a picture) is followed by its address.

    >>> read_markup("<p>ВК: <s>30</s> 35<br>ОК: 4<b>0</b></p>", "body").blocks[1].text
    'ОК: 40'
    """
    limits = limits or Limits()
    html = html[: limits.text_chars]
    if is_nested_beyond_sense(html):
        lines = enumerate(bare_lines(html), 1)
        return Markup(tuple(Paragraph(line, f"{locator}:{i}") for i, line in lines))
    tree = LexborHTMLParser(html)
    walker = _Walker(locator, limits, read_styles(tree), _tables_that_hold_blocks(tree))
    if tree.body is not None:
        walker.walk(tree.body)
    return Markup(tuple(walker.blocks), tuple(walker.links), walker.struck)


def _tables_that_hold_blocks(tree: LexborHTMLParser) -> frozenset[int]:
    """The identities of tables with a table or a quotation within: they lay out a page."""
    found: set[int] = set()
    for inner in tree.css("table, blockquote"):
        node = inner.parent
        while node is not None:
            if node.tag == "table":
                if node.mem_id in found:
                    break  # and so are those around it
                found.add(node.mem_id)
            node = node.parent
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Enter:
    """A step of the walk: this node and the siblings after it."""

    node: LexborNode
    quote: int
    preformatted: bool


@dataclass(frozen=True, slots=True)
class _Leave:
    """A step of the walk: the end of a block, or of a link that began at `start` of the text so far."""

    quote: int
    href: str = ""
    start: int = -1


@dataclass(slots=True)
class _Walker:
    """Walks the tree with a stack of its own, so that nesting costs no recursion."""

    locator: str
    limits: Limits
    styles: Styles
    layouts: frozenset[int] = frozenset()
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    struck: bool = False
    _text: list[str] = field(default_factory=list)
    _stack: list[_Enter | _Leave] = field(default_factory=list)
    _cells: int = 0

    def walk(self, root: LexborNode) -> None:
        """Gather the blocks below `root`."""
        self._descend(root, 0, preformatted=False)
        while self._stack:
            step = self._stack.pop()
            if isinstance(step, _Leave):
                self._leave(step)
                continue
            following = step.node.next
            if following is not None:
                self._stack.append(_Enter(following, step.quote, step.preformatted))
            self._enter(step.node, step.quote, preformatted=step.preformatted)
        self._flush(0)

    def _descend(self, node: LexborNode, quote: int, *, preformatted: bool) -> None:
        child = node.first_child
        if child is not None:
            self._stack.append(_Enter(child, quote, preformatted))

    def _enter(self, node: LexborNode, quote: int, *, preformatted: bool) -> None:
        tag = node.tag
        if tag == "-text":
            self._say(node.text_content or "", preformatted=preformatted)
            return
        if tag is None or tag.startswith(("-", "!")) or tag in _SKIPPED:
            return
        if tag == "br":
            self._text.append("\n")
            return
        attributes = node.attributes
        shown = self.styles.shows(tag, attributes)
        if not shown:
            self.struck |= shown.struck
            return
        preformatted = preformatted or keeps_space(tag, attributes)
        if tag == "img":
            self._say(_emoji(attributes.get("alt") or ""))
        elif tag == "a":
            self._stack.append(_Leave(quote, (attributes.get("href") or "").strip(), len(self._text)))
            self._descend(node, quote, preformatted=preformatted)
        elif tag == "table":
            self._flush(quote)
            self._table(node, quote)
        elif tag in _BLOCK:
            self._block(node, quote, preformatted=preformatted)
        else:
            self._descend(node, quote, preformatted=preformatted)

    def _say(self, text: str, *, preformatted: bool = False) -> None:
        """Add text to the paragraph; a blank at its start and one before it show as one."""
        shown = text if preformatted else _BLANK.sub(" ", text)
        if shown.startswith(" ") and not preformatted and self._text and self._text[-1].endswith(" "):
            shown = shown[1:]
        if shown:
            self._text.append(shown)

    def _block(self, node: LexborNode, quote: int, *, preformatted: bool) -> None:
        self._flush(quote)
        inner = quote + (node.tag == "blockquote" and not is_indent(node.attributes))
        self._stack.append(_Leave(inner))
        self._descend(node, inner, preformatted=preformatted)

    def _leave(self, step: _Leave) -> None:
        if step.start < 0:
            self._flush(step.quote)
            return
        shown = _BLANK.sub(" ", "".join(self._text[step.start :])).strip(" \xa0«»\"'.,:()")
        if not step.href or step.href.lower().startswith(_NO_TARGET):
            return
        self.links.append(Link(normalise_text(shown), step.href, step.quote))
        if _SAY_NOTHING.fullmatch(shown):
            self._say(f" {step.href} ")

    def _flush(self, quote: int) -> None:
        """Close the paragraph that is being gathered; its line breaks make paragraphs of their own."""
        if not self._text:
            return
        text = normalise_text("".join(self._text))
        self._text.clear()
        for line in text.split("\n"):
            shown = line.strip(" \t")
            if shown.strip("\xa0"):
                self.blocks.append(Paragraph(shown, f"{self.locator}:{len(self.blocks) + 1}", quote=quote))

    def _table(self, node: LexborNode, quote: int) -> None:
        rows = [[cell for cell in row if self.styles.shows("td", cell.attributes)] for row in self._rows_of(node)]
        told = [row for row in rows if row]
        if node.mem_id in self.layouts or not any(_holds_two(row) for row in told):
            self._flatten(node, quote)
            return
        if caption := next((child for child in _elements(node) if child.tag == "caption"), None):
            self._text.append(caption.text())
            self._flush(quote)
        locator = f"{self.locator}:{len(self.blocks) + 1}"
        spans = [[self._cell(cell, len(told)) for cell in row] for row in told]
        try:
            table = span_table(spans, locator, self._room(), quote=quote)
        except TooLarge:
            self._flatten(node, quote)
            return
        if table is not None and any(cell.text for row in table.rows for cell in row):
            self._cells += sum(map(len, table.rows))
            self.blocks.append(table)

    def _room(self) -> Limits:
        """The limits with the cells that are left of them."""
        return Limits(cells=max(0, self.limits.cells - self._cells))

    def _rows_of(self, table: LexborNode) -> Iterator[list[LexborNode]]:
        for child in _elements(table):
            if child.tag in {"thead", "tbody", "tfoot"} and self.styles.shows("tbody", child.attributes):
                rows = [row for row in _elements(child) if row.tag == "tr"]
            else:
                rows = [child] if child.tag == "tr" else []
            for row in rows:
                if self.styles.shows("tr", row.attributes):
                    yield [cell for cell in _elements(row) if cell.tag in {"td", "th"}]

    def _flatten(self, table: LexborNode, quote: int) -> None:
        """Read the cells of a table one after another, as the blocks of a page."""
        self._stack.append(_Leave(quote))
        self._descend(table, quote, preformatted=False)

    def _cell(self, node: LexborNode, rows: int) -> Span:
        """The text of a cell, read with the same rules; its lines are joined by line breaks."""
        text = _sole_text(node)
        if text is None:
            inner = _Walker("", self.limits, self.styles, links=self.links)
            inner.walk(node)
            self.struck |= inner.struck
            text = "\n".join(block.text for block in inner.blocks if isinstance(block, Paragraph))
        columns = _span(node.attributes.get("colspan"))
        height = _span(node.attributes.get("rowspan")) or rows
        return Span(text.strip(" \xa0\n"), columns if 0 < columns <= _MAX_COLUMNS else 1, min(height, rows))


def _holds_two(row: list[LexborNode]) -> bool:
    return sum(1 for cell in row if cell.text().strip()) > 1


def _sole_text(node: LexborNode) -> str | None:
    """The text of an element that holds nothing else; None for one that does."""
    child = node.first_child
    if child is None:
        return ""
    if child.tag != "-text" or child.next is not None:
        return None
    return normalise_text(_BLANK.sub(" ", child.text_content or ""))


def _emoji(alt: str) -> str:
    """An emoji that is shown as a picture is text; a logo's description is not."""
    return alt if len(alt) <= _MAX_EMOJI and not any(char.isalpha() for char in alt) else " "


def _span(value: str | None) -> int:
    """The number of rows or columns that an attribute states; 1 where it states none."""
    digits = _SPAN.match(value) if value else None
    return int(digits[1]) if digits else 1


def _elements(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next
