"""Who watches whom: the same rule for every client, differences that do not cancel out, a bench that ends in time."""

import time
from typing import cast

import pytest

from bench import __main__ as command
from bench import link_check, loaded, media, world
from bench.librespeed import Counter, watched
from bench.links import Link


def test_the_witness_is_what_ping_saw_while_the_probes_were_out() -> None:
    witness = loaded.Witness(cast(Link, None))
    witness._times = [(0.0, 20.0), (0.5, 22.0), (1.0, 60.0), (2.0, 120.0), (2.5, 130.0), (3.0, 500.0)]
    assert witness.increase_ms(0.9, [(1.9, 2.2), (2.4, 2.6)]) == pytest.approx(125 - 21)


def test_what_is_invented_once_and_overlooked_once_does_not_cancel_out() -> None:
    about = {"queue_ms": 0.0, "direction": "down", "probe": "echo"}
    seen = [loaded.Seen(**about, said_ms=ms, witness_ms=2.0) for ms in (0.0, 2.5)]  # type: ignore[arg-type]
    figure = loaded.summary(seen)[0]
    assert figure.value == pytest.approx(2.0) and not figure.met


def test_a_queue_that_ping_did_not_see_at_all_has_an_error_that_is_a_number() -> None:
    seen = loaded.Seen(queue_ms=50.0, direction="up", probe="echo", said_ms=0.5, witness_ms=0.0)
    assert seen.error == pytest.approx(50)


def test_a_line_that_is_not_emulated_is_said_and_no_miss_of_ours() -> None:
    nothing = loaded.Seen(queue_ms=50.0, direction="down", probe="", wrong="not emulated: too slow")
    figures = loaded.summary([nothing])
    assert [each.is_judged for each in figures] == [False] and "too slow" in figures[0].note


def test_a_load_of_ours_that_failed_is_a_target_missed() -> None:
    nothing = loaded.Seen(queue_ms=50.0, direction="up", probe="echo", wrong="too few probes were answered")
    failed = loaded.summary([nothing])[0]
    assert failed.name == "failed, echo" and not failed.met


def test_how_much_of_the_queue_was_in_use_stands_beside_its_error() -> None:
    seen = loaded.Seen(
        queue_ms=200.0, direction="down", probe="stun", said_ms=118, witness_ms=120, full_ms=190
    )
    judged, filled = loaded.summary([seen])
    assert judged.value == pytest.approx(100 * 2 / 120)
    assert filled.value == pytest.approx(60) and "59 %, 95 % at its fullest" in filled.note


def test_we_and_irtt_are_compared_in_the_same_seconds_on_twin_links() -> None:
    a, b, their_a, their_b = ({"rtt_ms": value} for value in (1.0, 2.0, 3.0, 4.0))
    assert media._pairs([[(a, their_a)], [(b, their_b)]]) == [(a, their_b), (b, their_a)]


def test_the_difference_from_irtt_is_told_with_its_bounds() -> None:
    pairs = [({"rtt_ms": 50.0 + off}, {"rtt_ms": 50.0}) for off in (-0.5, -0.1, 0.1, 0.3, 0.9)]
    figure = media._beside("RTT", "rtt_ms", pairs)
    assert figure.value == pytest.approx(0.1) and figure.met
    assert "bounds of the median difference -0.4" in figure.note


def test_a_wide_jitter_adds_more_than_its_mean_for_nobody_overtakes() -> None:
    assert link_check._jitter_mean_ms(10.0) == pytest.approx(10.0, abs=0.1)
    assert 30.5 < link_check._jitter_mean_ms(30.0) < 32


@pytest.mark.parametrize(("mbps", "seconds"), [(1, 14.8), (100, 3.2)])
def test_librespeed_ends_the_sooner_the_faster_the_line(mbps: float, seconds: float) -> None:
    counter, clock = Counter(), [0.0]

    def sleep(duration_s: float) -> None:
        clock[0] += duration_s
        counter.add(int(duration_s * mbps * 125_000))

    rate = watched(counter, 1.5, sleep, lambda: clock[0])
    assert clock[0] - 1.5 == pytest.approx(seconds, abs=0.3)
    assert rate == pytest.approx(mbps * 125_000, rel=0.01) and counter.over


def test_a_bench_for_which_no_time_is_left_says_so() -> None:
    with pytest.raises(world.NotHere, match="time was over"):
        command._measured("startup", 0.0)


def test_a_bench_that_takes_too_long_is_ended_where_it_is() -> None:
    began = time.monotonic()
    with pytest.raises(world.NotHere, match="did not end"), command._ending(0.05):
        time.sleep(30)
    assert time.monotonic() - began < 10


@pytest.mark.namespace
def test_a_world_ends_with_whoever_no_longer_listens() -> None:
    if reason := world.obstacle():
        pytest.skip(reason)
    values = world.streamed("tests.unit.bench.endless")
    number = next(values)
    values.close()  # type: ignore[attr-defined]
    assert number == 1


@pytest.mark.namespace
def test_values_come_one_by_one_and_lists_are_taken_apart() -> None:
    if reason := world.obstacle():
        pytest.skip(reason)
    values = world.streamed("tests.unit.bench.endless")
    try:
        assert [next(values) for _ in range(3)] == [1, 2, 3]
    finally:
        values.close()  # type: ignore[attr-defined]
