"""A paced link keeps its rate, whatever the timers do."""

import pytest

from readycheck.office.pace import Pace


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_bytes_are_due_after_their_link_time() -> None:
    pace = Pace(8_000, clock=Hand())
    assert pace.take(500) == pytest.approx(0.5)
    assert pace.take(500) == pytest.approx(1.0)


def test_late_wake_ups_are_caught_up_so_that_the_mean_rate_stays() -> None:
    clock = Hand()
    pace = Pace(8_000, clock=clock)
    waited = 0.0
    for _ in range(1000):
        wait = pace.take(100) + 0.003  # a timer that is always three milliseconds late
        clock.now += wait
        waited += wait
    assert waited == pytest.approx(100.0, rel=0.001)


def test_an_idle_link_saves_up_nothing() -> None:
    clock = Hand()
    pace = Pace(8_000, slack_s=0.05, clock=clock)
    clock.now += 60
    assert pace.take(1000) == pytest.approx(1.0)


def test_streams_share_one_link() -> None:
    clock = Hand()
    pace = Pace(80_000, clock=clock)
    assert max(pace.take(1000) for _ in range(10)) == pytest.approx(1.0)


@pytest.mark.parametrize(("rate_bps", "chunk"), [(1e3, 1024), (8e6, 5000), (10e9, 65_536)])
def test_chunks_are_small_on_slow_links(rate_bps: float, chunk: int) -> None:
    assert Pace(rate_bps).chunk == chunk


def test_a_link_without_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Pace(0)
