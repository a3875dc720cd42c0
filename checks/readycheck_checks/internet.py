"""Does anything on the internet answer, asked by address? Names play no part here, so a DNS fault cannot show as a dead line.

Several addresses of different operators, IPv4 and IPv6, are asked at once: each is the others' control.
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
    fact,
    failed,
    measured,
    passed,
    warned,
)
from readycheck_checks.attempts import HostPort, attempt
from readycheck_checks.endpoints import endpoint
from readycheck_checks.proxies import ProxyAddress, UnreadableProxy, proxy_in_effect

Outcome = TcpAnswer | NetError
GRACE_S = (
    0.6  # for the others, once one has answered: enough for a second operator and for the other IP version
)
PROXY_S = 1.5


class InternetOptions(Options, frozen=True, kw_only=True):
    targets: Annotated[
        tuple[HostPort, ...],
        Meta(
            min_length=2, max_length=8, description="Literal addresses with TCP port, of different operators"
        ),
    ]
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0


async def run(options: InternetOptions, ctx: Context) -> Says:
    outcomes = await first_answers(options, ctx)
    answers = [outcome.rtt_ms for outcome in outcomes.values() if isinstance(outcome, TcpAnswer)]
    if answers:
        yield measured("internet_rtt", "Time to the internet and back", round(min(answers), 2), "ms")
    for each in _facts(outcomes):
        yield each
    proxy = None if answers else await _answering_proxy(ctx)
    yield verdict(outcomes, proxy)


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


def verdict(outcomes: Mapping[str, Outcome], proxy: ProxyAddress | None) -> Finding:
    """``proxy``: one that answers, looked for only where nothing else did."""
    if any(isinstance(outcome, TcpAnswer) for outcome in outcomes.values()):
        return passed("connection.internet", f"The internet answers ({len(outcomes)} addresses asked)")
    detail = "; ".join(str(outcome) for outcome in outcomes.values())
    if proxy is not None:
        return warned(
            "connection.proxy_only",
            f"Nothing outside answers directly; this computer is set to go through the proxy {proxy}, which answers",
            remedy="Ask IT support whether video calls and VPN work from this network without a direct way out",
            owner=Owner.COMPANY,
            detail=detail,
        )
    if any(isinstance(outcome, Refused | Closed) for outcome in outcomes.values()):
        return warned(
            "connection.internet_refused",
            "Connections to the internet are refused; something on the way filters them",
            remedy="Ask whoever runs this network whether it filters connections, or try the hotspot of a phone",
            detail=detail,
        )
    return failed(
        "connection.no_internet",
        f"Nothing on the internet answers: {len(outcomes)} addresses asked, none reached",
        remedy="Restart the router: unplug it for ten seconds, then wait two minutes. "
        "If nothing changes, use the hotspot of a phone and call your internet provider",
        confidence=Confidence.HIGH,
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
    timeout=10.0,
    after=("interface",),
    on_demand=True,
    cost=Cost(bytes=2_000, seconds=4.0, hosts="the addresses of the profile"),
)
