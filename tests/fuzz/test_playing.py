"""What the player says of parsers that break, that hang and that are in order."""

import json
import time

from tests.fuzz.__main__ import line, main, total
from tests.fuzz.mutator import Mutator
from tests.fuzz.playing import MOST_S, pasted, play
from tests.fuzz.target import Target, counts

SEEDS = (b'{"name": "a", "list": [1, 2, {"deep": "b"}]}', b"a line\nanother line\n")


def target(parse: object, **more: object) -> Target:
    assert callable(parse)
    return Target(name="a parser", play=parse, seeds=SEEDS, **more)  # type: ignore[arg-type]


def breaks_at_ff(data: bytes) -> bool:
    if b"\xff" in data:
        raise KeyError("a byte that nobody thought of")
    return True


def takes_long(data: bytes) -> int:
    ends = time.thread_time() + (1.2 * MOST_S if len(data) > 60_000 else 0)
    while time.thread_time() < ends:
        pass
    return 0


def never_ends(data: bytes) -> None:
    while len(data) > 5_000:
        pass


def test_the_same_seed_makes_the_same_inputs_and_another_makes_others() -> None:
    def inputs(seed: str) -> list[bytes]:
        mutator = Mutator(SEEDS, seed, 65_536)
        return [mutator.next() for _ in range(300)]

    assert inputs("1") == inputs("1") != inputs("2")


def test_inputs_are_of_many_kinds_and_never_too_long() -> None:
    mutator = Mutator(SEEDS, "1", 2_000)
    inputs = [mutator.next() for _ in range(2_000)]
    assert max(map(len, inputs)) == 2_000
    assert len(set(inputs)) > 1_000
    assert any(b"\xff" in each for each in inputs)
    assert any(is_other_document(each) for each in inputs)


def is_other_document(data: bytes) -> bool:
    try:
        return bool(json.loads(data) != json.loads(SEEDS[0]))
    except (ValueError, RecursionError):
        return False


def test_an_error_that_is_not_documented_is_told_with_a_small_input_that_can_be_pasted() -> None:
    failure = play(target(breaks_at_ff), 500).failure
    assert failure is not None
    assert failure.data == b"\xff"
    assert "KeyError" in str(failure)
    assert "breaks_at_ff" in str(failure)
    assert str(failure).endswith("Play it again: b'\\xff'")


def test_a_documented_error_is_none() -> None:
    played = play(target(breaks_at_ff, raises=(LookupError,)), 500)
    assert played.is_good
    assert played.inputs == len(SEEDS) + 500


def test_a_slow_input_is_bad_although_nothing_was_raised() -> None:
    played = play(target(takes_long), 300)
    assert played.failure is None
    assert played.slowest_s > MOST_S
    assert not played.is_good


def test_an_input_without_an_end_is_broken_off() -> None:
    played = play(target(never_ends), 1_000, endless_s=0.05)
    assert played.failure is not None
    assert "Endless" in str(played.failure)


def test_a_long_input_can_be_pasted_too() -> None:
    data = bytes(range(256)) * 10
    scope: dict[str, object] = {}
    exec(f"import base64, zlib; data = {pasted(data)}", scope)
    assert scope["data"] == data


def test_all_targets_together_get_the_inputs_that_were_asked_for() -> None:
    dear, cheap = target(len, share=0.1), Target(name="another", play=len, seeds=SEEDS)
    assert counts((dear, cheap), 1_100) == {"a parser": 100, "another": 1_000}


def test_a_line_for_each_target_and_one_for_all() -> None:
    played = play(target(len), 100)
    assert line(played).startswith("ok        102 inputs")
    assert "102 inputs of 1 targets" in total([played], 1.0)


def test_the_command_plays_what_is_wanted_and_ends_with_0() -> None:
    assert main(["--count", "50", "--only", "packets: STUN"]) == 0
