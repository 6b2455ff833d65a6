"""The campaign and its respondents, from data files: the built-in ones, or those that the configuration names."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from mailbot.config.model import CampaignSection
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.reading.who.directory_file import load_municipalities, load_organisations

_FILES = ("file", "municipalities_file", "roster_file", "letter_file")


def build_campaign(section: CampaignSection, base: Path) -> Campaign:
    """The campaign's file with the section's own keys over it, and the letter's text.

    Relative paths start at `base`. Raises OSError, `tomllib.TOMLDecodeError` or pydantic's ValidationError.
    """
    given: dict[str, Any] = tomllib.loads(_text(section.file, base, "campaign.toml"))
    own = section.model_dump(exclude=set(_FILES), exclude_none=True)
    if "letter" not in given or section.letter_file:
        own["letter"] = _text(section.letter_file, base, "letter.txt")
    return Campaign.model_validate(given | own)


def build_directory(section: CampaignSection, base: Path) -> Directory:
    """The municipalities, and the roster of organisations where there is one.

    Raises OSError for a file that can't be read, and DirectoryError (a ValueError) for one that can't be taken.
    """
    municipalities = load_municipalities(_text(section.municipalities_file, base, "municipalities.csv"))
    rows = _rows(base / section.roster_file) if section.roster_file else ()
    return Directory(
        municipalities=municipalities, organisations=load_organisations(rows, municipalities) if rows else ()
    )


def _text(path: Path | None, base: Path, built_in: str) -> str:
    if path is None:
        return resources.files("mailbot.data").joinpath(built_in).read_text(encoding="utf-8")
    return _decoded((base / path).read_bytes())


def _decoded(data: bytes) -> str:
    """Text as Russian offices save it: UTF-8 with or without a mark, or else windows-1251 (what Excel writes)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251")


def _rows(path: Path) -> Sequence[Sequence[object]]:
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 - loaded where a roster is a workbook

        return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return list(_csv(_decoded(path.read_bytes())))


def _csv(text: str) -> Iterable[Sequence[str]]:
    heading = text.partition("\n")[0]
    return csv.reader(io.StringIO(text), delimiter=max(";,\t", key=heading.count))
