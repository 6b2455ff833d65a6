"""What styles do to a text: hide it, strike it out, indent it, keep its blanks. Inline styles and simple class rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

Attributes = Mapping[str, str | None]

_STRUCK = frozenset(["s", "strike", "del"])
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all")
_STRIKING = re.compile(r"text-decoration[^;]*:[^;]*line-through")
_NO_BORDER = re.compile(r"border(?:-left)?(?:-width|-style)?\s*:\s*(?:none|0|medium none)")
_KEEPS_SPACE = re.compile(r"white-space\s*:\s*pre(?!-line)")
_CLASS = re.compile(r"(?:^|,)\s*\w*\.([\w-]+)\s*(?=,|$)")
_SHEETS = 20
_SHEET_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether an element is shown as valid text; where not, whether because it is struck out."""

    shown: bool
    struck: bool = False

    def __bool__(self) -> bool:
        return self.shown


_YES = Shown(shown=True)
_HIDDEN = Shown(shown=False)
_CROSSED_OUT = Shown(shown=False, struck=True)


@dataclass(frozen=True, slots=True)
class Styles:
    """The class names that a page's own style sheets hide, and those that they strike out."""

    hidden: frozenset[str] = frozenset()
    striking: frozenset[str] = frozenset()

    def shows(self, tag: str, attributes: Attributes) -> Shown:
        """Whether the element `tag` with these attributes shows its text as valid."""
        if tag in _STRUCK:
            return _CROSSED_OUT
        if not attributes:
            return _YES
        style = (attributes.get("style") or "").lower()
        classes = frozenset((attributes.get("class") or "").split()) if self.hidden or self.striking else frozenset()
        if (style and _STRIKING.search(style)) or classes & self.striking:
            return _CROSSED_OUT
        if "hidden" in attributes or (style and _HIDING.search(style)) or classes & self.hidden:
            return _HIDDEN
        return _YES


def read_styles(tree: LexborHTMLParser) -> Styles:
    """Read the page's style sheets; only rules for a bare class name count."""
    hidden: set[str] = set()
    striking: set[str] = set()
    for sheet in tree.css("style")[:_SHEETS]:
        for rule in sheet.text()[:_SHEET_CHARS].split("}"):
            selectors, brace, declarations = rule.rpartition("{")
            if not brace or "." not in selectors:
                continue
            names = _CLASS.findall(selectors.rpartition("{")[2].rpartition("*/")[2])
            lower = declarations.lower()
            hidden.update(names if _HIDING.search(lower) else ())
            striking.update(names if _STRIKING.search(lower) else ())
    return Styles(frozenset(hidden), frozenset(striking))


def keeps_space(tag: str, attributes: Attributes) -> bool:
    """True where blanks, tabs and line ends within the element are shown as they are."""
    if tag in {"pre", "listing", "xmp"}:
        return True
    return tag == "span" and bool(_KEEPS_SPACE.search((attributes.get("style") or "").lower()))


def is_indent(attributes: Attributes) -> bool:
    """True for a blockquote that only indents what the sender wrote (the button «increase indent»)."""
    if attributes.get("type") == "cite" or attributes.get("cite") or "quote" in (attributes.get("class") or ""):
        return False
    style = (attributes.get("style") or "").lower()
    return "margin" in style and bool(_NO_BORDER.search(style))
