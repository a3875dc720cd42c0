"""What loss leaves to TCP, and whether it can explain a rate."""

import math

import pytest

from readycheck.measure.throughput.loss import may_hold_back, permitted_bits_per_s


def test_without_loss_nothing_is_held_back() -> None:
    assert permitted_bits_per_s(0.0, 0.02, 4) == math.inf
    assert not may_hold_back(0, 1e6, 1e6, 0.02, 4)
    assert not may_hold_back(0, 0, 0, 0.02, 4)


def test_light_loss_leaves_the_rate_of_the_square_root_law() -> None:
    """Mathis and others, 1997: segment / round-trip time x sqrt(3/2p)."""
    expected = 1448 * 8 / 0.05 * math.sqrt(1.5 / 1e-5)
    assert permitted_bits_per_s(1e-5, 0.05, 1) == pytest.approx(expected, rel=0.01)


def test_heavy_loss_is_a_matter_of_timeouts() -> None:
    """One segment in 0.1 * sqrt(0.2) + 0.4 * 1 * 0.3 * (1 + 32 * 0.09) seconds."""
    expected = 1448 * 8 / (0.1 * math.sqrt(0.2) + 0.4 * 0.3 * 3.88)
    assert permitted_bits_per_s(0.3, 0.1, 1) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("lost", "carried", "rate", "rtt_s", "may"),
    [
        (30, 345_000, 0.46e6, 0.02, False),  # a slow receiver: TCP would have been four times as fast
        (120, 7_200_000, 57e6, 0.08, True),  # half a percent, 80 ms, on a line of 100 Mbit/s
        (300, 1_400_000, 1.9e6, 0.02, True),  # a full line of 2 Mbit/s loses so much by itself
    ],
)
def test_so_few_losses_that_tcp_would_be_faster_explain_no_rate(
    lost: float, carried: float, rate: float, rtt_s: float, may: bool
) -> None:
    assert may_hold_back(lost, carried, rate, rtt_s, 4) is may
