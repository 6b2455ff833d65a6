"""Keeps hostile HTML from the tree builder, which is quadratic in the depth of what stays open."""

from __future__ import annotations

import re
from html import unescape

from mailbot.reading.text.plaintext import normalise_text

_UNCOUNTED = frozenset([
    "br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "p", "li", "td", "th", "tr", "tbody",
    "thead", "tfoot", "dt", "dd", "option", "body", "html", "head",
])  # fmt: skip
"""Elements that are empty or that the parser closes by itself: they do not nest."""
_FORMATTING = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])  # fmt: skip
"""Elements that the parser opens again in every paragraph until they are closed."""
_MAX_NESTING = 1000
_MAX_UNCLOSED = 60
_BLANK = re.compile(r"[ \t\r\n\f]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_ANY_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:script|style)\b.*?(?:</(?:script|style)\s*>|\Z)|<[^>]*>", re.DOTALL | re.IGNORECASE
)
_BREAKING_TAG = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h\d|/?table|/?blockquote)\b[^>]*>", re.IGNORECASE)


def is_nested_beyond_sense(html: str) -> bool:
    """True where the tree builder would be quadratic: deep nesting, or formatting that is opened and never closed."""
    if html.count("<") < _MAX_UNCLOSED:
        return False
    depth = deepest = unclosed = 0
    for close, name in _TAG.findall(html):
        lower = name.lower()
        step = -1 if close else 1
        if lower in _FORMATTING:
            unclosed += step
        if lower not in _UNCOUNTED:
            depth = max(0, depth + step)
            deepest = max(deepest, depth)
    return deepest > _MAX_NESTING or unclosed > _MAX_UNCLOSED


def bare_lines(html: str) -> list[str]:
    """The lines of an HTML text without its markup, for one that is nested beyond sense."""
    text = normalise_text(unescape(_ANY_TAG.sub("", _BREAKING_TAG.sub("\n", html))))
    lines = [_BLANK.sub(" ", line).strip() for line in text.split("\n")]
    return [line for line in lines if line.strip("\xa0")]
