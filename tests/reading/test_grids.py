import pytest

from mailbot.domain.document import Limits
from mailbot.reading.grids import MAX_SHEET_COLUMNS, Sheet, Span, column_index, column_letters, sheet_table, span_table
from mailbot.reading.troubles import TooLarge
from tests.reading.formats.builders import rows


@pytest.mark.parametrize("index", [0, 25, 26, 51, 701, 702, MAX_SHEET_COLUMNS - 1])
def test_letters_and_indexes_are_each_others_reverse(index):
    assert column_index(column_letters(index)) == index


def test_letters():
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_empty_runs_fold_and_true_places_stay():
    table = sheet_table(Sheet("Л", {(0, 0): "a", (5, 4): "b"}), "f.xlsx", Limits())
    assert rows(table) == [["a", "", ""], ["", "", ""], ["", "", "b"]]
    assert [row[-1].locator for row in table.rows] == ["f.xlsx!Л!E1", "f.xlsx!Л!E2", "f.xlsx!Л!E6"]


def test_hidden_places_leave_no_gap():
    sheet = Sheet("", {(0, 0): "a", (2, 0): "b"}, hidden_rows={1})
    assert rows(sheet_table(sheet, "f.xlsx", Limits())) == [["a"], ["b"]]


def test_nothing_to_see_is_no_table():
    assert sheet_table(Sheet("Л", {(0, 0): "a"}, hidden_columns={0}), "f.xlsx", Limits()) is None


def test_merges_are_bounded():
    sheet = Sheet("Л", {(0, 0): "a", (99, 99): "b"}, merges=[(0, 0, 99, 99)] * 50)
    with pytest.raises(TooLarge):
        sheet_table(sheet, "f.xlsx", Limits(cells=100_000))


def test_spans_flow_around_one_another():
    table = span_table([[Span("a", 2, 1), Span("b", 1, 2)], [Span("c"), Span("d")], [Span("e", 3, 9)]], "f!т", Limits())
    assert rows(table) == [["a", "^a", "b"], ["c", "d", "^b"], ["e", "^e", "^e"]]
    assert table.rows[1][2].locator == "f!т!C2"


def test_absurd_spans_are_refused():
    with pytest.raises(TooLarge):
        span_table([[Span("a", 1_000_000)]], "f!т", Limits())
    with pytest.raises(TooLarge):
        span_table([[Span("a", 900)], *([[Span("b")]] * 900)], "f!т", Limits())
    assert span_table([], "f!т", Limits()) is None
