"""Which rounds the truth table has, and that every situation is in it."""

from collections import Counter

from tests.lab import catalogue, truth
from tests.lab.rounds import Round
from tests.unit.lab.small import fault, healthy


def many(count: int) -> list[catalogue.Case]:
    """Faults that are all independent of each other."""
    return [
        fault(f"f{number}", cause=(f"x.y{number}",), broken=(f"check{number}",)) for number in range(count)
    ]


def test_pairs_are_of_independent_faults_only() -> None:
    same = fault("same", cause=("x.y0",), broken=("other",))
    limit = fault("limit", cause=("x.limit",), broken=("limit",), level="warn")
    pairs = truth.in_pairs([*many(2), same, limit, healthy()], 10)
    assert [each.names for each in pairs] == [("f0", "f1"), ("f1", "same")]


def test_no_fault_is_in_many_pairs_while_others_wait() -> None:
    pairs = truth.in_pairs(many(10), 10)
    used = Counter(name for each in pairs for name in each.names)
    assert len(pairs) == len(set(pairs)) == 10
    assert len(used) == 10 and max(used.values()) <= 3


def test_there_are_no_more_pairs_than_there_are() -> None:
    assert len(truth.in_pairs(many(3), 40)) == 3
    assert truth.in_pairs(many(3), 0) == []


def test_repetitions_have_numbers() -> None:
    assert truth.singly([healthy("a")], 2) == [Round(("a",), 0), Round(("a",), 1)]
    assert [each.number for each in truth.in_pairs(many(2), 1, times=3)] == [0, 1, 2]


def test_the_whole_table_has_every_fault_every_variant_often_and_forty_pairs() -> None:
    rounds = truth.chosen("whole")
    times = Counter(each.names for each in rounds)
    assert all(times[(case.name,)] == 1 for case in catalogue.faults())
    assert all(times[(case.name,)] >= truth.WHOLE_HEALTHY for case in catalogue.healthy())
    assert sum(len(names) == 2 for names in times) == truth.WHOLE_PAIRS
    assert all(times[(name,)] == truth.WHOLE_REPEATS for name in truth.REPEATED)
    assert len(set(rounds)) == len(rounds)


def test_the_fast_part_has_every_fast_situation_pairs_and_repetitions_and_every_party() -> None:
    times = Counter(each.names for each in truth.chosen("fast"))
    fast = [case for case in catalogue.cases() if case.fast]
    assert all((case.name,) in times for case in fast)
    assert sum(len(names) == 2 for names in times) == truth.FAST_PAIRS
    assert all(times[(name,)] == truth.FAST_REPEATS for name in truth.REPEATED)
    assert {case.whose for case in fast if case.whose} == {case.whose for case in catalogue.faults()}
