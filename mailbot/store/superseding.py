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
    """The figures that stand after `statements`, given in order of time; `kinds` says what each field is."""
    standing: dict[str, Stated] = {}
    for statement in statements:
        values = {name: stated.value for name, stated in standing.items()}
        given = {name: stated.value for name, stated in statement.figures.items()}
        left = step(values, given, kinds, correction=statement.correction)
        standing = {name: statement.figures.get(name) or standing[name] for name in left}
    return standing


def step(
    standing: Mapping[str, int], given: Mapping[str, int], kinds: Mapping[str, str], *, correction: bool
) -> dict[str, int]:
    """The values that stand when `given` is stated where `standing` stood.

    A report replaces everything. A correction replaces what it gives: «ВК: 35 вместо 34» leaves ОК as it was. What was
    said of the old figure falls with it unless the correction restates it: a stated total when an account's figure
    changes, a split by audience when any other figure changes. A split is replaced as one.
    """
    if not correction:
        return dict(given)
    outdated = _outdated(standing, given, kinds)
    return {name: value for name, value in standing.items() if kinds[name] not in outdated} | dict(given)


def _outdated(standing: Mapping[str, int], given: Mapping[str, int], kinds: Mapping[str, str]) -> set[str]:
    """The kinds of fields whose standing figures a correction ends."""
    changed = {kinds[name] for name, value in given.items() if standing.get(name) != value}
    if "account" in changed:
        return {"total", "audience"}
    return {"audience"} if changed else set()
