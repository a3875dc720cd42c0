"""The soak of bench/, for a few seconds: garbage of every kind while good clients are served."""

import sys

import pytest

from bench.soak import soak
from bench.soak_garbage import _KINDS


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and uses all addresses of loopback")
def test_under_garbage_good_clients_are_served_and_nobody_gets_more_than_he_sent() -> None:
    watched, served, dealt = soak(0.1, clients=5, packets=1_500)
    assert watched.alive
    assert watched.faults == 0
    assert served.rounds >= 3
    assert set(dealt.kinds) == {kind.__name__ for kind in _KINDS}
    assert dealt.connections > 10
    assert 0 < dealt.received < dealt.sent
    assert dealt.worst <= 0
    assert 'garbage_total{protocol="udp"' in watched.metrics
