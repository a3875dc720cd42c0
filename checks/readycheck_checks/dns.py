"""Are names looked up, rightly and soon? Asks what every program asks: the system's resolver, or the one of the profile.

Where names are not found, lead astray or take very long, each name server is asked by itself at the same moment (names/).
"""

import asyncio
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
    Privacy,
    Progress,
    Says,
    Status,
    TcpAnswer,
    TlsAnswer,
    fact,
    judge,
    measured,
)
from readycheck_checks.asking.attempts import HostPort, at_once, attempt
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.asking.limits import require_above
from readycheck_checks.names.astray import (
    astray,
    blocked,
    carried,
    contradicted,
    stand_ins_dead,
    stand_ins_work,
)
from readycheck_checks.names.codes import CODES
from readycheck_checks.names.encrypted import BYTES as ENCRYPTED_BYTES
from readycheck_checks.names.encrypted import Beside, Server, found_out, where_of
from readycheck_checks.names.findings import (
    Found,
    Outcome,
    broken,
    by_time,
    hijack,
    led_elsewhere,
    lying,
    partial,
    skipped_by_proxy,
    unsteady,
    whose_slowness,
)
from readycheck_checks.names.forged import PROOF_S, first_forged
from readycheck_checks.names.invented import first_invented
from readycheck_checks.names.lateness import own_delay_ms
from readycheck_checks.names.lies import is_told_by_a_server, one_address, one_stand_in
from readycheck_checks.names.servers import BYTES, WAITS_S, ask_around, is_literal, places_of
from readycheck_checks.pac.in_use import proxy_in_use

Name = Annotated[str, Meta(pattern=r"^[^\s/:]+\.[^\s/:]+$", max_length=253)]
_LIMITS_OF = (
    "readycheck: a web page needs ten and more lookups; at 3 s a lookup programs begin to give up "
    "(resolv.conf(5): 5 s a try; Windows: 10 s in all)"
)
_PROOF_BYTES = 7_000  # of a handshake with one name


class DnsOptions(Options, frozen=True, kw_only=True):
    names: Annotated[
        tuple[Name, ...],
        Meta(min_length=2, max_length=8, description="Names that exist, of different owners"),
    ]
    hijack_zone: Annotated[
        str,
        Meta(description="A zone without wildcard: random names under it must be unknown; empty: not asked"),
    ] = ""
    second_opinion: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="Other name servers, address:port, asked only where lookups fail"),
    ] = ()
    encrypted: Annotated[
        tuple[Server, ...],
        Meta(
            max_length=4,
            description="Name servers for encrypted lookups, tls://host or https://host/path; empty: not tried",
        ),
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 5.0
    plan_ms: Annotated[float, Meta(gt=0, description="Lookup time to plan with, in milliseconds")] = 200.0
    fail_ms: Annotated[
        float, Meta(gt=0, description="Lookup time that counts as broken, in milliseconds")
    ] = 3_000.0
    source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF

    def __post_init__(self) -> None:
        require_above("fail_ms", self.fail_ms, "plan_ms", self.plan_ms)
        for server in self.second_opinion:
            if not is_literal(endpoint(server).host):
                raise ValueError(f'second_opinion names "{server}": write an address, such as "1.1.1.1:53"')
        for url in self.encrypted:
            where_of(url)


async def run(options: DnsOptions, ctx: Context) -> Says:
    servers = await ctx.system.dns_servers()
    for server in servers or ():
        kind = Privacy.ADDRESS if ":" in server else Privacy.PUBLIC  # an IPv6 router address names the line
        yield fact("dns_server", "Name server set on this computer", server, kind)
    outcomes, late_ms = await asyncio.gather(
        at_once({name: _look_up(ctx, name, options.wait_s) for name in options.names}), own_delay_ms(ctx)
    )
    found = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Found)}
    if not found and await _proxy_looks_up(ctx, options.wait_s):
        yield skipped_by_proxy()
        return
    if not found:
        yield Progress(text="Asking each name server by itself")
        yield await _nothing_found(options, ctx, servers, outcomes)
        return
    median = _median([each.ms for each in found.values()], options)
    yield median
    if address := await _false_address(ctx, found):
        yield lying(await ask_around(ctx, options.names[0], servers, options.second_opinion), address)
        return
    if (encrypts := await ctx.system.encrypted_dns()) is not None:
        yield fact(
            "dns_encryption",
            "Name lookups of this computer are encrypted",
            "yes" if encrypts else "no",
            Privacy.PUBLIC,
        )
    misled = await _misled(options, ctx, servers, found) or await _forged(options, ctx, servers, found)
    if misled is not None:
        yield misled
    if len(found) < len(outcomes):
        yield await _some_missing(options, ctx, servers, outcomes)
    elif misled is None or misled.status is Status.PASS:
        yield await _timed(options, ctx, servers, median, late_ms)
    if options.hijack_zone:
        invented = await first_invented(
            ctx, options.hijack_zone, options.wait_s, servers, options.second_opinion
        )
        if invented:
            yield hijack(options.hijack_zone, *invented)
    if options.encrypted:
        beside = Beside(next(iter(found)), servers, options.second_opinion)
        yield await found_out(ctx, options.encrypted, beside)


async def _look_up(ctx: Context, name: str, wait_s: float) -> Found:
    started = ctx.clock.monotonic()
    addresses = await ctx.net.resolve(name, timeout_s=wait_s)
    return Found((ctx.clock.monotonic() - started) * 1000, addresses)


async def _proxy_looks_up(ctx: Context, wait_s: float) -> bool:
    """True where a proxy is in use that is found and answers: in such networks only the proxy knows outside names."""
    proxy = await proxy_in_use(ctx)
    if proxy is None:
        return False
    return isinstance(await attempt(ctx.net.tcp(proxy.host, proxy.port, timeout_s=wait_s)), TcpAnswer)


async def _nothing_found(
    options: DnsOptions, ctx: Context, servers: tuple[str, ...] | None, outcomes: Mapping[str, Outcome]
) -> Finding:
    """Every name server by itself, and the same lookup once more beside them: what works again by then was no fault to name."""
    name = options.names[0]
    around, again = await asyncio.gather(
        ask_around(ctx, name, servers, options.second_opinion),
        attempt(ctx.net.resolve(name, timeout_s=sum(WAITS_S))),
    )
    return broken(outcomes, around) if isinstance(again, NetError) else unsteady(outcomes)


async def _false_address(ctx: Context, found: Mapping[str, Found]) -> str:
    """The one address that all names got, where none of them proves there by certificate who it is; else empty."""
    address = one_address({name: each.addresses for name, each in found.items()})
    if not address:
        return ""
    proofs = await at_once({name: ctx.net.tls(name, 443, timeout_s=PROOF_S) for name in found})
    return "" if any(isinstance(proof, TlsAnswer) for proof in proofs.values()) else address


async def _misled(
    options: DnsOptions, ctx: Context, servers: tuple[str, ...] | None, found: Mapping[str, Found]
) -> Finding | None:
    """Names that lead to addresses which nobody on the internet has: a certificate proves whether somebody carries them all the
    same. None where there are none, or a block that is carried (a proxy that hides itself). What a name server of the profile
    says is as the profile wants it."""
    if ctx.resolver:
        return None
    lost = astray({name: each.addresses for name, each in found.items()})
    if not lost.all:
        return None
    proofs = await at_once({name: ctx.net.tls(name, 443, timeout_s=PROOF_S) for name in lost.all})
    nowhere = tuple(name for name in lost.nowhere if not isinstance(proofs[name], TlsAnswer))
    if nowhere:
        around = await ask_around(ctx, nowhere[0], servers, options.second_opinion)
        return blocked(nowhere, around, everything=len(nowhere) == len(options.names))
    if not lost.stand_ins:
        return None
    if carried({name: proofs[name] for name in lost.stand_ins}):
        return stand_ins_work()
    around = await ask_around(ctx, options.names[0], servers, options.second_opinion)
    shared = one_stand_in({name: each.addresses for name, each in found.items()})
    if shared and is_told_by_a_server(around, shared):
        return lying(around, shared)
    return stand_ins_dead(around, proofs)


async def _forged(
    options: DnsOptions, ctx: Context, servers: tuple[str, ...] | None, found: Mapping[str, Found]
) -> Finding | None:
    told = await first_forged(ctx, tuple(found), servers, options.second_opinion)
    return led_elsewhere(*told) if told else None


async def _some_missing(
    options: DnsOptions, ctx: Context, servers: tuple[str, ...] | None, outcomes: Mapping[str, Outcome]
) -> Finding:
    """A name that is said not to exist while another name server knows it is blocked, where it is said once more at that moment;
    silence about it is not."""
    missing = [name for name, outcome in outcomes.items() if isinstance(outcome, NameUnknown)]
    if missing:
        around, again = await asyncio.gather(
            ask_around(ctx, missing[0], servers, options.second_opinion),
            attempt(ctx.net.resolve(missing[0], timeout_s=sum(WAITS_S))),
        )
        if contradicted(around) and isinstance(again, NameUnknown):
            return blocked(missing, around, everything=False, missing=True)
    return partial(outcomes)


async def _timed(
    options: DnsOptions,
    ctx: Context,
    servers: tuple[str, ...] | None,
    median: Measurement,
    late_ms: float,
) -> Finding:
    around = None
    if judge(median) is Status.FAIL:
        around = await ask_around(ctx, options.names[0], servers, options.second_opinion)
    slow = whose_slowness(await places_of(ctx, servers), by_profile=bool(ctx.resolver))
    return by_time(median, slow, around=around, own_delay_ms=late_ms)


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


def _proved(options: DnsOptions) -> tuple[str, ...]:
    return tuple(f"{name}:443" for name in options.names if options.second_opinion)


def _cost(options: DnsOptions, quick: bool) -> Cost:
    others = "other name servers, named by the profile, where those of this computer fail"
    return Cost(
        bytes=4_000
        + 2 * BYTES
        + _PROOF_BYTES * len(options.names)
        + ENCRYPTED_BYTES * len(options.encrypted),
        seconds=5.0,
        hosts=others if options.second_opinion else "",
        unnamed=("the name servers of this computer", "the router of this network"),
    )


check = Check(
    id="dns",
    title="Name lookup",
    capability=Capability.CONNECTION,
    summary="Whether names are looked up, rightly and soon",
    run=run,
    options=DnsOptions,
    weight=2.0,
    timeout=20.0,
    after=("internet",),
    on_demand=True,
    cost=_cost,
    hosts_of=lambda options: hosts_in(*_proved(options), *options.second_opinion, *options.encrypted),
    codes=CODES,
)
