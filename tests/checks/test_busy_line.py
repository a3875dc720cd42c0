"""The busy line: whose formula its round trips a minute are, and whose the waiting is behind a proxy."""

import pytest

from readycheck.api import Owner
from readycheck.measure.latency.loaded import LoadedLatency, loaded_latency
from readycheck.measure.latency.responsiveness import ForeignProbe, Responsiveness, responsiveness
from readycheck.measure.latency.samples import Sample
from readycheck.measure.providers.base import Direction
from readycheck_checks.calls import busy_line
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.rates import Between


def loaded_at(loaded_ms: float) -> LoadedLatency:
    found = loaded_latency(
        [Sample(sent_s=0.1 * n, rtt_ms=20.0) for n in range(8)],
        [Sample(sent_s=1 + 0.1 * n, rtt_ms=loaded_ms) for n in range(20)],
        started_s=1.0,
        ended_s=3.0,
        method="round trips of STUN Bindings",
    )
    assert found is not None
    return found


def probes_of(ms: float) -> list[ForeignProbe]:
    return [ForeignProbe(at_s=1.0, tcp_ms=ms, tls_ms=ms, http_ms=ms)] * 4


def round_trips(responded: dict[Direction, Responsiveness]) -> tuple[float, str]:
    loaded: dict[Direction, LoadedLatency] = {"download": loaded_at(60), "upload": loaded_at(100)}
    told = [each for each in busy_line.measurements(loaded, None, responded) if each.name == "responsiveness"]
    return told[0].value, told[0].method


def test_the_drafts_figure_is_told_where_each_direction_has_both_kinds_of_probes() -> None:
    value, method = round_trips(
        {"download": responsiveness(probes_of(20), [60]), "upload": responsiveness(probes_of(60), [60])}
    )
    assert value == 1000
    assert "draft-ietf-ippm-responsiveness" in method and "upload: 4 new connections" in method


@pytest.mark.parametrize(
    "responded",
    [
        {},
        {"download": responsiveness(probes_of(20), [60])},
        {"download": responsiveness(probes_of(20), [60]), "upload": responsiveness(probes_of(20), [])},
    ],
)
def test_otherwise_it_is_round_trips_of_the_probes_and_says_that_it_is_not_the_drafts(
    responded: dict[Direction, Responsiveness],
) -> None:
    value, method = round_trips(responded)
    assert value == 600
    assert method == "60000 / 100 ms, from round trips of STUN Bindings: not the figure of the IETF draft"


def test_a_proxy_may_be_what_makes_a_busy_line_wait() -> None:
    limit = Limit(plan=100, fail=400, source="Example", checked="2026-11-21")
    way = Between(behind=(Owner.ISP, Owner.COMPANY), proxy="proxy.example:3128")
    found = busy_line.finding({"upload": loaded_at(400)}, limit, way)
    assert found is not None and found.either == (Owner.HOME, Owner.ISP, Owner.COMPANY)
    assert found.remedy.endswith("proxy.example:3128, which may be what waits: calls past it may not feel it")


def test_a_load_from_the_companys_own_server_fills_the_companys_line_as_well() -> None:
    limit = Limit(plan=100, fail=400, source="Example", checked="2026-11-21")
    found = busy_line.finding({"upload": loaded_at(400)}, limit, Between(far=(Owner.COMPANY,)))
    assert found is not None and found.either == (Owner.HOME, Owner.ISP, Owner.COMPANY)
    at_home = busy_line.finding({"upload": loaded_at(400)}, limit, Between(behind=(), far=(Owner.COMPANY,)))
    assert at_home is not None and at_home.either == ()
