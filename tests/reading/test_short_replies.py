"""Bodies of a few lines, each another way of saying it, written and labelled by people who had not seen the rules.

A label says what a careful clerk would do: take these figures, look at it (`review`), or leave it (`ignored`). Deferred
costs a person a minute; wrong or lost is what nobody would ever see.
"""

import json
from collections import Counter
from pathlib import Path

from tests.reading.samples import message, read
from tests.replies.score import verdict

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "replies" / "short.jsonl").read_text().splitlines()]
FLOOR = 0.8


def answered(case):
    result = read(message(case["body"]))
    reports = [
        {
            "municipality": report.municipality,
            "organisation": report.organisation,
            "figures": {claim.name: claim.value for claim in report.figures},
            "audience": None,  # the labels do not say
        }
        for report in result.reports
    ]
    return {"status": result.status.value, "kind": result.kind.value, "rows": reports}


def test_nothing_is_silently_wrong_and_most_is_taken(record_property):
    marks: Counter[str] = Counter()
    off = []
    for case in CASES:
        label = {**case, "kind": "report", "rows": [{**row, "audience": None} for row in case["rows"]]}
        mark = verdict(label, answered(case))
        marks[mark] += 1
        if mark in ("wrong", "lost"):
            off.append((mark, case["body"]))
    counted = ", ".join(f"{mark} {marks[mark]}" for mark in ("deferred", "wrong", "lost"))
    record_property("score", f"short: {len(CASES)} bodies, exact {marks['exact'] / len(CASES):.1%}, {counted}")
    assert off == []
    assert marks["exact"] / len(CASES) >= FLOOR
