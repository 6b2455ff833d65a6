"""What a roll-up leaves for the next one, and what differs between the two. Pure.

The snapshot is JSON. It holds figures, not places: «was 210, is 214» needs no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from mailbot.domain.campaign import Campaign
from mailbot.rollup.facts import Case, Changes, FigureChange, Municipality, Respondent

_FORMAT = 1

_Who = tuple[str, str | None]


def take(
    moment: datetime,
    municipalities: Sequence[Municipality],
    respondents: Iterable[Respondent],
    cases: Iterable[Case],
    letters: int,
) -> dict[str, Any]:
    """The snapshot of a roll-up at `moment`; `letters` is how many messages the database has."""
    return {
        "format": _FORMAT,
        "moment": moment.isoformat(),
        "letters": letters,
        "answered": [m.name for m in municipalities if m.answered],
        "subscribers": sum(m.subscribers for m in municipalities),
        "totals": _totals(municipalities),
        "cases": [case.identity for case in cases],
        "respondents": [
            [r.municipality, r.key, r.organisation, {name: figure.value for name, figure in r.figures.items()}]
            for r in respondents
        ],
    }


def compare(before: Mapping[str, Any] | None, now: Mapping[str, Any], campaign: Campaign, zone: tzinfo) -> Changes:
    """What differs between two snapshots; with none before (or one of another format) it is the first roll-up."""
    if before is None or before.get("format") != _FORMAT:
        return Changes(since=None)
    old, new = _respondents(before), _respondents(now)
    cases_before, cases_now = set(before["cases"]), set(now["cases"])
    return Changes(
        since=datetime.fromisoformat(before["moment"]).astimezone(zone),
        letters=max(0, now["letters"] - before["letters"]),
        answered=tuple(name for name in now["answered"] if name not in set(before["answered"])),
        organisations=tuple(
            (municipality, new[municipality, key][0])
            for municipality, key in new
            if key is not None and (municipality, key) not in old
        ),
        figures=tuple(_figure_changes(old, new, campaign)),
        withdrawn=tuple((who[0], None if who[1] is None else old[who][0]) for who in old if who not in new),
        new_cases=len(cases_now - cases_before),
        closed_cases=len(cases_before - cases_now),
        totals={name: value - before["totals"].get(name, 0) for name, value in now["totals"].items()},
        subscribers=now["subscribers"] - before["subscribers"],
    )


def _totals(municipalities: Iterable[Municipality]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for municipality in municipalities:
        for name, value in municipality.figures.items():
            totals[name] = totals.get(name, 0) + value
    return totals


def _respondents(snapshot: Mapping[str, Any]) -> dict[_Who, tuple[str, Mapping[str, int]]]:
    return {
        (municipality, key): (organisation or municipality, figures)
        for municipality, key, organisation, figures in snapshot["respondents"]
    }


def _figure_changes(
    old: Mapping[_Who, tuple[str, Mapping[str, int]]],
    new: Mapping[_Who, tuple[str, Mapping[str, int]]],
    campaign: Campaign,
) -> Iterable[FigureChange]:
    """The figures of those who were there before that are others now."""
    for who, (name, figures) in new.items():
        if who not in old:
            continue
        were = old[who][1]
        for field in campaign.fields:
            before, after = were.get(field.name), figures.get(field.name)
            if before != after:
                yield FigureChange(who[0], None if who[1] is None else name, field.name, before, after)
