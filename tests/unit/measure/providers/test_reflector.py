"""The provider of the project's own reflector, and the reflector itself: both ends as they are, over loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.measure.providers.base import RateTold, SpeedPlan
from readycheck.measure.providers.reflector import Reflector
from readycheck.ports import Meter
from readycheck.reflector.server import Settings
from tests.unit.measure.latency.bottleneck import bottleneck
from tests.unit.measure.providers.asking import QUICK, Heard, ask
from tests.unit.reflector.house import House, house
from tests.unit.reflector.secure import Identity

TOKEN = "a-token-of-this-test"
PLAN = SpeedPlan(down_bytes=8_000_000, up_bytes=8_000_000, seconds=30)


@contextmanager
def secured(folder: Path, **limits: Any) -> Iterator[tuple[House, RealNet]]:
    """A reflector that wants TLS and a token, and a network that trusts its certificate."""
    identity = Identity(folder)
    secret = folder / "token"
    secret.write_text(TOKEN + "\n", encoding="utf-8")
    secret.chmod(0o600)
    settings = Settings(certificate=identity.chain, key=identity.key, token_file=secret)
    with house(settings, **limits) as running:
        yield running, RealNet(Meter(), context=identity.trust)


def asked(port: int, net: RealNet, plan: SpeedPlan, token: str = TOKEN) -> Heard:
    provider = Reflector(url=f"https://127.0.0.1:{port}", token=token)
    return ask(provider, plan, net=net, http=RealHttp(net, Meter()))


def test_both_ways_over_tls_with_a_token_and_its_echo_beside_the_load(tmp_path: Path) -> None:
    with (
        secured(tmp_path) as (running, net),
        bottleneck(running.port, running.udp_port, bits_per_s=20e6, deep_s=0.05) as line,
    ):
        heard = asked(line.tcp, net, PLAN)
    assert heard.refused is None
    assert heard.rates["download"].bits_per_s == pytest.approx(20e6, rel=0.1)
    assert heard.rates["upload"].bits_per_s > 20e6, "nothing is in its way"
    down = heard.of(RateTold)[0]
    assert down.loaded is not None and down.loaded.method == "round trips of UDP echo packets"
    assert down.responsiveness is not None and down.responsiveness.count >= 3
    assert 300 < down.responsiveness.foreign_rpm < 3_000, "50 ms of queue: 1200, less what the machine adds"
    assert heard.spent <= PLAN.down_bytes + PLAN.up_bytes


def test_a_quick_plan_keeps_to_its_data_and_asks_nothing_beside(tmp_path: Path) -> None:
    with secured(tmp_path) as (running, net):
        heard = asked(running.port, net, QUICK)
    assert set(heard.rates) == {"download", "upload"}
    assert all((told.loaded, told.responsiveness) == (None, None) for told in heard.of(RateTold))
    sent_again = 1.05  # on a busy machine TCP sends again what was only late
    assert heard.spent <= sent_again * (QUICK.down_bytes + QUICK.up_bytes)


@pytest.mark.parametrize(
    ("token", "reason"),
    [("", "wants a token, and none is set here"), ("another-token-than-its", "HTTP 401, it wants a sign-in")],
)
def test_who_does_not_know_the_token_is_told_so(tmp_path: Path, token: str, reason: str) -> None:
    with secured(tmp_path) as (running, net):
        heard = asked(running.port, net, QUICK, token)
    assert heard.rates == {}
    assert heard.refused is not None and reason in heard.refused.reason
    assert TOKEN not in str(heard.refused)


def test_a_certificate_that_nobody_trusts_is_the_reason(tmp_path: Path) -> None:
    with secured(tmp_path) as (running, _):
        heard = asked(running.port, RealNet(Meter()), QUICK)
    assert heard.rates == {} and heard.refused is not None


def test_a_limit_of_each_request_is_none_of_the_whole_measurement() -> None:
    """About 1 MB a request, and 4 MB are measured with."""
    plan = SpeedPlan(down_bytes=4_000_000, up_bytes=4_000_000, quick=True, seconds=30)
    with house(request_bytes=1_000_000) as running:
        heard = ask(Reflector(url=f"http://127.0.0.1:{running.port}"), plan)
    assert heard.refused is None
    assert all(rate.bytes > 1_200_000 for rate in heard.rates.values()), heard.rates


def test_a_reflector_that_has_given_enough_for_this_minute_is_no_slow_line() -> None:
    with house(client_bytes=1_000_000, request_bytes=900_000) as running:
        heard = ask(Reflector(url=f"http://127.0.0.1:{running.port}"), PLAN)
    assert heard.refused is not None and "HTTP 4" in heard.refused.reason
