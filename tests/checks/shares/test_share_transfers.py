"""Transfers that stop in the middle though the share opened: what they are called, and whose they are beside others."""

import asyncio
from typing import Any

import pytest

from readycheck.api import Blame, ChildTimeout, Finding
from readycheck.model import Confidence, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import FakeNet, FakeSystem, fake_context
from readycheck_checks.shares import behind
from readycheck_checks.shares.looking import looked_into
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import Rate, Seen, Stage, Stop, Trouble, Wants, What
from readycheck_checks.shares.target import target_of
from readycheck_checks.shares.verdict import Judging, judge_share
from tests.checks.test_trouble import TALKS

OPTIONS = ShareOptions(url="sftp://files.example/", user="anna", tcp_controls=("control.example:443",))
TARGET = target_of(OPTIONS.url)
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
INSIDE = "10.8.0.2"


def looked(stage: Stage, *, talks: bool = True, sources: dict[str, str | None] | None = None) -> Trouble:
    names = {"files.example": ("10.0.0.1",), "control.example": ("10.0.0.2",)}
    net = FakeNet(
        names=names,
        ports={("files.example", 22): 9.0, ("control.example", 443): 9.0},
        certificates={"control.example": next(iter(TALKS.values()))} if talks else {},
        sources=sources or {},
    )
    trouble = Trouble(stage=stage, what=What.SILENT)
    context = fake_context(net=net, system=FakeSystem(network=(WIFI, TUNNEL)))
    return asyncio.run(looked_into(trouble, OPTIONS, TARGET, context))


def blame(trouble: Trouble) -> Blame:
    assert trouble.vouched and trouble.looked is not None
    return trouble.looked.blame


@pytest.mark.parametrize("stage", [Stage.READ, Stage.RATE, Stage.WRITE])
def test_it_is_the_companys_where_another_host_completes_a_conversation_at_the_same_moment(
    stage: Stage,
) -> None:
    assert blame(looked(stage)) == Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)


def test_without_another_host_that_talks_it_may_be_the_line_that_loses_large_packets() -> None:
    assert blame(looked(Stage.READ, talks=False)).either == (Owner.COMPANY, Owner.ISP, Owner.HOME)


def test_what_comes_says_nothing_about_what_goes() -> None:
    assert blame(looked(Stage.RATE_UP)).either == (Owner.COMPANY, Owner.ISP, Owner.HOME)


def test_a_host_outside_the_vpn_says_nothing_about_large_packets_inside_it() -> None:
    outside: dict[str, str | None] = {"10.0.0.1": INSIDE, "10.0.0.2": "192.168.1.23"}
    assert blame(looked(Stage.READ, sources=outside)).either == (Owner.COMPANY, Owner.DEVICE)
    inside: dict[str, str | None] = {"10.0.0.1": INSIDE, "10.0.0.2": INSIDE}
    assert blame(looked(Stage.READ, sources=inside)).owner is Owner.COMPANY


@pytest.mark.parametrize("stage", [Stage.READ, Stage.RATE, Stage.WRITE, Stage.RATE_UP])
def test_it_has_a_name_of_its_own_and_is_a_warning_where_saving_is_not_required(stage: Stage) -> None:
    seen = Seen(done=[Stage.SERVER, Stage.SIGN_IN, Stage.LIST], troubles=[looked(stage)])
    finding = list(judge_share(seen, Judging(label="Files", target=TARGET)))[-1]
    assert isinstance(finding, Finding)
    assert (finding.code, finding.status) == ("files.transfer_hangs", Status.FAIL)
    relaxed = list(judge_share(seen, Judging(label="Files", target=TARGET, write_required=False)))[-1]
    assert isinstance(relaxed, Finding)
    saves = stage in (Stage.WRITE, Stage.RATE_UP)
    assert relaxed.status is (Status.WARN if saves else Status.FAIL)


class Child:
    """Says its stages at these moments (seconds), and then nothing until its time is over."""

    def __init__(self, *said: tuple[Stage, float]) -> None:
        self.said = said

    async def call(self, function: str, request: Any, *, timeout_s: float, progress: Any, line: Any) -> Any:
        for stage, at in self.said:
            await asyncio.sleep(at)
            progress(stage, None)
        await asyncio.sleep(0.3)
        raise ChildTimeout("over")


async def _behind(child: Any) -> Trouble:
    context = fake_context(children=child)
    visit = behind.visit(behind.Child(function="x", protocol="SFTP", most_s=1), {}, Wants(), context, Seen())
    with pytest.raises(Stop) as met:
        async for _ in visit:
            pass
    return met.value.trouble


def test_a_visit_that_took_its_time_and_moved_a_moment_ago_does_not_stand_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(behind, "QUIET_S", 0.25)
    child = Child((Stage.SIGN_IN, 0), (Stage.READ, 0.1))
    assert (asyncio.run(_behind(child)).stage, asyncio.run(_behind(child)).what) == (Stage.READ, What.SILENT)
    monkeypatch.setattr(behind, "QUIET_S", 0.35)
    assert asyncio.run(_behind(child)).what is What.UNFINISHED


@pytest.mark.parametrize(
    ("bytes_", "seconds", "timed"), [(9_000, 0.1, False), (9_000, 3.2, True), (70_000, 0.1, True)]
)
def test_few_bytes_are_a_rate_where_they_took_long(bytes_: int, seconds: float, timed: bool) -> None:
    told = {"timed_read": bytes_, "seconds": seconds}
    rate = behind._rate(told, "timed_read", "seconds")
    assert (rate is not None) is timed
    assert rate is None or isinstance(rate, Rate)
