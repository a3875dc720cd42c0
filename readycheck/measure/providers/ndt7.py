"""ndt7, Measurement Lab's test (ndt7 specification 0.11; m-lab/ndt-server): a WebSocket a direction, binary messages as load.

A server of one's own, or the nearest of M-Lab's by its locate service (version 2). M-Lab publishes every measurement with the
address of whoever measured: it is used only where a profile asks for it. Sends nothing about this computer, only the name
"readycheck" in the query, and ends a test by its own stop rule and data budget, as the specification lets clients do.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from readycheck.errors import Garbled, NetError, Where
from readycheck.measure.latency.idle import tcp_latency
from readycheck.measure.providers.base import (
    Direction,
    IdleTold,
    NoSpeed,
    ServerTold,
    SpeedPlan,
    Step,
    Tell,
    World,
    did_not_take_part,
)
from readycheck.measure.providers.http import USUAL_RTT_S, steps
from readycheck.measure.providers.loading import beside, stun_sources, under_load
from readycheck.measure.providers.ndt7_transfer import transfer
from readycheck.measure.providers.place import endpoint, place
from readycheck.measure.throughput.allowance import Limits
from readycheck.text import clean

_LOCATE_PATH: Final = "/v2/nearest/ndt/ndt7"
_PATHS: Final[dict[Direction, str]] = {"download": "/ndt/v7/download", "upload": "/ndt/v7/upload"}
_MOST_SECONDS: Final = 9.0  # the server itself ends a test after 10


@dataclass(frozen=True, kw_only=True)
class Ndt7:
    """``url``: a server (wss://ndt.example), or a locate service (https://). ``stun``: as in HttpSpeed."""

    url: str
    name: str = ""
    stun: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        place(self.url, ("wss", "ws", "https"))

    @property
    def _is_server(self) -> bool:
        return self.url.startswith(("wss:", "ws:"))

    @property
    def hosts(self) -> str:
        host = place(self.url, ("wss", "ws", "https")).host
        return host if self._is_server else f"{host} and the nearest server that it names"

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """As the Protocol says."""
        try:
            await self._measure(world, plan, tell)
        except NetError as trouble:
            raise did_not_take_part(trouble) from None

    async def _measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        tell(Step(text="Asking the speed server", fraction=0.0))
        urls = self._own() if self._is_server else await _located(world, self.url)
        there, _ = await endpoint(world, urls["download"])
        idle = None if there.proxy else await tcp_latency(there)
        world.spent(idle.bytes if idle else 0)
        tell(
            ServerTold(
                name=f"{self.name or 'ndt7'}, {there.host}",
                proxy=str(there.proxy.where) if there.proxy else "",
            )
        )
        if plan.idle and idle is not None:
            tell(IdleTold(latency=idle))
        sources = (
            await stun_sources(world, *self.stun) if self.stun and not plan.quick and not there.proxy else ()
        )
        probes = await beside(world, sources) if sources else None
        rtt_s = idle.least_ms / 1000 if idle else USUAL_RTT_S
        wanted: tuple[tuple[Direction, int], ...] = (("download", plan.down_bytes), ("upload", plan.up_bytes))
        for direction, most in wanted:
            if most:
                limits = Limits(max_bytes=most, max_seconds=_MOST_SECONDS, rtt_s=rtt_s)
                load = partial(transfer, world, urls[direction], direction, limits, steps(direction, tell))
                tell(await under_load(world, direction, load, probes))

    def _own(self) -> dict[Direction, str]:
        return {direction: self.url.rstrip("/") + path for direction, path in _PATHS.items()}


async def _located(world: World, url: str) -> dict[Direction, str]:
    """The URLs, access token included, of the nearest server. Raises NetError, and NoSpeed where the service names none."""
    answer = await world.http.get(url.rstrip("/") + _LOCATE_PATH)
    world.spent(len(answer.body))
    host = place(url).host
    if answer.status == 204:
        raise NoSpeed(f"{host} has no free server now", "HTTP 204")
    if answer.status == 429:
        raise NoSpeed(f"{host} was asked too often from here", "HTTP 429")
    if answer.status != 200:
        raise NoSpeed(f"{host} named no server", f"HTTP {answer.status}")
    return nearest(answer.body, Where(host=host))


def nearest(body: bytes, where: Where) -> dict[Direction, str]:
    """The two URLs of the first result; only wss is taken. Raises Garbled."""
    try:
        urls: dict[str, Any] = json.loads(body)["results"][0]["urls"]
        found: dict[Direction, str] = {direction: urls[f"wss://{path}"] for direction, path in _PATHS.items()}
        for each in found.values():
            place(each, ("wss",))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Garbled(where, clean(f"no server in the answer: {type(error).__name__}")) from None
    return found
