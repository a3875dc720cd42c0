"""vpn_gateway: is the VPN gateway alive, before anybody signs in? Sends no credentials and opens no tunnel."""

import asyncio
import os
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Measurement,
    NetError,
    Options,
    Privacy,
    Progress,
    Says,
    Silent,
    Stream,
    TlsFailed,
    clean_bytes,
    fact,
    measured,
)
from readycheck.measure.packets import stun
from readycheck_checks import controls
from readycheck_checks.attempts import HostPort
from readycheck_checks.ending import Ending, Flow
from readycheck_checks.endpoints import endpoint, hosts_in, is_port
from readycheck_checks.replies import Reply, reply_of
from readycheck_checks.vpn import openvpn
from readycheck_checks.vpn.blocked_verdict import together
from readycheck_checks.vpn.gateway_verdict import Probe, judge_gateway, worth_following
from readycheck_checks.way_out import seen, where_it_ends

TCP_WAIT_S: Final = 4.0
REACHED: Final = (Reply.ANSWERED, Reply.MUTE, Reply.REFUSED)
REPLY_BYTES: Final = 16_384
ANYCONNECT_INIT: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><config-auth client="vpn" type="init"></config-auth>'
)
ANYCONNECT_HEADERS: Final = {
    "User-Agent": "AnyConnect readycheck",
    "Content-Type": "application/xml; charset=utf-8",
    "X-Transcend-Version": "1",
    "X-Aggregate-Auth": "1",
}


class GatewayOptions(Options, frozen=True, kw_only=True):
    """One VPN gateway, as the profile names it."""

    host: Annotated[str, Meta(min_length=1, description="Name or address of the gateway")]
    title: Annotated[str, Meta(description="What people call this VPN")] = ""
    kind: Annotated[
        Literal["openvpn", "tls", "anyconnect"],
        Meta(
            description="openvpn: first packet; tls: verified handshake; anyconnect: Cisco Secure Client, ocserv"
        ),
    ] = "openvpn"
    transports: Annotated[
        tuple[str, ...], Meta(min_length=1, description='What to try: "udp:1194", "tcp:443"')
    ] = ("udp:1194",)
    wrapping: Annotated[
        Literal["none", "tls-auth", "tls-crypt"],
        Meta(description="Key wrapping of an OpenVPN gateway: with it, silence says nothing"),
    ] = "none"
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(description="STUN servers (host:port) asked at the same moment")
    ] = ()
    tcp_controls: Annotated[
        tuple[HostPort, ...], Meta(description="Other hosts (host:port) asked at the same moment")
    ] = ()

    def __post_init__(self) -> None:
        for text in (*self.udp_controls, *self.tcp_controls):
            endpoint(text)
        for protocol, _ in map(_transport, self.transports):
            if protocol == "udp" and self.kind != "openvpn":
                raise ValueError(f"a gateway of kind {self.kind} is asked over TCP only")


def _transport(text: str) -> tuple[str, int]:
    protocol, _, port = text.partition(":")
    if protocol not in ("udp", "tcp") or not is_port(port):
        raise ValueError(f'"{text}" is no transport: write it like "udp:1194" or "tcp:443"')
    return protocol, int(port)


async def run(options: GatewayOptions, ctx: Context) -> Says:
    """Ask the gateway over every transport and, at the same moment, the controls; then judge once."""
    yield Progress(text=f"Asking the VPN gateway {options.host}")
    probes, asked = await asyncio.gather(
        _probe_all(options, ctx),
        controls.ask(ctx.net, udp=options.udp_controls, tcp=options.tcp_controls),
    )
    for each in _seen(probes):
        yield each
    wrapped, ending = options.wrapping != "none", None
    if silent := worth_following(probes, asked, wrapped=wrapped):
        yield Progress(text="Looking where the packets to the gateway end")
        ending = await _ending(options.host, silent, probes, asked, ctx)
        for each in seen(ending):
            yield each
    yield judge_gateway(options.host, probes, asked, wrapped=wrapped, ending=ending)


async def _ending(
    host: str, silent: Sequence[Probe], probes: Sequence[Probe], asked: controls.Controls, ctx: Context
) -> Ending:
    """Each silent transport followed, beside the gateway's own TCP port if that was reached, else beside a control."""
    followed = [(_flow(host, probe), _beside(host, probe, probes, asked)) for probe in silent]
    return together(await asyncio.gather(*(where_it_ends(ctx, flow, control) for flow, control in followed)))


def _flow(host: str, probe: Probe) -> Flow:
    if probe.protocol == "udp":
        return Flow("udp", host, probe.port, openvpn.client_reset(os.urandom(openvpn.SESSION_ID_BYTES)))
    return Flow("tcp", host, probe.port)


def _beside(host: str, silent: Probe, probes: Sequence[Probe], asked: controls.Controls) -> Flow | None:
    reached = [probe for probe in probes if probe.protocol == "tcp" and probe.reply in REACHED]
    if reached:
        return _flow(host, reached[0])
    answered = [control for control in asked.asked if control.answered]
    for control in sorted(answered, key=lambda control: control.protocol != silent.protocol):
        where = control.where
        if control.protocol == "tcp":
            return Flow("tcp", where.host, where.port)
        return Flow("udp", where.host, where.port, stun.binding_request(stun.new_transaction_id()))
    return None


async def _probe_all(options: GatewayOptions, ctx: Context) -> list[Probe]:
    transports = map(_transport, options.transports)
    return await asyncio.gather(*(_probe(options, protocol, port, ctx) for protocol, port in transports))


async def _probe(options: GatewayOptions, protocol: str, port: int, ctx: Context) -> Probe:
    try:
        match options.kind:
            case "tls":
                return await _tls(options.host, port, ctx)
            case "anyconnect":
                return await _anyconnect(options.host, port, ctx)
            case _ if protocol == "udp":
                return await _openvpn_udp(options.host, port, ctx)
            case _:
                return await _openvpn_tcp(options.host, port, ctx)
    except TlsFailed as trouble:
        reply = Reply.GARBLED if trouble.reason == "handshake" else Reply.BAD_CERTIFICATE
        detail = f"{trouble.detail} {trouble.issuer and f'(issuer: {trouble.issuer})'}".strip()
        return Probe(protocol=protocol, port=port, reply=reply, tls=trouble.reason, detail=detail)
    except NetError as trouble:
        return Probe(protocol=protocol, port=port, reply=reply_of(trouble), detail=trouble.detail)


async def _openvpn_udp(host: str, port: int, ctx: Context) -> Probe:
    session = os.urandom(openvpn.SESSION_ID_BYTES)
    answer = await ctx.net.udp(
        host,
        port,
        openvpn.client_reset(session),
        accept=lambda packet: openvpn.is_server_reset(packet, session),
    )
    return Probe(
        protocol="udp", port=port, reply=Reply.ANSWERED, rtt_ms=answer.rtt_ms, address=answer.address
    )


async def _openvpn_tcp(host: str, port: int, ctx: Context) -> Probe:
    stream = await ctx.net.open(host, port, timeout_s=TCP_WAIT_S)
    try:
        return await _reset_over(stream, port, ctx)
    except Silent:
        return Probe(protocol="tcp", port=port, reply=Reply.MUTE, address=stream.address)
    finally:
        await stream.close()


async def _reset_over(stream: Stream, port: int, ctx: Context) -> Probe:
    session = os.urandom(openvpn.SESSION_ID_BYTES)
    sent = ctx.clock.monotonic()
    await stream.write(openvpn.framed(openvpn.client_reset(session)))
    length = openvpn.length_of(await stream.read_exactly(openvpn.FRAME_HEAD_BYTES, timeout_s=TCP_WAIT_S))
    if length > openvpn.MAX_PACKET_BYTES:
        return Probe(protocol="tcp", port=port, reply=Reply.GARBLED, address=stream.address)
    packet = await stream.read_exactly(length, timeout_s=TCP_WAIT_S)
    rtt_ms = (ctx.clock.monotonic() - sent) * 1000
    known = openvpn.is_server_reset(packet, session)
    return Probe(
        protocol="tcp",
        port=port,
        reply=Reply.ANSWERED if known else Reply.GARBLED,
        rtt_ms=rtt_ms,
        address=stream.address,
    )


async def _tls(host: str, port: int, ctx: Context) -> Probe:
    answer = await ctx.net.tls(host, port)
    until = f"certificate valid until {answer.not_after:%Y-%m-%d}" if answer.not_after else ""
    return Probe(
        protocol="tcp",
        port=port,
        reply=Reply.ANSWERED,
        rtt_ms=answer.rtt_ms,
        address=answer.address,
        detail=until,
    )


async def _anyconnect(host: str, port: int, ctx: Context) -> Probe:
    """The first message of the AnyConnect protocol (draft-mavrogiannopoulos-openconnect, section 2.1.2)."""
    answer = await ctx.http.request(
        "POST",
        f"https://{endpoint(f'[{host}]:{port}' if ':' in host else f'{host}:{port}')}/",
        headers=ANYCONNECT_HEADERS,
        content=ANYCONNECT_INIT,
        max_bytes=REPLY_BYTES,
        proxy=False,
    )
    asks = b"<config-auth" in answer.body and b'type="auth-request"' in answer.body
    moved = answer.status in (301, 302, 303, 307, 308) and "x-transcend-version" in answer.headers
    return Probe(
        protocol="tcp",
        port=port,
        reply=Reply.ANSWERED if asks or moved else Reply.GARBLED,
        address=answer.address,
        detail=f"HTTP {answer.status} {clean_bytes(answer.body[:80]) if not asks else ''}".strip(),
    )


def _seen(probes: list[Probe]) -> list[Fact | Measurement]:
    seen: list[Fact | Measurement] = []
    for probe in probes:
        if probe.address:
            where = f"{probe.address}, {probe.transport}"
            seen.append(fact("vpn_gateway_address", "Address of the VPN gateway", where, Privacy.ORG))
        if probe.rtt_ms is not None and probe.reply is Reply.ANSWERED:
            title = f"Round trip to the VPN gateway, {probe.transport}"
            seen.append(measured(f"vpn_gateway_rtt_{probe.protocol}", title, probe.rtt_ms, "ms"))
    return seen


check = Check(
    id="vpn_gateway",
    title="VPN gateway",
    capability=Capability.VPN,
    summary="Does the VPN gateway answer, before anybody signs in (OpenVPN, TLS, AnyConnect)?",
    run=run,
    options=GatewayOptions,
    timeout=15.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=Cost(bytes=30_000, seconds=6.0, hosts="the VPN gateway and the controls of the profile"),
    title_of=lambda options: options.title or f"VPN gateway {options.host}",
    hosts_of=lambda options: hosts_in(options.host, *options.udp_controls, *options.tcp_controls),
)
