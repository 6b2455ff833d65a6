"""The cells of a table: headings are read once, and only where nothing was left out of them."""

from __future__ import annotations

import numpy as np
import pytest

from mailbot.reading.ocr.engine import Token
from mailbot.reading.ocr.prepare import LETTER
from mailbot.reading.ocr.tabletext import _is_heading


@pytest.mark.parametrize(
    ("text", "left_out", "heading"),
    [
        ("школа", 0, True),
        ("школа", LETTER // 4, True),  # a speck
        ("школа", LETTER, False),
        ("71", 0, False),
        ("Шадкинская", 0, False),
        ("", LETTER, False),
    ],
)
def test_a_heading(text: str, left_out: int, heading: bool) -> None:
    sharp = np.full((60, 300), 255, np.uint8)
    sharp[10:40, 10:110] = 0
    sharp[10 : 10 + left_out, 200:210] = 0
    tokens = [Token(text, 10, 10, 100, 30, 95.0)] if text else []
    assert _is_heading(sharp, tokens) == heading
