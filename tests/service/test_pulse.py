import pytest

from mailbot.service.pulse import Pulse


class Monotonic:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def monotonic():
    return Monotonic()


@pytest.fixture
def pulse(monotonic):
    pulse = Pulse(monotonic)
    pulse.expect("read", 100)
    pulse.expect("receive:press", 600)
    return pulse


def test_a_job_that_gives_no_sign_for_longer_than_a_step_may_take_hangs(pulse, monotonic):
    monotonic.seconds += 100
    assert pulse.hanging() == ()
    monotonic.seconds += 1
    assert pulse.hanging() == ("read",)
    monotonic.seconds += 500
    assert pulse.hanging() == ("read", "receive:press")


def test_a_sign_renews_its_time_and_nobody_elses(pulse, monotonic):
    monotonic.seconds += 99
    pulse.beat("receive:press")
    monotonic.seconds += 2
    assert pulse.hanging() == ("read",)
    pulse.beat("read")
    assert pulse.hanging() == ()


def test_a_job_at_rest_hangs_only_when_it_does_not_come_back(pulse, monotonic):
    pulse.beat("read", rest=5000)
    pulse.beat("receive:press", rest=9000)
    monotonic.seconds += 5100
    assert pulse.hanging() == ()
    monotonic.seconds += 1
    assert pulse.hanging() == ("read",)


def test_every_question_between_two_steps_is_a_sign(pulse, monotonic):
    stopped = pulse.beating("read", lambda: False)
    for _ in range(10):
        monotonic.seconds += 90
        assert stopped() is False
        assert "read" not in pulse.hanging()


def test_who_is_not_watched_may_be_silent(pulse, monotonic):
    pulse.forget("read")
    pulse.beat("read")
    pulse.beat("unheard of")
    monotonic.seconds += 550
    assert pulse.hanging() == ()
