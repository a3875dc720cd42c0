"""Does anything on the internet answer, asked by address? Names play no part here, so a DNS fault cannot show as a dead line.

Several addresses of different operators, IPv4 and IPv6, are asked at once: each is the others' control. Where all are silent,
hosts of another kind are asked by name before the line is called dead, for public name servers are often closed on purpose.
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Closed,
    Confidence,
    Context,
    Cost,
    Fact,
    Finding,
    NetError,
    Options,
    Owner,
    Privacy,
    Refused,
    Says,
    TcpAnswer,
    TlsAnswer,
    TlsFailed,
    fact,
    failed,
    measured,
    passed,
    warned,
)
from readycheck_checks.attempts import HostPort, at_once, attempt
from readycheck_checks.ending import Ending, Flow, Place
from readycheck_checks.endpoints import endpoint, hosts_in
from readycheck_checks.proxies import ProxyAddress, UnreadableProxy, proxy_in_effect
from readycheck_checks.vpn.way import leads_through_tunnel
from readycheck_checks.way_out import BYTES, seen, where_it_ends

Outcome = TcpAnswer | NetError
GRACE_S = (
    0.6  # for the others, once one has answered: enough for a second operator and for the other IP version
)
PROXY_S = 1.5
BY_NAME_S = 2.0
REMEDY = (
    "Restart the router: unplug it for ten seconds, then wait two minutes. "
    "If nothing changes, use the hotspot of a phone and call your internet provider"
)
REMEDY_FORBIDDEN = (
    "Ask whoever runs this network whether its router lets this computer out, or use the hotspot of a phone"
)
REMEDY_HERE = (
    "Ask IT support whether a firewall on this computer holds everything back, "
    "as a VPN program may that is not connected"
)
BY_NAME_FACT = "asked_by_name"  # what readycheck.diagnose looks for beside plain pages that answer


class InternetOptions(Options, frozen=True, kw_only=True):
    targets: Annotated[
        tuple[HostPort, ...],
        Meta(
            min_length=2, max_length=8, description="Literal addresses with TCP port, of different operators"
        ),
    ]
    by_name: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="TLS hosts (name:port) asked where no target answers"),
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0


async def run(options: InternetOptions, ctx: Context) -> Says:
    outcomes = await first_answers(options, ctx)
    answers = [outcome.rtt_ms for outcome in outcomes.values() if isinstance(outcome, TcpAnswer)]
    if answers:
        yield measured("internet_rtt", "Time to the internet and back", round(min(answers), 2), "ms")
    for each in _facts(outcomes):
        yield each
    if answers:
        yield verdict(outcomes)
        return
    by_name = await _asked_by_name(options, ctx)
    if named := tuple(host for host, came in by_name.items() if isinstance(came, TlsAnswer)):
        yield _held_back(named, outcomes)
    else:
        if options.by_name:
            yield fact(BY_NAME_FACT, "Asked by name, without a secure answer", ", ".join(options.by_name))
        proxy = await _answering_proxy(ctx)
        tunnelled = await leads_through_tunnel(ctx, *_addresses(options))
        on_purpose = _refused(outcomes) and not options.by_name
        told = proxy or tunnelled or on_purpose
        ending = Ending() if told else await _ending(options, ctx, _refused(outcomes))
        for each in seen(ending):
            yield each
        yield verdict(outcomes, proxy, tunnelled=tunnelled, ending=ending, named_too=_none_speaks(by_name))


async def first_answers(options: InternetOptions, ctx: Context) -> dict[str, Outcome]:
    """Outcomes by target. Once one target has answered, the others get GRACE_S more; who is slower is left out."""
    wheres = {target: endpoint(target) for target in options.targets}
    tasks = {
        target: asyncio.create_task(attempt(ctx.net.tcp(where.host, where.port, timeout_s=options.wait_s)))
        for target, where in wheres.items()
    }
    waiting = set(tasks.values())
    try:
        while waiting and not any(_is_answer(task) for task in tasks.values()):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if waiting:
            await asyncio.wait(waiting, timeout=GRACE_S)
        return {target: task.result() for target, task in tasks.items() if task.done()}
    finally:
        for task in tasks.values():
            task.cancel()


def _is_answer(task: "asyncio.Task[Outcome]") -> bool:
    return task.done() and isinstance(task.result(), TcpAnswer)


async def _asked_by_name(options: InternetOptions, ctx: Context) -> dict[str, TlsAnswer | NetError]:
    """Who proves by certificate to be who was asked for: a sign-in page that answers in place of everybody cannot."""
    asked = {host: endpoint(host) for host in options.by_name}
    return await at_once(
        {host: ctx.net.tls(where.host, where.port, timeout_s=BY_NAME_S) for host, where in asked.items()}
    )


def _addresses(options: InternetOptions) -> tuple[str, ...]:
    return tuple(endpoint(target).host for target in options.targets)


async def _answering_proxy(ctx: Context) -> ProxyAddress | None:
    """The proxy in effect, where there is one and it accepts connections."""
    try:
        proxy = proxy_in_effect(ctx.http)
    except UnreadableProxy:
        return None
    if proxy is None:
        return None
    outcome = await attempt(ctx.net.tcp(proxy.host, proxy.port, timeout_s=PROXY_S))
    return proxy if isinstance(outcome, TcpAnswer) else None


async def _ending(options: InternetOptions, ctx: Context, refused: bool) -> Ending:
    """Where packets end. UDP stands beside TCP: nobody answers for it either, but a firewall of this computer shows by it.

    A firewall on the way refuses UDP in its own name, and TCP in the target's.
    """
    where = endpoint(min(options.targets, key=lambda target: target.startswith("[")))
    tcp = Flow("tcp", where.host, where.port)
    udp = Flow("udp", where.host, where.port, bytes(1))
    return await where_it_ends(ctx, udp, tcp) if refused else await where_it_ends(ctx, tcp, udp)


def _none_speaks(by_name: Mapping[str, TlsAnswer | NetError]) -> bool:
    """Everyday hosts were asked, and none of them so much as showed a certificate, be it a stranger's."""
    return bool(by_name) and not any(isinstance(came, TlsFailed) for came in by_name.values())


def _refused(outcomes: Mapping[str, Outcome]) -> bool:
    return any(isinstance(outcome, Refused | Closed) for outcome in outcomes.values())


def verdict(
    outcomes: Mapping[str, Outcome],
    proxy: ProxyAddress | None = None,
    *,
    tunnelled: bool = False,
    ending: Ending | None = None,
    named_too: bool = False,
) -> Finding:
    """What is looked for where nothing answered: ``proxy``, one that answers; ``tunnelled``, the way out is a tunnel; ``ending``,
    where packets end; ``named_too``, everyday hosts, asked by name, did not answer either."""
    if any(isinstance(outcome, TcpAnswer) for outcome in outcomes.values()):
        return passed("connection.internet", f"The internet answers ({len(outcomes)} addresses asked)")
    detail = "; ".join(str(outcome) for outcome in outcomes.values())
    if proxy is not None:
        return warned(
            "connection.proxy_only",
            f"Nothing outside answers directly; this computer is set to go through the proxy {proxy}, which answers",
            remedy="Ask IT support whether video calls and VPN work from this network without a direct way out",
            detail=detail,
        )
    if _refused(outcomes):
        return _filtered(detail, ending or Ending(), named_too)
    if tunnelled:
        return _dead_tunnel(outcomes, detail)
    return _no_internet(outcomes, detail, ending or Ending())


def _filtered(detail: str, ending: Ending, named_too: bool) -> Finding:
    """Some networks refuse public name servers on purpose; where everyday hosts do not answer either, nothing goes out."""
    owner, either, confidence = _whose(ending)
    say = failed if named_too else warned
    return say(
        "connection.internet_refused",
        "Connections to the internet are refused; something on the way filters them",
        remedy="Ask whoever runs this network whether it filters connections, or try the hotspot of a phone",
        owner=owner,
        either=either,
        confidence=confidence if owner is not Owner.UNKNOWN or either else Confidence.MEDIUM,
        detail="; ".join(part for part in (detail, ending.sentence) if part),
    )


def _no_internet(outcomes: Mapping[str, Outcome], detail: str, ending: Ending) -> Finding:
    owner, either, confidence = _whose(ending)
    return failed(
        "connection.no_internet",
        f"Nothing on the internet answers: {len(outcomes)} addresses asked, none reached",
        remedy={Owner.DEVICE: REMEDY_HERE, Owner.HOME: REMEDY_FORBIDDEN}.get(owner, REMEDY),
        owner=owner,
        either=either,
        confidence=confidence,
        detail="; ".join(part for part in (detail, ending.sentence) if part),
    )


def _whose(ending: Ending) -> tuple[Owner, tuple[Owner, ...], Confidence]:
    """A loose cable at the router looks like a dead line of the provider, unless the provider's network was seen."""
    if ending.within(Place.COMPUTER):
        return Owner.DEVICE, (), Confidence.HIGH
    if ending.within(Place.ROUTER):
        return Owner.HOME, (), Confidence.HIGH if ending.sure else Confidence.MEDIUM
    if ending.within(Place.PROVIDER, Place.BEYOND):
        return Owner.ISP, (), Confidence.MEDIUM
    if ending.within(Place.COMPUTER, Place.ROUTER):
        return Owner.UNKNOWN, (Owner.HOME, Owner.DEVICE), Confidence.MEDIUM
    if Place.ROUTER in ending.places:
        return Owner.UNKNOWN, (Owner.HOME, Owner.ISP), Confidence.MEDIUM
    return Owner.UNKNOWN, (), Confidence.HIGH


def _held_back(named: tuple[str, ...], outcomes: Mapping[str, Outcome]) -> Finding:
    return passed(
        "connection.internet",
        f"The internet answers ({', '.join(named)}); this network holds back public name servers",
        detail="; ".join(str(outcome) for outcome in outcomes.values()),
    )


def _dead_tunnel(outcomes: Mapping[str, Outcome], detail: str) -> Finding:
    """Neither the router nor the provider is shown by silence at the far end of a tunnel."""
    return failed(
        "connection.no_internet_vpn",
        f"Nothing on the internet answers through the VPN that is on: {len(outcomes)} addresses asked, none reached",
        remedy="Disconnect the VPN and check again. If the internet answers then, connect the VPN again, "
        "and tell the support of the VPN if it stays like this",
        detail=detail,
    )


def _facts(outcomes: Mapping[str, Outcome]) -> list[Fact]:
    """Whether each IP version was answered, where it was asked."""
    facts = []
    for version, is_version in (("IPv4", False), ("IPv6", True)):
        asked = [outcome for target, outcome in outcomes.items() if target.startswith("[") == is_version]
        if asked:
            answered = any(isinstance(outcome, TcpAnswer) for outcome in asked)
            told = "answers" if answered else "no answer"
            facts.append(fact(version.lower(), version, told, Privacy.PUBLIC))
    return facts


check = Check(
    id="internet",
    title="Internet",
    capability=Capability.CONNECTION,
    summary="Does anything on the internet answer, asked by address and without names",
    run=run,
    options=InternetOptions,
    weight=3.0,
    timeout=20.0,
    after=("interface",),
    on_demand=True,
    cost=Cost(bytes=2_000 + BYTES, seconds=4.0, hosts="the addresses of the profile"),
    hosts_of=lambda options: hosts_in(*options.targets, *options.by_name),
)
