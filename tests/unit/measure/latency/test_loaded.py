"""Idle and loaded samples with a known truth."""

import random
from collections.abc import Callable

import pytest

from readycheck.measure.latency.loaded import LoadedLatency, loaded_latency, round_trips_per_minute
from readycheck.measure.latency.samples import Sample


def line(start_s: float, end_s: float, rtt_ms: Callable[[float], float | None]) -> list[Sample]:
    """A probe every 10 ms."""
    times = [start_s + n / 100 for n in range(round((end_s - start_s) * 100))]
    return [Sample(sent_s=at, rtt_ms=rtt_ms(at)) for at in times]


def measured(
    idle: list[Sample], during: list[Sample], started_s: float = 1.0, ended_s: float = 3.0
) -> LoadedLatency | None:
    return loaded_latency(
        idle, during, started_s=started_s, ended_s=ended_s, method="probes", congestion_control="cubic"
    )


def test_a_full_queue_shows_whole_after_its_climb() -> None:
    idle = line(0.0, 1.0, lambda at: 20.0)
    found = measured(idle, line(1.0, 3.0, lambda at: 20 + 100 * min(1.0, at - 1.0)))
    assert found is not None
    assert found.idle_ms == 20.0
    assert found.increase_ms == pytest.approx(100, abs=5)
    assert found.full_ms == pytest.approx(100, abs=1)
    assert found.rpm == pytest.approx(60_000 / found.loaded_ms)
    assert (found.still_rising, found.method, found.congestion_control) == (False, "probes", "cubic")


def test_cubics_saw_teeth_lower_the_median_and_not_what_the_queue_holds() -> None:
    idle = line(0.0, 1.0, lambda at: 20.0)
    found = measured(idle, line(1.0, 3.0, lambda at: 80 + 40 * ((at - 1.0) * 1.3 % 1.0)))
    assert found is not None
    assert found.increase_ms == pytest.approx(80, abs=8)
    assert found.full_ms == pytest.approx(100, abs=4)


def test_an_unloaded_queue_gets_nothing_invented() -> None:
    dice = random.Random(5)
    idle = line(0.0, 1.0, lambda at: 20 + dice.expovariate(2))
    found = measured(idle, line(1.0, 3.0, lambda at: 20 + dice.expovariate(2)))
    assert found is not None
    assert found.increase_ms < 0.3


def test_a_line_that_answers_faster_under_load_has_no_negative_increase() -> None:
    found = measured(line(0.0, 1.0, lambda at: 20.0), line(1.0, 3.0, lambda at: 18.0))
    assert found is not None
    assert (found.increase_ms, found.full_ms) == (0.0, 0.0)


def test_a_queue_that_fills_until_the_end_is_at_least() -> None:
    found = measured(line(0.0, 1.0, lambda at: 20.0), line(1.0, 3.0, lambda at: 20 + 200 * (at - 1.0)))
    assert found is not None
    assert found.still_rising
    assert found.increase_ms > 300


def test_what_left_before_and_after_the_load_does_not_count_as_loaded() -> None:
    everything = line(0.0, 5.0, lambda at: 120.0 if 1.0 <= at < 3.0 else 20.0)
    found = measured(everything, everything)
    assert found is not None
    assert (found.idle_ms, found.loaded_ms, found.count) == (20.0, 120.0, 200)


def test_lost_probes_are_counted_and_do_not_lower_the_delay() -> None:
    during = line(1.0, 3.0, lambda at: None if round(at * 100) % 4 == 0 else 100.0)
    found = measured(line(0.0, 1.0, lambda at: 20.0), during)
    assert found is not None
    assert (found.loaded_ms, found.count, found.lost) == (100.0, 150, 50)


def test_too_few_answers_are_no_measurement() -> None:
    idle = line(0.0, 1.0, lambda at: 20.0)
    assert measured(idle, line(1.0, 1.04, lambda at: 50.0)) is None
    assert measured(idle[:4], line(1.0, 3.0, lambda at: 50.0)) is None
    assert measured(idle, line(1.0, 3.0, lambda at: None)) is None


def test_round_trips_per_minute() -> None:
    assert round_trips_per_minute(60) == 1_000
    with pytest.raises(ValueError, match="takes time"):
        round_trips_per_minute(0)
