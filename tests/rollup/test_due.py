"""Which roll-ups are due: downtime, summer time, clocks that jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rollup.due import Schedule, due, is_late, next_at

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
DEADLINE = datetime(2021, 8, 17, 15, 0, tzinfo=MOSCOW)
SCHEDULE = Schedule(at=time(8), zone=MOSCOW, deadline=DEADLINE, final_at=time(15, 30))


def at(text, zone=MOSCOW):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def owed(now, *made, schedule=SCHEDULE):
    return [(each.date.isoformat(), each.kind) for each in due(now, schedule, made)]


def made(text, kind="daily"):
    return (date.fromisoformat(text), kind)


def test_nothing_before_the_hour_and_one_from_it_on():
    assert owed(at("2021-08-12 07:59")) == []
    assert owed(at("2021-08-12 08:00")) == [("2021-08-12", "daily")]
    assert owed(at("2021-08-12 23:59")) == [("2021-08-12", "daily")]
    assert owed(at("2021-08-12 23:59"), made("2021-08-12")) == []


def test_a_service_that_starts_owes_no_past():
    assert owed(at("2021-08-12 09:00")) == [("2021-08-12", "daily")]


def test_every_date_missed_in_downtime_is_owed_the_oldest_first():
    days = [("2021-08-13", "daily"), ("2021-08-14", "daily"), ("2021-08-15", "daily")]
    assert owed(at("2021-08-15 09:00"), made("2021-08-12")) == days
    assert owed(at("2021-08-15 07:00"), made("2021-08-12")) == days[:2]


def test_what_is_owed_too_long_is_given_up():
    days = owed(at("2021-12-01 09:00"), made("2021-08-12"))
    assert (days[0], days[-1], len(days)) == (("2021-11-24", "daily"), ("2021-12-01", "daily"), 8)


def test_the_final_one_comes_on_the_deadlines_day_besides_the_daily_one():
    assert owed(at("2021-08-17 15:29"), made("2021-08-16")) == [("2021-08-17", "daily")]
    assert owed(at("2021-08-17 15:30"), made("2021-08-16")) == [("2021-08-17", "daily"), ("2021-08-17", "final")]
    assert owed(at("2021-08-18 15:30"), made("2021-08-17"), made("2021-08-18")) == [("2021-08-17", "final")]


def test_the_final_one_never_comes_before_the_deadline():
    early = Schedule(at=time(8), zone=MOSCOW, deadline=DEADLINE, final_at=time(12))
    assert owed(at("2021-08-17 14:59"), made("2021-08-17"), schedule=early) == []
    assert owed(at("2021-08-17 15:00"), made("2021-08-17"), schedule=early) == [("2021-08-17", "final")]


def test_without_a_final_hour_there_is_none():
    plain = Schedule(at=time(8), zone=MOSCOW, deadline=DEADLINE)
    assert owed(at("2021-08-17 20:00"), made("2021-08-17"), schedule=plain) == []


def test_a_service_that_starts_after_the_deadline_owes_no_final_one():
    assert owed(at("2021-08-19 09:00")) == [("2021-08-19", "daily")]


def test_extra_ones_change_nothing():
    assert owed(at("2021-08-12 09:00"), made("2021-08-12", "extra-074500")) == [("2021-08-12", "daily")]


class TestClocks:
    def test_the_date_is_the_zones(self):
        night = Schedule(at=time(0, 30), zone=MOSCOW, deadline=DEADLINE)
        assert owed(datetime(2021, 8, 12, 21, 29, tzinfo=UTC), made("2021-08-12"), schedule=night) == []
        assert owed(datetime(2021, 8, 12, 21, 30, tzinfo=UTC), made("2021-08-12"), schedule=night) == [
            ("2021-08-13", "daily")
        ]

    def test_an_hour_that_summer_time_skips_is_due_after_the_jump(self):
        skipped = Schedule(at=time(2, 30), zone=BERLIN, deadline=DEADLINE)
        before, after = datetime(2021, 3, 28, 0, 59, tzinfo=UTC), datetime(2021, 3, 28, 1, 30, tzinfo=UTC)
        assert owed(before, made("2021-03-27"), schedule=skipped) == []
        assert owed(after, made("2021-03-27"), schedule=skipped) == [("2021-03-28", "daily")]

    def test_an_hour_that_comes_twice_is_due_once(self):
        doubled = Schedule(at=time(2, 30), zone=BERLIN, deadline=DEADLINE)
        first, second = datetime(2021, 10, 31, 0, 30, tzinfo=UTC), datetime(2021, 10, 31, 1, 30, tzinfo=UTC)
        assert owed(first, made("2021-10-30"), schedule=doubled) == [("2021-10-31", "daily")]
        assert owed(second, made("2021-10-30"), made("2021-10-31"), schedule=doubled) == []

    def test_a_clock_moved_backwards_makes_nothing_due_again(self):
        done = (made("2021-08-12"), made("2021-08-13"))
        for now in ("2021-08-13 07:00", "2021-08-12 09:00", "2021-08-11 23:00", "2020-01-01 12:00"):
            assert owed(at(now), *done) == []

    def test_a_clock_that_was_ahead_leaves_the_dates_between_owed(self):
        done = (made("2021-08-12"), made("2021-08-14"))
        assert owed(at("2021-08-13 08:30"), *done) == [("2021-08-13", "daily")]


@pytest.mark.parametrize(
    ("now", "done", "expected"),
    [
        ("2021-08-12 07:00", [], "2021-08-12 08:00"),
        ("2021-08-12 09:00", [], "2021-08-12 09:00"),
        ("2021-08-12 09:00", ["2021-08-12"], "2021-08-13 08:00"),
        ("2021-08-17 09:00", ["2021-08-17"], "2021-08-17 15:30"),
        ("2021-08-10 09:00", ["2021-08-11", "2021-08-12"], "2021-08-13 08:00"),
    ],
)
def test_when_the_next_one_is_due(now, done, expected):
    assert next_at(at(now), SCHEDULE, [made(day) for day in done]) == at(expected)


def test_an_hour_late_is_late():
    (each,) = due(at("2021-08-12 08:00"), SCHEDULE, ())
    assert not is_late(each, at("2021-08-12 09:00"), SCHEDULE)
    assert is_late(each, at("2021-08-12 09:01"), SCHEDULE)


@given(st.lists(st.integers(-300_000, 400_000), max_size=40), st.sampled_from([MOSCOW, BERLIN]), st.times())
def test_however_the_clock_jumps_each_date_and_kind_is_made_once(jumps, zone, hour):
    schedule = Schedule(at=hour, zone=zone, deadline=DEADLINE, final_at=time(15, 30))
    now, done = at("2021-03-27 12:00"), []
    for jump in jumps:
        now += timedelta(seconds=jump)
        done += [(each.date, each.kind) for each in due(now, schedule, done)]
        assert due(now, schedule, done) == ()
    assert len(done) == len(set(done))
