"""Lines of a page joined into paragraphs."""

from __future__ import annotations

from mailbot.reading.paper.positions import Line, Word, paragraphs


def line(text: str, left: float, right: float, top: float) -> Line:
    """A line of words as wide as their letters are many."""
    words, at, width = [], left, (right - left) / len(text)
    for word in text.split():
        words.append(Word(word, at, top, at + len(word) * width, top + 11))
        at = words[-1].right + width
    return Line(tuple(words))


def texts(*lines: Line) -> list[str]:
    return [passage.text for passage in paragraphs(lines, 500.0)]


def test_a_centred_letterhead_is_no_paragraph_though_a_line_below_ends_under_it():
    head = line("МБОУ «Джалильская гимназия»", 202, 394, 81), line("Сармановского муниципального района", 112, 483, 96)
    body = line("Сообщаем, что на аккаунты министерства", 78, 500, 162), line("от гимназии подписано:", 78, 393, 178)
    assert texts(*head, *body) == [*(x.text for x in head), f"{body[0].text} {body[1].text}"]


def test_lines_of_a_narrow_column_are_one_paragraph():
    column = line("Муниципальное бюджетное", 50, 200, 80), line("общеобразовательное", 52, 199, 94)
    assert texts(*column, line("учреждение", 90, 160, 108)) == [
        "Муниципальное бюджетное общеобразовательное учреждение"
    ]
