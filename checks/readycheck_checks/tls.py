"""Are secure connections secure: do certificates of several hosts check out against the trust store of this system?

One host that does not is that host's matter; all of them are this computer's, or of something on the way.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Closed,
    Context,
    Cost,
    Finding,
    NetError,
    Options,
    Owner,
    Privacy,
    Says,
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
from readycheck_checks.endpoints import endpoint
from readycheck_checks.proxies import UnreadableProxy, proxy_in_effect

Outcome = TlsAnswer | NetError
_CERTIFICATE_DATES = ("expired", "not_yet_valid")
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
    wait_s: Annotated[float, Meta(gt=0, le=10, description="How long to wait for an answer, in seconds")] = 6.0


async def run(options: TlsOptions, ctx: Context) -> Says:
    wheres = {host: endpoint(host) for host in options.hosts}
    outcomes = await at_once(
        {host: ctx.net.tls(where.host, where.port, timeout_s=options.wait_s) for host, where in wheres.items()}
    )
    for host, outcome in outcomes.items():
        if isinstance(outcome, TlsAnswer):
            yield fact(f"issuer_{wheres[host].host}", f"Certificate of {host}", _shown(outcome), Privacy.ORG)
    yield verdict(outcomes, _is_proxied(ctx))


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
    told = "" if len(good) == len(outcomes) else f" of {len(outcomes)}; the others were not reached"
    return passed(
        "connection.tls",
        f"Secure connections check out ({len(good)}{told} hosts)" if not told else f"Secure connections check out ({len(good)}{told})",
        detail=_detail(outcomes),
    )
