"""Tables drawn in plain text: with tabs, with bars and plusses, in columns of spaces, or flattened to one cell a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailbot.domain.document import Block, Cell, Paragraph, Table
from mailbot.reading.figures.cellgrid import TOTAL_ROW
from mailbot.reading.figures.lexicon import Lexicon
from mailbot.reading.text.fold import fold

_RULE = re.compile(r"^[\s+|=\-_─━│┃┄┼╋┌┐└┘├┤┬┴═║╔╗╚╝╠╣╦╩╬*]+$")
_BARS = re.compile(r"[|│┃║]")
_PIECE = re.compile(r"\S+(?: \S+)*")
_CELL_LINE = 90  # characters of the longest line that may be a flattened cell
_SIDE_BY_SIDE = re.compile(r"\d+(?: \d{4,}| \d{1,2})+")  # not «1 213»: that may be one number
_ADDRESS = re.compile(r"https?://\S+")
_COLUMN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = re.compile(r"^[\s(]*(?:\d[\d\s ]*(?:чел\w*\.?|человек\w*)?|[-–—]+|нет|н/д)[\s.)]*$", re.IGNORECASE)
# «было   стало» over lines of a network and two numbers each.
_WAS_OR_IS = re.compile(r"(?:было|стало|ранее|раньше|теперь|сейчас|план|факт)")
_HEAD_WORD = re.compile(
    r"^(?:№.*|#|п/п|n(?:\s*п/п)?|no\.?|(?:порядковый\s+)?номер|наименование.*|название.*|организация.*|учреждение.*|школа|оо|оу|доу|оо/доу|ооо?|муницип.*|район|мр|образовательн.*|примечание|итого|всего|кол-?во.*|количество.*|соц.*сет.*|сеть)$"
)


def draw_tables(blocks: Sequence[Block], lexicon: Lexicon) -> tuple[Block, ...]:
    """The blocks, with runs of lines that draw a table replaced by that table.

    Locators of cells are those of their lines with a column's letter: «body:4!B».
    """
    out: list[Block] = []
    run: list[Paragraph] = []

    def close() -> None:
        out.extend(_read_run(run, lexicon))
        run.clear()

    for block in blocks:
        if isinstance(block, Paragraph):
            if run and block.quote != run[-1].quote:
                close()
            run.append(block)
        else:
            close()
            out.append(block)
    close()
    return tuple(out)


def _read_run(lines: list[Paragraph], lexicon: Lexicon) -> list[Block]:
    """Try each way of drawing in turn on a run of paragraphs; what draws nothing stays as it is."""
    blocks: list[Block] = list(lines)
    for finder in (_barred, _tabbed, _separated, _spaced, _flattened):
        blocks = _apply(blocks, lambda run, f=finder: f(run, lexicon))  # type: ignore[misc]
    return blocks


def _apply(blocks: list[Block], finder: Callable[[list[Paragraph]], list[tuple[int, int, Table]]]) -> list[Block]:
    """Replace, in every stretch of paragraphs, the ranges that `finder` returns as (start, end, table)."""
    out: list[Block] = []
    run: list[Paragraph] = []

    def close() -> None:
        position = 0
        for start, end, table in finder(run) if run else []:
            out.extend(run[position:start])
            out.append(table)
            position = end
        out.extend(run[position:])
        run.clear()

    for block in blocks:
        if isinstance(block, Paragraph):
            run.append(block)
        else:
            close()
            out.append(block)
    close()
    return out


def _table(rows: list[tuple[Paragraph, list[str]]]) -> Table:
    """A table of lines and their cells; short rows are filled up with empty cells."""
    width = max(len(cells) for _, cells in rows)
    grid = tuple(
        tuple(
            Cell(
                cells[i].strip() if i < len(cells) else "",
                f"{line.locator}!{_COLUMN_LETTERS[i % 26]}",
                doubtful=line.doubtful,
            )
            for i in range(width)
        )
        for line, cells in rows
    )
    return Table(grid, rows[0][0].locator, quote=rows[0][0].quote)


def _barred(lines: list[Paragraph], _: Lexicon) -> list[tuple[int, int, Table]]:
    """«| Вконтакте | 903 |» between rules of plusses and dashes; blank lines may stand between."""
    found: list[tuple[int, int, Table]] = []
    rows: list[tuple[Paragraph, list[str]]] = []
    start = 0
    for index, line in enumerate([*lines, Paragraph("end", "")]):
        text = line.text.strip()
        if len(_BARS.findall(text)) >= 1 and not _RULE.match(text):
            if not rows:
                start = index
            cells = _BARS.split(text)
            if not cells[0].strip():
                cells = cells[1:]
            if cells and not cells[-1].strip():
                cells = cells[:-1]
            rows.append((line, cells))
        elif rows and (not text or _RULE.match(text)):
            continue
        else:
            if len(rows) >= 2 and max(len(c) for _, c in rows) >= 2:
                found.append((start, index, _table(rows)))
            rows = []
    return found


def _tabbed(lines: list[Paragraph], _: Lexicon) -> list[tuple[int, int, Table]]:
    """Lines with tabs: a table pasted from a spreadsheet; section lines without a tab may stand between."""
    found: list[tuple[int, int, Table]] = []
    index = 0
    while index < len(lines):
        if "\t" not in lines[index].text.strip("\n"):
            index += 1
            continue
        end = index
        rows: list[tuple[Paragraph, list[str]]] = []
        while end < len(lines):
            text = lines[end].text
            if "\t" in text:
                rows.append((lines[end], text.split("\t")))
            elif text.strip() and not _section_between(lines, end):
                break
            elif text.strip():
                rows.append((lines[end], [text]))
            elif not any("\t" in x.text for x in lines[end + 1 : end + 3]):
                break
            end += 1
        if sum("\t" in p.text for p, _ in rows) >= 2:
            found.append((index, end, _table(_widen(rows))))
        index = max(end, index + 1)
    return found


def _widen(rows: list[tuple[Paragraph, list[str]]]) -> list[tuple[Paragraph, list[str]]]:
    """A row one cell short of the head, whose first cell spanned several rows, is moved to the right."""
    width = max(len(cells) for _, cells in rows)
    head = next((cells for _, cells in rows if len(cells) == width), None)
    if head is None or width < 3 or not re.search(r"район|муниц", fold(head[0])):
        return rows
    return [(line, ["", *cells]) if len(cells) == width - 1 else (line, cells) for line, cells in rows]


def _section_between(lines: list[Paragraph], index: int) -> bool:
    """Whether a short line without tabs stands between lines with tabs: a section's title."""
    following = next((x.text for x in lines[index + 1 : index + 3] if x.text.strip()), "")
    return "\t" in following and len(lines[index].text) < _CELL_LINE


def _separated(lines: list[Paragraph], lexicon: Lexicon) -> list[tuple[int, int, Table]]:
    """Lines of one and the same number of semicolons, two at least, the first of them a head."""
    found = []
    index = 0
    while index < len(lines):
        count = lines[index].text.strip(" ;").count(";")
        end = index
        while count and end < len(lines) and lines[end].text.strip(" ;").count(";") == count:
            end += 1
        rows = [(line, line.text.strip(" ;").split(";")) for line in lines[index:end]]
        head_has_number = bool(rows) and any(c.isdigit() for c in re.sub(r"№\s*п/п", "", rows[0][0].text))
        headed = len(rows) >= 2 and not head_has_number and (lexicon.labels(rows[0][0].text) or count == 1)
        if headed and all(len(cells[0]) < _CELL_LINE and ":" not in cells[0] for _, cells in rows):
            found.append((index, end, _table(rows)))
        index = max(end, index + 1)
    return found


def _spaced(lines: list[Paragraph], lexicon: Lexicon) -> list[tuple[int, int, Table]]:
    """Columns made with spaces: a head with gaps of two or more, and rows whose pieces stand under its words."""
    found = []
    index = 0
    while index < len(lines):
        head = _pieces(lines[index].text)
        times = _times(head)
        if not (times or (len(head) >= 2 and _heads_columns(lines[index].text, lexicon))):
            index += 1
            continue
        end, rows = index + 1, []
        while end < len(lines):
            text = lines[end].text
            if not text.strip() or _RULE.match(text):
                end += 1
                continue
            pieces = _pieces(text)
            if len(pieces) < 2 or not any(_VALUE.match(p) for _, _, p in pieces[1:]):
                break
            if times and (len(pieces) != times + 1 or not lexicon.names_field(pieces[0][2])):
                break
            rows.append((lines[end], _under(head, pieces)))
            end += 1
        if rows:
            lead = [""] if any(len(r) > len(head) for _, r in rows) else []
            found.append((index, end, _table([(lines[index], [*lead, *(p for _, _, p in head)]), *rows])))
        index = max(end, index + 1)
    return found


def _times(head: list[tuple[int, int, str]]) -> int:
    """How many columns a head «Сеть   было   стало» has for times, its first word aside; 0 where it is none such."""
    words = [fold(text) for _, _, text in head]
    times = words if words and _WAS_OR_IS.fullmatch(words[0]) else words[1:]
    return len(times) if len(times) > 1 and all(map(_WAS_OR_IS.fullmatch, times)) else 0


def _heads_columns(text: str, lexicon: Lexicon) -> bool:
    """Whether a line names two networks or groups and holds no number."""
    if any(map(str.isdigit, text)):
        return False
    return len({x.name for x in lexicon.labels(text) if x.kind in ("field", "total", "audience")}) >= 2


def _pieces(text: str) -> list[tuple[int, int, str]]:
    """Stretches of text between gaps of two or more spaces: (start, end, text)."""
    return [(m.start(), m.end(), m.group()) for m in _PIECE.finditer(text)]


def _under(head: list[tuple[int, int, str]], pieces: list[tuple[int, int, str]]) -> list[str]:
    """The pieces of a row in the head's columns: in order where their number fits, else by where they stand."""
    if len(pieces) == len(head):
        return [p for _, _, p in pieces]
    if len(pieces) == len(head) + 1:
        return [p for _, _, p in pieces]
    apart = [part for _, _, p in pieces for part in (p.split() if _SIDE_BY_SIDE.fullmatch(p) else [p])]
    if len(apart) == len(head):  # «Итого   1090   1213 1091»: wide numbers leave one space between columns
        return apart
    cells = [""] * len(head)
    for start, end, text in pieces:
        middle = (start + end) / 2
        column = min(range(len(head)), key=lambda i: abs((head[i][0] + head[i][1]) / 2 - middle))
        cells[column] = f"{cells[column]} {text}".strip()
    return cells


def _flattened(lines: list[Paragraph], lexicon: Lexicon) -> list[tuple[int, int, Table]]:
    """One cell a line, as Outlook flattens a table: the head's cells first, then the cells of every row."""
    texts = [(i, line) for i, line in enumerate(lines) if line.text.strip()]
    found: list[tuple[int, int, Table]] = []
    position = 0
    while position < len(texts):
        match = _flat_at(texts, position, lexicon)
        if match is None:
            position += 1
            continue
        width, count = match
        chosen = texts[position : position + width * count]
        last = _flat_total(texts, position + width * count, width)
        rows = [[_cell(p) for _, p in chosen[i : i + width]] for i in range(0, len(chosen), width)]
        if last:
            empty = [Cell("", last[0][1].locator)] * (width - len(last))
            rows.append([*empty, *(_cell(p) for _, p in last)])
        chosen = [*chosen, *last]
        grid = tuple(tuple(row) for row in rows)
        found.append((chosen[0][0], chosen[-1][0] + 1, Table(grid, chosen[0][1].locator, quote=chosen[0][1].quote)))
        position += len(chosen)
    return found


def _cell(line: Paragraph) -> Cell:
    return Cell(line.text.strip(), line.locator, doubtful=line.doubtful)


def _flat_total(texts: list[tuple[int, Paragraph]], start: int, width: int) -> list[tuple[int, Paragraph]]:
    """The total row after the last whole one, whose running number's cell was empty: «Итого», then its values."""
    row = texts[start : start + width - 1]
    if len(row) < width - 1 or not TOTAL_ROW.match(fold(row[0][1].text.strip())):
        return []
    following = texts[start + width - 1 : start + width]
    values = all(_VALUE.match(p.text.strip()) for _, p in row[1:])
    return row if values and not any(_VALUE.match(p.text.strip()) for _, p in following) else []


def _flat_at(texts: list[tuple[int, Paragraph]], start: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """(width, rows) of the flattened table that begins at `start`, head included, or None."""
    head = 0
    labels: set[tuple[str, str]] = set()
    while start + head < len(texts):
        text = texts[start + head][1].text.strip()
        if len(text) > _CELL_LINE or _VALUE.match(text) or _holds_digits(text):
            break
        found = lexicon.labels(text)
        names = {(x.kind, x.name) for x in found if x.kind != "foreign"}
        if not names and not found and not _HEAD_WORD.match(fold(text)):
            break
        if len(names) > 1 or (
            names and names <= labels and ("field", "") not in names and len(names) == 1 and names & labels
        ):
            break
        labels |= names
        head += 1
    fields = [x for x in labels if x[0] in ("field", "total", "audience")]
    for width in (head, head + 1):
        if len(fields) < 2 or width < 3 or (width == head + 1 and labels and not texts):
            continue
        rows = _flat_rows(texts, start + width, width) if width == head else 0
        if rows >= 1:
            return width, rows + 1
    return None


def _holds_digits(text: str) -> bool:
    """Whether there is a digit beside those in addresses."""
    return any(map(str.isdigit, text)) and any(map(str.isdigit, _ADDRESS.sub("", text)))


def _flat_rows(texts: list[tuple[int, Paragraph]], start: int, width: int) -> int:
    """How many rows of `width` cells follow, each with words first and a value last."""
    rows = 0
    while start + (rows + 1) * width <= len(texts):
        row = [p.text.strip() for _, p in texts[start + rows * width : start + (rows + 1) * width]]
        values = [bool(_VALUE.match(t)) for t in row]
        if (
            any(len(t) > _CELL_LINE for t in row)
            or not values[-1]
            or not values[-2]
            or (all(values[:2]) and not row[0].isdigit())
        ):
            break
        if not any(not v for v in values):
            break
        rows += 1
    return rows
