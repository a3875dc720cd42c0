"""vpn_gateway: is the VPN gateway alive, before anybody signs in? Sends no credentials and opens no tunnel."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    Measurement,
    NameUnknown,
    NetError,
    Privacy,
    Progress,
    Says,
    TlsFailed,
    Where,
    fact,
    measured,
)
from readycheck.measure.packets import stun
from readycheck_checks.asking import controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.replies import Reply
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.blame.trouble import look_into
from readycheck_checks.blame.way_out import seen, where_it_ends
from readycheck_checks.vpn.asking import Asking, knock, prepared, probe_all
from readycheck_checks.vpn.blocked_verdict import together
from readycheck_checks.vpn.case import Case
from readycheck_checks.vpn.gateway_codes import GATEWAY
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn.gateway_verdict import judge_gateway, worth_following
from readycheck_checks.vpn.probe import Probe

TCP_WAIT_S: Final = 4.0
REACHED: Final = (Reply.ANSWERED, Reply.MUTE, Reply.REFUSED)


async def run(options: GatewayOptions, ctx: Context) -> Says:
    """Ask the gateway over every transport and, at the same moment, the controls; then judge once."""
    yield Progress(text=f"Asking the VPN gateway {options.host}")
    asking = await prepared(options, ctx, TCP_WAIT_S)
    if asking.settled is not None:
        yield asking.settled
        return
    probes, asked = await asyncio.gather(
        probe_all(asking, ctx),
        controls.ask(ctx.net, udp=options.udp_controls, tcp=options.tcp_controls),
    )
    for each in _seen(probes):
        yield each
    ending = None
    if silent := worth_following(probes, asked, all_needed=asking.case.all_needed):
        yield Progress(text="Looking where the packets to the gateway end")
        ending = await _ending(asking, silent, probes, asked, ctx)
        for each in seen(ending):
            yield each
    yield await _judged(options, asking, probes, asked, ending, ctx)


async def _judged(
    options: GatewayOptions,
    asking: Asking,
    probes: Sequence[Probe],
    asked: controls.Controls,
    ending: Ending | None,
    ctx: Context,
) -> Finding:
    case = await _looked_into(options, asking.case, probes, ctx)
    finding = judge_gateway(options.host, probes, asked, ending=ending, case=case)
    return asking.in_use(finding)


async def _looked_into(options: GatewayOptions, case: Case, probes: Sequence[Probe], ctx: Context) -> Case:
    """What only a second question tells: who else knows its name; whether others' certificates are refused as well."""
    beside = options.beside()
    if {probe.reply for probe in probes} == {Reply.NAME_UNKNOWN}:
        error: NetError = NameUnknown(Where(host=options.host))
        return replace(
            case, looked=await look_into(ctx, Endpoint(options.host, probes[0].port), error, beside)
        )
    shown = next((probe for probe in probes if probe.reply is Reply.BAD_CERTIFICATE), None)
    if shown is None:
        return case
    where = Endpoint(options.host, shown.port)
    error = TlsFailed(Where(host=where.host, port=where.port), reason=shown.tls, issuer=shown.issuer)
    return replace(case, looked=await look_into(ctx, where, error, beside))


async def _ending(
    asking: Asking, silent: Sequence[Probe], probes: Sequence[Probe], asked: controls.Controls, ctx: Context
) -> Ending:
    """Each silent transport followed, beside the gateway's own TCP port if that was reached, else beside a control."""
    followed = [(_flow(asking, probe), _beside(asking, probe, probes, asked)) for probe in silent]
    return together(await asyncio.gather(*(where_it_ends(ctx, flow, control) for flow, control in followed)))


def _flow(asking: Asking, probe: Probe) -> Flow:
    if probe.protocol == "udp":
        return Flow("udp", asking.host, probe.port, knock(asking, probe.port))
    return Flow("tcp", asking.host, probe.port)


def _beside(asking: Asking, silent: Probe, probes: Sequence[Probe], asked: controls.Controls) -> Flow | None:
    """A transport of the gateway that was reached: by TCP, for its routers answer for a connection's first packet; where UDP
    alone must be open on all its ports, the one that answers."""
    reached = [probe for probe in probes if probe.protocol == "tcp" and probe.reply in REACHED]
    if asking.case.all_needed:
        reached += [probe for probe in probes if probe.reply is Reply.ANSWERED]
    if reached:
        return _flow(asking, reached[0])
    answered = [control for control in asked.asked if control.answered]
    for control in sorted(answered, key=lambda control: control.protocol != silent.protocol):
        where = control.where
        if control.protocol == "tcp":
            return Flow("tcp", where.host, where.port)
        return Flow("udp", where.host, where.port, stun.binding_request(stun.new_transaction_id()))
    return None


def _seen(probes: Sequence[Probe]) -> list[Fact | Measurement]:
    seen: list[Fact | Measurement] = []
    for probe in probes:
        if probe.address:
            where = f"{probe.address}, {probe.transport}"
            seen.append(fact("vpn_gateway_address", "Address of the VPN gateway", where, Privacy.ORG))
        for note in probe.notes:
            seen.append(fact("vpn_gateway_says", "What the VPN gateway says", note, Privacy.ORG))
        if probe.rtt_ms is not None and probe.reply is Reply.ANSWERED:
            title = f"Round trip to the VPN gateway, {probe.transport}"
            seen.append(measured(f"vpn_gateway_rtt_{probe.protocol}", title, probe.rtt_ms, "ms"))
    return seen


check = Check(
    id="vpn_gateway",
    title="VPN gateway",
    capability=Capability.VPN,
    summary="Whether the VPN gateway answers, before anybody signs in (OpenVPN, IPsec, WireGuard, AnyConnect, SSTP ...)",
    run=run,
    options=GatewayOptions,
    timeout=20.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=Cost(
        bytes=40_000,
        seconds=6.0,
        hosts="the VPN gateway, the controls and, where its name is unknown, the name servers of the profile",
    ),
    title_of=lambda options: options.title or f"VPN gateway {options.host}",
    hosts_of=lambda options: hosts_beside(options, options.host, *options.udp_controls),
    codes=GATEWAY,
)
