"""sip_phone: does the telephone exchange answer over UDP, TCP and TLS, and does something on the way rewrite what is said?

One OPTIONS request each, which rings nowhere. Never registers, never calls.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    NetError,
    Privacy,
    Progress,
    Refused,
    Says,
    Silent,
    clean,
    fact,
    unknown,
)
from readycheck_checks.apps.codes import PHONE, PHONE_NOT_FOUND
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import Endpoint, is_port, require_endpoints
from readycheck_checks.blame.ending import Flow
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.owners import whose
from readycheck_checks.blame.party import in_the_tunnel, through_tunnel
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import Beside, Looked
from readycheck_checks.blame.way_out import where_it_ends
from readycheck_checks.conversation.server import Trouble, look_closer
from readycheck_checks.phone.asking import Reply, ask
from readycheck_checks.phone.sip import PORTS, Question, Transport
from readycheck_checks.phone.verdict import judge, mapping

SERVICES: Final[dict[Transport, str]] = {
    "udp": "_sip._udp",
    "tcp": "_sip._tcp",
    "tls": "_sips._tcp",
}  # RFC 3263, 4.2


class SipPhoneOptions(BesideOptions, frozen=True, kw_only=True):
    """One telephone exchange (SBC, PBX), as telephones are set to it."""

    title: Annotated[str, Meta(description="What people call this telephone")] = ""
    host: Annotated[str, Meta(description="The exchange (SBC, PBX); empty: the domain is asked for it")] = ""
    domain: Annotated[
        str, Meta(description="SIP domain, asked for its exchange (RFC 3263) where no host is named")
    ] = ""
    transports: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1, max_length=6, description='What telephones use: "udp:5060", "tcp:5060", "tls:5061"'
        ),
    ] = ("udp:5060", "tls:5061")
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(description="STUN servers (host:port), asked where UDP is silent")
    ] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for text in self.transports:
            _transport(text)
        require_endpoints(self.udp_controls)
        if not self.host and not self.domain:
            raise ValueError("a telephone names its host, or the domain that is asked for it")


def _transport(text: str) -> tuple[Transport, int]:
    word, _, port = text.partition(":")
    known = next((transport for transport in PORTS if transport == word), None)
    if known is None or (port and not is_port(port)):
        raise ValueError(f'"{text}" is no transport: write it like "udp:5060", "tcp:5060" or "tls:5061"')
    return known, int(port) if port else PORTS[known]


async def run(options: SipPhoneOptions, ctx: Context) -> Says:
    """Every transport at once, compared; what did not work is looked at more closely."""
    targets, missing = await _targets(options, ctx)
    if not targets:
        yield _not_found(options.domain, missing)
        return
    name = options.host or options.domain
    yield Progress(text=f"Asking the telephone exchange {name}")
    first = await asyncio.gather(*(ask(ctx, transport, where) for transport, where in targets))
    again = await asyncio.gather(*(_again(reply, options, ctx) for reply in first))
    replies = [reply for reply, _ in again]
    bad = [(reply, asked) for reply, asked in again if reply.error is not None]
    troubles = await asyncio.gather(*(_closer(reply, asked, replies, options, ctx) for reply, asked in bad))
    for seen in _seen(replies):
        yield seen
    tunnelled = await through_tunnel(ctx, replies[0].where.host)
    yield judge(
        name,
        replies,
        {reply.transport: trouble for (reply, _), trouble in zip(bad, troubles, strict=True)},
        tunnelled=tunnelled,
    )


async def _targets(
    options: SipPhoneOptions, ctx: Context
) -> tuple[list[tuple[Transport, Endpoint]], NetError | None]:
    wanted = [_transport(text) for text in options.transports]
    if options.host:
        return [(transport, Endpoint(options.host, port)) for transport, port in wanted], None
    names = [f"{SERVICES[transport]}.{options.domain}" for transport, _ in wanted]
    told = await asyncio.gather(*(attempt(ctx.net.srv(name)) for name in names))
    found = [
        (transport, Endpoint(clean(records[0].target, 253), records[0].port))
        for (transport, _), records in zip(wanted, told, strict=True)
        if isinstance(records, tuple) and records and records[0].target
    ]
    return found, next((each for each in told if isinstance(each, NetError)), None)


async def _again(reply: Reply, options: SipPhoneOptions, ctx: Context) -> tuple[Reply, Controls]:
    """Where it was silent, or refused over UDP: once more, and the controls at the same moment."""
    datagrams = reply.transport == "udp"
    return await controls.once_more(
        ctx.net,
        reply,
        partial(ask, ctx, reply.transport, reply.where),
        silent=isinstance(reply.error, (Silent, Refused) if datagrams else Silent),
        udp=options.udp_controls if datagrams else (),
        tcp=() if datagrams else options.tcp_controls,
    )


async def _closer(
    reply: Reply, asked: Controls, replies: Sequence[Reply], options: SipPhoneOptions, ctx: Context
) -> Trouble:
    assert reply.error is not None
    beside = options.beside()
    if reply.transport == "udp" and isinstance(reply.error, Silent | Refused):
        return await _closer_udp(reply, reply.error, asked, replies, beside, ctx)
    return await look_closer(ctx, reply.where, reply.step, reply.error, beside, asked)


async def _closer_udp(
    reply: Reply,
    error: NetError,
    asked: Controls,
    replies: Sequence[Reply],
    beside: Beside,
    ctx: Context,
) -> Trouble:
    """Where the packets end, beside a way of the same host that works, or a control that answered."""
    looked, control = Looked(), _beside(reply, replies, asked)
    if await through_tunnel(ctx, reply.where.host):
        party = in_the_tunnel(error, beside.far)
        looked = Looked(blame=party.blame, ends=party.told, tunnelled=True)
    elif control is not None:
        ending = await where_it_ends(ctx, _flow(reply), control)
        looked = Looked(blame=whose(ending, beside.far), ends=ending.sentence)
    return Trouble(
        where=reply.where,
        step=reply.step,
        error=error,
        far=beside.far,
        beside=asked,
        looked=looked,
        protocol="UDP",
    )


def _flow(reply: Reply) -> Flow:
    question = reply.question or Question(
        transport="udp", host=reply.where.host, own_address="0.0.0.0", own_port=5060
    )
    return Flow("udp", reply.where.host, reply.where.port, question.packet())


def _beside(reply: Reply, replies: Sequence[Reply], asked: Controls) -> Flow | None:
    """The same host over TCP where that answered, else a STUN server that did."""
    for other in replies:
        if other.answer is not None and other.where.host == reply.where.host:
            return Flow("tcp", other.where.host, other.where.port)
    answered = next((control.where for control in asked.asked if control.answered), None)
    return controls.stun_flow(answered) if answered else None


def _seen(replies: Sequence[Reply]) -> list[Fact]:
    told = [
        fact("sip_answer", f"Telephone exchange over {reply.name}", str(reply.answer), Privacy.PUBLIC)
        for reply in replies
        if reply.answer is not None
    ]
    seen = mapping(replies)
    return (
        [*told, fact("sip_mapping", "How the exchange sees this computer", seen, Privacy.ADDRESS)]
        if seen
        else told
    )


def _not_found(domain: str, missing: NetError | None) -> Finding:
    why = f": {missing}" if missing else ""
    return unknown(
        PHONE_NOT_FOUND,
        f"The telephone exchange of {domain} is not known: the profile names none, and the domain tells of none{why}",
    )


def cost(options: SipPhoneOptions, quick: bool) -> Cost:
    each = 2 * 16_000 + LOOK_BYTES
    return Cost(
        bytes=each * len(options.transports) + 2_000,
        seconds=4.0,
        hosts="the telephone exchange of the profile",
    )


check = Check(
    id="sip_phone",
    title="Telephone",
    capability=Capability.APPS,
    summary="Whether the telephone exchange (SIP) answers, and whether something on the way rewrites what is said",
    run=run,
    options=SipPhoneOptions,
    timeout=75.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=lambda options: options.title or f"Telephone, {options.host or options.domain}",
    hosts_of=lambda options: hosts_beside(options, options.host, options.domain, *options.udp_controls),
    codes=PHONE,
)
