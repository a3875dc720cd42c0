"""call_service: is one vendor's call service reachable from here? Hosts over TLS, media over STUN where the vendor answers it.

What a vendor does not answer without a meeting is said as a fact and never counted as a failure.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    HttpAnswer,
    NameUnknown,
    NetError,
    Options,
    Owner,
    Privacy,
    Says,
    fact,
    skipped,
)
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import endpoint, require_endpoints
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import Beside, look_into
from readycheck_checks.calls.limits import Date
from readycheck_checks.calls.probes import Reached, StunReply, answers, ask_stun, reach
from readycheck_checks.calls.service_codes import SERVICE, SERVICE_UNNAMED
from readycheck_checks.calls.service_verdict import Service, judge_service


class MediaServer(Options, frozen=True, kw_only=True):
    """A media server, and whether it is known to answer a STUN request without an account."""

    at: Annotated[HostPort, Meta(description="Where it takes media over UDP")]
    answers: Annotated[
        Literal["yes", "no", "unknown"],
        Meta(
            description="Whether it is known to answer a STUN request without an account; no: it is not asked"
        ),
    ] = "unknown"


class CallServiceOptions(BesideOptions, frozen=True, kw_only=True):
    title: Annotated[str, Meta(min_length=1, description="What people call the service")]
    hosts: Annotated[
        tuple[HostPort, ...], Meta(max_length=12, description="Hosts that must answer over TLS")
    ] = ()
    urls: Annotated[
        tuple[Annotated[str, Meta(pattern="^https://")], ...],
        Meta(
            max_length=4,
            description="Pages of the service; a server error there is the service's own trouble",
        ),
    ] = ()
    media: Annotated[
        tuple[MediaServer, ...], Meta(max_length=6, description="Media servers to ask over UDP")
    ] = ()
    media_note: Annotated[str, Meta(description="What cannot be proved about media, and why")] = ""
    source: Annotated[str, Meta(description="Where the vendor publishes this")] = ""
    checked: Date | Literal[""] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_endpoints((*self.hosts, *(server.at for server in self.media)))


async def run(options: CallServiceOptions, ctx: Context) -> Says:
    """Everything at once: the service's hosts and pages, its media servers, and hosts of others as controls.

    Media servers that keep silent are told as a fact: whether UDP passes is call_path's to judge, with controls.
    """
    if not options.hosts:
        yield skipped(SERVICE_UNNAMED, f"The profile does not name the hosts of {options.title}")
        return
    service, media = await asyncio.gather(_service(options, ctx), _media(options, ctx))
    for seen in (*_facts(options), *_media_facts(options, media)):
        yield seen
    yield judge_service(await _looked_into(service, options, ctx))


async def _service(options: CallServiceOptions, ctx: Context) -> Service:
    hosts, pages, controls = await asyncio.gather(
        at_once({target: reach(ctx, target) for target in options.hosts}),
        at_once({url: ctx.http.get(url, max_bytes=4_096) for url in options.urls}),
        at_once({target: answers(ctx, target) for target in options.tcp_controls}),
    )
    statuses = {url: page.status for url, page in pages.items() if isinstance(page, HttpAnswer)}
    return Service(title=options.title, hosts=hosts, statuses=statuses, controls=controls)


async def _looked_into(service: Service, options: CallServiceOptions, ctx: Context) -> Service:
    """Where hosts did not answer: whose that is, as far as one of them tells, beside hosts that did answer."""
    target = _most_telling(service.troubles)
    beside = [t for t, came in {**service.controls, **service.hosts}.items() if isinstance(came, Reached)]
    if target is None or any([await ctx.http.proxy_for(f"https://{t}/") for t in service.troubles]):
        return service
    error = service.troubles[target]
    if not beside and not is_bad_certificate(error):
        return service
    at_hand = Beside(
        far=Owner.SERVICE,
        tcp_controls=tuple(beside) or options.tcp_controls,
        name_servers=options.name_servers,
    )
    return replace(service, looked_at=target, looked=await look_into(ctx, endpoint(target), error, at_hand))


def _most_telling(troubles: Mapping[str, NetError]) -> str | None:
    """A name first: without it nothing else can be asked; a certificate last: a host that shows one answers."""
    ranks = {target: _rank(trouble) for target, trouble in troubles.items()}
    return min(ranks, key=lambda target: ranks[target], default=None)


def _rank(trouble: NetError) -> int:
    if isinstance(trouble, NameUnknown):
        return 0
    return 2 if is_bad_certificate(trouble) else 1


async def _media(options: CallServiceOptions, ctx: Context) -> dict[str, StunReply | NetError]:
    return await at_once(
        {server.at: ask_stun(ctx.net, server.at) for server in options.media if server.answers != "no"}
    )


def _facts(options: CallServiceOptions) -> list[Fact]:
    facts = []
    if options.media_note:
        facts.append(fact("media_note", "Media", options.media_note, Privacy.PUBLIC))
    if options.source:
        read = f", read {options.checked}" if options.checked else ""
        facts.append(
            fact("data_source", "Data about this service", f"{options.source}{read}", Privacy.PUBLIC)
        )
    return facts


def _media_facts(options: CallServiceOptions, media: dict[str, StunReply | NetError]) -> list[Fact]:
    told = [
        f"{target}: {'open' if isinstance(reply, StunReply) else 'not proved'}"
        for target, reply in media.items()
    ]
    return [fact("media", "Media over UDP", "; ".join(told), Privacy.ORG)] if told else []


def _title(options: CallServiceOptions) -> str:
    return options.title


def cost(options: CallServiceOptions, quick: bool) -> Cost:
    return Cost(
        bytes=6_000 * (len(options.hosts) + len(options.tcp_controls))
        + 12_000 * len(options.urls)
        + 500
        + LOOK_BYTES,
        seconds=6.0,
        hosts=f"the hosts of {options.title}",
    )


check = Check(
    id="call_service",
    title="Call service",
    capability=Capability.CALLS,
    summary="Whether the service of one vendor answers, with controls",
    run=run,
    options=CallServiceOptions,
    timeout=20.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    title_of=_title,
    cost=cost,
    hosts_of=lambda options: hosts_beside(
        options, *options.hosts, *options.urls, *(server.at for server in options.media)
    ),
    codes=SERVICE,
)
