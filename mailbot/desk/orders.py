"""What the contact person asks for, understood but not yet carried out; and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailbot.domain.interpretation import Report

Action = Literal["accept", "reject", "undo"]
"""`accept`: let the figures count, with the changes given; `reject`: let nothing of it count; `undo`: end a decision."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An order in words. Without `letters` it is about the respondent that it names.

    `figures` are by field; `said` are her words.
    """

    said: str
    action: Action
    letters: tuple[int, ...] = ()
    municipality: str | None = None
    organisation: str | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Words that are no order as they stand: her words, and why, in a Russian sentence."""

    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the workbook's sheet of open cases, with her entries: a stored report's number, and what it becomes."""

    said: str
    action: Literal["accept", "reject"]
    stamp: str
    report: int | None
    result: Report | None


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """All rows of one message that she decided about."""

    letter: int
    rows: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A respondent whose current figures she amends (`result`) or takes out (None); `stamp` is what she saw."""

    said: str
    municipality: str
    key: str | None
    stamp: str
    result: Report | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: whether it was done, her words (or the row), what was done or why not, how to undo."""

    done: bool
    said: str
    what: str
    undo: str = ""
