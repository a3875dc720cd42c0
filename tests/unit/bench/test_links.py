"""An emulated line is what it was set to be, seen by ping and iperf3; and it says so where it cannot be."""

import pytest

from bench import world
from bench.links import Shape, laid


@pytest.fixture(scope="module")
def seen() -> dict[str, float]:
    if reason := world.obstacle():
        pytest.skip(reason)
    try:
        found: dict[str, float] = world.measured("tests.unit.bench.a_line")[0]
    except world.NotHere as reason:
        pytest.skip(str(reason))
    return found


@pytest.mark.namespace
def test_a_line_has_its_round_trip_time_over_both_versions_of_ip(seen: dict[str, float]) -> None:
    assert seen["rtt_ms"] == pytest.approx(30, abs=1.0)
    assert seen["rtt6_ms"] == pytest.approx(30, abs=1.0)


@pytest.mark.namespace
def test_a_line_carries_its_rate_each_way(seen: dict[str, float]) -> None:
    assert seen["down_mbps"] == pytest.approx(20, rel=0.03)
    assert seen["up_mbps"] == pytest.approx(5, rel=0.03)


@pytest.mark.namespace
def test_a_line_loses_each_way_what_it_is_told_to(seen: dict[str, float]) -> None:
    assert 14 < seen["lost_percent"] < 24  # 19 % of what has to pass twice at 10 %


@pytest.mark.namespace
def test_the_delay_of_a_line_can_be_changed_while_it_is_in_use(seen: dict[str, float]) -> None:
    assert seen["moved_rtt_ms"] == pytest.approx(25, abs=1.5)


def test_outside_a_private_world_no_line_is_made() -> None:
    with pytest.raises(RuntimeError, match="private world"), laid(Shape()):
        pass
