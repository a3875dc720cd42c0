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
    Context,
    Cost,
    NetError,
    Options,
    Privacy,
    Says,
    TcpAnswer,
    TlsAnswer,
    TlsFailed,
    fact,
    measured,
)
from readycheck_checks.asking.attempts import HostPort, at_once, attempt
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.blame.way_out import BYTES, seen, where_it_ends
from readycheck_checks.names.servers import is_literal
from readycheck_checks.pac.leading import answering_proxy
from readycheck_checks.pac.tunnel import BYTES as PROXY_BYTES
from readycheck_checks.reach.codes import CODES
from readycheck_checks.reach.verdict import held_back, refused, verdict
from readycheck_checks.reach.versions import Standing, Version, broken, stands

Outcome = TcpAnswer | NetError
GRACE_S = (
    0.6  # for the others, once one has answered: enough for a second operator and for the other IP version
)
PROXY_S = 1.5
PROXY_WAY_S = 3.0
ANY_HOST = "www.example.org:443"  # RFC 2606
BY_NAME_S = 2.0
_TCP_BYTES = 200  # of a connection, or of a lookup
_TLS_BYTES = 5_500
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

    def __post_init__(self) -> None:
        for target in self.targets:
            if not is_literal(endpoint(target).host):
                raise ValueError(f'targets names "{target}": write an address, such as "1.1.1.1:443"')


async def run(options: InternetOptions, ctx: Context) -> Says:
    outcomes = await first_answers(options, ctx)
    answers = [outcome.rtt_ms for outcome in outcomes.values() if isinstance(outcome, TcpAnswer)]
    if answers:
        yield measured("internet_rtt", "Time to the internet and back", round(min(answers), 2), "ms")
        versions = [
            await stands(ctx, version, options.targets, options.by_name, outcomes) for version in Version
        ]
        for stand in versions:
            yield fact(stand.version.lower(), stand.version, stand.standing, Privacy.PUBLIC)
        yield verdict(outcomes)
        for stand in versions:
            if stand.standing is Standing.BROKEN:
                yield broken(stand, await where_it_ends(ctx, *stand.flows))
        return
    by_name = await _asked_by_name(options, ctx)
    if named := tuple(host for host, came in by_name.items() if isinstance(came, TlsAnswer)):
        yield held_back(named, outcomes)
    else:
        if options.by_name:
            yield fact(BY_NAME_FACT, "Asked by name, without a secure answer", ", ".join(options.by_name))
        beyond = endpoint(next(iter(options.by_name), ANY_HOST))
        proxy = await answering_proxy(ctx, beyond, connect_s=PROXY_S, wait_s=PROXY_WAY_S)
        tunnelled = await leads_through_tunnel(ctx, *_addresses(options))
        on_purpose = refused(outcomes) and not options.by_name
        told = proxy or tunnelled or on_purpose
        ending = Ending() if told else await _ending(options, ctx, refused(outcomes))
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


def cost(options: InternetOptions, quick: bool) -> Cost:
    """Of the dearer way: where somebody answers, IPv4 and IPv6 once more, each with names and hops; where nobody does, secure
    connections by name."""
    targets, names = len(options.targets), len(options.by_name)
    versions = len(Version)
    answered = targets * _TCP_BYTES + versions * ((targets + 2 * names + 1) * _TCP_BYTES + BYTES)
    silent = (targets + 2) * _TCP_BYTES + names * _TLS_BYTES + PROXY_BYTES + BYTES
    return Cost(bytes=max(answered, silent), seconds=4.0, hosts="the addresses of the profile")


check = Check(
    id="internet",
    title="Internet",
    capability=Capability.CONNECTION,
    summary="Whether anything on the internet answers, asked by address and without names",
    run=run,
    options=InternetOptions,
    weight=3.0,
    timeout=25.0,
    after=("interface",),
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.targets, *options.by_name),
    codes=CODES,
)
