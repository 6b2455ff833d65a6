"""Scans, photographs and screen pictures: JPEG, PNG, TIFF (also of several pages), BMP, GIF, WebP."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from mailbot.domain.document import Attachment, Document, Limits, Opened, Trouble
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.ocr.recognise import recognise
from mailbot.reading.paper.pages import Page, to_blocks
from mailbot.reading.troubles import Damaged, TooLarge

_KINDS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "MPO")
_SMALL = 30_000  # pixels: a logo, an icon, a spacer
_MOST_FRAMES = 20
_PILLOW_RUNS_INTO = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow's decoders meet in a damaged picture; a broken PNG is a SyntaxError."""


def read_picture(attachment: Attachment, limits: Limits) -> Opened:
    """Return what is written on the picture; a picture without text gives a document without blocks."""
    kind, frames = "", []
    for kind, frame in _frames(attachment.data, limits):  # noqa: B007 - the kind is the same for all
        frames.append(frame)
    pages, troubles = [], []
    for number, frame in enumerate(frames, start=1):
        if frame.size < _SMALL:
            continue
        seen = recognise(frame)
        pages.append(Page(number, seen.height, seen.lines, seen.tables))
        if seen.unreadable:
            troubles.append(_unreadable(attachment.name, number if len(frames) > 1 else 0))
    blocks, running = to_blocks(pages, lambda n: _place(attachment.name, n if len(frames) > 1 else 0), limits)
    text = Document(attachment.name, "attachment", kind.lower(), blocks, running, recognised=True)
    return Opened(documents=(text,), troubles=tuple(troubles))


def _place(name: str, page: int) -> str:
    return f"{name}!стр. {page}" if page else name


def _unreadable(name: str, page: int) -> Trouble:
    where = f"«{name}», стр. {page}" if page else f"«{name}»"
    return Trouble(FindingCode.OCR_DOUBTFUL, f"{where}: текст на картинке не читается", name)


def _frames(data: bytes, limits: Limits) -> Iterator[tuple[str, Any]]:
    """The kind and the pixels (rows by columns by blue, green, red; or grey) of each page.

    Raises:
        Damaged: the picture is cut off or broken.
        TooLarge: it has too many pixels, or pages.

    """
    bomb = Image.DecompressionBombWarning
    try:
        with (
            warnings.catch_warnings(action="error", category=bomb),
            Image.open(io.BytesIO(data), formats=_KINDS) as image,
        ):
            count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            if count > min(limits.pages, _MOST_FRAMES):
                raise TooLarge(f"в файле {count} страниц, это слишком много")
            for index in range(count):
                image.seek(index)
                if image.width * image.height > limits.pixels:
                    raise TooLarge("картинка слишком велика")
                yield image.format or "", _pixels(image)
    except (Image.DecompressionBombError, bomb) as error:
        raise TooLarge("картинка слишком велика") from error
    except _PILLOW_RUNS_INTO as error:
        raise Damaged("файл с картинкой повреждён") from error


def _pixels(image: Any) -> Any:
    """Grey or colour pixels as a person sees them: turned as the camera says, on white where transparent."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in {"1", "L"}:
        return np.asarray(upright.convert("L"))
    if upright.mode.startswith("I"):  # 16 bits of grey
        deep = np.asarray(upright.convert("I"), np.float32)
        return (deep * (255 / max(1.0, float(deep.max())))).astype(np.uint8)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return np.ascontiguousarray(np.asarray(upright.convert("RGB"))[:, :, ::-1])
