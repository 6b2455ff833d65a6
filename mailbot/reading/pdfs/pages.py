"""What stands on a PDF's page as text: words and ruled tables, from the characters and lines that pdfplumber finds."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from pdfplumber.utils.text import extract_words

from mailbot.reading.paper.cells import Box
from mailbot.reading.paper.pages import Page, Ruled
from mailbot.reading.paper.positions import Line, Word, gather
from mailbot.reading.troubles import TooLarge

_SNAP = 2.0  # points: edges of cells closer than this are one edge
_MOST_LINES = 12_000
_BLANK = 0.2  # of the font's size: a wider gap between two letters is a blank
_RAISED = 0.8  # of its neighbour's size: a smaller, raised figure is a footnote's mark
_THIN = 2.0  # points: a line or a rectangle that low may strike text out
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SYMBOL_FONT = re.compile(r"symbol|dingbat|wingding|webding", re.IGNORECASE)
_UNREADABLE = re.compile(r"\(cid:\d+\)|[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_LATIN_1 = re.compile(r"[À-ÿ¸¨]")
_CYRILLIC = re.compile(r"[А-яЁё]")

Char = dict[str, Any]


def read_page(page: Any) -> Page:
    """The words and ruled tables of a pdfplumber page; struck-out text is left out.

    Raises:
        TooLarge: the page has too many lines to look for tables in.

    """
    chars = _visible(page)
    if len(page.rects) + len(page.lines) + len(page.curves) > _MOST_LINES:
        raise TooLarge("страница PDF слишком сложна")
    tables = []
    for found in page.find_tables():
        grid = _Cells([cell for cell in found.cells if cell is not None])
        if len(grid.columns) < 3:
            continue
        inside, chars = grid.take(chars)
        tables.append(_ruled(grid, inside))
    return Page(page.page_number, float(page.height), tuple(_lines(chars)), tuple(tables))


def is_readable(page: Any) -> bool:
    """False where letters have no known meaning: fonts without Unicode give «(cid:12)» or private characters."""
    return not any(
        _UNREADABLE.search(char["text"]) and not _SYMBOL_FONT.search(char.get("fontname") or "") for char in page.chars
    )


def turn(page: Any) -> int:
    """By how many degrees, clockwise, the page must be turned for its text to stand upright: 0, 90, 180 or 270."""
    turns = [_turn(char) for char in page.chars if not char["text"].isspace()]
    return statistics.mode(turns) if turns else 0


def _turn(char: Char) -> int:
    a, b, c, d = (char.get("matrix") or (1, 0, 0, 1))[:4]
    if abs(b) > abs(a) and abs(c) > abs(d):
        return 90 if b > 0 else 270
    return 180 if a < 0 and d < 0 else 0


def _visible(page: Any) -> list[Char]:
    """The page's characters: doubled ones once, none from outside the page, none of a symbol font, none struck out."""
    bars = [
        shape
        for shape in (*page.lines, *page.rects)
        if shape["bottom"] - shape["top"] < _THIN and shape["x1"] - shape["x0"] > _THIN
    ]
    chars = [
        {**char, "text": _readable(char["text"])}
        for char in page.dedupe_chars().chars
        if 0 <= (char["x0"] + char["x1"]) / 2 <= page.width and 0 <= (char["top"] + char["bottom"]) / 2 <= page.height
    ]
    if _is_mislabelled(char["text"] for char in chars):
        chars = [{**char, "text": _relabelled(char["text"])} for char in chars]
    return [char for char in chars if char["text"] and not any(_strikes(bar, char) for bar in bars)]


def _readable(text: str) -> str:
    return _UNREADABLE.sub("", text)


def _is_mislabelled(texts: Iterable[str]) -> bool:
    """True where Russian letters of an old font are named as Western ones: «Ïîäïèñ÷èêè»."""
    text = "".join(texts)
    return len(_LATIN_1.findall(text)) > 2 * len(re.findall(r"[A-Za-zА-яЁё]", text))


def _relabelled(text: str) -> str:
    try:
        return text.encode("cp1252").decode("cp1251")
    except UnicodeError:  # a character of neither charset stays as it is
        return text


def _strikes(bar: dict[str, Any], char: Char) -> bool:
    height = char["bottom"] - char["top"]
    middle = (bar["top"] + bar["bottom"]) / 2 - char["top"]
    across = bar["x0"] <= char["x0"] + _SNAP and bar["x1"] >= char["x1"] - _SNAP
    return bool(across and 0.35 * height < middle < 0.75 * height)


class _Cells:
    """The grid of a ruled table: its edges, and the cell that each position belongs to."""

    def __init__(self, cells: Sequence[tuple[float, float, float, float]]) -> None:
        self.columns = _edges(x for left, _, right, _ in cells for x in (left, right))
        self.rows = _edges(y for _, top, _, bottom in cells for y in (top, bottom))
        self.boxes = [
            (_index(self.rows, top), _index(self.columns, left), _index(self.rows, bottom), _index(self.columns, right))
            for left, top, right, bottom in cells
        ]
        self._owner = {
            (row, column): number
            for number, (top, left, bottom, right) in enumerate(self.boxes)
            for row in range(top, bottom)
            for column in range(left, right)
        }

    def take(self, chars: Iterable[Char]) -> tuple[dict[int, list[Char]], list[Char]]:
        """The characters of each cell, by the cell's number, and those that are outside of all."""
        inside: dict[int, list[Char]] = {}
        outside = []
        for char in chars:
            row = bisect_right(self.rows, (char["top"] + char["bottom"]) / 2) - 1
            column = bisect_right(self.columns, (char["x0"] + char["x1"]) / 2) - 1
            number = self._owner.get((row, column))
            if number is None:
                outside.append(char)
            else:
                inside.setdefault(number, []).append(char)
        return inside, outside


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SNAP:
            edges.append(value)
    return edges


def _index(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _ruled(grid: _Cells, inside: dict[int, list[Char]]) -> Ruled:
    boxes = []
    padding = float("inf")
    for number, (top, left, bottom, right) in enumerate(grid.boxes):
        lines = _lines(inside.get(number, []))
        start, end = grid.columns[left], grid.columns[right]
        for line in lines:
            padding = min(padding, line.left - start, end - line.right)
        boxes.append(Box(top, left, bottom - 1, right - 1, tuple(lines), end - start))
    return Ruled(grid.rows[0], grid.rows[-1], tuple(boxes), max(0.0, padding) if boxes else 0.0)


def _lines(chars: Sequence[Char]) -> list[Line]:
    """Lines of words; text that runs up or down the page is laid flat, after the rest."""
    flat = [char for char in chars if _turn(char) in {0, 180}]
    lines = gather(_words(flat))
    for degrees in (90, 270):
        turned = [_laid_flat(char, degrees) for char in chars if _turn(char) == degrees]
        lines += gather(_words(turned))
    return lines


def _laid_flat(char: Char, degrees: int) -> Char:
    sign = -1 if degrees == 90 else 1
    across = sorted((sign * char["top"], sign * char["bottom"]))
    down = sorted((-sign * char["x0"], -sign * char["x1"]))
    return {
        **char,
        "x0": across[0],
        "x1": across[1],
        "top": down[0],
        "bottom": down[1],
        "doctop": down[0],
        "upright": True,
    }


def _words(chars: Sequence[Char]) -> list[Word]:
    found = extract_words(list(chars), x_tolerance_ratio=_BLANK, extra_attrs=["size"])
    words = [Word(w["text"], w["x0"], w["top"], w["x1"], w["bottom"]) for w in found]
    return [_marked(word, words[i - 1] if i else None) for i, word in enumerate(words)]


def _marked(word: Word, previous: Word | None) -> Word:
    """A footnote's mark as superscript figures, so that «35» with the mark 1 is not read as 351."""
    if previous is None or not word.text.isdigit() or word.height > _RAISED * previous.height:
        return word
    raised = word.bottom < previous.bottom - 0.15 * previous.height
    beside = -0.5 * previous.height < word.left - previous.right < 0.3 * previous.height
    if not raised or not beside or word.bottom < previous.top:
        return word
    return Word(word.text.translate(_SUPERSCRIPTS), word.left, word.top, word.right, word.bottom)
