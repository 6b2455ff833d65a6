"""PDF pages as PDFium sees them: pictures of them, what is hidden in them, forms and notes made part of the page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from mailbot.domain.document import Attachment, Limits
from mailbot.reading.troubles import Damaged, TooLarge

Picture = NDArray[np.uint8]
"""Rows by columns by blue, green and red."""

_PDFIUM: Any = pypdfium2  # not typed by its authors
_POINTS = 72
DPI = 300.0
_LEAST_DPI = 60
_MOST_PIXELS = 20_000_000
_INVISIBLE = 3  # PDF 32000-1, 9.3.6: text that is neither filled nor stroked
_TEXT = 1  # FPDF_PAGEOBJ_TEXT


Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in points from the page's upper left corner."""


class Renderer:
    """An open PDF. Pages are counted from 1."""

    def __init__(self, document: Any, limits: Limits) -> None:
        self._document = document
        self._pixels = min(limits.pixels, _MOST_PIXELS)

    def picture(self, number: int, box: Box | None = None, dpi: float = DPI) -> tuple[Picture, float]:
        """A page or a part of it as a picture, and how many pixels a point has become; `dpi` is what it should have.

        Raises:
            TooLarge: the page is too wide or too high for its letters to be seen in a bearable picture.

        """
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            left, top, right, bottom = box or (0.0, 0.0, width, height)
            area = max(1.0, (right - left) * (bottom - top))
            scale = min(dpi / _POINTS, (self._pixels / area) ** 0.5)
            if scale < _LEAST_DPI / _POINTS:
                raise TooLarge("страница PDF слишком велика")
            crop = (max(0.0, left), max(0.0, height - bottom), max(0.0, width - right), max(0.0, top))
            bitmap = page.render(scale=scale, crop=crop, may_draw_forms=True)
            return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]), scale
        finally:
            page.close()

    def hidden_text(self, number: int) -> bool:
        """True where the page's text is mostly invisible: a scanner's own recognition, laid under its picture."""
        page = self._document[number - 1]
        try:
            modes = [_PDFIUM.raw.FPDFTextObj_GetTextRenderMode(item.raw) for item in page.get_objects(filter=[_TEXT])]
        finally:
            page.close()
        return 2 * modes.count(_INVISIBLE) > len(modes)

    def attachments(self, name: str) -> Iterator[Attachment]:
        """The files that are embedded in the PDF."""
        for index in range(self._document.count_attachments()):
            item = self._document.get_attachment(index)
            data = bytes(item.get_data())
            if data:
                yield Attachment(_plain_name(item.get_name(), f"{name}-{index + 1}"), data)


@contextmanager
def open_renderer(data: bytes, limits: Limits) -> Iterator[Renderer]:
    """Open a PDF that `soundness.examine` has passed.

    Raises:
        Damaged: PDFium does not take it.

    """
    try:
        document = _PDFIUM.PdfDocument(data)
    except _PDFIUM.PdfiumError as error:
        raise Damaged("файл PDF повреждён") from error
    try:
        yield Renderer(document, limits)
    finally:
        document.close()


def rewritten(data: bytes, turns: Sequence[int], *, flatten: bool) -> bytes:
    """The PDF with pages turned further by so many degrees, and filled-in fields and notes made part of the page."""
    document = _PDFIUM.PdfDocument(data)
    try:
        if flatten:
            document.init_forms()
        for number, degrees in enumerate(turns):
            page = document[number]
            if flatten:
                page.flatten()
            page.set_rotation((page.get_rotation() + degrees) % 360)
            page.close()
        output = io.BytesIO()
        document.save(output, flags=_PDFIUM.raw.FPDF_REMOVE_SECURITY)
    finally:
        document.close()
    return output.getvalue()


def _plain_name(name: str, otherwise: str) -> str:
    """A file's name without folders: a PDF may name «../../etc/passwd»."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip() or otherwise
