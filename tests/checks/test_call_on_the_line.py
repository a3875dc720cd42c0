"""A call path has the line to itself while it sends streams, and neither while it asks nor while it looks names up."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from readycheck.api import NameSilent, Owner, Silent, Status, UdpAnswer
from readycheck.errors import Where
from readycheck.measure.media.stream import Stream
from readycheck.testing import FakeClock, fake_context
from readycheck_checks.calls.until import Until
from tests.checks.test_call_near_end import SECOND, HomeNet, World, run, worst


@pytest.fixture
def line() -> asyncio.Lock:
    return asyncio.Lock()


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch, line: asyncio.Lock) -> Iterator[World]:
    """Sent with the line only."""
    made = World()

    async def sent(*where: Any, **more: Any) -> Stream:
        assert line.locked()
        return await made.stun_stream(*where, **more)

    monkeypatch.setattr("readycheck_checks.calls.round_trips.stun_stream", sent)
    yield made


class Forgetful(HomeNet):
    """The first ``lost`` lookups of each of these names are lost."""

    def __init__(self, line: asyncio.Lock, lost: dict[str, int]) -> None:
        super().__init__()
        self.line, self.lost, self.hosts = line, lost, list[str]()

    async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
        assert not self.line.locked(), "others wait for the line meanwhile"
        self.hosts.append(host)
        if self.hosts.count(host) <= self.lost.get(host, 0):
            raise NameSilent(Where(host=host))
        return await super().udp(host, port, payload, **more)


def test_the_line_is_had_while_a_stream_is_sent_and_not_while_anybody_is_asked(
    streams: World, line: asyncio.Lock
) -> None:
    net = Forgetful(line, {"stun.example.net": 2})
    assert worst(run(net, line=line)).owner is Owner.ISP
    assert net.hosts.count("stun.example.net") == 3, "a second server is asked for once more after the stream"
    assert (len(streams.sent), streams.to[-1]) == (3, SECOND)


def test_names_whose_lookups_were_lost_are_looked_up_once_more(streams: World, line: asyncio.Lock) -> None:
    """Where a tenth is lost each way, one lookup in three is, and all of three names in one run of twenty-five."""
    net = Forgetful(line, {"stun.example": 1, "stun.example.net": 1})
    assert worst(run(net, line=line)).owner is Owner.ISP


def test_where_nobody_answers_nobody_waits_for_the_line() -> None:
    class Taken:
        async def __aenter__(self) -> None:
            raise AssertionError("it has nothing to send")

        async def __aexit__(self, *_: object) -> None: ...

    class Mute(HomeNet):
        async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
            raise Silent(Where(host=host))

    assert run(Mute(), line=Taken()).status is Status.UNKNOWN


def test_waiting_for_the_line_takes_no_time_from_what_may_still_begin() -> None:
    clock = FakeClock()

    class Waited:
        async def __aenter__(self) -> None:
            await clock.sleep(3)

        async def __aexit__(self, *_: object) -> None: ...

    async def sent() -> tuple[bool, bool]:
        ctx = fake_context(clock=clock, line=Waited())
        until = Until.after(ctx, 10)
        async with until.on_line(ctx):
            await clock.sleep(4)
        return until.allows(6), until.allows(6.1)

    assert asyncio.run(sent()) == (True, False)
