"""bandwidth: does the line carry the calls of this profile? Measures download, upload and idle round-trip time, and judges them
against the needs of the calls. A speed server that does not answer says nothing about the line.
"""

from collections.abc import Coroutine
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, field

from readycheck.api import (
    Capability,
    Check,
    ChildFailed,
    ChildTimeout,
    Confidence,
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
    Status,
    fact,
    judge,
    measured,
    skipped,
    unknown,
    warned,
)
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.attempts import attempt
from readycheck_checks.calls import speed
from readycheck_checks.calls.limits import Demand, Limit, Need, demand
from readycheck_checks.calls.parties import OUTSIDE, behind_router, home, is_here
from readycheck_checks.calls.rates import DOWN, UP, Between, Direction, finding, measurement, together
from readycheck_checks.calls.watching import Latest, watched

SECONDS: Final = {"http": (10.0, 20.0), "speedtest.net": (18.0, 30.0), "none": (0.0, 0.0)}  # quick, full
CHILD_S: Final = 40.0

Said = Measurement | Finding | Fact
_Url = Annotated[str, Meta(description="http or https; {bytes} and {mib} stand for the size to ask for")]


class BandwidthOptions(Options, frozen=True, kw_only=True):
    provider: Annotated[
        Literal["http", "speedtest.net", "none"],
        Meta(
            description="http: the URLs below; speedtest.net: the nearest public server; none: not measured"
        ),
    ] = "none"
    download_url: _Url = ""
    upload_url: Annotated[str, Meta(description="Takes POSTs of random bytes")] = ""
    ping_url: Annotated[str, Meta(description="A small page; empty: TCP connection times are used")] = ""
    mini_url: Annotated[str, Meta(description="An own speedtest mini server, for speedtest.net")] = ""
    max_mb: Annotated[float, Meta(ge=1, le=1_000, description="Megabytes at most, both directions")] = 45.0
    calls: Annotated[tuple[str, ...], Meta(description="Names of the needs below that apply")] = ()
    needs: Annotated[dict[str, Need], Meta(description="What a kind of call needs")] = field(
        default_factory=dict
    )
    rtt_ms: Annotated[Limit | None, Meta(description="Limits of the idle round-trip time in ms")] = None

    def __post_init__(self) -> None:
        for name in self.calls:
            if name not in self.needs:
                known = ", ".join(sorted(self.needs)) or "none"
                raise ValueError(f'calls: "{name}" has no table under needs (known: {known})')
        for url in filter(None, (self.download_url, self.upload_url, self.ping_url, self.mini_url)):
            speed.place(url)
        if self.provider == "http" and not (self.download_url and self.upload_url):
            raise ValueError("provider http needs download_url and upload_url")


async def run(options: BandwidthOptions, ctx: Context) -> Says:
    """Not measured without provider or data; what the speed server does not answer is UNKNOWN and never the line's fault."""
    if options.provider == "none":
        yield skipped("calls.speed_not_asked", "The profile names no speed server")
        return
    spend = speed.budget(ctx, int(options.max_mb * 1e6))
    if not spend.enough:
        yield unknown(
            "calls.speed_budget",
            "The speed was not measured: the data allowance of this run is used up",
            remedy="Check again with a larger data allowance (--max-data)",
        )
        return
    yield Progress(text=f"Uses up to {(spend.down + spend.up) / 1e6:.0f} MB")
    through = _through_http if options.provider == "http" else _through_speedtest
    async for said in through(options, ctx, spend):
        yield said


async def _through_http(options: BandwidthOptions, ctx: Context, spend: speed.Budget) -> Says:
    url = options.download_url
    found: list[Finding] = []
    try:
        idle = await speed.idle_latency(ctx, url, options.ping_url)
        for said in _rtt(idle.rtt_ms, idle.method, options.rtt_ms):
            yield said
        heard = Latest("Download", 0.1, 0.5)
        work = speed.http_download(ctx, url, spend.down, idle.least_ms, heard.rate)
        async for each in _one_way(work, heard, DOWN, options, ctx, found):
            yield each
        url, heard = options.upload_url, Latest("Upload", 0.5, 1.0)
        work = speed.http_upload(ctx, url, spend.up, idle.least_ms, heard.rate)
        async for each in _one_way(work, heard, UP, options, ctx, found):
            yield each
    except NetError as trouble:
        found.append(_no_server(trouble, ctx, url))
    for judged in together(found):
        yield judged


async def _one_way(
    work: Coroutine[Any, Any, Throughput],
    heard: Latest,
    direction: Direction,
    options: BandwidthOptions,
    ctx: Context,
    found: list[Finding],
) -> Says:
    """Progress and the measurement; the finding is added to ``found``."""
    async with aclosing(watched(work, heard)) as told:
        async for item in told:
            if isinstance(item, Progress):
                yield item
            else:
                needs = _needs(options, direction)
                found.append(await _judged(item, direction, needs, ctx, options))
                yield measurement(item, direction, needs)


async def _through_speedtest(options: BandwidthOptions, ctx: Context, spend: speed.Budget) -> Says:
    heard = Latest("Asking speedtest.net", 0.0, 1.0)
    work = speed.speedtest_net(ctx, spend, options.mini_url, CHILD_S, heard.step)
    try:
        async with aclosing(watched(work, heard)) as told:
            async for item in told:
                if isinstance(item, Progress):
                    yield item
                else:
                    for said in await _told_by_speedtest(item, options, ctx):
                        yield said
    except (ChildFailed, ChildTimeout) as trouble:
        yield _no_speedtest(str(trouble))


async def _told_by_speedtest(
    result: speed.LegacyResult, options: BandwidthOptions, ctx: Context
) -> list[Said]:
    ways = [(rate, way, _needs(options, way)) for rate, way in ((result.down, DOWN), (result.up, UP))]
    return [
        fact("speed_server", "Speed server", result.server, Privacy.TEXT),
        *_rtt(result.ping_ms, "speedtest.net, half of connect and answer", options.rtt_ms),
        *(measurement(rate, way, needs) for rate, way, needs in ways),
        *together([await _judged(rate, way, needs, ctx, options) for rate, way, needs in ways]),
    ]


async def _judged(
    rate: Throughput, direction: Direction, needs: Demand | None, ctx: Context, options: BandwidthOptions
) -> Finding:
    """Whose it is is looked for only where the rate falls short."""
    told = finding(rate, direction, needs)
    if told.status not in (Status.WARN, Status.FAIL):
        return told
    return finding(rate, direction, needs, await _between(ctx, options))


async def _between(ctx: Context, options: BandwidthOptions) -> Between:
    """Which server speedtest.net chose, or its address, does not matter: a public one is reached by the way to everything."""
    url = options.download_url if options.provider == "http" else options.mini_url
    addresses = await attempt(ctx.net.resolve(speed.place(url).host)) if url else ()
    address = OUTSIDE if isinstance(addresses, NetError) or not addresses else addresses[0]
    link = None if is_here(address) else (await home(ctx)).link
    return Between(
        behind=await behind_router(ctx, address), link_mbps=link.speed_mbps if link is not None else 0
    )


def _needs(options: BandwidthOptions, direction: Direction) -> Demand | None:
    return demand((options.needs[name] for name in options.calls), "down" if direction is DOWN else "up")


def _rtt(rtt_ms: float, method: str, limit: Limit | None) -> list[Measurement | Finding]:
    """At most a warning: the speed server may simply be far away."""
    value = measured(
        "idle_rtt",
        "Round-trip time, idle line",
        round(rtt_ms, 1),
        "ms",
        method=method,
        **(limit.judged if limit else {}),
    )
    if limit is None or judge(value) is Status.PASS:
        return [value]
    return [
        value,
        warned(
            "calls.rtt_high",
            f"You may talk over each other: {rtt_ms:.0f} ms to the speed server and back, at most {limit.plan:g} wanted",
            remedy="Disconnect other VPNs, pause downloads, and check again",
            confidence=Confidence.LOW,
            detail="The speed server may be far away",
        ),
    ]


def _no_server(trouble: NetError, ctx: Context, url: str) -> Finding:
    proxy = (
        " This computer is set to use a proxy, which is not used for this." if ctx.http.proxy_for(url) else ""
    )
    return unknown(
        "calls.speed_server",
        f"The speed was not measured: {trouble.where.host} {trouble.says}. This says nothing about your line",
        remedy="Check again later; the other checks do not depend on it",
        detail=f"{trouble}.{proxy}",
    )


def _no_speedtest(reason: str) -> Finding:
    return unknown(
        "calls.speed_server",
        "The speed was not measured: speedtest.net gave no result. This says nothing about your line",
        remedy="Check again later; the other checks do not depend on it",
        detail=reason,
    )


def cost(options: BandwidthOptions, quick: bool) -> Cost:
    """Stated before a run: nothing without provider, below 3 MB in the quick plan, else the profile's own limit."""
    if options.provider == "none":
        return Cost(bytes=0, seconds=0.0)
    most = int(options.max_mb * 1e6)
    fast, full = SECONDS[options.provider]
    return Cost(
        bytes=min(most, speed.QUICK_BYTES) if quick else most,
        seconds=fast if quick else full,
        hosts="speedtest.net" if options.provider == "speedtest.net" else "the speed server of the profile",
    )


check = Check(
    id="bandwidth",
    title="Internet speed",
    capability=Capability.CALLS,
    summary="Download, upload and idle round-trip time against the needs of calls",
    run=run,
    options=BandwidthOptions,
    weight=3.0,
    timeout=50.0,
    after=("internet", "dns", "captive_portal"),
    alone=True,
    cost=cost,
)
