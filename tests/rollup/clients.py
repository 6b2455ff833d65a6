"""What the mail's HTML and CSS need of a mail client, and what clients support, by the tests of caniemail.com.

`caniemail.json` beside this file is an extract of that site's data as the npm package «caniemail» 1.0.5 ships them (MIT
licence, copyright Avi Goldman and Andrew Powell; the tests are Rémi Parmentier's and others'): every feature of HTML and CSS, for each client its newest tested version: y supported,
a in part, n not, u unknown. To renew it:

    npm install caniemail && python -m tests.rollup.clients node_modules/caniemail/data/caniemail.json

Yandex Mail is not tested there; the nearest relative is Mail.ru.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

DATA = Path(__file__).with_name("caniemail.json")
FAMILIES = ("gmail", "outlook", "apple-mail", "thunderbird", "samsung-email", "mail-ru")

ELEMENTS = {
    "b": "html-strong", "body": "html-body", "div": "html-div", "h1": "html-h1-h6", "h2": "html-h1-h6", "p": "html-p",
    "span": "html-span", "style": "html-style", "table": "html-table", "tbody": "html-table", "td": "html-table",
    "th": "html-table", "tr": "html-table",
}  # fmt: skip
ATTRIBUTES = {
    name: f"html-{name}"
    for name in ("align", "cellpadding", "cellspacing", "height", "lang", "role", "valign", "width")
} | {"class": "css-selector-class"}
PROPERTIES = {
    "border-top": "css-border", "border-top-color": "css-border", "font-family": "css-font",
    "padding-left": "css-padding",
}  # fmt: skip
"""Where the data name a property otherwise than `css-` and its name."""

SELECTORS = (("css-selector-class", r"\.\w"), ("css-selector-descendant", r"\S +\S"), ("css-selector-grouping", ","),
             ("css-selector-type", r"(^|[ ,])[a-z]"), ("css-selector-child", ">"), ("css-selector-id", "#"),
             ("css-selector-attribute", r"\["), ("css-selector-universal", r"\*"))  # fmt: skip
VALUES = (("css-important", r"!important"), ("css-unit-px", r"\dpx\b"), ("css-unit-percent", r"\d%"),
          ("css-sytem-ui", r"\bsystem-ui\b|-apple-system\b"), ("css-rgb", r"\brgb\("), ("css-rgba", r"\brgba\("),
          ("css-variables", r"\bvar\("), ("css-unit-calc", r"\bcalc\("), ("css-unit-em", r"\dem\b"),
          ("css-unit-rem", r"\drem\b"), ("css-unit-vw", r"\dvw\b"), ("css-linear-gradient", r"linear-gradient\("),
          ("css-function-min", r"\bmin\("), ("css-function-max", r"\bmax\("), ("css-function-clamp", r"\bclamp\("),
          ("css-modern-color", r"\b(hsl|hwb|lab|lch|oklab|oklch|color)\("))  # fmt: skip


@cache
def support() -> Mapping[str, Mapping[str, str]]:
    """Feature to client to y, a, n or u."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return {feature: dict(zip(data["clients"], row, strict=True)) for feature, row in data["features"].items()}


def needs(page: str) -> set[str]:
    """The features that the page uses, by the data's names; what those don't name, as «element:br», «property:color»."""
    tree = lxml_html.fromstring(page)
    found = {"html-doctype"} if page.lstrip().lower().startswith("<!doctype") else set()
    for element in tree.iter():
        if isinstance(element, etree._Comment):
            found.add("html-comments")
        elif isinstance(element.tag, str):
            found.add(ELEMENTS.get(element.tag, f"element:{element.tag}"))
            found.update(_attributes(element.attrib))
            found.update(_declarations(element.get("style", "")))
    for sheet in tree.xpath("//style/text()"):
        found.update(_sheet(sheet))
    if tree.xpath("//meta[@name='color-scheme']"):
        found.add("html-meta-color-scheme")
    return found


def _attributes(attributes: Mapping[str, str]) -> Iterator[str]:
    for name in attributes:
        if name != "style":
            yield ATTRIBUTES.get(name, f"attribute:{name}")


def _declarations(style: str) -> Iterator[str]:
    for declaration in filter(str.strip, style.split(";")):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        yield f"css-{name}" if f"css-{name}" in support() else PROPERTIES.get(name, f"property:{name}")
        keyword = f"css-{name}-{value.split()[0]}" if value else ""  # css-display-none, css-display-flex
        if keyword in support():
            yield keyword
        yield from (feature for feature, pattern in VALUES if re.search(pattern, value))


def _sheet(sheet: str) -> Iterator[str]:
    """What a style element needs: its media queries, selectors and declarations."""
    for name, condition in re.findall(r"@([\w-]+)([^{;]*)", sheet):
        yield f"css-at-{name}"
        if "prefers-color-scheme" in condition:
            yield "css-at-media-prefers-color-scheme"
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        yield from (feature for feature, pattern in SELECTORS if re.search(pattern, selector.strip()))
        yield from _declarations(body)


def extract(source: Path) -> str:
    """The extract of caniemail's own file, as text: one line for each feature."""
    data = json.loads(source.read_text(encoding="utf-8"))
    features = {each["slug"]: each for each in data["data"] if each["category"] in ("html", "css")}
    tested = Counter(
        f"{family}.{platform}"
        for each in features.values()
        for family in FAMILIES
        for platform in each["stats"].get(family, {})
    )
    clients = sorted(client for client, count in tested.items() if count > len(features) / 2)
    lines = [
        f'  "{slug}": "{"".join(_verdict(each, client) for client in clients)}"' for slug, each in features.items()
    ]
    about = {
        "source": "caniemail.com; npm caniemail 1.0.5, MIT licence, copyright Avi Goldman, Andrew Powell",
        "updated": data["last_update_date"][:10],
        "clients": clients,
    }
    return json.dumps(about, indent=1)[:-2] + ',\n "features": {\n' + ",\n".join(lines) + "\n }\n}\n"


def _verdict(feature: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]], client: str) -> str:
    """The newest tested version's; the data list them from the oldest."""
    family, platform = client.split(".")
    versions = feature["stats"].get(family, {}).get(platform, {})
    return next(reversed(versions.values()))[0] if versions else "u"


if __name__ == "__main__":
    DATA.write_text(extract(Path(sys.argv[1])), encoding="utf-8")
