"""Ruled tables are looked for in a smaller picture first; what is found is what the page itself shows."""

from __future__ import annotations

from unittest.mock import patch

import cv2
import numpy as np
import pytest

from mailbot.reading.ocr import lattice
from mailbot.reading.ocr.lattice import find_tables
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.strokes import bands


def _ruled(thick: int, shade: int, top: int = 800) -> np.ndarray:
    """A page with a table of three rows and two columns, in lines of a thickness and a shade."""
    page = np.full((2000, 1500), 245, np.uint8)
    for row in range(4):
        cv2.line(page, (200, top + 90 * row), (1200, top + 90 * row), shade, thick)
    for column in (200, 800, 1200):
        cv2.line(page, (column, top), (column, top + 270), shade, thick)
    return page


@pytest.mark.parametrize(("thick", "shade"), [(1, 150), (2, 190), (3, 0), (8, 60)])
def test_a_table_is_found_however_thin_or_pale(thick: int, shade: int) -> None:
    (table,) = find_tables(_ruled(thick, shade), LETTER)
    assert len(table.cells) == 6
    left, top, right, bottom = table.box
    assert abs(left - 200) <= 12
    assert abs(top - 800) <= 12
    assert abs(right - 1200) <= 12
    assert abs(bottom - 1070) <= 12


def test_lines_to_write_on_need_no_close_look() -> None:
    page = np.full((2000, 1500), 245, np.uint8)
    for top in range(300, 1500, 100):
        page[top : top + 3, 200:1200] = 0
    assert bands(page, LETTER) == []
    assert find_tables(page, LETTER) == []


def test_what_goes_on_beyond_the_band_is_looked_at_in_the_whole_page() -> None:
    page = _ruled(3, 0)
    with patch.object(lattice, "bands", lambda *_: [(700, 1000)]):
        cut = find_tables(page, LETTER)
    assert [table.box for table in cut] == [table.box for table in find_tables(page, LETTER)]


def test_two_tables_come_from_the_top_down() -> None:
    page = np.minimum(_ruled(3, 0, 300), _ruled(3, 0, 1400))
    assert [table.box[1] // 100 for table in find_tables(page, LETTER)] in ([2, 13], [3, 14], [2, 14], [3, 13])
