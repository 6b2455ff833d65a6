"""OpenDocument files (OASIS ODF 1.2), what texts and sheets share: styles that hide or strike, and running text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailbot.domain.document import Limits
from mailbot.reading.office.packages import Package, attribute, local_name, part_names
from mailbot.reading.troubles import Damaged, Fault, Protected

if TYPE_CHECKING:
    from lxml.etree import _Element

SKIPPED = frozenset({"annotation", "tracked-changes", "note-citation", "ruby-text", "change", "title", "desc"})
MAX_BLANKS = 1000
_TYPE = b"application/vnd.oasis.opendocument."
_SPACES = {"tab": "\t", "line-break": "\n"}


@dataclass(slots=True)
class Styles:
    """Names of the styles, by family and name, that strike text out, hide it, or hide a table."""

    struck: set[tuple[str, str]] = field(default_factory=set)
    hidden: set[tuple[str, str]] = field(default_factory=set)

    def drops(self, family: str, name: str) -> bool:
        """True where text in this style does not count."""
        return (family, name) in self.struck or (family, name) in self.hidden


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An opened file: its content's root, the element with the content proper, and its styles."""

    package: Package
    root: _Element
    body: _Element
    styles: Styles


def is_kind(data: bytes, kind: str) -> bool:
    """True for a zipped OpenDocument of a kind: «text» or «spreadsheet», by its mimetype, else by its content."""
    if not data.startswith(b"PK"):
        return False
    head = data[30:200]
    if _TYPE in head:
        return head.partition(_TYPE)[2].startswith(kind.encode())
    if "content.xml" not in part_names(data):
        return False
    try:
        with Package(data, Limits()) as package:
            declared = package.read("mimetype")
            if declared is not None:
                return declared.startswith(_TYPE + kind.encode())
            return f"<office:{kind}".encode() in (package.read("content.xml") or b"")
    except Fault:
        return False


def open_document(package: Package, kind: str) -> OpenDocument:
    """Read the content of a package; raises `Protected` for an encrypted one, `Damaged` for one without content."""
    if b"encryption-data" in (package.read("META-INF/manifest.xml") or b""):
        raise Protected("файл защищён паролем")
    root = package.xml("content.xml")
    body = next(root.iter(f"{{*}}{kind}"), None) if root is not None else None
    if root is None or body is None:
        raise Damaged("в файле нет содержимого OpenDocument")
    return OpenDocument(package, root, body, _styles(root, package.xml("styles.xml")))


def _styles(*roots: _Element | None) -> Styles:
    looks: dict[tuple[str, str], tuple[str, bool | None, bool | None]] = {}
    for root in roots:
        for style in root.iter("{*}style", "{*}default-style") if root is not None else ():
            family = attribute(style, "family")
            struck = hidden = None
            for properties in style:
                if local_name(properties).endswith("-properties"):
                    line = attribute(properties, "text-line-through-style") or attribute(
                        properties, "text-line-through-type"
                    )
                    struck = line != "none" if line else struck
                    display = attribute(properties, "display")
                    hidden = display in {"none", "false"} if display else hidden
            looks.setdefault(
                (family, attribute(style, "name")), (attribute(style, "parent-style-name"), struck, hidden)
            )
    styles = Styles()
    for family, name in looks:
        struck, hidden = _inherited(family, name, looks)
        if struck:
            styles.struck.add((family, name))
        if hidden:
            styles.hidden.add((family, name))
    return styles


def _inherited(
    family: str, name: str, looks: dict[tuple[str, str], tuple[str, bool | None, bool | None]]
) -> tuple[bool | None, bool | None]:
    seen: set[str] = set()
    struck = hidden = None
    while (family, name) in looks and name not in seen:
        seen.add(name)
        name, own_struck, own_hidden = looks[family, name]
        struck = own_struck if struck is None else struck
        hidden = own_hidden if hidden is None else hidden
    return struck, hidden


def text_of(element: _Element, styles: Styles, frames: list[_Element]) -> str:
    """Return the visible text of a paragraph; frames (text boxes, pictures) and notes in it are put into `frames`."""
    return "".join(_runs(element, styles, frames))


def _runs(element: _Element, styles: Styles, frames: list[_Element]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        kind = local_name(child)
        if kind in {"frame", "note", "custom-shape", "rect"}:
            frames.append(child)
        elif kind == "s":
            count = attribute(child, "c")
            yield " " * min(int(count) if count.isdigit() else 1, MAX_BLANKS)
        elif kind in _SPACES:
            yield _SPACES[kind]
        elif kind not in SKIPPED and not (kind == "span" and styles.drops("text", attribute(child, "style-name"))):
            yield from _runs(child, styles, frames)
        yield child.tail or ""


def count_of(element: _Element, name: str) -> int:
    """Return a repetition or span, at least 1; nonsense counts as 1."""
    value = attribute(element, name)
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 12 else 1


def title_of(package: Package) -> str:
    """Return the document's title from its properties, or ""."""
    root = package.xml("meta.xml")
    found = next(root.iter("{*}title"), None) if root is not None else None
    return str(found.text or "").strip() if found is not None else ""


def pictures(package: Package) -> list[str]:
    """Return the names of the embedded pictures, thumbnails left out."""
    return [name for name in package.names if name.startswith("pictures/")]
