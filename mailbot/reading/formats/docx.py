"""Word documents (.docx, .docm; ECMA-376 part 1): the package around the text, which `wordxml` reads.

python-docx loses tracked insertions, content controls, text boxes and nested tables, and is seven times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.domain.document import Attachment, Document, Limits, Opened
from mailbot.reading.office import flow, wordxml
from mailbot.reading.office.packages import Package, Relation, attribute, local_name, parse_xml, part_names
from mailbot.reading.office.wordxml import Styles
from mailbot.reading.troubles import Damaged, Empty

if TYPE_CHECKING:
    from lxml.etree import _Element

EMBEDDED = frozenset({"image", "package", "oleObject", "aFChunk"})
RUNNING = frozenset({"header", "footer"})
HIDING = (b"strike", b"vanish")


def sniff(data: bytes, name: str) -> bool:  # noqa: ARG001 - the content decides
    """True for a zip that holds a Word document's XML."""
    return any(part.startswith("word/document") and part.endswith(".xml") for part in part_names(data))


def read(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text as one document; embedded pictures and files are children, logos included."""
    with Package(attachment.data, limits) as package:
        main = package.main_part("word/document.xml")
        root = package.xml(main)
        body = next((element for element in root if local_name(element) == "body"), None) if root is not None else None
        if root is None or body is None:
            raise Damaged("в файле нет текста Word")
        relations = package.relations(main)
        styles = _styles(package, relations)
        items = [*wordxml.read_items(body, styles), *_notes(package, relations, styles)]
        running = _running(package, relations, styles)
        children = _embedded(package, main, root, relations)
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


def _styles(package: Package, relations: dict[str, Relation]) -> Styles:
    part = next((relation.target for relation in relations.values() if relation.kind == "styles"), "word/styles.xml")
    data = package.read(part) or b""
    # A usual file's styles hide nothing, and parsing them would be most of the work.
    return wordxml.read_styles(parse_xml(data)) if any(word in data for word in HIDING) else {}


def _notes(package: Package, relations: dict[str, Relation], styles: Styles) -> Iterator[flow.Item]:
    for relation in relations.values():
        if relation.kind in {"footnotes", "endnotes"}:
            root = package.xml(relation.target)
            for note in root if root is not None else ():
                if not attribute(note, "type").endswith(("eparator", "Notice")):
                    yield from wordxml.read_items(note, styles)


def _running(package: Package, relations: dict[str, Relation], styles: Styles) -> tuple[str, ...]:
    """Return the texts of page headers and footers, each once."""
    roots = (package.xml(r.target) for r in relations.values() if r.kind in RUNNING and not r.external)
    texts = (flow.all_text(wordxml.read_items(root, styles)) for root in roots if root is not None)
    return tuple(dict.fromkeys(text for text in texts if text))


def _embedded(package: Package, main: str, root: _Element, relations: dict[str, Relation]) -> tuple[Attachment, ...]:
    """Return the pictures and files embedded in the document, its page headers and footers.

    An embedded file comes with a picture of itself; the file is enough.
    """
    previews = {
        attribute(picture, "id")
        for thing in root.iter("{*}object")
        if next(thing.iter("{*}OLEObject"), None) is not None
        for picture in thing.iter("{*}imagedata")
    }
    found = [relation for key, relation in relations.items() if key not in previews]
    for relation in relations.values():
        if relation.kind in RUNNING:
            found += package.relations(relation.target).values()
    targets = (relation.target for relation in found if relation.kind in EMBEDDED and not relation.external)
    return tuple(package.embedded(target for target in targets if target != main))
