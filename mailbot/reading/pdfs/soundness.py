"""Is a PDF whole, and of a size that can be read? Looked at before its pages are.

PDF libraries repair silently: a file without its tail yields fewer pages, a broken stream half a page. Half a page of
figures is worse than none, so whatever is missing makes the whole file damaged.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from mailbot.domain.document import Limits
from mailbot.reading.troubles import Damaged, Protected, TooLarge

CONTENT_BYTES = 3_000_000
"""Of one page's drawing instructions, forms repeated as often as they are drawn; a page of text has 5,000."""

_OBJECTS = 30_000
_STREAM_BYTES = 32 * 1024 * 1024
_IMAGE_BYTES_FOR_PIXEL = 8
_CHUNK = 1024 * 1024
_TAIL = 2048
_FLATE = ("FlateDecode", "Fl")
_DRAWN = re.compile(rb"/([^\s/\[\]()<>{}%]+)\s+Do\b")
_PDFMINER_RUNS_INTO = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    zlib.error,
)
"""What pdfminer's code meets in a damaged file, beside its own exceptions; struct.error is rare enough to crash."""


def broken() -> tuple[type[Exception], ...]:
    """The exceptions by which pdfminer and pdfplumber show that a file is damaged."""
    return (PSException, PdfminerException, *_PDFMINER_RUNS_INTO)


def examine(data: bytes, limits: Limits) -> int:
    """Look through a PDF without interpreting its pages; the number of its pages.

    Raises:
        Protected: it wants a password (an owner's password alone hinders nobody from reading).
        Damaged: its tail, an object, or a part of a stream is missing.
        TooLarge: it has more pages, or on one page more instructions, than is sensible.

    """
    _check_ends(data)
    try:
        return _Examination(limits).run(data)
    except PDFEncryptionError as error:
        raise Protected("файл защищён паролем, открыть его нельзя") from error
    except broken() as error:
        raise Damaged("файл PDF повреждён") from error


def _check_ends(data: bytes) -> None:
    """A file that was cut off, or whose last update was, has objects after its last end mark, or no end mark."""
    end = data.rfind(b"%%EOF")
    if end < 0 or (len(data) - end > _TAIL and b" obj" in data[end:]):
        raise Damaged("файл PDF обрезан: у него нет конца")


@dataclass(slots=True)
class _Examination:
    limits: Limits
    seen: set[int] = field(default_factory=set)
    drawn: dict[int, int] = field(default_factory=dict)

    def run(self, data: bytes) -> int:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        pages = 0
        for page in PDFPage.create_pages(document):
            pages += 1
            if pages > self.limits.pages:
                raise TooLarge(f"в файле больше {self.limits.pages} страниц")
            self._page(document, page)
        declared = resolve1(resolve1(document.catalog.get("Pages"), {}).get("Count", pages))
        if not pages or (isinstance(declared, int) and declared > pages):
            raise Damaged("файл PDF повреждён: в нём не хватает страниц")
        return pages

    def _page(self, document: Any, page: Any) -> None:
        for item in (page.attrs.get("Contents"), page.attrs.get("Resources")):
            for stream in self._streams(document, item):
                self._check(stream)
        size = self._size(page.contents, page.resources, ())
        if size > CONTENT_BYTES:
            raise TooLarge("страница PDF слишком сложна")

    def _streams(self, document: Any, root: Any) -> Iterator[Any]:
        """Every stream that can be reached, once; raises PDFObjectNotFound for an object that is missing."""
        pending = [root]
        while pending:
            item = pending.pop()
            if isinstance(item, PDFObjRef):
                if item.objid in self.seen:
                    continue
                self.seen.add(item.objid)
                if len(self.seen) > _OBJECTS:
                    raise TooLarge("в файле PDF слишком много объектов")
                pending.append(document.getobj(item.objid))
            elif isinstance(item, PDFStream):
                yield item
                pending.extend(item.attrs.values())
            elif isinstance(item, dict):
                pending.extend(value for key, value in item.items() if key != "Parent")
            elif isinstance(item, list):
                pending.extend(item)

    def _check(self, stream: Any) -> None:
        """Raise unless the stream is whole; what an image's own decoder would have to tell is not looked at."""
        filters = [_name(filtered) for filtered, _ in stream.get_filters()]
        data = _raw(stream)
        if _name(stream.get("Subtype")) == "Image":
            if _number(stream.get("Width")) * _number(stream.get("Height")) > self.limits.pixels:
                raise TooLarge("картинка в файле PDF слишком велика")
            if len(filters) == 1 and filters[0] in _FLATE:
                for _ in _inflated(data, _IMAGE_BYTES_FOR_PIXEL * self.limits.pixels):
                    pass
                return
        for kind in filters:
            if kind in _FLATE:
                data = inflate(data, _STREAM_BYTES)
            elif kind == "DCTDecode" and b"\xff\xd9" not in data[-_TAIL:]:
                raise Damaged("файл PDF повреждён: картинка в нём обрезана")
            else:
                return

    def _size(self, streams: list[Any], resources: Any, path: tuple[int, ...]) -> int:
        """The bytes of drawing instructions, those of forms counted as often as they are drawn."""
        forms = resolve1((resolve1(resources) or {}).get("XObject")) or {}
        total = 0
        for stream in streams:
            content = _content(stream)
            total += len(content)
            for match in _DRAWN.finditer(content):
                form = resolve1(forms.get(match[1].decode("latin-1")))
                if isinstance(form, PDFStream) and _name(form.get("Subtype")) == "Form":
                    total += self._form_size(form, resources, path)
                if total > CONTENT_BYTES:
                    raise TooLarge("страница PDF слишком сложна")
        return total

    def _form_size(self, form: Any, resources: Any, path: tuple[int, ...]) -> int:
        if form.objid in path:
            raise Damaged("файл PDF повреждён: рисунок на странице содержит сам себя")
        if form.objid not in self.drawn:
            own = form.get("Resources") or resources
            self.drawn[form.objid] = self._size([form], own, (*path, form.objid))
        return self.drawn[form.objid]


def inflate(data: bytes, bound: int) -> bytes:
    """Decompress a whole zlib stream (RFC 1950).

    Raises:
        Damaged: the stream is cut off, or its check sum is wrong.
        TooLarge: it holds more than `bound` bytes.

    """
    return b"".join(_inflated(data, bound))


def _inflated(data: bytes, bound: int) -> Iterator[bytes]:
    """The same in pieces, so that a large image is looked through without keeping it."""
    decompressor = zlib.decompressobj()
    total = 0
    while not decompressor.eof:
        try:
            piece = decompressor.decompress(data, _CHUNK)
        except zlib.error as error:
            raise Damaged("файл PDF повреждён: часть данных не распаковывается") from error
        data = decompressor.unconsumed_tail
        total += len(piece)
        if total > bound:
            raise TooLarge("данные в файле PDF слишком велики")
        if not piece and not decompressor.eof:
            raise Damaged("файл PDF повреждён: часть данных обрезана")
        yield piece


def _content(stream: Any) -> bytes:
    data = _raw(stream)
    for filtered, _ in stream.get_filters():
        if _name(filtered) not in _FLATE:
            if len(data) > CONTENT_BYTES:
                raise TooLarge("страница PDF слишком сложна")
            return bytes(stream.get_data())
        data = inflate(data, CONTENT_BYTES + 1)
    return data


def _raw(stream: Any) -> bytes:
    """The stream's bytes as stored, decrypted where the file is encrypted for an owner's password."""
    data = stream.rawdata if stream.rawdata is not None else stream.data
    if stream.rawdata is not None and stream.decipher is not None:
        data = stream.decipher(stream.objid, stream.genno, data, stream.attrs)
    return bytes(data)


def _name(value: Any) -> str:
    name = getattr(value, "name", "")
    return name if isinstance(name, str) else ""


def _number(value: Any) -> int:
    number = resolve1(value)
    return int(number) if isinstance(number, int | float) else 0
