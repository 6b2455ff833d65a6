"""Scans: opening a picture with all that recognition does, against Tesseract once over the same prepared pages."""

from __future__ import annotations

import statistics
import time
from typing import Any
from unittest.mock import patch

from mailbot.domain.document import Limits
from mailbot.reading.formats import open_attachment
from mailbot.reading.ocr import engine, prepare, recognise
from mailbot.reading.read import interpret
from tests.bench import ours
from tests.bench.measure import Outcome, run
from tests.bench.plan import Plan
from tests.bench.rows.replies import REPLIES, has_scan

AUTOMATIC = 3
PAGES = 12


def measure(plan: Plan) -> list[Outcome]:
    """Time with scans as a multiple of Tesseract's alone, for each of some pages."""
    result = run("tests.bench.rows.scans:read_some", pages=plan.scaled(PAGES * 5) // 5)
    plan.step()
    inside = statistics.median(result["inside"]) * 100
    return [
        Outcome(
            "scans",
            "recognising a scan, CPU in all",
            "Tesseract once over the same prepared page (rus+eng, automatic segmentation)",
            "under 1.3 times its time",
            "x",
            tuple(result["ratios"]),
            statistics.median(result["ratios"]) < 1.3,
            (
                (
                    f"{len(result['ratios'])} labelled scans; {inside:.0f} % of the time is inside Tesseract: all lines once, "
                    "words that may be figures or names again, as they stand only where further readings confirm them; the rest "
                    "is mostly turning the page upright and finding its lines"
                ),
            ),
        )
    ]


def read_some(pages: int) -> dict[str, Any]:
    """For each scan: the whole cost by one pass of Tesseract, and the share of the whole inside Tesseract."""
    campaign, directory = ours.campaign_and_directory()
    scans = [raw for path in sorted(REPLIES.rglob("*.eml"))[::3] if has_scan(raw := path.read_bytes())]
    step = max(1, len(scans) // pages)
    quotients, inside = [], []
    for raw in scans[::step][:pages]:
        meter = _Meter(engine.engine())
        with (
            patch.object(recognise, "engine", lambda meter=meter: meter),
            patch.object(prepare, "page", meter.preparing),
        ):
            begun = time.process_time()
            interpret(raw, campaign, directory, open_attachment, Limits())
            whole = time.process_time() - begun
        alone = meter.once()
        if alone:
            quotients.append(whole / alone)
            inside.append(meter.seconds / whole)
    return {"ratios": quotients, "inside": inside}


class _Meter:
    """The engine with its time counted, and the pages that were given to it kept."""

    def __init__(self, reader: engine.Engine) -> None:
        self.languages = reader.languages
        self.seconds = 0.0
        self._reader = reader
        self._prepare = prepare.page
        self._pages: list[engine.Gray] = []

    def read(self, picture: engine.Gray, mode: int, languages: str, letters: str = "") -> list[engine.Token]:
        begun = time.process_time()
        tokens = self._reader.read(picture, mode, languages, letters)
        self.seconds += time.process_time() - begun
        return tokens

    def places(self, picture: engine.Gray, dpi: int) -> list[engine.Token]:
        begun = time.process_time()
        found = self._reader.places(picture, dpi)
        self.seconds += time.process_time() - begun
        return found

    def preparing(self, picture: Any) -> prepare.Page:
        page = self._prepare(picture)
        self._pages.append(page.gray.copy())
        return page

    def once(self) -> float:
        """Seconds of Tesseract alone over the pages."""
        begun = time.process_time()
        for page in self._pages:
            self._reader.read(page, AUTOMATIC, engine.languages_of(self._reader))
        return time.process_time() - begun
