"""Are secure connections secure: do certificates of several hosts check out against the trust store of this system?

One host that does not is that host's matter; all of them are this computer's, or of something on the way. What was refused or
broken off is looked at twice.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Annotated, Any

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    NetError,
    Options,
    Privacy,
    Says,
    Silent,
    TlsAnswer,
    TlsFailed,
    fact,
)
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.certificates import BY_DATE, OthersClock, right_time
from readycheck_checks.blame.lost_names import NameServers, require_addresses
from readycheck_checks.names.forged import forged
from readycheck_checks.pac.in_use import proxy_in_use
from readycheck_checks.secure.codes import CODES
from readycheck_checks.secure.inspection import Inspector, opener_of
from readycheck_checks.secure.second_look import Looked, second_look
from readycheck_checks.secure.verdict import (
    big_packets_lost,
    led_elsewhere,
    only_wrong_name,
    shown_bad,
    verdict,
)

Outcome = TlsAnswer | NetError
# The smallest maximum segment size that every IPv4 host must take (RFC 9293, section 3.7.1)
SMALL_SEGMENT_BYTES = 536
AGAIN_S = 4.0
HANDSHAKE_BYTES = 5_500


class TlsOptions(Options, frozen=True, kw_only=True):
    hosts: Annotated[
        tuple[HostPort, ...], Meta(min_length=2, max_length=8, description="host:port of different operators")
    ]
    wait_s: Annotated[float, Meta(gt=0, le=10, description="How long to wait for an answer, in seconds")] = (
        6.0
    )
    inspectors: Annotated[
        tuple[Inspector, ...],
        Meta(max_length=60, description="Products that open secure connections, by the name of their issuer"),
    ] = ()
    name_servers: NameServers = ()

    def __post_init__(self) -> None:
        require_addresses(self.name_servers)


async def run(options: TlsOptions, ctx: Context) -> Says:
    outcomes = await _ask(options, ctx, options.wait_s)
    if all(isinstance(outcome, Silent) for outcome in outcomes.values()):
        outcomes, small = await _once_more(options, ctx)
        if small:
            tunnelled = await _tunnelled(options, ctx)
            yield big_packets_lost(outcomes, tunnelled=tunnelled, sure=small > 1)
            return
    looked = await second_look(ctx, outcomes, lambda hosts: _ask(options, ctx, AGAIN_S, hosts=hosts))
    outcomes = dict(looked.outcomes)
    for said in _facts(looked):
        yield said
    opener = await _opener(options, ctx, outcomes)
    if opener:
        yield fact(
            "tls_opened_by",
            "Authority that only this computer trusts, which vouches for hosts",
            opener,
            Privacy.ORG,
        )
    if stray := only_wrong_name(outcomes, controlled=looked.controlled):
        servers = await ctx.system.dns_servers()
        if found := await forged(ctx, endpoint(stray).host, servers, options.name_servers):
            yield led_elsewhere(stray, *found)
            return
    proxied, clock = await _is_proxied(ctx, outcomes), await _others_clock(ctx, looked)
    yield verdict(outcomes, proxied, opener, options.inspectors, controlled=looked.controlled, clock=clock)


def _facts(looked: Looked) -> Iterator[Fact]:
    for host, outcome in looked.outcomes.items():
        if isinstance(outcome, TlsAnswer):
            yield fact("certificate", "Certificate", f"{host}: {_shown(outcome)}", Privacy.ORG)
    if looked.recovered:
        told = "; ".join(f"{host}: {problem}" for host, problem in looked.recovered.items())
        yield fact("tls_second_look", "Checked out at the second look only", told, Privacy.ORG)


async def _others_clock(ctx: Context, looked: Looked) -> OthersClock | None:
    """The time of a host that checked out, where the certificate of one other looks out of date."""
    bad = shown_bad(looked.outcomes)
    host, problem = next(iter(bad.items()), ("", None))
    if not looked.controlled or problem is None or len(bad) > 1 or problem.reason not in BY_DATE:
        return None
    good = [each for each, outcome in looked.outcomes.items() if isinstance(outcome, TlsAnswer)]
    return await right_time(ctx, endpoint(host), problem, good)


async def _opener(options: TlsOptions, ctx: Context, outcomes: Mapping[str, Outcome]) -> str:
    """The hosts that checked out once more, by the authorities that browsers are shipped with."""
    good = {host: outcome for host, outcome in outcomes.items() if isinstance(outcome, TlsAnswer)}
    by_public = await _ask(options, ctx, AGAIN_S, hosts=tuple(good), public_roots=True)
    return opener_of(good, by_public, options.inspectors)


async def _once_more(options: TlsOptions, ctx: Context) -> tuple[dict[str, Outcome], int]:
    """As usual and without large packets, at the same moment; how many answer in small packets where all are silent in large
    ones: a line that came back meanwhile carries both."""
    large, small = await asyncio.gather(
        _ask(options, ctx, AGAIN_S), _ask(options, ctx, AGAIN_S, SMALL_SEGMENT_BYTES)
    )
    silent = all(isinstance(outcome, Silent) for outcome in large.values())
    answered = sum(isinstance(outcome, TlsAnswer | TlsFailed) for outcome in small.values())
    return large, answered if silent else 0


async def _ask(
    options: TlsOptions,
    ctx: Context,
    wait_s: float,
    segment_bytes: int = 0,
    *,
    hosts: tuple[str, ...] | None = None,
    public_roots: bool = False,
) -> dict[str, Outcome]:
    wheres = {host: endpoint(host) for host in (options.hosts if hosts is None else hosts)}
    how: dict[str, Any] = {"timeout_s": wait_s, "segment_bytes": segment_bytes, "public_roots": public_roots}
    return await at_once({host: ctx.net.tls(where.host, where.port, **how) for host, where in wheres.items()})


async def _tunnelled(options: TlsOptions, ctx: Context) -> bool:
    found = await at_once({host: ctx.net.resolve(endpoint(host).host) for host in options.hosts})
    addresses = [address for each in found.values() if isinstance(each, tuple) for address in each]
    return await leads_through_tunnel(ctx, *addresses)


def _shown(answer: TlsAnswer) -> str:
    until = f", valid until {answer.not_after.astimezone(UTC):%Y-%m-%d}" if answer.not_after else ""
    return f"issued by {answer.issuer}{until}, {answer.version}"


async def _is_proxied(ctx: Context, outcomes: Mapping[str, Outcome]) -> bool:
    """Asked for only where no direct connection told anything: reading a proxy configuration costs a second."""
    if shown_bad(outcomes) or any(isinstance(outcome, TlsAnswer) for outcome in outcomes.values()):
        return False
    return await proxy_in_use(ctx) is not None


def cost(options: TlsOptions, quick: bool) -> Cost:
    """Each host twice, whether for other authorities or for a second look; a control, and its time."""
    asked = 2 * len(options.hosts) + 2
    return Cost(bytes=asked * HANDSHAKE_BYTES + 2_000, seconds=3.0, hosts="the hosts of the profile")


check = Check(
    id="tls",
    title="Secure connections",
    capability=Capability.CONNECTION,
    summary="Whether the certificates of several hosts check out against the trust store of this system",
    run=run,
    options=TlsOptions,
    weight=2.0,
    timeout=30.0,
    after=("internet", "dns", "captive_portal"),
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.hosts, *options.name_servers),
    codes=CODES,
)
