"""Every sample reply is read as its label says: the demonstration shows no mistakes of the reader as its skill."""

import json
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest

from mailbot.config.load import load_for_reading
from mailbot.demo.replies import sample_replies
from mailbot.reading.ocr.engine import OcrUnavailable, engine
from mailbot.reading.read import interpret
from tests.replies.score import row_key

LABELS = Path(__file__).parent / "labels"
SAMPLES = {reply.name: reply for reply in sample_replies()}


@pytest.fixture(scope="module")
def respondents():
    campaign, directory, _ = load_for_reading(None)
    return campaign, directory


def label_of(name):
    """The label; where Tesseract is missing, what that makes of a scan."""
    label = json.loads((LABELS / f"{name}.json").read_text(encoding="utf-8"))
    if "without_ocr" in label:
        try:
            engine()
        except OcrUnavailable:
            label["expect"] = label["without_ocr"]
    return label


def test_every_sample_has_a_label_and_every_label_its_sample():
    assert {path.stem for path in LABELS.glob("*.json")} == set(SAMPLES)
    assert len(SAMPLES) >= 40


def test_no_sample_carries_a_real_sender_s_address():
    for reply in SAMPLES.values():
        _, address = parseaddr(message_from_bytes(reply.raw)["From"])
        assert address.endswith(".example") or address.startswith("MAILER-DAEMON@"), reply.name


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_read_as_its_label_says(name, respondents):
    label = label_of(name)
    reading = interpret(SAMPLES[name].raw, *respondents)
    assert reading.kind == label["kind"]
    assert reading.status == label["expect"], [finding.message for finding in reading.findings]
    if label["expect"] == "accepted":
        assert sorted(map(row_of, reading.reports), key=str) == sorted(map(row_key, label["rows"]), key=str)


def test_without_tesseract_the_scan_goes_to_review_with_the_remedy(respondents, monkeypatch):
    monkeypatch.setattr("mailbot.reading.ocr.engine._library", lambda: None)
    monkeypatch.setattr("mailbot.reading.ocr.engine._command", lambda: None)
    engine.cache_clear()
    try:
        reading = interpret(SAMPLES["016-tetyushi-skan"].raw, *respondents)
    finally:
        engine.cache_clear()
    assert reading.status == "review"
    (finding,) = [finding for finding in reading.findings if finding.code == "ocr_unavailable"]
    assert "tesseract-ocr-rus" in finding.message


def row_of(report):
    return row_key(
        {
            "municipality": report.municipality,
            "organisation": report.organisation,
            "figures": {claim.name: claim.value for claim in report.figures},
            "audience": {claim.name: claim.value for claim in report.audience},
        }
    )
