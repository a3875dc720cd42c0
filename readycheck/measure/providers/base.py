"""What every way to measure a line's speed has in common: what it may use, what it tells, and how it says that it cannot.

A provider measures one idle round-trip time and one or two rates, tells each as soon as it has it, and judges nothing. A server's
refusal is never a rate: where the server did not take part, NoSpeed says why, and what was told before stays true.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from readycheck.errors import NetError
from readycheck.measure.latency.idle import Latency
from readycheck.measure.latency.loaded import LoadedLatency
from readycheck.measure.latency.responsiveness import Responsiveness
from readycheck.measure.throughput.bulk import Throughput
from readycheck.ports import Children, Http, Net

Direction = Literal["download", "upload"]


_REFUSAL: Final = re.compile("HTTP ([45][0-9]{2})")
_MEANINGS: Final = {
    401: ", it wants a sign-in",
    403: ", it does not serve us",
    429: ", it was asked too often from here",
}


def _nothing(_count: int) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class World:
    """What a provider may ask of the outside. ``spent`` hears the bytes used, both ways, whatever comes of them."""

    net: Net
    http: Http
    children: Children
    spent: Callable[[int], None] = field(default=_nothing)


@dataclass(frozen=True, kw_only=True)
class SpeedPlan:
    """What is wanted, and what it may use: bytes for each direction (0: not wanted) and seconds for all of it.

    ``quick``: the bytes are few; what can be left out is.
    """

    down_bytes: int
    up_bytes: int
    idle: bool = True
    quick: bool = False
    seconds: float = 40.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is being done; ``fraction`` 0..1 of everything where known; ``bits_per_s`` the rate so far, 0 where there is none."""

    text: str
    fraction: float | None = None
    bits_per_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ServerTold:
    """Which server takes part, as it names itself, and the proxy on the way to it (empty: none)."""

    name: str
    proxy: str = ""


@dataclass(frozen=True, kw_only=True)
class IdleTold:
    latency: Latency


@dataclass(frozen=True, kw_only=True)
class RateTold:
    """``loaded``: round-trip times while this rate was measured; None where nothing could be asked meanwhile. ``responsiveness``:
    of new connections to the same server at that time; None where there were too few, or the data did not allow them."""

    direction: Direction
    rate: Throughput
    loaded: LoadedLatency | None = None
    responsiveness: Responsiveness | None = None


Told = Step | ServerTold | IdleTold | RateTold
Tell = Callable[[Told], None]


class NoSpeed(Exception):
    """The server did not take part. ``reason`` is a short clause for people ("speed.example did not answer"); ``evidence`` holds
    what was seen. It says nothing about the line."""

    def __init__(self, reason: str, evidence: str = "") -> None:
        super().__init__(f"{reason}: {evidence}" if evidence and evidence not in reason else reason)
        self.reason = reason
        self.evidence = evidence or reason


class Provider(Protocol):
    """One way to measure. ``hosts`` names whom it talks to, for the person who is asked before."""

    @property
    def hosts(self) -> str: ...

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """Tell the server, the idle round-trip time, and the rate of each wanted direction, the download first.

        Raises NoSpeed, after which what was told stands; nothing else for what the network does.
        """
        ...


def did_not_take_part(trouble: NetError) -> NoSpeed:
    """The NoSpeed of a conversation that did not come about."""
    host, refusal = trouble.where.host, _REFUSAL.fullmatch(trouble.detail)
    if refusal is None:
        return NoSpeed(f"{host} {trouble.says}", str(trouble))
    meaning = _MEANINGS.get(int(refusal[1]), "")
    return NoSpeed(f"{host} answered {trouble.detail}{meaning}", str(trouble))
