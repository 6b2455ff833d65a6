"""The directory from CSV text: municipalities, and the optional roster of organisations. Pure: no file is opened here.

A cell that holds several values separates them by «;». The encoding, and the file, are the caller's business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from mailbot.domain.directory import Municipality, Organisation, OrganisationKind

_MUNICIPALITY_COLUMNS = ("canonical", "kind", "centre", "centre_tells", "aliases", "settlements", "codes")
_TRUE, _FALSE = frozenset({"", "1", "yes", "true", "да"}), frozenset({"0", "no", "false", "нет"})

# Headings that a roster of organisations may have, case folded.
_ROSTER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "municipality": ("municipality", "муниципалитет", "муниципальное образование", "муниципальный район", "район"),
    "name": ("name", "organisation", "организация", "наименование", "наименование организации", "оо", "школа"),
    "kind": ("kind", "вид", "тип"),
    "aliases": ("aliases", "другие названия", "краткое наименование", "сокращение"),
}
_KINDS: Mapping[str, OrganisationKind] = {
    **dict.fromkeys(("school", "школа", "гимназия", "лицей"), "school"),
    **dict.fromkeys(("kindergarten", "детский сад", "доу"), "kindergarten"),
    **dict.fromkeys(("college", "колледж", "техникум"), "college"),
    **dict.fromkeys(("", "other", "другое"), "other"),
}


class DirectoryError(ValueError):
    """A directory file that cannot be taken: the message names the line and the column."""


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _flag(cell: str, place: str) -> bool:
    word = cell.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise DirectoryError(f"{place}: «{cell}» is neither yes nor no")


def load_municipalities(text: str) -> tuple[Municipality, ...]:
    """Read municipalities from the text of a CSV file with a heading row.

    `canonical`, `kind` and `centre` are required columns; `centre_tells` (yes or no), `aliases`, `settlements` and
    `codes` may be absent; others (notes) are ignored. Raises DirectoryError for a missing column, an empty or a
    repeated `canonical`, or a flag that is none.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [c for c in _MUNICIPALITY_COLUMNS[:3] if c not in (reader.fieldnames or ())]
    if missing:
        raise DirectoryError(f"line 1: no column {', '.join(missing)}")
    found: dict[str, Municipality] = {}
    for row in reader:
        place = f"line {reader.line_num}"
        cells = {c: (row.get(c) or "").strip() for c in _MUNICIPALITY_COLUMNS}
        if not cells["canonical"]:
            raise DirectoryError(f"{place}: canonical is empty")
        if cells["canonical"] in found:
            raise DirectoryError(f"{place}: {cells['canonical']} is listed twice")
        found[cells["canonical"]] = Municipality(
            canonical=cells["canonical"],
            kind=cells["kind"],
            centre=cells["centre"],
            centre_tells=_flag(cells["centre_tells"], f"{place}, centre_tells"),
            aliases=_parts(cells["aliases"]),
            settlements=_parts(cells["settlements"]),
            codes=_parts(cells["codes"].lower()),
        )
    return tuple(found.values())


def _kind(cell: str, place: str) -> OrganisationKind:
    word = cell.strip().lower()
    if word not in _KINDS:
        raise DirectoryError(f"{place}: «{cell}» is no kind of organisation")
    return _KINDS[word]


def _roster_columns(heading: Sequence[object]) -> dict[str, int]:
    words = [" ".join(str(cell or "").lower().split()) for cell in heading]
    columns: dict[str, int] = {}
    for column, names in _ROSTER_HEADINGS.items():
        position = next((words.index(name) for name in names if name in words), None)
        if position is not None:
            columns[column] = position
    return columns


def load_organisations(
    rows: Iterable[Sequence[object]], municipalities: Sequence[Municipality]
) -> tuple[Organisation, ...]:
    """Read a roster from rows of cells (of a CSV or an XLSX file), the first of which is the heading.

    Columns: municipality and name (required), kind, aliases; Russian headings are known too. The municipality is
    named by its canonical word, in any case, with or without «муниципальный район». Empty rows are skipped. Raises
    DirectoryError for a missing column, an empty name, an unknown municipality or kind.
    """
    iterator = iter(rows)
    columns = _roster_columns(next(iterator, ()))
    missing = [c for c in ("municipality", "name") if c not in columns]
    if missing:
        raise DirectoryError(f"line 1: no column {', '.join(missing)}")
    known = {m.canonical.lower(): m.canonical for m in municipalities}
    result = []
    for number, row in enumerate(iterator, start=2):
        cells = {
            column: str(row[at]).strip() if at < len(row) and row[at] is not None else ""
            for column, at in columns.items()
        }
        if not any(cells.values()):
            continue
        place = f"line {number}"
        word = cells["municipality"].lower().removesuffix("район").removesuffix("муниципальный ").strip()
        if word not in known:
            raise DirectoryError(f"{place}: «{cells['municipality']}» is no municipality of the directory")
        if not cells["name"]:
            raise DirectoryError(f"{place}: name is empty")
        result.append(
            Organisation(
                municipality=known[word],
                name=cells["name"],
                kind=_kind(cells.get("kind", ""), place),
                aliases=_parts(cells.get("aliases", "")),
            )
        )
    return tuple(result)
