"""Tables that go on over pages: further rows under a repeated or a missing head, and further columns beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailbot.domain.document import Cell, Paragraph, Table
from mailbot.reading.paper.cells import is_figure
from mailbot.reading.paper.positions import join
from mailbot.reading.paper.words import is_word

_SAME_HEIGHT = 3.0  # rows of two pages are the same row within so many units (points, or pixels of a scan)
_GOES_ON = re.compile(r"\s*(?:продолжение|окончание)\b.{0,60}", re.IGNORECASE)
_LEAST_ROWS = 2

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """A table as it lies on a page; `tops` are the upper edges of its rows' texts, -1 for an empty row."""

    table: Table
    page: int
    tops: tuple[float, ...]


Item = Paragraph | Laid


def join_tables(items: Iterable[Item]) -> list[Item]:
    """Join a table with what goes on at the next page's head, if only running texts or «Продолжение» lie between."""
    joined: list[Item] = []
    for item in items:
        if isinstance(item, Laid):
            previous = _before(joined, item)
            if previous is not None:
                del joined[joined.index(previous) + 1 :]
                joined[-1] = _under(previous, item)
                continue
            beside = next((other for other in joined if isinstance(other, Laid) and _is_beside(other, item)), None)
            if beside is not None:
                joined[joined.index(beside)] = _beside(beside, item)
                continue
        joined.append(item)
    return joined


def _before(joined: Sequence[Item], item: Laid) -> Laid | None:
    """The table of the page before that this one goes on with."""
    last = next((other for other in reversed(joined) if not _is_note(other)), None)
    if not isinstance(last, Laid) or last.page + 1 != item.page:
        return None
    if any(_is_note(other) and _page_of(other) != item.page for other in joined[joined.index(last) + 1 :]):
        return None
    widths = {len(row) for row in (*last.table.rows, *item.table.rows)}
    if len(widths) != 1:
        return None
    repeated = _repeated(last.table.rows, item.table.rows)
    return last if repeated or not _starts_anew(item.table) else None


def _is_note(item: Item) -> bool:
    return isinstance(item, Paragraph) and _GOES_ON.fullmatch(item.text) is not None


def _page_of(item: Item) -> int:
    if isinstance(item, Laid):
        return item.page
    found = re.search(r"!стр\. (\d+):", item.locator)
    return int(found[1]) if found else 0


def _under(upper: Laid, lower: Laid) -> Laid:
    rows = lower.table.rows[_repeated(upper.table.rows, lower.table.rows) :]
    tops = lower.tops[len(lower.table.rows) - len(rows) :]
    table = upper.table
    if rows and _is_rest(table.rows[-1], rows[0]):
        table = replace(table, rows=(*table.rows[:-1], _completed(table.rows[-1], rows[0])))
        rows, tops = rows[1:], tops[1:]
    return Laid(replace(table, rows=table.rows + rows), lower.page, upper.tops + tops)


def _repeated(upper: Sequence[Row], lower: Sequence[Row]) -> int:
    """How many rows at the lower table's top repeat those at the upper's; rows of figures are no head."""
    count = 0
    for first, second in zip(upper, lower, strict=False):
        if [_folded(cell) for cell in first] != [_folded(cell) for cell in second]:
            break
        count += 1
    while count and _is_body(upper[count - 1]) and not _is_numbering(upper[count - 1]):
        count -= 1
    return count


def _folded(cell: Cell) -> str:
    return re.sub(r"\W+", "", cell.text).casefold()


def _is_body(row: Row) -> bool:
    return any(is_figure(cell.text) for cell in row[1:])


def _is_numbering(row: Row) -> bool:
    """True for the row «1 2 3 4» under a head."""
    return [cell.text.strip() for cell in row] == [str(number) for number in range(1, len(row) + 1)]


def _starts_anew(table: Table) -> bool:
    """True where the first row looks like a head of its own: words in every cell."""
    first = table.rows[0]
    return all(cell.text.strip() and not is_figure(cell.text) for cell in first)


def _is_rest(upper: Row, lower: Row) -> bool:
    """True where the lower row is the end of a row that the page's end cut: words alone, under words alone."""
    filled = [index for index, cell in enumerate(lower) if cell.text.strip()]
    if not filled or len(filled) == len(lower) or any(is_figure(lower[index].text) for index in filled):
        return False
    if any(cell.spanned for cell in lower) or not _is_body(upper):
        return False
    return all(upper[index].text.strip() and lower[index].text[:1].islower() for index in filled)


def _completed(upper: Row, lower: Row) -> Row:
    return tuple(
        replace(above, text=_glued(above.text, below.text), doubtful=above.doubtful or below.doubtful)
        if below.text.strip()
        else above
        for above, below in zip(upper, lower, strict=True)
    )


def _glued(first: str, second: str) -> str:
    """Two parts of a cell's text; a word that the page's end broke is made whole."""
    start, rest = first.rsplit(maxsplit=1)[-1], second.split(maxsplit=1)[0]
    whole = start[-1:].isalpha() and not is_word(start) and is_word(start + rest)
    return first + second if whole else join(first, second)


def _is_beside(left: Laid, right: Laid) -> bool:
    """True where the right table holds further columns: as many rows at the same heights, and no other names."""
    if left.page >= right.page or len(left.tops) != len(right.tops) or len(left.tops) < _LEAST_ROWS:
        return False
    if any(abs(a - b) > _SAME_HEIGHT for a, b in zip(left.tops, right.tops, strict=True) if min(a, b) >= 0):
        return False
    rows = [row[_shared(left.table, right.table) :] for row in right.table.rows]
    body = [row for row in rows if any(is_figure(cell.text) for cell in row)]
    return bool(body) and all(not cell.text.strip() or is_figure(cell.text) for row in body for cell in row)


def _shared(left: Table, right: Table) -> int:
    """How many columns, from the left, hold the same in both: names that are printed again on each page."""
    count = 0
    for first, second in zip(zip(*left.rows, strict=True), zip(*right.rows, strict=True), strict=False):
        if [_folded(cell) for cell in first] != [_folded(cell) for cell in second]:
            break
        count += 1
    return count


def _beside(left: Laid, right: Laid) -> Laid:
    shared = _shared(left.table, right.table)
    rows = tuple(a + b[shared:] for a, b in zip(left.table.rows, right.table.rows, strict=True))
    return replace(left, table=replace(left.table, rows=rows))
