"""Runs of a mask are what OpenCV's morphology makes of it, at less cost."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mailbot.reading.ocr.strokes import _closed, _opened


@pytest.mark.parametrize("length", [3, 9, 24, 78])
def test_the_same_as_opencv(length: int) -> None:
    random = np.random.default_rng(length)
    kernel = np.ones((1, length), np.uint8)
    for share in (0.02, 0.5, 0.97):
        mask = (random.random((40, 300)) < share).astype(np.uint8) * 255
        assert np.array_equal(_opened(mask, length), cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel))
        assert np.array_equal(_closed(mask, length), cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel))
