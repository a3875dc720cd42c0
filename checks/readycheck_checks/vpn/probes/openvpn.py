"""Asks an OpenVPN gateway with the client's first packet. Without the key that a gateway wants, nothing is said to it: it would
keep silent, and write an error into its log."""

import os

from readycheck.api import Closed, Context, NetError, Silent, Stream
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn import openvpn
from readycheck_checks.vpn.openvpn import Wrapping
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.probes import datagrams


async def ask(target: Target, ctx: Context, wrapping: Wrapping | None) -> Probe:
    """``wrapping`` None: the gateway wants a key that is not known here."""
    if target.protocol == "udp":
        return await _over_udp(target, ctx, wrapping)
    stream = await ctx.net.open(target.host, target.port, timeout_s=target.wait_s)
    try:
        if wrapping is None:
            return Probe(protocol="tcp", port=target.port, reply=Reply.MUTE, address=stream.address)
        return await _over_tcp(target, stream, ctx, wrapping)
    except Silent:
        return Probe(protocol="tcp", port=target.port, reply=Reply.MUTE, address=stream.address)
    except Closed as closed:
        return Probe(
            protocol="tcp", port=target.port, reply=Reply.CLOSED, address=stream.address, detail=closed.detail
        )
    finally:
        await stream.close()


def first_packet(wrapping: Wrapping | None) -> bytes:
    """What a client says first over UDP, with a new session."""
    return openvpn.KNOCK if wrapping is None else wrapping.wrap(os.urandom(openvpn.SESSION_ID_BYTES))


async def _over_udp(target: Target, ctx: Context, wrapping: Wrapping | None) -> Probe:
    if wrapping is None:
        return datagrams.answered(
            target, await datagrams.ask(ctx.net, target, openvpn.KNOCK, lambda packet: False)
        )
    session = os.urandom(openvpn.SESSION_ID_BYTES)
    answer = await datagrams.ask(
        ctx.net, target, wrapping.wrap(session), lambda packet: wrapping.is_answer(packet, session)
    )
    return datagrams.answered(target, answer)


async def _over_tcp(target: Target, stream: Stream, ctx: Context, wrapping: Wrapping) -> Probe:
    session = os.urandom(openvpn.SESSION_ID_BYTES)
    sent = ctx.clock.monotonic()
    await stream.write(openvpn.framed(wrapping.wrap(session)))
    length = openvpn.length_of(await stream.read_exactly(openvpn.FRAME_HEAD_BYTES, timeout_s=target.wait_s))
    known, rtt_ms = False, 0.0
    if length <= openvpn.MAX_PACKET_BYTES:
        packet = await stream.read_exactly(length, timeout_s=target.wait_s)
        rtt_ms = (ctx.clock.monotonic() - sent) * 1000
        known = wrapping.is_answer(packet, session)
    if known:
        return Probe(
            protocol="tcp", port=target.port, reply=Reply.ANSWERED, rtt_ms=rtt_ms, address=stream.address
        )
    return Probe(
        protocol="tcp",
        port=target.port,
        reply=Reply.GARBLED,
        address=stream.address,
        instead=await _by_certificate(target, ctx),
    )


async def _by_certificate(target: Target, ctx: Context) -> str:
    """What spoke, where it proves by certificate that it is this host's; a box on the way could not."""
    try:
        await ctx.net.tls(target.host, target.port, timeout_s=target.wait_s)
    except NetError:
        return ""
    return "a web server, or a VPN of another kind"
