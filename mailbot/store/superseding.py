"""Superseding: what stands after a respondent said several things. Pure; `mailbot.store.current` applies it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure of the history: its value (people) and the number of its row."""

    value: int
    figure: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that one message says of one respondent."""

    message: int
    correction: bool
    figures: Mapping[str, Stated]
    spelling: str | None = None


def supersede(statements: Iterable[Statement], kinds: Mapping[str, str]) -> dict[str, Stated]:
    """The figures that stand after `statements`, given in order of time; `kinds` says what each field is.

    A report replaces everything. A correction replaces what it gives: «ВК: 35 вместо 34» leaves ОК as it was. What was
    said of the old figure falls with it unless the correction restates it: a stated total when an account's figure
    changes, a split by audience when any other figure changes. A split is replaced as one.
    """
    standing: dict[str, Stated] = {}
    for statement in statements:
        if not statement.correction:
            standing = dict(statement.figures)
            continue
        outdated = _outdated(standing, statement, kinds)
        standing = {name: stated for name, stated in standing.items() if kinds[name] not in outdated}
        standing |= statement.figures
    return standing


def _outdated(standing: Mapping[str, Stated], correction: Statement, kinds: Mapping[str, str]) -> set[str]:
    """The kinds of fields whose standing figures a correction ends."""
    changed = {
        kinds[name]
        for name, stated in correction.figures.items()
        if name not in standing or standing[name].value != stated.value
    }
    if "account" in changed:
        return {"total", "audience"}
    return {"audience"} if changed else set()
