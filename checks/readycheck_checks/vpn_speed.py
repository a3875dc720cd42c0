"""vpn_speed: what does the VPN cost? Rates and round trips to a server inside beside those to one outside, in one run.

Only where one lies behind the tunnel and the other does not: a full tunnel leaves nothing to compare with.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    Measurement,
    NetError,
    Options,
    Privacy,
    Progress,
    Says,
    fact,
    skipped,
)
from readycheck.measure.providers.base import IdleTold, NoSpeed, RateTold, SpeedPlan, Told, World
from readycheck.measure.throughput.allowance import LEAST_BYTES
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.asking.routes import way_to
from readycheck_checks.calls.servers import SpeedServer, provider_of
from readycheck_checks.vpn.cost import (
    Rate,
    Side,
    Terms,
    is_slow,
    judge_cost,
    measurements,
    not_measured,
    slower,
)
from readycheck_checks.vpn.cost_codes import CODES, SPEED_NOT_BESIDE

MBIT: Final = 1e6
SECONDS: Final = 18.0  # for each turn
TURNS: Final = 3  # outside, inside, and outside once more where the VPN looks slow
LEAST: Final = TURNS * 4 * LEAST_BYTES
QUICK_BYTES: Final = 1_500_000


class SpeedOptions(Options, frozen=True, kw_only=True):
    """Two servers of the same kind, one on each side of the tunnel, and what the VPN may cost."""

    inside: Annotated[SpeedServer, Meta(description="A speed server inside the company network")]
    outside: Annotated[
        SpeedServer,
        Meta(description="A speed server outside, best at the company too: the same way but for the VPN"),
    ]
    max_mb: Annotated[
        float, Meta(ge=1.2, le=1_000, description="Megabytes at most, both servers and directions together")
    ] = 36.0  # of which a run of iperf3 at enough_mbps lasts until its rate has settled
    kept_plan_percent: Annotated[
        float, Meta(gt=0, le=100, description="Of the line's own rate that should be left in the VPN")
    ] = 50.0
    kept_fail_percent: Annotated[
        float, Meta(ge=0, lt=100, description="Below this part of it, work through the VPN fails")
    ] = 10.0
    enough_mbps: Annotated[
        float, Meta(gt=0, description="A rate through the VPN that is good however fast the line is")
    ] = 20.0
    added_ms: Annotated[float, Meta(gt=0, description="What the VPN may add to a round trip")] = 100.0
    tunnel_kinds: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Kinds of interface that count as the tunnel")
    ] = ("tunnel",)
    addresses: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description="Networks of which the VPN gives this computer an address, as in vpn_tunnel",
        ),
    ] = ()

    def __post_init__(self) -> None:
        if self.kept_fail_percent >= self.kept_plan_percent:
            raise ValueError("kept_fail_percent must be below kept_plan_percent")
        for key, server in (("inside", self.inside), ("outside", self.outside)):
            if not server.host:
                raise ValueError(f"{key}: the server must be known before; {server.kind} chooses one later")

    @property
    def terms(self) -> Terms:
        return Terms(
            plan_percent=self.kept_plan_percent,
            fail_percent=self.kept_fail_percent,
            enough_mbps=self.enough_mbps,
            added_ms=self.added_ms,
        )


async def run(options: SpeedOptions, ctx: Context) -> Says:
    """Past the tunnel first, then through it, each by itself: together they would share the line. What looks slow counts only
    where the line is still fast afterwards."""
    if (obstacle := await _obstacle(options, ctx)) is not None:
        yield obstacle
        return
    most = most_bytes(options, ctx.quick)
    budget = (most if ctx.meter.left is None else min(most, ctx.meter.left)) // TURNS
    if budget < LEAST // TURNS:
        yield not_measured("the data allowance of this run is used up")
        return
    yield Progress(text="Measuring the speed beside the VPN")
    outside = await _measure(options.outside, budget, ctx)
    inside = Side()
    if not outside.is_empty:
        yield Progress(text="Measuring the speed through the VPN")
        inside = await _measure(options.inside, budget, ctx)
    if is_slow(inside, outside, options.terms):
        yield Progress(text="Measuring the speed beside the VPN once more")
        outside = slower(outside, await _measure(options.outside, budget, ctx))
    for said in _said(options, inside, outside):
        yield said


def _said(options: SpeedOptions, inside: Side, outside: Side) -> Iterator[Fact | Measurement | Finding]:
    if not (inside.is_empty or outside.is_empty):
        servers = f"{options.inside.host}, {options.outside.host}"
        yield fact("vpn_speed_servers", "Compared", servers, Privacy.ORG)
    yield from measurements(inside, outside, options.terms)
    yield from judge_cost(inside, outside, options.terms)


async def _obstacle(options: SpeedOptions, ctx: Context) -> Finding | None:
    """Why nothing is measured; None where one server lies behind the tunnel and the other does not."""
    for server in (options.inside, options.outside):
        if await _proxied(server, ctx):
            why = f"{server.host} is asked through the proxy that is set on this computer, and not by the way to it"
            return not_measured(why)
    inside, outside = (
        await _through(options.inside, options, ctx),
        await _through(options.outside, options, ctx),
    )
    if inside is None or outside is None:
        return not_measured("which way leads to its servers could not be told")
    if inside and not outside:
        return None
    same = "everything goes through it" if inside else "the way to the inside server does not lead through it"
    return skipped(SPEED_NOT_BESIDE, f"Nothing to compare the speed of the VPN with: {same}")


async def _proxied(server: SpeedServer, ctx: Context) -> bool:
    """Then its packets go to the proxy, on whatever side of the tunnel that lies."""
    urls = [url.replace("ws", "http", 1) if url.startswith("ws") else url for url in _urls(server)]
    told = await asyncio.gather(*(attempt(ctx.http.proxy_for(url)) for url in urls))
    return any(told)


def _urls(server: SpeedServer) -> tuple[str, ...]:
    return tuple(filter(None, (server.url, server.download_url, server.upload_url, server.ping_url)))


async def _through(server: SpeedServer, options: SpeedOptions, ctx: Context) -> bool | None:
    """Of all addresses of all its hosts that any way leads to: which one is taken shows only while it is measured."""
    interfaces = await ctx.system.interfaces()
    hosts = hosts_in(*_urls(server), server.at)
    found = await asyncio.gather(*(attempt(ctx.net.resolve(host)) for host in hosts))
    if interfaces is None or any(isinstance(each, NetError) for each in found):
        return None
    addresses = [address for each in found if not isinstance(each, NetError) for address in each]
    ways = [way_to(ctx.net, interfaces, address) for address in addresses]
    told = {way.is_tunnel(options.tunnel_kinds, options.addresses) for way in ways if way.routed}
    return told.pop() if len(told) == 1 else None


async def _measure(server: SpeedServer, budget: int, ctx: Context) -> Side:
    """What this server told, and why it told no more."""
    told: list[Told] = []
    world = World(net=ctx.net, http=ctx.http, children=ctx.children, spent=ctx.meter.add)
    plan = SpeedPlan(down_bytes=budget // 2, up_bytes=budget // 2, quick=ctx.quick, seconds=SECONDS)
    try:
        async with asyncio.timeout(SECONDS):
            await provider_of(server, ctx.secrets.get).measure(world, plan, told.append)
    except NoSpeed as trouble:
        return _side(told, str(trouble))
    except TimeoutError:
        return _side(told, f"{server.host} took longer than {SECONDS:.0f} s")
    return _side(told, f"{server.host} told no rate")


def _side(told: Sequence[Told], why: str) -> Side:
    rates = {each.direction: _rate(each.rate) for each in told if isinstance(each, RateTold)}
    rtts = [each.latency.rtt_ms for each in told if isinstance(each, IdleTold)]
    return Side(down=rates.get("download"), up=rates.get("upload"), rtt_ms=rtts[0] if rtts else None, why=why)


def _rate(rate: Throughput) -> Rate:
    return Rate(rate.bits_per_s / MBIT, rate.low / MBIT, rate.high / MBIT)


def most_bytes(options: SpeedOptions, quick: bool) -> int:
    """Both servers, both directions."""
    most = int(options.max_mb * 1e6)
    return min(most, QUICK_BYTES) if quick else most


def cost(options: SpeedOptions, quick: bool) -> Cost:
    return Cost(
        bytes=most_bytes(options, quick),
        least=LEAST,
        seconds=2 * SECONDS,
        hosts="the speed servers of the profile, inside and outside",
    )


check = Check(
    id="vpn_speed",
    title="Speed of the VPN",
    capability=Capability.VPN,
    summary="What the VPN costs: speed and round trips through it beside those past it",
    run=run,
    options=SpeedOptions,
    timeout=75.0,
    after=("vpn_tunnel", "vpn_inside"),
    alone=True,
    essential=False,
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: (*options.inside.names, *options.outside.names),
    codes=CODES,
)
