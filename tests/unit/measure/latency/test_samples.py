"""What the medians over quarters of a second say about climbing, settled and empty lines."""

from collections.abc import Callable

from readycheck.measure.latency.samples import (
    Sample,
    answered,
    is_rising,
    rises,
    settled_since,
    still_rose,
)


def line(rtt_ms: Callable[[float], float | None], until_s: float = 2.0) -> tuple[Sample, ...]:
    """A probe every 10 ms from second 0."""
    return tuple(Sample(sent_s=n / 100, rtt_ms=rtt_ms(n / 100)) for n in range(round(until_s * 100)))


def known_at(samples: tuple[Sample, ...], now_s: float) -> tuple[Sample, ...]:
    """What a prober knows at that moment: no answer that is still on its way."""
    return tuple(s for s in samples if s.arrived_s is not None and s.arrived_s <= now_s)


def test_a_rise_counts_above_five_percent_and_a_millisecond() -> None:
    assert rises(100, 106) and not rises(100, 104)
    assert rises(2, 3.5) and not rises(2, 2.9)


def test_a_filling_queue_is_rising_and_a_full_one_is_not() -> None:
    filling = line(lambda at: 20 + 80 * min(at, 1.0))
    assert is_rising(known_at(filling, 0.8), 0.8)
    assert not is_rising(known_at(filling, 1.9), 1.9)


def test_an_idle_line_is_not_rising() -> None:
    assert not is_rising(known_at(line(lambda at: 20 + (at * 1000 % 7) / 10), 1.5), 1.5)


def test_a_queue_that_outgrows_its_own_answers_is_rising() -> None:
    """After 0.5 s every packet takes 2 s: nothing comes back for a long time, and that is no stillness."""
    jumped = line(lambda at: 20 if at < 0.5 else 2_000)
    assert is_rising(known_at(jumped, 0.9), 0.9)


def test_a_slow_but_steady_climb_is_rising() -> None:
    """4 % in a quarter of a second: a deep queue in front of a far server."""
    assert is_rising(known_at(line(lambda at: 170 * 1.17 ** (at - 1)), 1.9), 1.9)
    assert still_rose(line(lambda at: 170 * 1.17 ** (at - 1)), 2.0)


def test_a_saw_tooth_that_grows_again_is_not_rising() -> None:
    tooth = line(lambda at: 20 + 100 * at if at < 1 else 60 + 50 * (at - 1))
    assert is_rising(known_at(tooth, 0.9), 0.9)
    assert not is_rising(known_at(tooth, 1.9), 1.9)
    assert not still_rose(tooth, 2.0)


def test_nothing_ever_heard_is_not_rising() -> None:
    assert not is_rising((), 1.0)
    assert not is_rising(line(lambda at: None), 1.0)


def test_the_end_is_judged_by_when_probes_left() -> None:
    rising = line(lambda at: 20 + 100 * at)
    assert still_rose(rising, 2.0)
    assert not still_rose(line(lambda at: 120), 2.0)
    assert not still_rose((), 2.0)


def test_the_climb_is_left_out_of_what_settled() -> None:
    climbed = line(lambda at: 20 + 100 * min(at, 1.0))
    assert 0.5 <= settled_since(climbed, 0.0, 2.0, low=0.85) <= 1.0
    assert settled_since(line(lambda at: 20), 0.0, 2.0, low=0.85) == 0.0


def test_the_last_half_second_always_counts() -> None:
    ever_rising = line(lambda at: 10 + 400 * at * at)
    assert settled_since(ever_rising, 0.0, 2.0, low=0.85) == 1.5
    assert settled_since(ever_rising, 1.7, 2.0, low=0.85) == 1.7


def test_lost_probes_have_no_time_and_no_arrival() -> None:
    samples = (
        Sample(sent_s=0.0, rtt_ms=None),
        Sample(sent_s=0.1, rtt_ms=5.0),
        Sample(sent_s=0.2, rtt_ms=7.0),
    )
    assert answered(samples, 0.0, 0.2) == [5.0]
    assert samples[0].arrived_s is None
