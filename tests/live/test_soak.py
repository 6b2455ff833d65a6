"""The soak of tests/soak, for a few seconds: so that the tool is there when an hour is wanted. `make soak` is that hour."""

from collections import Counter

import pytest
from rich.console import Console

from tests.servers.databases import opened, sqlite_template
from tests.soak.mails import renamed, replies
from tests.soak.reckoning import reckon
from tests.soak.report import READER, holds, show
from tests.soak.run import Plan, digest, soak
from tests.soak.samples import Sample
from tests.soak.trend import HOUR, LEAST_SECONDS, Trend, trend

MESSAGES = 6


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("dovecot")
@pytest.mark.filterwarnings("ignore:Session.login_data is deprecated")  # aiosmtpd's, of itself
def test_a_short_one_keeps_every_promise_and_shows_figures(capsys):
    steps = []
    seen = soak(Plan(MESSAGES, 0.3, 1, "sqlite", lambda count, newest: steps.append((count, newest))))
    assert seen.reckoning.broken == ()
    assert sum(seen.reckoning.statuses.values()) == MESSAGES == len(steps)
    assert len(seen.told) == len(seen.reckoning.landed) == MESSAGES
    assert all(0 < landed < 60 for landed in seen.reckoning.landed)
    assert min(seen.reckoning.read) > min(seen.reckoning.landed)
    assert all(one.main_bytes > 2**24 and one.files > 3 and one.threads > 1 for one in seen.samples)
    assert show(seen, Console(width=160)) == []
    assert f"{MESSAGES} messages in" in capsys.readouterr().out


def line(slope_an_hour, seconds):
    """A level of 100 that rises only in its second half, as by the line's slope, and wobbles."""
    times = [number * seconds / 100 for number in range(101)]
    return trend(times, [100 + slope_an_hour * when / HOUR + (number % 2) for number, when in enumerate(times)])


@pytest.mark.parametrize(
    ("slope", "seconds", "flat"),
    [(0, 3600, True), (4, 3600, True), (8, 3600, False), (-50, 3600, True), (8, LEAST_SECONDS - 1, None)],
)
def test_flat_is_what_rises_by_less_than_a_twentieth_an_hour(slope, seconds, flat):
    found = line(slope, seconds)
    assert found.is_flat is flat
    assert found.an_hour == pytest.approx(slope, abs=1)


def test_the_first_half_may_rise():
    """A service fills its caches."""
    times = list(range(0, 3600, 10))
    assert trend(times, [min(when, 1700) for when in times]).is_flat


def test_something_that_grows_breaks_the_run(capsys):
    samples = [
        Sample(float(when), 2**20 * (100 + when // 20), 2**20 * (200 + when // 20), 20, 9, 2)
        for when in range(0, 3600, 10)
    ]
    seen = type("Seen", (), {"samples": samples, "told": [0.5, 0.5], "delivered": {"a": 1.0}})
    seen.reckoning = type(
        "Reckoning", (), {"landed": (0.6, 0.6), "read": (0.7, 0.7), "broken": (), "statuses": Counter()}
    )
    assert show(seen, Console(width=160)) == ["not flat: main process, MB"]
    assert "NO" in capsys.readouterr().out


def test_the_process_for_attachments_may_grow_up_to_its_bound():
    assert holds(READER, Trend(200, 290, 100, HOUR))
    assert not holds(READER, Trend(400, 460, 0, HOUR))
    assert not holds("main process, MB", Trend(200, 290, 100, HOUR))


def test_what_is_lost_or_told_by_the_log_is_a_breach(tmp_path):
    log = [{"event": "job_failed", "level": "error"}]
    with opened(f"sqlite:///{sqlite_template(tmp_path / 'empty.db')}") as database:
        found = reckon({digest(b"a\n"): 1.0}, database, log, [])
    assert found.broken == ("1 messages have no row", "0 roll-ups arrived", "the log tells of job_failed 1 times")


def test_no_two_mails_are_the_same():
    first = [raw for _, raw in zip(range(3000), replies(1), strict=False)]
    assert len(set(first)) == 3000
    assert first[:5] == [raw for _, raw in zip(range(5), replies(1), strict=False)]


def test_a_mail_gets_a_name_of_its_own_and_keeps_the_rest():
    assert renamed(b"Subject: x\r\nMessage-id: <a@b>\r\n\r\nMessage-ID: of the body", 7) == (
        b"Message-ID: <soak.7@example.org>\nSubject: x\r\nX-Labelled-ID: <a@b>\r\n\r\nMessage-ID: of the body"
    )
