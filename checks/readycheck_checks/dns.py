"""Are names looked up, rightly and soon? Asks what every program asks: the system's resolver, or the one of the profile."""

import secrets
import statistics
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Finding,
    Measurement,
    NameUnknown,
    NetError,
    Options,
    Owner,
    Privacy,
    Says,
    Status,
    fact,
    failed,
    judge,
    measured,
    passed,
    skipped,
    warned,
)
from readycheck_checks.attempts import at_once, attempt
from readycheck_checks.limits import require_above
from readycheck_checks.proxies import UnreadableProxy, proxy_in_effect
from readycheck_checks.vpn.way import leads_through_tunnel

Name = Annotated[str, Meta(pattern=r"^[^\s/:]+\.[^\s/:]+$", max_length=253)]
_LIMITS_OF = (
    "readycheck: a web page needs ten and more lookups; at 3 s a lookup programs begin to give up "
    "(resolv.conf(5): 5 s a try; Windows: 10 s in all)"
)


class DnsOptions(Options, frozen=True, kw_only=True):
    names: Annotated[
        tuple[Name, ...],
        Meta(min_length=2, max_length=8, description="Names that exist, of different owners"),
    ]
    hijack_zone: Annotated[
        str,
        Meta(description="A zone without wildcard: random names under it must be unknown; empty: not asked"),
    ] = ""
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 5.0
    plan_ms: Annotated[float, Meta(gt=0, description="Lookup time to plan with, in milliseconds")] = 200.0
    fail_ms: Annotated[
        float, Meta(gt=0, description="Lookup time that counts as broken, in milliseconds")
    ] = 3_000.0
    source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF

    def __post_init__(self) -> None:
        require_above("fail_ms", self.fail_ms, "plan_ms", self.plan_ms)


Outcome = float | NetError  # milliseconds


async def run(options: DnsOptions, ctx: Context) -> Says:
    servers = await ctx.system.dns_servers() or ()
    for server in servers:
        kind = Privacy.ADDRESS if ":" in server else Privacy.PUBLIC  # an IPv6 router address names the line
        yield fact("dns_server", "Name server set on this computer", server, kind)
    outcomes = await at_once({name: _lookup_ms(ctx, name, options.wait_s) for name in options.names})
    times = [outcome for outcome in outcomes.values() if isinstance(outcome, float)]
    if not times:
        if await _proxy_looks_up(ctx, options.wait_s):
            yield skipped_by_proxy()
        else:
            yield broken(outcomes, tunnelled=await leads_through_tunnel(ctx, *servers))
        return
    median = _median(times, options)
    yield median
    yield by_time(median) if len(times) == len(outcomes) else partial(outcomes)
    if options.hijack_zone and await _random_names_exist(ctx, options):
        yield _hijack(options.hijack_zone)


async def _lookup_ms(ctx: Context, name: str, wait_s: float) -> float:
    started = ctx.clock.monotonic()
    await ctx.net.resolve(name, timeout_s=wait_s)
    return (ctx.clock.monotonic() - started) * 1000


async def _proxy_looks_up(ctx: Context, wait_s: float) -> bool:
    """True where a proxy is in use whose own name is found: in such networks only the proxy knows outside names."""
    try:
        proxy = proxy_in_effect(ctx.http)
    except UnreadableProxy:
        return False
    return proxy is not None and isinstance(
        await attempt(ctx.net.resolve(proxy.host, timeout_s=wait_s)), tuple
    )


async def _random_names_exist(ctx: Context, options: DnsOptions) -> bool:
    """True where two names that cannot exist both get an address: somebody answers for every name. The dot at their end
    keeps the system from trying them under its search domains, which may have a wildcard of their own."""
    names = [f"{secrets.token_hex(8)}.{options.hijack_zone.rstrip('.')}." for _ in range(2)]
    answers = await at_once({name: ctx.net.resolve(name, timeout_s=options.wait_s) for name in names})
    return all(isinstance(answer, tuple) for answer in answers.values())


def _median(times: list[float], options: DnsOptions) -> Measurement:
    return measured(
        "dns_time",
        "Time for a name lookup",
        round(statistics.median(times), 1),
        "ms",
        plan=options.plan_ms,
        fail=options.fail_ms,
        source=options.source,
        method=f"median of {len(times)} lookups; an answer that was remembered counts as it comes",
    )


def by_time(median: Measurement) -> Finding:
    status = judge(median)
    shown = f"{median.value:.0f} ms, at most {median.plan_limit:.0f} wanted"
    if status is Status.PASS:
        return passed("connection.dns", f"Names are looked up ({median.value:.0f} ms)")
    if status is Status.WARN:
        return warned(
            "connection.dns_slow",
            f"Name lookups are slow: {shown}",
            remedy="Restart the router; if lookups stay slow, tell your internet provider",
        )
    return failed(
        "connection.dns_slow",
        f"Name lookups take so long that programs give up: {shown}",
        remedy="Restart the router; if lookups stay slow, tell your internet provider",
    )


def partial(outcomes: Mapping[str, Outcome]) -> Finding:
    missed = [name for name, outcome in outcomes.items() if isinstance(outcome, NetError)]
    return warned(
        "connection.dns_partial",
        f"{len(missed)} of {len(outcomes)} names could not be looked up: {', '.join(missed)}",
        remedy="Check again in a few minutes; if it stays so, show this result to IT support",
        detail=_detail(outcomes),
    )


def skipped_by_proxy() -> Finding:
    return skipped("connection.dns_by_proxy", "Names outside are looked up by the proxy of this network")


def broken(outcomes: Mapping[str, Outcome], *, tunnelled: bool = False) -> Finding:
    """No name was found: either wrong answers, or none of use. ``tunnelled``: a name server is asked through a VPN, so that
    the home router is not shown to be at fault."""
    if tunnelled:
        return _broken_in_vpn(outcomes)
    if all(isinstance(outcome, NameUnknown) for outcome in outcomes.values()):
        return failed(
            "connection.dns_wrong",
            "The name server says that well-known names do not exist, so hardly anything can be reached",
            remedy="Disconnect the VPN if one is on, then restart the router; try the hotspot of a phone if it stays so",
            detail=_detail(outcomes),
        )
    return failed(
        "connection.dns_broken",
        "Names cannot be looked up: the name server gives no answer of use, so hardly anything can be reached",
        remedy="Restart the router: unplug it for ten seconds, then wait two minutes. "
        "If it stays so, use the hotspot of a phone",
        owner=Owner.HOME,
        detail=_detail(outcomes),
    )


def _broken_in_vpn(outcomes: Mapping[str, Outcome]) -> Finding:
    return failed(
        "connection.dns_vpn",
        "Names cannot be looked up: the VPN that is on brings its own name server, which gives no answer of use",
        remedy="Disconnect the VPN and check again. If names are found then, connect the VPN again, "
        "and tell the support of the VPN if it stays like this",
        detail=_detail(outcomes),
    )


def _hijack(zone: str) -> Finding:
    return warned(
        "connection.dns_hijack",
        f"The name server invents addresses for names that do not exist (under {zone})",
        remedy="Ask your internet provider to switch this off; until then inside names may lead to the wrong place",
    )


def _detail(outcomes: Mapping[str, Outcome]) -> str:
    return "; ".join(str(outcome) for outcome in outcomes.values() if isinstance(outcome, NetError))


check = Check(
    id="dns",
    title="Name lookup",
    capability=Capability.CONNECTION,
    summary="Are names looked up, rightly and soon",
    run=run,
    options=DnsOptions,
    weight=2.0,
    timeout=20.0,
    after=("internet",),
    on_demand=True,
    cost=Cost(bytes=4_000, seconds=5.0, hosts="the name servers of this computer"),
)
