"""Shapes of ink: the same in 16 and in 32 bits, sorted into letters, grain and strokes."""

from __future__ import annotations

from unittest.mock import patch

import cv2
import numpy as np
import pytest

from mailbot.reading.ocr import shapes
from mailbot.reading.ocr.prepare import LETTER, skew
from mailbot.reading.ocr.shapes import HALF, Sketch, boxes_of, sketch, wide_shapes


def _page(text: str = "HEAD 35") -> np.ndarray:
    page = np.full((400, 900), 250, np.uint8)
    cv2.putText(page, text, (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 5)
    return page


def test_a_page_of_grain_is_counted_in_32_bits() -> None:
    """More shapes than 16 bits can number must not run into each other."""
    mask = np.zeros((600, 600), np.uint8)
    mask[::2, ::2] = 255
    found = shapes.shapes(mask)
    assert found.labels.dtype == np.int32
    assert len(found.stats) == 300 * 300 + 1
    assert int(found.labels.max()) == 300 * 300


def test_both_ways_of_counting_mark_the_same_pixels() -> None:
    mask = shapes.ink(_page())
    narrow = shapes.shapes(mask)
    with patch.object(shapes, "_MOST_LABELS", 1):
        wide = shapes.shapes(mask)
    assert (narrow.labels.dtype, wide.labels.dtype) == (np.uint16, np.int32)
    assert (narrow.stats == wide.stats).all()
    chosen = narrow.letters()
    assert chosen.sum() == len("HEAD35")
    assert (narrow.mask(chosen) == wide.mask(chosen)).all()
    assert narrow.mask(chosen).any()


def test_boxes_by_outline_are_those_of_the_shapes_also_inside_of_others() -> None:
    mask = np.zeros((100, 100), np.uint8)
    cv2.rectangle(mask, (5, 5), (80, 80), 255, 2)
    mask[30:40, 30:50] = 255
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert sorted(boxes_of(mask)) == sorted(tuple(row[:4]) for row in stats[1:].tolist())
    assert boxes_of(np.zeros((9, 9), np.uint8)) == []


def test_a_wide_shape_comes_without_what_lies_inside_of_its_box() -> None:
    mask = np.zeros((100, 100), np.uint8)
    cv2.rectangle(mask, (5, 5), (80, 80), 255, 2)
    frame = mask.copy()
    mask[30:40, 30:50] = 255
    mask[90:95, 10:15] = 255
    (outer, inner) = sorted(wide_shapes(mask, 10), key=lambda shape: shape[:2])
    assert outer[:2] == (4, 4)
    assert np.array_equal(outer[2], frame[4 : 4 + outer[2].shape[0], 4 : 4 + outer[2].shape[1]] > 0)
    assert (inner[0], inner[1], inner[2].shape, inner[2].all()) == (30, 30, (10, 20), np.True_)


@pytest.fixture
def drawn() -> Sketch:
    """Six letters, a long line under them, and a speck far from both."""
    page = _page()
    page[300:305, 100:700] = 0
    page[50:54, 800:804] = 0
    return sketch(page, LETTER)


def test_a_sketch_keeps_letters_and_strokes_apart_and_drops_grain(drawn: Sketch) -> None:
    assert drawn.ink.shape == (400 // HALF, 900 // HALF)
    assert len(boxes_of(drawn.letters)) == len("HEAD35")
    assert [box[2] // 100 for box in boxes_of(drawn.strokes)] == [3]
    assert not drawn.ink[:40, 380:].any()
    assert drawn.ink[150:153, 60:340].all()


def test_a_sketch_is_turned_and_emptied_with_its_page(drawn: Sketch) -> None:
    assert (drawn.upside_down().ink == drawn.ink[::-1, ::-1]).all()
    rest = drawn.without([(90, 290, 710, 320)])
    assert not rest.strokes.any()
    assert (rest.letters == drawn.letters).all()
    assert drawn.strokes.any()


@pytest.mark.parametrize("degrees", [-5.0, -1.4, 0.0, 0.6, 3.0])
def test_skew_is_told_to_a_fifth_of_a_degree(degrees: float) -> None:
    mask = np.zeros((1600, 1200), np.uint8)
    for top in range(200, 1400, 60):
        mask[top : top + 25, 150:1050:3] = 255
    matrix = cv2.getRotationMatrix2D((600, 800), degrees, 1)
    turned = np.asarray(cv2.warpAffine(mask, matrix, (1200, 1600)), np.uint8)
    assert abs(skew(turned) - degrees) <= 0.2 + 1e-6
