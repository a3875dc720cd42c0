"""Which proxy is in effect, and does it answer? Shows host and port only: user name and password of a setting are never kept."""

import ipaddress
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Closed,
    Confidence,
    Context,
    Cost,
    Finding,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    Options,
    Owner,
    Privacy,
    Refused,
    Says,
    TcpAnswer,
    fact,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.attempts import HostPort, at_once
from readycheck_checks.endpoints import endpoint
from readycheck_checks.proxies import ANY_SITE, ProxyAddress, UnreadableProxy, proxy_in_effect

Outcome = TcpAnswer | NetError
_REMEDY = "Connect the VPN if the proxy belongs to the company; else switch it off in the network settings"
_REMEDY_HERE = (
    "Start the program of this computer that offers the proxy, or switch the proxy off in its settings"
)


class ProxyOptions(Options, frozen=True, kw_only=True):
    url: Annotated[
        str,
        Meta(pattern=r"^https?://", description="The address whose proxy is looked for; it is not opened"),
    ] = ANY_SITE
    controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=6,
            description="Addresses that answer where the network works: without them silence proves nothing",
        ),
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0


async def run(options: ProxyOptions, ctx: Context) -> Says:
    try:
        proxy = proxy_in_effect(ctx.http, options.url)
    except UnreadableProxy:
        yield _unreadable()
        return
    if proxy is None:
        yield passed("connection.no_proxy", "No proxy is in use")
        return
    yield fact("proxy", "Proxy", proxy, Privacy.ORG)
    asked = {"": endpoint(str(proxy))} | {control: endpoint(control) for control in options.controls}
    outcomes = await at_once(
        {name: ctx.net.tcp(where.host, where.port, timeout_s=options.wait_s) for name, where in asked.items()}
    )
    outcome = outcomes.pop("")
    yield verdict(proxy, outcome, any(isinstance(each, TcpAnswer | Refused) for each in outcomes.values()))


def verdict(proxy: ProxyAddress, outcome: Outcome, control_answered: bool) -> Finding:
    match outcome:
        case TcpAnswer():
            return passed("connection.proxy", f"The proxy {proxy} answers")
        case Refused() | Closed():
            return _silent(proxy, "turns connections away", Confidence.MEDIUM, str(outcome))
        case NameUnknown():
            return _silent(proxy, "is not known here by its name", Confidence.MEDIUM, str(outcome))
        case NameSilent() | NameRefused() if control_answered:
            return _not_looked_up(proxy, str(outcome))
        case _ if control_answered:
            return _silent(
                proxy, "does not answer", Confidence.HIGH, f"{outcome}; a control answered meanwhile"
            )
    return unknown(
        "connection.proxy_not_proved",
        f"The proxy {proxy} keeps silent, and nothing else answered at the same moment: this proves nothing",
        detail=str(outcome),
    )


def _silent(proxy: ProxyAddress, says: str, confidence: Confidence, detail: str) -> Finding:
    """A setting of this computer leads to a proxy that is not there: the setting may be wrong, or the company's proxy down."""
    here = _on_this_computer(proxy)
    return failed(
        "connection.proxy_silent",
        f"Web pages will not open: this computer is set to use the proxy {proxy}, which {says}",
        remedy=_REMEDY_HERE if here else _REMEDY,
        owner=Owner.DEVICE if here else Owner.UNKNOWN,
        confidence=confidence,
        detail=detail,
        either=() if here else (Owner.COMPANY, Owner.DEVICE),
    )


def _not_looked_up(proxy: ProxyAddress, detail: str) -> Finding:
    """Any name server may be at fault for that, the one of this network too: it was not the proxy that kept silent."""
    return failed(
        "connection.proxy_silent",
        f"Web pages will not open: the name of the proxy that this computer is set to use, {proxy}, cannot be looked up",
        remedy=_REMEDY,
        detail=detail,
    )


def _on_this_computer(proxy: ProxyAddress) -> bool:
    try:
        return ipaddress.ip_address(proxy.host).is_loopback
    except ValueError:
        return proxy.host == "localhost"


def _unreadable() -> Finding:
    return warned(
        "connection.proxy_unreadable",
        "A proxy is set on this computer, and its setting names no host",
        remedy="Open the network settings of this computer and correct the proxy, or switch it off",
        owner=Owner.DEVICE,
    )


check = Check(
    id="proxy",
    title="Proxy",
    capability=Capability.CONNECTION,
    summary="Is a proxy set on this computer, and does it answer",
    run=run,
    options=ProxyOptions,
    timeout=10.0,
    after=("interface",),
    essential=False,
    cost=Cost(bytes=2_000, seconds=4.0, hosts="the proxy that is set on this computer"),
)
