import os

import pytest

from mailbot.domain.pipes import LateError, TimedPipe


@pytest.fixture
def ends():
    """Our two ends of a pipe to ourselves: where to read, and where to write."""
    pair = [TimedPipe(each) for each in os.pipe()]
    for each in pair:
        each.allow(20)
    yield pair
    for each in pair:
        each.close()


def test_all_is_written_and_read_that_fits_into_the_pipe(ends):
    source, sink = ends
    assert sink.write(b"x" * 1000) == 1000
    assert [source.read(10), source.read(990)] == [b"x" * 10, b"x" * 990]


def test_what_nobody_reads_or_writes_in_time_is_late(ends):
    source, sink = ends
    source.allow(0.01)
    sink.allow(0.01)
    with pytest.raises(LateError):
        sink.write(bytes(1 << 20))
    assert len(source.read(1 << 12)) == 1 << 12
    source.allow(0)
    with pytest.raises(LateError):
        source.read(1 << 20)


def test_the_end_of_the_pipe_ends_the_reading_and_breaks_the_writing():
    (first, second), (third, fourth) = os.pipe(), os.pipe()
    source, sink = TimedPipe(first), TimedPipe(fourth)
    os.write(second, b"abc")
    os.close(second)
    os.close(third)
    assert source.read(10) == b"abc"
    with pytest.raises(BrokenPipeError):
        sink.write(b"abc")
    source.close()
    sink.close()
