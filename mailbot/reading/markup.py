"""HTML as a person sees it: paragraphs with their depth of quotation, tables as grids, links.

What a browser would not show, or shows struck out, does not get in. Tables that only lay out a page are flattened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailbot.domain.document import Block, Cell, Limits, Paragraph, Table
from mailbot.reading.grid import Placed, grid
from mailbot.reading.plaintext import normalise_text

_SKIPPED = {"script", "style", "head", "title", "noscript", "template", "object", "svg", "math", "select", "textarea"}
_STRUCK = {"s", "strike", "del"}
_BLOCKS = set(
    "p div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre center address article section header footer main nav "
    "aside form fieldset figure figcaption hr table caption thead tbody tfoot tr td th body html".split()
)
_PREFORMATTED = {"pre", "listing", "xmp", "plaintext"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all")
_STRIKING = re.compile(r"text-decoration[^;]*:[^;]*line-through")
_INDENT = re.compile(r"border(?:-left)?(?:-width|-style)?\s*:\s*(?:none|0|medium none)")
_KEEPS_SPACE = re.compile(r"white-space\s*:\s*pre")
_CLASS_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_BLANK = re.compile(r"[ \t\r\n\f]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_ANY_TAG = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.S | re.I)
_UNCOUNTED = set(
    "br hr img input meta link col area base wbr p li td th tr tbody thead tfoot dt dd option body html head".split()
)
_FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())
_MAX_NESTING = 300
_MAX_UNCLOSED = 60
_GENERIC_LINK = {"", "ссылка", "по ссылке", "тут", "здесь", "сюда", "группа", "страница", "аккаунт", "link", "here"}


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
    """Read an HTML text into blocks, links and what is to be known of them. Never raises; text beyond the limits'
    characters or cells is left out; markup nested beyond sense is read as bare lines.

    >>> read_markup("<p>ВК: <s>30</s> 35<br>ОК: 4<b>0</b></p>", "body").blocks[1].text
    'ОК: 40'
    """
    limits = limits or Limits()
    html = html[: limits.text_chars]
    if _is_nested_beyond_sense(html):
        return Markup(_bare_lines(html, locator))
    reader = _Reader(locator, limits)
    reader.read(LexborHTMLParser(html))
    return Markup(tuple(reader.blocks), tuple(reader.links), reader.struck)


def _is_nested_beyond_sense(html: str) -> bool:
    """True where the tree builder would be quadratic: deep nesting, or formatting that is opened and never closed."""
    if html.count("<") < _MAX_UNCLOSED:
        return False
    depth = deepest = 0
    unclosed = 0
    for close, name in _TAG.findall(html):
        lower = name.lower()
        if lower in _FORMATTING:
            unclosed += -1 if close else 1
        if lower not in _UNCOUNTED:
            depth = max(0, depth - 1) if close else depth + 1
            deepest = max(deepest, depth)
    return deepest > _MAX_NESTING or unclosed > _MAX_UNCLOSED


def _bare_lines(html: str, locator: str) -> tuple[Block, ...]:
    broken = re.sub(r"(?i)<(?:br|/?p|/?div|/?li|/?tr|/?h\d|/?table|/?blockquote)\b[^>]*>", "\n", html)
    text = normalise_text(unescape(_ANY_TAG.sub("", broken)))
    lines = [_BLANK.sub(" ", line).strip() for line in text.split("\n")]
    shown = [line for line in lines if line.strip("\xa0")]
    return tuple(Paragraph(line, f"{locator}:{i}") for i, line in enumerate(shown, 1))


@dataclass(slots=True)
class _Reader:
    """Walks the tree once, without recursion into Python's stack beyond the nesting that was checked before."""

    locator: str
    limits: Limits
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    struck: bool = False
    _text: list[str] = field(default_factory=list)
    _hidden: frozenset[str] = frozenset()
    _striking: frozenset[str] = frozenset()
    _cells: int = 0

    def read(self, tree: LexborHTMLParser) -> None:
        self._hidden, self._striking = _classes(tree)
        if tree.body is not None:
            self._children(tree.body, 0, preformatted=False)
        self._flush(0)

    def _children(self, node: LexborNode, quote: int, *, preformatted: bool) -> None:
        child = node.first_child
        while child is not None:
            self._node(child, quote, preformatted=preformatted)
            child = child.next

    def _node(self, node: LexborNode, quote: int, *, preformatted: bool) -> None:
        tag = node.tag
        if tag == "-text":
            self._text.append(_visible(node.text_content or "", preformatted=preformatted))
            return
        if tag == "br":
            self._text.append("\n")
            return
        if tag is None or tag.startswith(("-", "!")) or tag in _SKIPPED:
            return
        attributes = node.attributes
        style = (attributes.get("style") or "").lower()
        if self._dropped(tag, attributes, style):
            return
        if tag == "img":
            self._text.append(_emoji(attributes.get("alt") or ""))
        elif tag == "a":
            self._link(node, attributes.get("href") or "", quote, preformatted=preformatted)
        elif tag == "table":
            self._flush(quote)
            self._table(node, quote)
        elif tag in _BLOCKS:
            self._flush(quote)
            inner = quote + (tag == "blockquote" and not _is_indent(attributes, style))
            self._children(node, inner, preformatted=_preformatted(tag, style, preformatted))
            self._flush(inner)
        else:
            self._children(node, quote, preformatted=_preformatted(tag, style, preformatted))

    def _dropped(self, tag: str, attributes: dict[str, str | None], style: str) -> bool:
        classes = frozenset((attributes.get("class") or "").split())
        if tag in _STRUCK or _STRIKING.search(style) or classes & self._striking:
            self.struck = True
            return True
        return "hidden" in attributes or bool(_HIDING.search(style) or classes & self._hidden)

    def _link(self, node: LexborNode, href: str, quote: int, *, preformatted: bool) -> None:
        before = len(self._text)
        self._children(node, quote, preformatted=preformatted)
        shown = _BLANK.sub(" ", "".join(self._text[before:])).strip(" \xa0«»\"'.,:()")
        href = href.strip()
        if not href or href.startswith(("#", "mailto:", "tel:", "javascript:", "cid:")):
            return
        self.links.append(Link(normalise_text(shown), href, quote))
        if shown.casefold() in _GENERIC_LINK:
            self._text.append(f" {href} ")

    def _flush(self, quote: int) -> None:
        """Close the paragraph that is being gathered; its line breaks make paragraphs of their own."""
        if not self._text:
            return
        text = normalise_text("".join(self._text))
        self._text.clear()
        for line in text.split("\n"):
            shown = _squeezed(line)
            if shown.strip("\xa0"):
                self.blocks.append(Paragraph(shown, f"{self.locator}:{len(self.blocks) + 1}", quote=quote))

    def _table(self, node: LexborNode, quote: int) -> None:
        rows = [list(_cells_of(row)) for row in _rows_of(node)]
        if _lays_out(node, rows):
            for child in _sections_of(node):
                self._node_of_layout(child, quote)
            return
        if caption := node.css_first("caption"):
            self._children(caption, quote, preformatted=False)
            self._flush(quote)
        locator = f"{self.locator}:{len(self.blocks) + 1}"
        placed = [[self._cell(cell) for cell in row] for row in rows]
        cells = grid(placed, locator, self.limits.cells - self._cells)
        self._cells += sum(map(len, cells))
        if any(cell.text for row in cells for cell in row):
            self.blocks.append(Table(cells, locator, quote=quote))

    def _node_of_layout(self, node: LexborNode, quote: int) -> None:
        self._flush(quote)
        self._children(node, quote, preformatted=False)
        self._flush(quote)

    def _cell(self, node: LexborNode) -> Placed:
        """The text of a cell, read with the same rules; its lines are joined by line breaks."""
        attributes = node.attributes
        style = (attributes.get("style") or "").lower()
        inner = _Reader("", self.limits, links=self.links, _hidden=self._hidden, _striking=self._striking)
        if not self._dropped("td", attributes, style):
            inner._children(node, 0, preformatted=False)
            inner._flush(0)
            self.struck |= inner.struck
        text = "\n".join(block.text for block in inner.blocks if isinstance(block, Paragraph))
        return Placed(text.strip(" \xa0\n"), _span(attributes.get("rowspan")), _span(attributes.get("colspan")))


def _visible(text: str, *, preformatted: bool) -> str:
    return text if preformatted else _BLANK.sub(" ", text)


def _squeezed(line: str) -> str:
    """A line without blanks at its ends and without the doubled ones that inline elements leave; tabs stay."""
    return re.sub(r"  +", " ", line).strip(" ").strip("\t")


def _preformatted(tag: str, style: str, inherited: bool) -> bool:
    return inherited or tag in _PREFORMATTED or (tag == "span" and bool(_KEEPS_SPACE.search(style)))


def _is_indent(attributes: dict[str, str | None], style: str) -> bool:
    """True for a blockquote that only indents what the sender wrote (the button «increase indent»)."""
    if attributes.get("type") == "cite" or attributes.get("cite") or "quote" in (attributes.get("class") or ""):
        return False
    return "margin" in style and bool(_INDENT.search(style))


def _emoji(alt: str) -> str:
    """An emoji that is shown as a picture is text; a logo's description is not."""
    return alt if len(alt) <= 8 and not any(char.isalpha() for char in alt) else " "


def _span(value: str | None) -> int:
    digits = re.match(r"\s*(\d{1,4})", value or "")
    return int(digits[1]) if digits else 1


def _classes(tree: LexborHTMLParser) -> tuple[frozenset[str], frozenset[str]]:
    """The class names that the page's own style sheets hide, and those that they strike out."""
    hidden: set[str] = set()
    striking: set[str] = set()
    for sheet in tree.css("style")[:20]:
        for selectors, rules in _CLASS_RULE.findall(sheet.text()[:100_000]):
            for pattern, names in ((_HIDING, hidden), (_STRIKING, striking)):
                if pattern.search(rules.lower()):
                    names.update(re.findall(r"(?:^|,)\s*\w*\.([\w-]+)\s*(?=,|$)", selectors))
    return frozenset(hidden), frozenset(striking)


def _sections_of(table: LexborNode) -> Iterator[LexborNode]:
    """The captions and cells of a table in order, without those of tables within it."""
    for child in _elements(table):
        if child.tag == "caption":
            yield child
        elif child.tag == "tr":
            yield from _cells_of(child)
        elif child.tag in {"thead", "tbody", "tfoot"}:
            for row in _elements(child):
                yield from _cells_of(row)


def _rows_of(table: LexborNode) -> Iterator[LexborNode]:
    for child in _elements(table):
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in _elements(child) if row.tag == "tr")


def _cells_of(row: LexborNode) -> Iterator[LexborNode]:
    style = (row.attributes.get("style") or "").lower()
    if "hidden" not in row.attributes and not _HIDING.search(style):
        yield from (cell for cell in _elements(row) if cell.tag in {"td", "th"})


def _elements(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _lays_out(table: LexborNode, rows: Iterable[list[LexborNode]]) -> bool:
    """True for a table that arranges a page: one within it, or no row with two cells that hold something."""
    if any(inner.mem_id != table.mem_id for inner in table.css("table, blockquote")):
        return True
    return not any(sum(1 for cell in row if cell.text().strip()) > 1 for row in rows)
