"""The statistics against published and worked check values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure import statistics as stats


@pytest.mark.parametrize(
    ("lost", "sent", "low", "high"),
    [
        (8, 250, 1.6, 6.2),
        (12, 500, 1.4, 4.2),
        (21, 1000, 1.4, 3.2),
        (44, 2000, 1.6, 2.9),
        (90, 5000, 1.5, 2.2),
    ],
)
def test_wilson_bounds_of_a_measured_loss(lost: int, sent: int, low: float, high: float) -> None:
    bounds = stats.wilson(lost, sent)
    assert bounds.low * 100 == pytest.approx(low, abs=0.06)
    assert bounds.high * 100 == pytest.approx(high, abs=0.06)


def test_no_loss_at_all_still_leaves_room_for_some() -> None:
    bounds = stats.wilson(0, 300)
    assert bounds.low == 0.0
    assert 0.009 < bounds.high < 0.013


def test_everything_lost_leaves_room_for_some_that_arrive() -> None:
    bounds = stats.wilson(50, 50)
    assert bounds.high == 1.0
    assert 0.9 < bounds.low < 1.0


@pytest.mark.parametrize(("hits", "count"), [(0, 0), (3, 2), (-1, 5)])
def test_a_proportion_of_nothing_is_refused(hits: int, count: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        stats.wilson(hits, count)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds_enclose_the_proportion(drawn: tuple[int, int]) -> None:
    hits, count = drawn
    bounds = stats.wilson(hits, count)
    assert 0 <= bounds.low <= hits / count <= bounds.high <= 1


def test_fewer_independent_losses_of_the_same_rate_leave_more_room() -> None:
    whole, part = stats.wilson(8, 100), stats.wilson(2.4, 30)
    assert part.low < whole.low < 0.08 < whole.high < part.high


def test_the_bounds_of_a_median_are_values_near_the_middle() -> None:
    bounds = stats.median_interval([float(n) for n in range(101)])
    assert bounds.low == pytest.approx(50 - 1.96 * 101**0.5 / 2, abs=0.2)
    assert bounds.high == pytest.approx(50 + 1.96 * 101**0.5 / 2, abs=0.2)
    assert stats.median_interval([7.0]) == stats.Interval(low=7.0, high=7.0)
    with pytest.raises(ValueError, match="needs values"):
        stats.median_interval([])


@pytest.mark.parametrize(("ratio", "share"), [(0.8, 1.0), (1.0, 1.0), (1.5, 0.5), (3.0, 0.2)])
def test_losses_in_bursts_count_as_fewer(ratio: float, share: float) -> None:
    assert stats.gilbert_share(ratio) == pytest.approx(share)


def test_jitter_follows_rfc_3550_packet_by_packet() -> None:
    transit = [10, 12, 9, 15, 15]
    steps = [stats.rfc3550_jitter(transit[:n]) for n in range(2, 6)]
    assert steps == pytest.approx([0.125, 0.304688, 0.660645, 0.619354], abs=1e-6)


def test_jitter_of_a_stream_that_alternates_by_ten_milliseconds_is_ten() -> None:
    assert stats.rfc3550_jitter([0.0, 10.0] * 250) == pytest.approx(10.0, abs=1e-3)


def test_percentiles_lie_between_neighbours() -> None:
    assert stats.percentile([4, 1, 3, 2], 0.5) == 2.5
    assert stats.percentile([0, 10, 20, 30], 0.9) == pytest.approx(27.0)
    assert stats.percentile([7], 0.95) == 7
    with pytest.raises(ValueError, match="percentile"):
        stats.percentile([], 0.5)


def test_delay_variation_is_what_a_jitter_buffer_must_hold() -> None:
    assert stats.delay_variation([20.0] * 90 + [60.0] * 10) == pytest.approx(40.0)


def test_burst_ratio_of_two_percent_loss_in_bursts_of_one_and_a_half() -> None:
    stream = [True] * 300
    for lost in (10, 100, 101, 200, 250, 251):  # 6 of 300 in 4 bursts: mean 1.5, loss 2 %
        stream[lost] = False
    assert stats.burst_ratio(stream) == pytest.approx(1.47)


@pytest.mark.parametrize("stream", [[True] * 10, [False] * 10, []])
def test_without_loss_or_without_arrivals_there_is_no_burst_ratio(stream: list[bool]) -> None:
    assert stats.burst_ratio(stream) is None


def test_the_interval_of_a_mean_is_students() -> None:
    bounds = stats.mean_interval([9.0, 10.0, 11.0, 10.0])
    half = 3.182 * (2 / 3) ** 0.5 / 2
    assert bounds.low == pytest.approx(10 - half, abs=1e-3)
    assert bounds.high == pytest.approx(10 + half, abs=1e-3)


def test_the_mean_jitter_does_not_depend_on_where_in_a_stream_it_shakes() -> None:
    calm, shaken = [20.0] * 80, [20.0, 60.0] * 10
    early, late = stats.mean_jitter(shaken + calm), stats.mean_jitter(calm + shaken)
    assert early is not None and late is not None
    assert early.value == pytest.approx(
        20 * 40 / 99
    )  # from the last packet that shakes to the first calm one, too
    assert late.value == pytest.approx(19 * 40 / 99)
    assert early.low <= early.value <= early.high
    assert stats.rfc3550_jitter(shaken + calm) < 1 < 20 < stats.rfc3550_jitter(calm + shaken)


def test_a_single_late_moment_proves_no_mean_jitter() -> None:
    found = stats.mean_jitter([20.0] * 50 + [900.0] + [20.0] * 49)
    assert found is not None and found.low == 0.0


def test_the_bounds_of_a_difference_of_proportions_are_newcombes() -> None:
    """Statistics in Medicine 17 (1998), table II, method 10."""
    bounds = stats.difference_interval(56 / 70, stats.wilson(56, 70), 48 / 80, stats.wilson(48, 80))
    assert (bounds.low, bounds.high) == pytest.approx((0.0524, 0.3339), abs=0.0001)
