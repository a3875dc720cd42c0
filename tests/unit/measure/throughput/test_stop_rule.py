"""The stop rule on made-up traces: bytes in 50 ms bins of lines that ramp up, wobble, burst, stall or never settle."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure.throughput.bins import rebin
from readycheck.measure.throughput.stop_rule import PROPOSED, Estimate, Rule, estimate

BIN = PROPOSED.bin_s


def line(mbps: float, seconds: float, *, noise: float = 0.0, seed: int = 1) -> list[float]:
    """Bins of a line of this rate; every bin is off by up to ``noise`` of it."""
    dice = random.Random(seed)
    return [mbps * 1e6 / 8 * BIN * (1 + dice.uniform(-noise, noise)) for _ in range(round(seconds / BIN))]


def ramp(mbps: float, seconds: float) -> list[float]:
    """Slow start: twice the rate every other bin, up to the rate of the line."""
    count = round(seconds / BIN)
    return [mbps * 1e6 / 8 * BIN * 2.0 ** -((count - n) / 2) for n in range(count)]


def replay(bins: Sequence[float], rule: Rule = PROPOSED, rtt_s: float = 0.02) -> tuple[Estimate, float]:
    """What the rule says when it first says stop, and after how many seconds of bins."""
    for count in range(1, len(bins) + 1):
        said = estimate(bins[:count], rule=rule, rtt_s=rtt_s)
        if said.stop:
            return said, count * BIN
    return estimate(bins, rule=rule, rtt_s=rtt_s), len(bins) * BIN


def mbps(said: Estimate) -> float:
    return said.bits_per_s / 1e6


@pytest.mark.parametrize("rate", [0.5, 10.0, 100.0, 1000.0])
def test_a_steady_line_is_known_within_a_second_and_a_half(rate: float) -> None:
    said, seconds = replay(ramp(rate, 0.3) + line(rate, 6.0, noise=0.02))
    assert said.converged
    assert mbps(said) == pytest.approx(rate, rel=0.01)
    assert said.low <= rate * 1e6 * 1.01
    assert said.high >= rate * 1e6 * 0.99
    assert seconds <= 1.5


def test_the_ramp_is_left_out_of_the_rate() -> None:
    said, _ = replay(ramp(100, 1.0) + line(100, 6.0))
    assert mbps(said) == pytest.approx(100, rel=0.01)


def test_silence_before_the_first_byte_does_not_count() -> None:
    waited, _ = replay([0.0] * 30 + line(50, 6.0, noise=0.02))
    at_once, _ = replay(line(50, 6.0, noise=0.02))
    assert waited == at_once


def test_a_burst_allowance_that_is_used_up_does_not_raise_the_rate() -> None:
    said, _ = replay(line(200, 0.6) + line(50, 6.0, noise=0.01))
    assert said.converged
    assert mbps(said) == pytest.approx(50, rel=0.02)


def test_a_slow_ramp_is_followed_to_its_end() -> None:
    creeping = [40 + n for n in range(60)]  # 40 to 100 Mbit/s within three seconds
    said, _ = replay([value * 1e6 / 8 * BIN for value in creeping] + line(100, 6.0))
    assert mbps(said) == pytest.approx(100, rel=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_a_wobbling_line_reaches_the_cap_and_its_bounds_hold_the_truth(seed: int) -> None:
    dice = random.Random(seed)
    wobble = [v for _ in range(60) for v in line(100 * dice.uniform(0.6, 1.4), 0.15)]
    said, seconds = replay(wobble)
    assert not said.converged
    assert seconds == pytest.approx(PROPOSED.cap_s)
    truth = sum(wobble[: round(seconds / BIN)]) * 8 / seconds
    assert said.low <= truth <= said.high
    assert said.bits_per_s == pytest.approx(truth, rel=0.15)


def test_a_line_that_still_rises_gives_a_floor_only() -> None:
    rising = ramp(100, 0.5)
    said = estimate(rising)
    assert not said.stop
    assert said.high == math.inf
    assert said.low <= sum(rising) * 8 / 0.5 + 1


def test_a_long_round_trip_asks_for_a_longer_plateau() -> None:
    stairs = line(20, 1.0) + line(40, 1.0) + line(80, 6.0)  # windows that open once a second
    near, _ = replay(stairs, rtt_s=0.02)
    far, _ = replay(stairs, rtt_s=0.4)
    assert mbps(near) == pytest.approx(20)
    assert mbps(far) == pytest.approx(80)


def test_nothing_received_is_no_rate_and_never_converges() -> None:
    said = estimate([0.0] * 100)
    assert (said.bits_per_s, said.converged, said.high) == (0.0, False, math.inf)


def test_a_dripping_server_reaches_the_cap_with_wide_bounds() -> None:
    said, seconds = replay([1000.0 if n % 20 == 0 else 0.0 for n in range(200)])
    assert not said.converged
    assert said.stop
    assert seconds == pytest.approx(6.0)
    assert said.high >= 2 * said.bits_per_s


@pytest.mark.parametrize("every", [5, 7, 10, 15])
def test_bytes_that_come_in_lumps_never_look_settled(every: int) -> None:
    """Acknowledgements of a slow sink that opens its window now and then, in step with the batches."""
    said, _ = replay([60_000.0 if n % every == 0 else 0.0 for n in range(130)])
    truth = 60_000 * 8 / (every * BIN)
    assert not said.converged
    assert said.low <= truth <= said.high


def test_a_stall_with_a_trickle_is_not_taken_for_the_line() -> None:
    said, _ = replay(line(8, 0.3) + [250.0] * 60 + line(8, 6.0))
    assert said.bits_per_s == pytest.approx(8e6, rel=0.05) or not said.converged


def test_it_never_stops_before_the_least_window() -> None:
    bins = line(80, 6.0)
    early = [estimate(bins[:count]).stop for count in range(round(0.6 / BIN))]
    assert not any(early)


def test_a_stall_after_a_good_start_is_not_hidden() -> None:
    said, _ = replay(line(50, 0.5) + [0.0] * 200)
    assert not said.converged
    assert mbps(said) < 50


@given(st.lists(st.floats(0, 1e8), max_size=130), st.floats(0, 0.5))
def test_whatever_arrives_the_bounds_enclose_the_rate(bins: list[float], rtt_s: float) -> None:
    said = estimate(bins, rtt_s=rtt_s)
    assert 0 <= said.low <= said.bits_per_s * (1 + 1e-9) + 1e-9
    assert said.bits_per_s <= said.high * (1 + 1e-9) + 1e-9
    assert said.stop or len(bins) * BIN < PROPOSED.cap_s or bins[0] == 0


def sawtooth(mbps: float, seconds: float) -> list[float]:
    """Connections that loss keeps at this rate on the whole: they grow, lose a packet and start again a third lower."""
    dice = random.Random(3)
    flows = [0.7 + 0.4 * dice.random() for _ in range(8)]
    bins = []
    for _ in range(round(seconds / BIN)):
        flows = [0.7 if dice.random() < 0.12 else min(1.4, flow + 0.03) for flow in flows]
        bins.append(mbps * 1e6 / 8 * BIN * sum(flows) / 8)
    return bins


@pytest.mark.parametrize("lost", [3.0, None])
def test_connections_that_loss_limits_never_settle(lost: float | None) -> None:
    """Their mean may stand still; the line above them was not shown."""
    bins = line(100, 0.6) + sawtooth(40, 8.0)
    for count in range(1, len(bins)):
        said = estimate(bins[:count], lost=None if lost is None else [lost] * count)
        assert not said.converged or mbps(said) == pytest.approx(100, rel=0.05)


def test_what_loss_took_away_for_good_leaves_the_best_second_as_a_floor() -> None:
    bins = line(100, 1.1, noise=0.3) + sawtooth(30, 8.0)
    ends = next(n for n in range(1, len(bins)) if estimate(bins[:n], lost=[2.0] * n).stop)
    said = estimate(bins[:ends], lost=[2.0] * ends)
    assert mbps(said) == pytest.approx(100, rel=0.1)
    assert said.low < 45e6
    assert said.high == math.inf
    assert ends * BIN < 4


def test_a_full_line_on_which_packets_are_lost_settles() -> None:
    bins = ramp(50, 0.3) + line(50, 3.0, noise=0.03)
    stops = [n for n in range(len(bins)) if estimate(bins[:n], lost=[5.0] * n).converged]
    assert stops[0] * BIN < 1.5


def test_loss_in_the_ramp_alone_is_nothing_against_the_rest() -> None:
    bins = ramp(50, 0.3) + line(50, 6.0, noise=0.25, seed=2)
    lost = [9.0] * 5 + [0.0] * len(bins)
    without = [n for n in range(len(bins)) if estimate(bins[:n], lost=lost[:n]).converged]
    throughout = [n for n in range(len(bins)) if estimate(bins[:n], lost=[9.0] * n).converged]
    assert without
    assert not throughout


def test_where_packets_are_lost_all_the_time_there_is_no_upper_bound() -> None:
    bins = sawtooth(40, 7.0)
    assert estimate(bins, lost=[2.0] * len(bins)).high == math.inf
    assert estimate(bins, lost=[2.0 * (n % 5 == 0) for n in range(len(bins))]).high < math.inf


def in_steps(mbps: float, seconds: float, *, seed: int) -> list[float]:
    """A slow receiver: its buffers fill at first, then its windows open at odd moments, for ten segments or twenty at a time."""
    dice = random.Random(seed)
    bins = [60_000.0, 30_000.0, 25_000.0] + [0.0] * round(seconds / BIN - 3)
    step_s = 21_720 * 8 / (mbps * 1e6)
    at = 0.3 + step_s * dice.random()
    while at < seconds:
        bins[int(at / BIN)] += 14_480.0 * dice.choice([1, 2])
        at += step_s * dice.uniform(0.5, 1.5)
    return bins


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [0.1, 0.2, 0.4, 1.0])
def test_a_slow_line_in_steps_is_bounded_above_although_segments_were_sent_again(
    rate: float, seed: int
) -> None:
    bins = in_steps(rate, 6.5, seed=seed)
    lost = [0.9 if count else 0.1 * (n % 3) for n, count in enumerate(bins)]
    ends = next(n for n in range(1, len(bins)) if estimate(bins[:n], lost=lost[:n]).stop)
    said = estimate(bins[:ends], lost=lost[:ends])
    assert not said.converged
    assert said.low <= rate * 1e6 <= said.high
    assert said.high < 2 * rate * 1e6 + 0.25e6


def test_steps_of_which_each_has_its_loss_may_be_all_that_loss_lets_through() -> None:
    bins = [14_480.0 if n % 5 == 0 else 0.0 for n in range(130)]
    lost = [5.0 if count else 0.5 for count in bins]
    assert estimate(bins, lost=lost, rtt_s=0.3).high == math.inf


def test_bytes_counted_by_whole_requests_are_not_rated_by_a_few_of_them() -> None:
    """Ten a second came in lumps from the start; the last lumps that look like a plateau are no rate of their own."""
    rule = Rule(bin_s=0.25, plateau_s=0.5, least_window_s=2.0, lumps=True)
    lumps = [250.0, 0.0, 66.0, 199.0, 300.0, 330.0, 250.0, 520.0, 410.0, 460.0, 410.0]
    said = estimate([1e3 * count for count in lumps], rule=rule)
    assert said.bits_per_s == pytest.approx(sum(lumps[4:]) * 1e3 * 8 / 1.75)
    assert said.low < 10e6 < said.high < math.inf


def test_samples_at_odd_moments_become_even_bins() -> None:
    samples = [(0.0, 0.0), (0.03, 300.0), (0.12, 1200.0), (0.2, 2000.0)]
    assert rebin(samples, 0.05) == pytest.approx([500.0, 500.0, 500.0, 500.0])


def test_a_late_look_spreads_its_bytes_over_the_time_it_missed() -> None:
    assert rebin([(0.0, 0.0), (0.05, 100.0), (0.25, 500.0)], 0.05) == pytest.approx([100.0] * 5)


def test_an_incomplete_bin_is_left_out() -> None:
    assert rebin([(0.0, 0.0), (0.09, 900.0)], 0.05) == pytest.approx([500.0])
    assert rebin([(0.0, 0.0)], 0.05) == []
