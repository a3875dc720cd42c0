"""Sharing a data budget out among requests."""

import pytest

from readycheck.measure.throughput.allowance import (
    LEAST_BYTES,
    MOST_OBJECT_BYTES,
    WITH_HEADERS,
    Allowance,
    Limits,
)


def test_all_requests_together_keep_to_the_budget() -> None:
    for budget in (200_000, 1_000_000, 60_000_000, 3_000_000_000):
        allowance = Allowance(Limits(max_bytes=budget), MOST_OBJECT_BYTES)
        sizes = []
        while size := allowance.take():
            sizes.append(size)
        assert budget - 2 * LEAST_BYTES < sum(sizes) * WITH_HEADERS <= budget
        assert max(sizes) <= MOST_OBJECT_BYTES


def test_a_first_request_of_every_connection_leaves_enough_for_those_that_may_come() -> None:
    limits = Limits(max_bytes=60_000_000)
    allowance = Allowance(limits, MOST_OBJECT_BYTES)
    for _ in range(limits.sharing):
        allowance.take()
    assert limits.may_add == 4
    assert allowance.share_with(limits.may_add)
    allowance.take()
    assert not allowance.share_with(limits.may_add)


@pytest.mark.parametrize("slowest", [1.0, 0.7, 0.4])
def test_of_eight_connections_the_first_that_finds_nothing_left_ends_little(slowest: float) -> None:
    """Four begin, four join them when most of the first share is used; a connection rests for 20 ms between two requests."""
    limits = Limits(max_bytes=15_000_000)
    allowance = Allowance(limits, MOST_OBJECT_BYTES)
    speeds = [1e6 * (slowest + (1 - slowest) * (3 * n % 8) / 7) for n in range(8)]
    at_work = [(allowance.take() / speeds[n], n) for n in range(4)]
    assert allowance.share_with(4)
    at_work += [(1.1 + allowance.take() / speeds[n], n) for n in range(4, 8)]
    while True:
        ready, n = min(at_work)
        at_work.remove((ready, n))
        size = allowance.take()
        if not size:
            break
        at_work.append((ready + 0.02 + size / speeds[n], n))
    unused = sum((ends - ready) * speeds[n] for ends, n in at_work)
    assert unused < 0.2 * limits.max_bytes


def test_sizes_are_whole_units() -> None:
    allowance = Allowance(Limits(max_bytes=5_500_000, connections=3), MOST_OBJECT_BYTES, 1 << 20)
    sizes = list(iter(allowance.take, 0))
    assert sizes == [1 << 20] * 4


def test_what_was_not_moved_can_be_asked_for_again() -> None:
    allowance = Allowance(Limits(max_bytes=200_000, connections=1), MOST_OBJECT_BYTES)
    taken = allowance.take()
    assert allowance.take() == 0
    allowance.give_back(taken)
    assert allowance.take() == taken


def test_a_small_budget_has_few_connections_and_gets_no_more() -> None:
    assert Limits(max_bytes=400_000).sharing == 2
    assert Limits(max_bytes=2_000_000).may_add == 0
