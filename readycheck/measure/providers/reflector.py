"""readycheck's own reflector: HTTP in both directions, and a small page for round-trip times. Asks it first what it offers."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from readycheck.errors import Garbled, NetError, Where
from readycheck.measure.latency.probing import Source, UdpEcho
from readycheck.measure.packets.echo_session import echo_session
from readycheck.measure.providers.base import NoSpeed, SpeedPlan, Tell, World, did_not_take_part
from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.loading import PROBES_PER_S
from readycheck.measure.providers.place import below, place
from readycheck.measure.throughput.allowance import Limits
from readycheck.text import clean

_MOST_BYTES: Final = 1 << 40
_PROBES: Final = 1_000
_PROBE_BYTES: Final = 64


@dataclass(frozen=True, kw_only=True)
class About:
    """What a reflector says of itself; ``udp_port`` 0: no echo. ``max_bytes``: of one request."""

    name: str
    version: str
    udp_port: int
    max_bytes: int
    token_needed: bool


@dataclass(frozen=True, kw_only=True)
class Reflector:
    """``url``: where it stands (https://reflector.example:8443); ``token``: empty where none is set."""

    url: str
    token: str = field(default="", repr=False)
    name: str = ""

    def __post_init__(self) -> None:
        place(self.url)

    @property
    def hosts(self) -> str:
        return place(self.url).host

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """As the Protocol says."""
        try:
            about = await self._about(world)
        except NetError as trouble:
            raise did_not_take_part(trouble) from None
        if about.token_needed and not self.token:
            raise NoSpeed(f"{self.hosts} wants a token, and none is set here", "token_secret")
        async with self._echo(world, about, plan.quick) as sources:
            await self._pages(about).measure_beside(world, _within(plan, about), tell, sources)

    @asynccontextmanager
    async def _echo(self, world: World, about: About, quick: bool) -> AsyncIterator[tuple[Source, ...]]:
        """The UDP echo as a source of probes, where the reflector has one and it answers: not beside a load that goes through a
        proxy, which is another way."""
        async with AsyncExitStack() as stack:
            sources: tuple[Source, ...] = ()
            if about.udp_port and not quick and not await world.http.proxy_for(below(self.url, "ping")):
                with suppress(NetError):
                    address = (await world.net.tcp(self.hosts, place(self.url).port)).address
                    asked = echo_session(
                        address,
                        about.udp_port,
                        token=self.token.encode(),
                        count=_PROBES,
                        rate=PROBES_PER_S,
                        size=_PROBE_BYTES,
                    )
                    session = await stack.enter_async_context(asked)
                    stack.callback(lambda: world.spent(session.bytes))
                    sources = (UdpEcho(session, rate=PROBES_PER_S),)
            yield sources

    async def _about(self, world: World) -> About:
        answer = await world.http.get(below(self.url, "about"), headers=self._headers())
        world.spent(len(answer.body))
        if answer.status in (401, 403):
            raise NoSpeed(f"{self.hosts} does not take this computer's token", f"HTTP {answer.status}")
        if answer.status != 200:
            raise NoSpeed(f"{self.hosts} is no reflector, or not well", f"HTTP {answer.status}")
        return about_of(answer.body, Where(host=self.hosts))

    def _pages(self, about: About) -> HttpSpeed:
        return HttpSpeed(
            down_url=below(self.url, "down?bytes={bytes}"),
            up_url=below(self.url, "up"),
            ping_url=below(self.url, "ping"),
            name=self.name or about.name,
            headers=tuple(self._headers().items()),
        )

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def _within(plan: SpeedPlan, about: About) -> SpeedPlan:
    """The same plan, with no more data than its connections can ask for with one request each: how large a request may be."""
    most = about.max_bytes * Limits().connections
    return replace(plan, down_bytes=min(plan.down_bytes, most), up_bytes=min(plan.up_bytes, most))


def about_of(body: bytes, where: Where) -> About:
    """Raises Garbled."""
    try:
        told: dict[str, Any] = json.loads(body)
        about = About(
            name=clean(str(told["name"]), 60),
            version=clean(str(told.get("version", "")), 30),
            udp_port=_number(told.get("udp_port", 0), 65_535),
            max_bytes=_number(told.get("max_bytes", _MOST_BYTES), _MOST_BYTES),
            token_needed=told.get("token_needed", False) is True,
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Garbled(where, "no reflector's answer") from None
    return about


def _number(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(value)
    return value
