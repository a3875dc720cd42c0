"""The stop rule replayed over recorded lines: what it says when it stops, against the rate that each line was set to.

The traces hold the bytes and the lost or late packets of 50 ms bins, recorded in network namespaces with a shaper in the middle
(cubic, 50 ms of queue, 100 ms for the lines that change). The truth is the share of TCP payload in the shaped rate, 0.9564;
of lines that change it is what they carried on the whole.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from readycheck.measure.statistics import median, percentile
from readycheck.measure.throughput.stop_rule import Estimate, estimate

Trace = dict[str, Any]
TRACES: list[tuple[str, Trace]] = [
    (file.stem.partition("-")[0], trace)
    for file in sorted((Path(__file__).parent / "traces").glob("*.json"))
    for trace in json.loads(file.read_text("utf-8"))
]


def name(direction: str, trace: Trace) -> str:
    what = "" if trace["line"] == "steady" else f" {trace['line']}"
    return f"{direction} {trace['mbps']} Mbit/s {trace['rtt_ms']} ms {trace['loss']:.1%}{what}, {trace['connections']}"


def replay(trace: Trace) -> tuple[Estimate, float, int]:
    """What the rule says when it first says stop; seconds and bytes until then."""
    for count in range(1, len(trace["bytes"]) + 1):
        said = estimate(trace["bytes"][:count], rtt_s=trace["rtt_ms"] / 1000, lost=trace["lost"][:count])
        if said.stop:
            break
    return said, count * trace["bin_s"], sum(trace["bytes"][:count])


SAID = [(direction, trace, *replay(trace)) for direction, trace in TRACES]
each = pytest.mark.parametrize(
    ("trace", "said"),
    [(trace, said) for _, trace, said, _, _ in SAID],
    ids=[name(direction, trace) for direction, trace, *_ in SAID],
)


def off(trace: Trace, said: Estimate) -> float:
    return said.bits_per_s / float(trace["truth_bps"]) - 1


def errors(direction: str) -> list[float]:
    """Of all traces of a direction where it says that it converged."""
    return [abs(off(trace, said)) for way, trace, said, _, _ in SAID if way == direction and said.converged]


@each
def test_it_never_says_converged_when_off_by_more_than_five_percent(trace: Trace, said: Estimate) -> None:
    assert not said.converged or abs(off(trace, said)) <= 0.05


@each
def test_the_bounds_are_not_far_from_the_truth(trace: Trace, said: Estimate) -> None:
    """They are 95 % bounds of what was seen; nowhere is the truth more than 5 % outside."""
    assert said.low <= trace["truth_bps"] * 1.05
    assert said.high >= trace["truth_bps"] * 0.95


@pytest.mark.parametrize(("direction", "middle", "most"), [("download", 0.005, 0.02), ("upload", 0.01, 0.03)])
def test_where_it_says_converged_it_is_close(direction: str, middle: float, most: float) -> None:
    found = errors(direction)
    assert median(found) <= middle
    assert percentile(found, 0.95) <= most


def test_there_are_many_lines_and_most_of_them_show_their_rate() -> None:
    assert len(SAID) >= 60
    assert sum(said.converged for _, _, said, _, _ in SAID) >= 0.75 * len(SAID)


def test_a_line_without_loss_always_shows_its_rate() -> None:
    assert all(
        said.converged for _, trace, said, _, _ in SAID if not trace["loss"] and trace["line"] == "steady"
    )


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_a_hundred_megabits_take_a_second_and_a_half_and_fifteen_megabytes(direction: str) -> None:
    near = [
        (seconds, used)
        for way, trace, _, seconds, used in SAID
        if (way, trace["mbps"]) == (direction, 100) and trace["line"] == "steady" and trace["rtt_ms"] <= 20
    ]
    assert len(near) >= 6
    assert max(seconds for seconds, _ in near) <= 1.5
    assert max(used for _, used in near) <= 15_000_000


@pytest.mark.parametrize("change", ["rate changes", "pauses"])
def test_a_line_that_changes_is_not_said_to_have_settled(change: str) -> None:
    changing = [(trace, said) for _, trace, said, _, _ in SAID if trace["line"].startswith(change)]
    assert len(changing) >= 2
    for trace, said in changing:
        assert not said.converged
        assert said.low <= trace["truth_bps"] <= said.high
        assert abs(off(trace, said)) <= 0.1


def test_a_burst_allowance_is_not_the_rate() -> None:
    bursts = [(trace, said) for _, trace, said, _, _ in SAID if trace["line"].startswith("burst")]
    assert bursts
    assert all(said.converged and abs(off(trace, said)) <= 0.01 for trace, said in bursts)


def test_connections_that_loss_keeps_below_the_line_give_a_floor_early() -> None:
    """Half a percent of loss at 80 ms and 100 Mbit/s and more: eight connections cannot fill that."""
    held_back = [
        (said, seconds)
        for _, trace, said, seconds, _ in SAID
        if trace["loss"] == 0.005 and trace["rtt_ms"] == 80 and trace["mbps"] >= 100
    ]
    assert len([said for said, _ in held_back if not said.converged]) >= 2
    assert all(said.converged or (said.high == float("inf") and seconds < 5) for said, seconds in held_back)
