"""Figures of a direction from the fates of its packets: known answers, and whether the bounds hold what they promise."""

import random
from collections.abc import Sequence

import pytest

from readycheck.measure.media.directions import (
    Counts,
    Direction,
    Passage,
    round_trip,
    way_back,
    way_there,
)
from readycheck.measure.statistics import reordered

RUNS = 100
OUTSIDE = 5  # of so many runs with bounds of 99 %: more are one in a thousand times


def passages(
    transits_ms: Sequence[float | None], *, spacing_s: float = 0.02, back_ms: float = 10.0
) -> list[Passage]:
    """Packets of an even pace; None is lost on the way there."""
    reached = {number: each for number, each in enumerate(transits_ms) if each is not None}
    by_arrival = sorted(reached, key=lambda number: number * spacing_s + reached[number] / 1000)
    order = {number: place for place, number in enumerate(by_arrival, start=1)}
    made = []
    for number in range(len(transits_ms)):
        sent = number * spacing_s
        if number not in reached:
            made.append(Passage(sent_s=sent, reached=False))
            continue
        there = sent + reached[number] / 1000 + 5_000  # of another clock
        back = there - 5_000 + 0.001 + back_ms / 1000
        made.append(
            Passage(
                sent_s=sent, reached=True, order=order[number], there_s=(there, there + 0.001), came_s=back
            )
        )
    return made  # fmt: skip


def up(transits_ms: Sequence[float | None]) -> Direction:
    return way_there(passages(transits_ms), 40.0)


def test_the_jitter_of_rfc_3550_has_its_check_values() -> None:
    assert up([10, 12, 9, 15, 15]).rfc3550_ms == pytest.approx(0.619354, abs=1e-5)
    assert up([0.0, 10.0] * 250).rfc3550_ms == pytest.approx(10.0, abs=0.001)


def test_the_mean_step_is_what_it_settles_to() -> None:
    jitter = up([0.0, 10.0] * 250).jitter_ms
    assert jitter is not None
    assert (jitter.low, jitter.value, jitter.high) == pytest.approx((10, 10, 10))


def test_too_few_packets_tell_no_jitter() -> None:
    assert up([1.0] * 20).jitter_ms is None
    assert up([1.0] * 21).jitter_ms is not None


def test_the_round_trip_leaves_the_servers_own_time_out() -> None:
    found = round_trip(passages([20.0] * 50))
    assert found.p50_ms == pytest.approx(30.0, abs=1e-6)


def test_a_servers_time_that_cannot_be_true_is_not_believed() -> None:
    lying = Passage(sent_s=0.0, reached=True, order=1, there_s=(1.0, 99.0), came_s=0.05)
    assert round_trip([lying]).p50_ms == pytest.approx(50)


def test_variation_is_the_late_twentieth_less_the_median() -> None:
    assert up([0.0] * 90 + [50.0] * 10).variation_ms == pytest.approx(50)


def test_the_bounds_of_loss_hold_the_truth() -> None:
    dice = random.Random(11)
    for truth in (0.0, 0.01, 0.02, 0.05):
        outside = 0
        for _ in range(RUNS):
            loss = up([None if dice.random() < truth else 5.0 for _ in range(500)]).loss
            outside += not loss.low <= truth <= loss.high
        assert outside <= OUTSIDE, truth


def test_the_bounds_of_loss_hold_the_truth_in_bursts_as_well() -> None:
    """Gilbert's chain: two lost on average when one is, 5 % in all."""
    dice = random.Random(12)
    outside = 0
    for _ in range(RUNS):
        bad, fates = False, []
        for _ in range(500):
            bad = dice.random() < (0.5 if bad else 0.05 / 0.95 * 0.5)
            fates.append(None if bad else 5.0)
        loss = up(fates).loss
        outside += not loss.low <= 0.05 <= loss.high
    assert outside <= 2 * OUTSIDE  # the length of bursts is an estimate itself


@pytest.mark.parametrize("most_ms", [10.0, 30.0])
def test_the_bounds_of_jitter_hold_the_truth(most_ms: float) -> None:
    """Delays even between 0 and this, without overtaking as at 20 ms nearly all are: steps are a third of it on average."""
    dice = random.Random(13)
    outside = 0
    for _ in range(RUNS):
        transits: list[float | None] = [dice.random() * most_ms for _ in range(500)]
        jitter = way_there(passages(transits, spacing_s=0.05), 40.0).jitter_ms
        assert jitter is not None
        outside += not jitter.low <= most_ms / 3 <= jitter.high
    assert outside <= OUTSIDE


def test_counts_that_are_known_only_together_stand_in_for_fates() -> None:
    found = way_back(passages([5.0] * 100), 40.0, Counts(sent=200, arrived=150))
    assert (found.lost, found.loss.value, found.burst_ratio) == (50, 0.25, None)


def test_more_delay_loss_and_variation_make_a_worse_voice() -> None:
    calm, lossy = up([5.0] * 500), up([None if number % 20 == 3 else 5.0 for number in range(500)])
    late = way_there(passages([5.0] * 500), 500.0)
    uneven = up([0.0, 300.0] * 250)
    assert calm.mos > 4.3
    assert all(other.mos < calm.mos - 0.02 for other in (lossy, late, uneven))


def test_late_packets_are_counted_as_rfc_4737_does() -> None:
    assert reordered([0, 1, 2, 3]) == 0
    assert reordered([0, 2, 3, 1, 4]) == 1
    assert reordered([3, 0, 1, 2]) == 3
