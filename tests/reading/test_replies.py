"""The labelled replies: what the reader makes of each, held against what a careful clerk wrote down.

The score is printed at the end of `make test` (by `tests/conftest.py`); `tests/replies/SPEC.md` defines the verdicts.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.reading.samples import read
from tests.replies.score import verdict

REPLIES = Path(__file__).parents[1] / "replies"
INBOXES = sorted(folder.name for folder in REPLIES.iterdir() if folder.is_dir() and folder.name != "__pycache__")
# At least so many must be exact; none may be wrong or lost. What is deferred costs a person a minute each.
FLOORS = {
    "bodies": 0.99, "attachments": 0.96, "second": 0.97, "third": 0.95, "fourth": 0.95, "fifth": 0.92, "sixth": 0.98,
    "seventh": 0.95, "eighth": 0.98, "ninth": 0.98, "tenth": 0.95, "eleventh": 0.98, "twelfth": 0.95, "thirteenth": 0.92,
    "fourteenth": 0.98, "fifteenth": 0.97, "sixteenth": 0.95, "seventeenth": 0.97, "eighteenth": 0.9,
    "nineteenth": 0.97, "twentieth": 0.96, "twentyfirst": 0.92, "twentysecond": 0.86, "twentythird": 0.96,
    "twentyfourth": 0.95, "twentyfifth": 0.96, "twentysixth": 0.92,
}  # fmt: skip


def answer(path: str) -> dict[str, object]:
    """The reader's answer to one message in the form that the labels have."""
    result = read(Path(path).read_bytes())
    return {
        "status": result.status.value,
        "kind": result.kind.value,
        "rows": [
            {
                "municipality": r.municipality,
                "organisation": r.organisation,
                "figures": {c.name: c.value for c in r.figures},
                "audience": {c.name: c.value for c in r.audience} or None,
            }
            for r in result.reports
        ],
        "codes": sorted(f.code.value for f in result.findings),
    }


def answers(inbox: str) -> dict[str, dict[str, object]]:
    """What the reader says of every message of an inbox: of this one only, as inboxes are shared out among processes."""
    files = [str(path) for path in sorted((REPLIES / inbox).glob("*.eml"))]
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        return dict(zip(files, pool.map(answer, files, chunksize=4), strict=True))


def test_every_message_has_its_label_and_every_label_its_message():
    for inbox in INBOXES:
        mails = {p.stem for p in (REPLIES / inbox).glob("*.eml")}
        labels = {p.stem for p in (REPLIES / inbox).glob("*.json")}
        assert mails == labels
        assert mails


@pytest.mark.parametrize("inbox", INBOXES)
def test_score(inbox, record_property):
    marks: Counter[str] = Counter()
    off: list[str] = []
    for path, given in answers(inbox).items():
        label = json.loads(Path(path).with_suffix(".json").read_text("utf-8"))
        mark = verdict(label, given)
        marks[mark] += 1
        if mark != "exact":
            off.append(f"{mark}: {Path(path).name} ({label['why']}) {given['codes']}")
    total = marks.total()
    share = marks["exact"] / total
    counted = ", ".join(f"{mark} {marks[mark]}" for mark in ("deferred", "wrong", "lost"))
    record_property("score", "\n  ".join([f"{inbox}: {total} messages, exact {share:.1%}, {counted}", *sorted(off)]))
    assert marks["wrong"] == 0
    assert marks["lost"] == 0
    assert marks["exact"] / total >= FLOORS[inbox]
