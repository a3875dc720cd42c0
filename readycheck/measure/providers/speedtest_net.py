"""speedtest.net by its old HTTP method, through speedtest-cli in a child process (speedtest_child.py guards its known defects).

Its counting was off by -10 to +18 % on links of known rate, so the bounds are wide; a short run is a floor only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.measure.latency.idle import Latency
from readycheck.measure.providers.base import (
    Direction,
    IdleTold,
    NoSpeed,
    RateTold,
    ServerTold,
    SpeedPlan,
    Step,
    Tell,
    World,
)
from readycheck.measure.providers.place import place
from readycheck.measure.providers.speedtest_child import DOWNLOAD, UPLOAD
from readycheck.measure.throughput.allowance import WITH_HEADERS, on_the_wire
from readycheck.measure.throughput.bulk import Throughput

OLD_LIST: Final = "www.speedtest.net"  # whom its library asks first, always
LOW: Final = 0.75
HIGH: Final = 1.25
SETTLED_S: Final = 1.5
UNSENT_BYTES: Final = (
    64_000  # of a connection: its library counts what it hands over, and the system keeps about so much of it
)
_CHILD: Final = "readycheck.measure.providers.speedtest_child:measure"
_ANYWHERE: Final = "192.0.2.1"  # RFC 5737: the way there is the way to everything; nothing is sent to it


@dataclass(frozen=True, kw_only=True)
class SpeedtestNet:
    """``mini_url``: a speedtest mini server of one's own; empty: the nearest public server that speedtest.net names."""

    mini_url: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.mini_url:
            place(self.mini_url)

    @property
    def hosts(self) -> str:
        """The library asks speedtest.net for its settings even where the server is one's own."""
        server = f"{place(self.mini_url).host}" if self.mini_url else "the nearest server that it names"
        return f"{OLD_LIST} and {server}"

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """As the Protocol says; what it measured is told when all of it is done, since its child ends as one."""
        tell(Step(text="Asking speedtest.net", fraction=0.0))
        begun: set[str] = set()

        def heard(text: str, fraction: float | None) -> None:
            begun.add(text)
            tell(Step(text=text, fraction=fraction))

        try:
            answer = await world.children.call(
                _CHILD, self._request(world, plan), timeout_s=plan.seconds, progress=heard
            )
        except (ChildFailed, ChildTimeout) as trouble:
            world.spent(sum(most for text, most in _allowed(plan).items() if text in begun))
            raise NoSpeed("speedtest.net gave no result", str(trouble)) from None
        _tell(answer, world, plan, tell, await self._proxy(world))

    async def _proxy(self, world: World) -> str:
        """The library goes through the proxy that is set on this computer, as host and port, without a name and a password
        before them; empty: none."""
        setting = await world.http.proxy_for(self.mini_url or f"http://{OLD_LIST}/") or ""
        return urlsplit(setting).netloc.rpartition("@")[2]

    def _request(self, world: World, plan: SpeedPlan) -> dict[str, Any]:
        return {
            "down_bytes": int(plan.down_bytes / WITH_HEADERS),
            "up_bytes": int(plan.up_bytes / WITH_HEADERS),
            "mini_url": self.mini_url,
            "seconds": 4 if plan.quick else 8,
            "ipv4": not self.mini_url and world.net.source_address(_ANYWHERE) is not None,
        }


def _allowed(plan: SpeedPlan) -> dict[str, int]:
    """What each step of the child, as it names it, may use: a child that broke does not tell how much it was."""
    return {DOWNLOAD: plan.down_bytes, UPLOAD: plan.up_bytes}


def _tell(answer: Mapping[str, Any], world: World, plan: SpeedPlan, tell: Tell, proxy: str) -> None:
    tell(ServerTold(name=f"speedtest.net: {answer['server']}", proxy=proxy))
    if plan.idle:
        tell(IdleTold(latency=_latency(float(answer["ping_ms"]))))
    ways: tuple[tuple[Direction, str], ...] = (("download", "down"), ("upload", "up"))
    for direction, key in ways:
        told = answer.get(key)
        if told:
            world.spent(on_the_wire(int(told["bytes"])))
            unsent = UNSENT_BYTES * int(told["connections"]) if direction == "upload" else 0
            tell(RateTold(direction=direction, rate=_rate(told, unsent)))
        elif (trouble := answer.get(f"no_{key}")) is not None:
            world.spent(plan.down_bytes if direction == "download" else plan.up_bytes)
            raise NoSpeed(f"speedtest.net measured no {direction}", str(trouble))


def _latency(ping_ms: float) -> Latency:
    return Latency(
        rtt_ms=ping_ms,
        least_ms=ping_ms,
        p95_ms=ping_ms,
        jitter_ms=0.0,
        count=3,
        missed=0,
        bytes=0,
        method="speedtest.net, half of connect and answer",
    )


def _rate(told: Mapping[str, Any], unsent: int) -> Throughput:
    rate, seconds = float(told["bits_per_s"]), float(told["seconds"])
    settled = seconds >= SETTLED_S
    sent = max(0, int(told["bytes"]) - unsent) / max(1, int(told["bytes"]))
    return Throughput(
        bits_per_s=rate,
        low=rate * min(LOW, sent),
        high=rate * HIGH if settled else float("inf"),
        converged=settled,
        seconds=seconds,
        bytes=int(told["bytes"]),
        connections=int(told["connections"]),
        method="speedtest.net through speedtest-cli, legacy method",
        stopped_by="rule" if settled else "data",
    )
