"""Each target has real seeds, and no broken input of a small share of all makes its parser raise or take long."""

from typing import Final

import pytest

from tests.fuzz.__main__ import too_slow
from tests.fuzz.playing import play
from tests.fuzz.target import Target, counts
from tests.fuzz.targets import ALL

COUNT: Final = counts(ALL, 30_000)


def taken(target: Target, seed: bytes) -> bool:
    try:
        return bool(target.play(seed))
    except target.raises:
        return False


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_a_seed_of_each_target_is_taken_by_its_parser(target: Target) -> None:
    assert any(taken(target, seed) for seed in target.seeds)


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_broken_input_raises_nothing_but_what_is_documented_and_takes_no_time(target: Target) -> None:
    played = play(target, COUNT[target.name])
    assert played.is_good, played.failure or too_slow(played)


def test_names_are_given_once() -> None:
    names = [target.name for target in ALL]
    assert len(names) == len(set(names))
