"""Are secure connections secure: do certificates of several hosts check out against the trust store of this system?

One host that does not is that host's matter; all of them are this computer's, or of something on the way.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Confidence,
    Context,
    Cost,
    Finding,
    NetError,
    Options,
    Owner,
    Privacy,
    Says,
    Silent,
    TlsAnswer,
    TlsFailed,
    fact,
    failed,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.attempts import HostPort, at_once
from readycheck_checks.endpoints import endpoint, hosts_in
from readycheck_checks.proxies import UnreadableProxy, proxy_in_effect
from readycheck_checks.vpn.way import leads_through_tunnel

Outcome = TlsAnswer | NetError
_CERTIFICATE_DATES = ("expired", "not_yet_valid")
# The smallest maximum segment size that every IPv4 host must take (RFC 9293, section 3.7.1)
SMALL_SEGMENT_BYTES = 536
AGAIN_S = 4.0
_REASONS = {
    "expired": "its certificate has run out",
    "not_yet_valid": "its certificate is not valid yet",
    "wrong_name": "its certificate is for another name",
    "untrusted": "its certificate comes from somebody this computer does not trust",
    "handshake": "the secure connection did not come about",
}


class TlsOptions(Options, frozen=True, kw_only=True):
    hosts: Annotated[
        tuple[HostPort, ...], Meta(min_length=2, max_length=8, description="host:port of different operators")
    ]
    wait_s: Annotated[float, Meta(gt=0, le=10, description="How long to wait for an answer, in seconds")] = (
        6.0
    )


async def run(options: TlsOptions, ctx: Context) -> Says:
    outcomes = await _ask(options, ctx, options.wait_s)
    if all(isinstance(outcome, Silent) for outcome in outcomes.values()):
        outcomes, small_pass = await _once_more(options, ctx)
        if small_pass:
            yield _big_packets_lost(outcomes, tunnelled=await _tunnelled(options, ctx))
            return
    for host, outcome in outcomes.items():
        if isinstance(outcome, TlsAnswer):
            yield fact("certificate", "Certificate", f"{host}: {_shown(outcome)}", Privacy.ORG)
    yield verdict(outcomes, _is_proxied(ctx))


async def _once_more(options: TlsOptions, ctx: Context) -> tuple[dict[str, Outcome], bool]:
    """As usual and without large packets, at the same moment. True where hosts answer in small packets and all are silent in
    large ones: a line that came back meanwhile carries both."""
    large, small = await asyncio.gather(
        _ask(options, ctx, AGAIN_S), _ask(options, ctx, AGAIN_S, SMALL_SEGMENT_BYTES)
    )
    silent = all(isinstance(outcome, Silent) for outcome in large.values())
    return large, silent and any(isinstance(outcome, TlsAnswer | TlsFailed) for outcome in small.values())


async def _ask(
    options: TlsOptions, ctx: Context, wait_s: float, segment_bytes: int = 0
) -> dict[str, Outcome]:
    wheres = {host: endpoint(host) for host in options.hosts}
    return await at_once(
        {
            host: ctx.net.tls(where.host, where.port, timeout_s=wait_s, segment_bytes=segment_bytes)
            for host, where in wheres.items()
        }
    )


async def _tunnelled(options: TlsOptions, ctx: Context) -> bool:
    found = await at_once({host: ctx.net.resolve(endpoint(host).host) for host in options.hosts})
    addresses = [address for each in found.values() if isinstance(each, tuple) for address in each]
    return await leads_through_tunnel(ctx, *addresses)


def _big_packets_lost(outcomes: Mapping[str, Outcome], *, tunnelled: bool) -> Finding:
    """A path MTU black hole (RFC 2923): what is larger than some link takes is lost without a word."""
    if tunnelled:
        remedy = "Disconnect the VPN and check again; if pages open then, tell IT support that the VPN loses large packets"
        either = (Owner.COMPANY, Owner.ISP)
    else:
        remedy = (
            "Restart the router: unplug it for ten seconds, then wait two minutes. If it stays so, "
            "tell your internet provider that large packets are lost (a path MTU black hole), and use the hotspot of a phone"
        )
        either = (Owner.HOME, Owner.ISP)
    return failed(
        "connection.big_packets_lost",
        "Pages and calls hang: small packets come through, large ones are lost on the way",
        remedy=remedy,
        confidence=Confidence.HIGH,
        detail=f"{_detail(outcomes)}; in small packets a secure connection came about",
        either=either,
    )


def _shown(answer: TlsAnswer) -> str:
    until = f", valid until {answer.not_after.astimezone(UTC):%Y-%m-%d}" if answer.not_after else ""
    return f"issued by {answer.issuer}{until}, {answer.version}"


def _is_proxied(ctx: Context) -> bool:
    try:
        return proxy_in_effect(ctx.http) is not None
    except UnreadableProxy:
        return False


def verdict(outcomes: Mapping[str, Outcome], proxied: bool) -> Finding:
    """``proxied``: this computer is set to use a proxy, so that direct connections may be closed on purpose."""
    good = [outcome for outcome in outcomes.values() if isinstance(outcome, TlsAnswer)]
    bad = {host: outcome for host, outcome in outcomes.items() if isinstance(outcome, TlsFailed)}
    if good and not bad:
        return _all_good(outcomes, good)
    if good or len(bad) == 1:
        return _some_bad(bad, controlled=bool(good))
    if bad:
        return _all_bad(bad)
    if proxied:
        return skipped("connection.tls_by_proxy", "Secure connections go through the proxy of this network")
    return unknown(
        "connection.tls_not_measured",
        "No host let a secure connection begin, so certificates could not be checked",
        detail=_detail(outcomes),
    )


def _all_good(outcomes: Mapping[str, Outcome], good: list[TlsAnswer]) -> Finding:
    missed = len(outcomes) - len(good)
    left_out = f"; {missed} not reached" if missed else ""
    return passed(
        "connection.tls",
        f"Secure connections check out ({len(good)} hosts asked{left_out})",
        detail=_detail(outcomes),
    )


def _some_bad(bad: Mapping[str, TlsFailed], *, controlled: bool) -> Finding:
    """``controlled``: another host checked out at the same moment, so this computer and the way to it are in order. A signer
    whom nobody trusts is no mistake of a service: boxes that open connections leave some hosts alone."""
    host, first = next(iter(bad.items()))
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return warned(
        "connection.tls_host",
        f"{host}{more} cannot prove who it is: {_REASONS.get(first.reason, first.reason)}",
        remedy="Type no password there for now; check again later, and show this to IT support if it stays so",
        owner=Owner.SERVICE if controlled and _of_the_host(bad) else Owner.UNKNOWN,
        detail=_detail(bad),
    )


def _of_the_host(bad: Mapping[str, TlsFailed]) -> bool:
    """True where one host alone shows a certificate that only its own side can have let go wrong."""
    return len(bad) == 1 and all(problem.reason in ("expired", "wrong_name") for problem in bad.values())


def _all_bad(bad: Mapping[str, TlsFailed]) -> Finding:
    reasons = {problem.reason for problem in bad.values()}
    if reasons <= set(_CERTIFICATE_DATES):
        return failed(
            "connection.tls_dates",
            f"The certificates of all {len(bad)} hosts look out of date; most likely the clock of this computer is wrong",
            remedy="Compare the date and time of this computer to your phone, and switch on automatic date and time",
            owner=Owner.DEVICE,
            detail=_detail(bad),
        )
    if reasons == {"untrusted"}:
        return _untrusted(bad)
    return failed(
        "connection.tls_broken",
        f"No secure connection comes about: none of {len(bad)} hosts could prove who it is",
        remedy="Type no password on this network. Try another network or the hotspot of a phone, "
        "and show this result to IT support",
        detail=_detail(bad),
    )


def _untrusted(bad: Mapping[str, TlsFailed]) -> Finding:
    """One and the same stranger behind hosts that have nothing to do with each other opens the connections on the way."""
    issuers = {problem.issuer for problem in bad.values()}
    issuer = next(iter(issuers)) if len(issuers) == 1 else ""
    if issuer:
        return failed(
            "connection.tls_intercepted",
            f'All {len(bad)} hosts show a certificate of "{issuer}", whom this computer does not trust; '
            "most likely something on the way opens secure connections",
            remedy=f'Type no password on this network. Ask IT support whether "{issuer}" belongs to the company',
            detail=_detail(bad),
            either=(Owner.COMPANY, Owner.HOME),
        )
    return failed(
        "connection.tls_untrusted",
        f"This computer trusts the certificates of none of {len(bad)} hosts",
        remedy="Install the pending system updates and restart; show this result to IT support if it stays so",
        confidence=Confidence.LOW,
        detail=_detail(bad),
    )


def _detail(outcomes: Mapping[str, Outcome] | Mapping[str, TlsFailed]) -> str:
    return "; ".join(str(outcome) for outcome in outcomes.values() if isinstance(outcome, NetError))


check = Check(
    id="tls",
    title="Secure connections",
    capability=Capability.CONNECTION,
    summary="Do the certificates of several hosts check out against the trust store of this system",
    run=run,
    options=TlsOptions,
    weight=2.0,
    timeout=15.0,
    after=("internet", "dns", "captive_portal"),
    on_demand=True,
    cost=Cost(bytes=40_000, seconds=2.0, hosts="the hosts of the profile"),
    hosts_of=lambda options: hosts_in(*options.hosts),
)
