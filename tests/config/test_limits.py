"""The bounds at the entrances: what holds unless configured, and that what is configured reaches every entrance."""

import pytest

from mailbot.config import load
from mailbot.config.load import load_for_reading
from mailbot.config.sources import environment
from mailbot.domain.document import Limits

MEGABYTE = 1024 * 1024
BASE = """
[mailbox.press]
host = "imap.example.org"
user = "press@example.org"
password = "s3cret"
[smtp]
host = "smtp.example.org"
sender = "press@example.org"
[report]
to = ["contact@example.org"]
"""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in list(environment()):
        if name.startswith("MAILBOT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


@pytest.fixture
def loaded(tmp_path):
    def make(limits=""):
        path = tmp_path / "config.toml"
        path.write_text(BASE + limits, encoding="utf-8")
        return path

    return make


def test_the_bounds_that_hold_unless_configured(loaded):
    settings = load(loaded())
    limits = settings.limits
    assert limits == Limits() == load_for_reading(None)[2]
    assert limits.message_bytes == settings.mailboxes[0].message_bytes == 50 * MEGABYTE
    assert (limits.unpacked_bytes, limits.parts, limits.depth) == (200 * MEGABYTE, 500, 10)


def test_a_configured_bound_reaches_receiving_and_reading(loaded):
    path = loaded("[limits]\nmessage_bytes = 1000\nunpacked_bytes = 2000\nparts = 3\ndepth = 4\n")
    settings = load(path)
    assert settings.mailboxes[0].message_bytes == 1000
    limits = settings.limits
    assert (limits.message_bytes, limits.unpacked_bytes, limits.parts, limits.depth) == (1000, 2000, 3, 4)
    assert load_for_reading(path)[2] == limits
