"""Is something on the page that a person would have to read? Text that shows but cannot be read is never passed over."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mailbot.reading.ocr.engine import Gray
from mailbot.reading.ocr.orientation import Look
from mailbot.reading.ocr.pagetext import PageText
from mailbot.reading.ocr.prepare import COARSE, LETTER, Prepared
from mailbot.reading.paper.positions import Line

_NO_TEXT = 50.0  # per cent of confidence: where no word is known either, there is no text to be read
_TEXT_LINES = 5  # shapes like that many lines on paper are text
_BLOT = 8.0  # in squares of a letter's height: a smaller dark patch hides no word
_UNREAD_WORDS, _UNREAD_SHARE = 2, 0.08
_BESIDE = 0.7  # in letter heights: a word so near to a blot is cut off by it


def holds_text(seen: Look) -> bool:
    """True where a first look found words, or letters that are clearly read."""
    return bool(seen.words) or seen.confidence >= _NO_TEXT


def hides_text(page: Prepared, seen: Look) -> bool:
    """True for a sheet of paper with lines on it of which nothing can be read: blurred, dark, too small."""
    return page.paper and seen.lines >= _TEXT_LINES


def leaves_out(text: PageText) -> bool:
    """True where words among others could not be read: handwriting, a crease, bad light in a corner."""
    words = sum(len(line.words) for line in text.lines)
    return text.unread >= max(_UNREAD_WORDS, _UNREAD_SHARE * words)


def is_blotted(dark: Gray, lines: Sequence[Line]) -> bool:
    """True where a dark patch cuts lines of text off: a blot, a finger, a shadow."""
    if not cv2.countNonZero(dark):
        return False
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    for label in range(1, len(stats)):
        left, top, width, height, area = (int(number) for number in stats[label])
        if area * COARSE * COARSE < _BLOT * LETTER * LETTER:
            continue
        patch = labels[top : top + height, left : left + width] == label
        patch = patch.repeat(COARSE, axis=0).repeat(COARSE, axis=1)
        if any(_cuts(patch, COARSE * left, COARSE * top, line) for line in lines):
            return True
    return False


def _cuts(patch: np.ndarray[tuple[int, int], np.dtype[np.bool_]], left: int, top: int, line: Line) -> bool:
    """True where a word of the line ends, or begins, right at the patch."""
    first, last = int(line.top) - top, int(line.bottom) - top
    band = patch[max(0, first) : max(0, last)]
    columns = np.flatnonzero(band.any(axis=0)) if band.size else np.empty(0)
    if not len(columns):
        return False
    start, end = left + float(columns[0]), left + float(columns[-1])
    reach = _BESIDE * LETTER
    return any(
        (word.left < start and start - reach < word.right < end)
        or (word.right > end and start < word.left < end + reach)
        for word in line.words
    )
