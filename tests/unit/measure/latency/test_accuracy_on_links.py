"""Loaded latency on emulated lines whose queue has a known depth: 50 Mbit/s down, 10 up, 20 ms, cubic."""

import pytest

from bench import world
from readycheck.measure.statistics import median
from tests import needs

pytestmark = [
    pytest.mark.namespace,
    needs.namespace,
    pytest.mark.skipif(bool(world.obstacle()), reason=f"namespace: {world.obstacle()}"),
]
MODULE = "tests.unit.measure.latency.on_a_link"


@pytest.mark.parametrize("queue_ms", [50, 100, 200])
def test_what_a_queue_holds_is_seen_within_a_tenth(queue_ms: int) -> None:
    """The median of four loads, beside what ping saw of the same line at the same time: the machine that carries the line does
    other work too, and what its queue held then is not always what was set."""
    loads = world.measured(MODULE, str(queue_ms))
    assert all(load["increase_ms"] <= load["full_ms"] for load in loads)
    assert median([load["idle_ms"] for load in loads]) == pytest.approx(20, abs=5)
    assert median([load["full_ms"] / load["pinged_ms"] for load in loads]) == pytest.approx(1, rel=0.1)
    assert median([load["pinged_ms"] for load in loads]) > 0.8 * queue_ms, "the queue filled"
