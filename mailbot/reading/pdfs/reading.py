"""A PDF as a document: text and tables as they stand; pages that are pictures, by recognition.

A file that is not whole is damaged, never half read (`pdfs.soundness`). A page is read as a picture where it is one,
where its text is a scanner's own hidden recognition, and where its fonts do not tell which letters they show.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pdfplumber

from mailbot.domain.document import Attachment, Document, Limits, Opened, Trouble
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.ocr.recognise import Recognised, recognise
from mailbot.reading.paper.pages import Page, to_blocks
from mailbot.reading.paper.positions import Line
from mailbot.reading.pdfs.pages import is_readable, read_page, turn
from mailbot.reading.pdfs.rendering import DPI, Box, Renderer, open_renderer, rewritten
from mailbot.reading.pdfs.soundness import broken, examine
from mailbot.reading.troubles import Damaged, Fault

_MOST_SCANS = 20
_LEAST_DPI, _MOST_DPI = 100.0, 400.0
_SCAN = 0.5  # of a page's area: a larger picture may be the page itself
_FIGURE = 0.05  # of a page's area: a smaller picture is a logo, a seal, a signature
_TEXT = 0.7  # of what recognition finds: a text layer that holds so much is the page's own text
_FIELDS = frozenset({"Widget", "FreeText", "Stamp"})
_MOST_SHAPES = 30  # a page without text but with more shapes than that may be text turned into curves


def read_pdf(attachment: Attachment, limits: Limits) -> Opened:
    """Return the text of all pages as one document, embedded files as children, and troubles of single pages."""
    examine(attachment.data, limits)
    reading = _Reading(attachment.name, limits)
    with open_renderer(attachment.data, limits) as renderer:
        children = tuple(renderer.attachments(attachment.name))
    with _upright(attachment.data) as (data, document), open_renderer(data, limits) as renderer:
        pages = [reading.page(page, renderer) for page in document.pages]
        title = document.metadata.get("Title", "")
    blocks, running = to_blocks(pages, lambda number: f"{attachment.name}!стр. {number}", limits)
    text = Document(
        name=attachment.name,
        role="attachment",
        format="pdf",
        blocks=blocks,
        running=running,
        title=title if isinstance(title, str) else "",
        recognised=reading.recognised,
    )
    return Opened(documents=(text,), children=children, troubles=tuple(reading.troubles))


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        with pdfplumber.open(io.BytesIO(data), raise_unicode_errors=False) as document:
            yield document
    except broken() as error:
        raise Damaged("файл PDF повреждён") from error


@contextmanager
def _upright(data: bytes) -> Iterator[tuple[bytes, Any]]:
    """The file with sideways text turned upright, and with what was typed into fields made text; and it opened.

    Most files need neither: such a one is opened, and its pages are taken apart, once.
    """
    with _opened(data) as document:
        turns = [turn(page) for page in document.pages]
        kinds = {_name(note["data"].get("Subtype")) for page in document.pages for note in page.annots}
        flatten = bool(kinds & _FIELDS)
        if not (flatten or any(turns)):
            yield data, document
            return
    changed = rewritten(data, turns, flatten=flatten)
    with _opened(changed) as document:
        yield changed, document


def _name(value: Any) -> str:
    return str(getattr(value, "name", ""))


@dataclass(slots=True)
class _Reading:
    """Reads page after page and remembers what went wrong, and whether anything was recognised."""

    name: str
    limits: Limits
    troubles: list[Trouble] = field(default_factory=list)
    recognised: bool = False
    scans: int = 0

    def page(self, page: Any, renderer: Renderer) -> Page:
        """What stands on the page, by its text or by recognition."""
        pictures = [box for box in map(_box, page.images) if _share(box, page) > _FIGURE]
        letters = sum(char["text"].isalnum() for char in page.chars)
        if letters and not is_readable(page):
            return self._scan(page, renderer)
        if any(_share(box, page) > _SCAN for box in pictures):
            return self._scan_or_text(page, renderer, letters)
        shapes = len(page.curves) + len(page.rects)
        if not letters:
            return self._scan(page, renderer) if pictures or shapes > _MOST_SHAPES else _empty(page)
        text = read_page(page)
        for box in pictures:
            text = _with(text, self._recognise(page, renderer, box), box)
        return text

    def _scan_or_text(self, page: Any, renderer: Renderer, letters: int) -> Page:
        """A page under a picture: the picture may be a scan, with a stamp of text on it, or a mere background."""
        before = len(self.troubles)
        scan = self._scan(page, renderer)
        hidden = renderer.hidden_text(page.page_number)
        if letters and len(self.troubles) > before:
            return _doubted(read_page(page)) if hidden else read_page(page)
        if not letters or hidden:
            return scan
        found = sum(letter.isalnum() for line in _all_lines(scan) for letter in line.text)
        return read_page(page) if letters > _TEXT * found else scan

    def _scan(self, page: Any, renderer: Renderer) -> Page:
        seen = self._recognise(page, renderer, None)
        if seen is None:
            return _empty(page)
        return Page(page.page_number, seen.height, seen.lines, seen.tables)

    def _recognise(self, page: Any, renderer: Renderer, box: Box | None) -> Recognised | None:
        number = page.page_number
        if self.scans >= _MOST_SCANS:
            self._trouble(FindingCode.TRUNCATED, number, "не прочитана: в файле слишком много сканов")
            return None
        self.scans += 1
        try:
            picture, scale = renderer.picture(number, box, _dpi(page))
            seen = recognise(picture)
        except Fault as fault:
            self._trouble(fault.code, number, str(fault))
            return None
        if seen.unreadable:
            self._trouble(FindingCode.OCR_DOUBTFUL, number, "текст на скане не читается")
        self.recognised = self.recognised or bool(seen.lines or seen.tables)
        return replace(seen, scale=scale * seen.scale)

    def _trouble(self, code: FindingCode, number: int, reason: str) -> None:
        self.troubles.append(Trouble(code, f"«{self.name}», стр. {number}: {reason}", self.name))


def _box(image: dict[str, Any]) -> Box:
    return image["x0"], image["top"], image["x1"], image["bottom"]


def _dpi(page: Any) -> float:
    """The resolution that the page's largest picture has of its own: scaling it twice would blur it."""
    largest = max(page.images, key=lambda image: _share(_box(image), page), default=None)
    if largest is None or _share(_box(largest), page) < _SCAN:
        return DPI
    width, height = largest["srcsize"]
    left, top, right, bottom = _box(largest)
    own = 72 * float(width * height / max(1.0, (right - left) * (bottom - top))) ** 0.5
    return float(min(max(own, _LEAST_DPI), _MOST_DPI))


def _share(box: Box, page: Any) -> float:
    """Which part of the page's area a picture covers; what reaches beyond the page does not count."""
    width = max(0.0, min(box[2], page.width) - max(box[0], 0.0))
    height = max(0.0, min(box[3], page.height) - max(box[1], 0.0))
    return float(width * height / max(1.0, page.width * page.height))


def _empty(page: Any) -> Page:
    return Page(page.page_number, float(page.height), ())


def _all_lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for table in page.tables:
        for box in table.boxes:
            yield from box.lines


def _with(text: Page, seen: Recognised | None, box: Box) -> Page:
    """The page with what was recognised in a picture on it, at the picture's place."""
    if seen is None:
        return text
    lines, tables = seen.placed(box[0], box[1])
    in_order = sorted((*text.lines, *lines), key=lambda line: line.top)
    return replace(text, lines=tuple(in_order), tables=(*text.tables, *tables))


def _doubted(page: Page) -> Page:
    """A scanner's own recognition, all of whose figures want confirmation."""
    tables = tuple(
        replace(table, boxes=tuple(replace(box, lines=_doubted_lines(box.lines)) for box in table.boxes))
        for table in page.tables
    )
    return replace(page, lines=_doubted_lines(page.lines), tables=tables)


def _doubted_lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(Line(tuple(replace(word, doubtful=True) for word in line.words)) for line in lines)
