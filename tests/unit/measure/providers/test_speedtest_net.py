"""speedtest.net as a provider: what its child tells becomes wide bounds, and what the child says went wrong a reason."""

from typing import Any

import pytest

from readycheck.api import ChildFailed, ChildTimeout
from readycheck.measure.providers.base import RateTold, SpeedPlan
from readycheck.measure.providers.speedtest_child import DOWNLOAD, UPLOAD
from readycheck.measure.providers.speedtest_net import SpeedtestNet
from readycheck.testing import FakeChildren, FakeHttp
from tests.unit.measure.providers.asking import PLAN, Heard, ask

WAY = {"bits_per_s": 50e6, "bytes": 20_000_000, "seconds": 3.2, "connections": 4}
TOLD = {"ping_ms": 12.0, "server": "Sponsor, Town", "down": WAY, "up": WAY | {"bits_per_s": 2.36e6}}


def told(answer: Any, plan: SpeedPlan = PLAN) -> Heard:
    children = FakeChildren(answers={"readycheck.measure.providers.speedtest_child:measure": answer})
    return ask(SpeedtestNet(), plan, children=children)


def test_the_bounds_hold_the_truth_where_the_old_method_counts_too_much() -> None:
    up = told(TOLD).rates["upload"]
    assert up.low <= 2e6 <= up.high, "it read 2.36 Mbit/s on a line of 2"
    assert up.converged


def test_what_the_system_may_still_hold_of_a_slow_upload_was_not_proved_to_be_sent() -> None:
    slow = WAY | {"bits_per_s": 0.183e6, "bytes": 197_000, "seconds": 8.6}
    up = told(TOLD | {"up": slow}).rates["upload"]
    assert up.low <= 0.06e6 <= up.high, "it read 0.18 Mbit/s on a line of 0.06"
    down = told(TOLD | {"down": slow}).rates["download"]
    assert down.low == pytest.approx(0.75 * 0.183e6), "what is received is counted when it is here"


def test_a_run_that_was_over_at_once_is_a_floor() -> None:
    assert told(TOLD | {"down": WAY | {"seconds": 0.4}}).rates["download"].is_floor


def test_its_server_is_named_and_its_bytes_are_told() -> None:
    heard = told(TOLD)
    assert heard.server.name == "speedtest.net: Sponsor, Town"
    assert 40_000_000 < heard.spent < 1.1 * 40_000_000, "with headers"
    assert heard.idle_ms == 12.0


def test_the_proxy_that_its_library_goes_through_is_told() -> None:
    children = FakeChildren(answers={"readycheck.measure.providers.speedtest_child:measure": TOLD})
    http = FakeHttp(proxies={"http://www.speedtest.net/": "http://me:s3cret@proxy.example:3128"})
    assert ask(SpeedtestNet(), PLAN, children=children, http=http).server.proxy == "proxy.example:3128"
    assert told(TOLD).server.proxy == ""


def test_an_upload_that_failed_keeps_the_download_and_says_why() -> None:
    heard = told({key: value for key, value in TOLD.items() if key != "up"} | {"no_up": "HTTPError: 500"})
    assert [each.direction for each in heard.of(RateTold)] == ["download"]
    assert heard.refused is not None and "500" in heard.refused.evidence
    assert heard.spent > WAY["bytes"] + 0.9 * PLAN.up_bytes, "as much as it may have used"


@pytest.mark.parametrize(
    "trouble",
    [
        ChildFailed("ConfigRetrievalError: HTTP Error 403: Forbidden"),
        ChildFailed("MemoryError: "),
        ChildTimeout("no answer in 30 s"),
    ],
)
def test_what_went_wrong_in_the_child_is_the_reason(trouble: Exception) -> None:
    heard = told(trouble)
    assert heard.rates == {}
    assert heard.refused is not None
    assert heard.refused.reason == "speedtest.net gave no result"
    assert heard.refused.evidence == str(trouble)


class Breaking(FakeChildren):
    """Breaks in the middle of the step that it names last."""

    def __init__(self, *steps: str) -> None:
        super().__init__()
        self._steps = steps

    async def call(self, function: str, request: Any, *, progress: Any = None, **more: Any) -> Any:
        for step in self._steps:
            progress(step, None)
        raise ChildTimeout("no answer in 30 s")


@pytest.mark.parametrize(
    ("steps", "used"),
    [
        (["Choosing a server"], 0),
        (["Choosing a server", DOWNLOAD], PLAN.down_bytes),
        ([DOWNLOAD, UPLOAD], PLAN.down_bytes + PLAN.up_bytes),
    ],
)
def test_a_child_that_broke_is_counted_with_what_its_steps_were_allowed(steps: list[str], used: int) -> None:
    assert ask(SpeedtestNet(), PLAN, children=Breaking(*steps)).spent == used


def test_whom_it_talks_to_is_said_beforehand() -> None:
    assert SpeedtestNet().hosts == "www.speedtest.net and the nearest server that it names"
    assert SpeedtestNet(mini_url="http://speed.example/mini").hosts == "www.speedtest.net and speed.example"
