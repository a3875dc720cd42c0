"""Sharing a data budget out among requests."""

from readycheck.measure.throughput.allowance import LEAST_BYTES, MOST_OBJECT_BYTES, Allowance, Limits


def test_all_requests_together_keep_to_the_budget() -> None:
    for budget in (200_000, 1_000_000, 60_000_000, 3_000_000_000):
        allowance = Allowance(Limits(max_bytes=budget), MOST_OBJECT_BYTES)
        sizes = []
        while size := allowance.take():
            sizes.append(size)
        assert budget - LEAST_BYTES < sum(sizes) <= budget
        assert max(sizes) <= MOST_OBJECT_BYTES


def test_a_first_request_of_every_connection_leaves_enough_for_those_that_may_come() -> None:
    limits = Limits(max_bytes=60_000_000)
    allowance = Allowance(limits, MOST_OBJECT_BYTES)
    for _ in range(limits.sharing):
        allowance.take()
    assert limits.may_add == 4
    assert allowance.has_for(limits.may_add)
    allowance.take()
    assert not allowance.has_for(limits.may_add)


def test_what_was_not_moved_can_be_asked_for_again() -> None:
    allowance = Allowance(Limits(max_bytes=200_000, connections=1), MOST_OBJECT_BYTES)
    taken = allowance.take()
    assert allowance.take() == 0
    allowance.give_back(taken)
    assert allowance.take() == taken


def test_a_small_budget_has_few_connections_and_gets_no_more() -> None:
    assert Limits(max_bytes=400_000).sharing == 2
    assert Limits(max_bytes=2_000_000).may_add == 0
