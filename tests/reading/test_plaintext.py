"""Plain text: characters made equal, marks of quotation, lines broken for transport."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.document import Limits, Paragraph
from mailbot.reading.text.plaintext import normalise_text, text_to_blocks


def lines(text, **options):
    return [(block.quote, block.text) for block in text_to_blocks(text, "body", **options)]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ВК\u200b 3\u20605\ufeff", "ВК 35"),
        ("ВКон\u00adтакте", "ВКонтакте"),
        ("1\u00a0250 1\u202f250 1\u2009250", "1\u00a0250 1\u00a0250 1\u00a0250"),
        ("3\ufe0f\u20e35\u20e3", "35"),
        ("\U0001f51f", "10"),
        ("３５", "35"),
        ("\U0001d7d1\U0001d7d3", "35"),
        ("и\u0306", "й"),
        ("е\u0308", "ё"),
        ("3\u03360\u0336 35", " 35"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\x00b\x07c", "abc"),
        ("a\tb", "a\tb"),
        ("\uf0b7 ВК \ufffc35", "• ВК 35"),
        ("Җәлил ①", "Җәлил ①"),
    ],
)
def test_equal_characters(text, normal):
    assert normalise_text(text) == normal


@given(st.text(max_size=60))
def test_normal_text_stays(text):
    normal = normalise_text(text)
    assert normalise_text(normal) == normal


def test_lines_and_locators():
    blocks = text_to_blocks("ВК\t35\n\n   ОК   40  \n", "body")
    assert blocks == (Paragraph("ВК\t35", "body:1"), Paragraph("   ОК   40", "body:2"))


@pytest.mark.parametrize(
    ("text", "quote", "rest"),
    [
        ("> a", 1, "a"),
        (">a", 1, "a"),
        (">> a", 2, "a"),
        ("> > > a", 3, "a"),
        (" > a", 1, "a"),
        (">  a", 1, " a"),
        ("a > b", 0, "a > b"),
        ("ВК>30", 0, "ВК>30"),
        ("| ВК | 35 |", 0, "| ВК | 35 |"),
        ("-> a", 0, "-> a"),
    ],
)
def test_marks_of_quotation(text, quote, rest):
    assert lines(text) == [(quote, rest)]


def test_initials_before_the_mark():
    assert lines("П> a\nП>> b\nВК>30") == [(1, "a"), (2, "b"), (0, "ВК>30")]


def test_flowed_lines_are_joined():
    text = "По району \nподписалось 35\n> было \n> написано\n>> так \nстало\n-- \nАнна"
    assert lines(text, flowed=True) == [
        (0, "По району подписалось 35"),
        (1, "было написано"),
        (2, "так"),
        (0, "стало"),
        (0, "--"),
        (0, "Анна"),
    ]


def test_text_is_bounded():
    assert lines("а" * 100, limits=Limits(text_chars=10)) == [(0, "а" * 10)]


@given(st.text(max_size=100), st.booleans())
def test_never_raises(text, flowed):
    text_to_blocks(text, "body", flowed=flowed)
