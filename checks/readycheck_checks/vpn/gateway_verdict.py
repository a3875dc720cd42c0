"""The verdict about a VPN gateway, from what its transports and the controls answered. Pure; asks nobody.

Silence counts only beside a control that answered at the same moment, and never where only a key holder gets an answer.
"""

from collections.abc import Sequence
from typing import Final

from readycheck.api import Blame, Confidence, Finding, Owner, failed, passed, unknown, warned
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.replies import Reply
from readycheck_checks.blame.certificates import judge_certificate
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.blame.owners import between
from readycheck_checks.vpn.answer_verdict import judge_answer
from readycheck_checks.vpn.blocked_verdict import blocked_and_hanging, is_blocked, port_blocked, whose
from readycheck_checks.vpn.case import PLAIN, Case
from readycheck_checks.vpn.gateway_codes import (
    GATEWAY_ANSWERS,
    GATEWAY_CERTIFICATE,
    GATEWAY_NAME,
    GATEWAY_NAME_HIDDEN,
    GATEWAY_REFUSED,
    GATEWAY_SILENT,
    GATEWAY_UNPROVED,
    UDP_SILENT,
)
from readycheck_checks.vpn.probe import Probe

_STOPPED: Final = {
    Reply.SILENT,
    Reply.NO_ROUTE,
    Reply.NOT_ALLOWED,
    Reply.REFUSED,
    Reply.MUTE,
}  # none of them is a gateway that works


def worth_following(
    probes: Sequence[Probe], controls: Controls, *, all_needed: bool = False
) -> tuple[Probe, ...]:
    """Transports of which it matters where their packets end, one of each protocol; something must have answered, if only to
    refuse."""
    replies = {probe.reply for probe in probes}
    udp = [probe for probe in probes if probe.protocol == "udp"]
    if all_needed and Reply.ANSWERED in replies:
        return unheard(probes)
    if any(probe.reply is Reply.ANSWERED for probe in udp):
        return ()
    if Reply.ANSWERED in replies:
        return unheard(udp)
    heard = controls.answered("udp", "tcp") or (not controls.asked and Reply.REFUSED in replies)
    return unheard(probes) if replies <= _STOPPED and heard else ()


def unheard(probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """What got no answer; where everything got one, what was refused: that may be a firewall on the way."""
    unheard_of = (Reply.SILENT, Reply.NO_ROUTE, Reply.NOT_ALLOWED)
    silent = [probe for probe in probes if probe.reply in unheard_of]
    refused = [probe for probe in probes if probe.reply is Reply.REFUSED]
    return tuple({probe.protocol: probe for probe in reversed(silent or refused)}.values())


def judge_gateway(
    host: str,
    probes: Sequence[Probe],
    controls: Controls,
    *,
    ending: Ending | None = None,
    case: Case = PLAIN,
) -> Finding:
    """One finding about the gateway. ``ending``: where the packets end of the transports that are worth_following()."""
    ending = ending or Ending()
    replies = {probe.reply for probe in probes}
    evidence = "; ".join([*map(str, probes), str(controls), *([ending.sentence] if ending.sentence else [])])
    if (said := judge_answer(host, probes, ending, evidence, case)) is not None:
        return said
    if Reply.ANSWERED in replies:
        return _alive(host, probes, controls, evidence, ending)
    if Reply.BAD_CERTIFICATE in replies:
        return _bad_certificate(host, probes, evidence, case)
    if replies == {Reply.NAME_UNKNOWN}:
        return _unknown_name(host, evidence, case)
    if is_blocked(ending):
        return _blocked(host, probes, ending, evidence, case)
    if replies == {Reply.REFUSED} and all(_proved_absent(probe, controls, case.quiet) for probe in probes):
        return _refused(host, probes, evidence, ending)
    if all(_proved_absent(probe, controls, case.quiet) for probe in probes):
        return _silent(host, probes, evidence, ending, case)
    return unknown(
        GATEWAY_UNPROVED,
        f"Whether the VPN gateway {host} works could not be told: {_doubt(probes, controls, case.quiet)}",
        detail=evidence,
    )


def _proved_absent(probe: Probe, controls: Controls, quiet: str) -> bool:
    """UDP is often blocked as a whole, so that only a UDP control vouches for it; for TCP any control shows a live line. A
    refusal proves nothing where the controls came to nothing as well: then this network may refuse everybody."""
    match probe.reply:
        case Reply.REFUSED:
            return not controls.all_silent(probe.protocol)
        case Reply.MUTE:
            return not quiet
        case Reply.SILENT if probe.protocol == "udp":
            return not quiet and controls.answered("udp") > 0
        case Reply.SILENT:
            return controls.answered("udp", "tcp") > 0
        case _:
            return False


def _alive(host: str, probes: Sequence[Probe], controls: Controls, evidence: str, ending: Ending) -> Finding:
    alive = next(probe for probe in probes if probe.reply is Reply.ANSWERED)
    in_ms = f" in {alive.rtt_ms:.0f} ms" if alive.rtt_ms is not None else ""
    udp = [probe for probe in probes if probe.protocol == "udp"]
    if udp and alive.protocol != "udp" and not any(probe.reply is Reply.ANSWERED for probe in udp):
        return _tcp_only(alive, udp, controls, evidence, ending)
    return passed(
        GATEWAY_ANSWERS,
        f"The VPN gateway {host} answers over {alive.transport}{in_ms}",
        detail=evidence,
    )


def _tcp_only(
    alive: Probe, udp: Sequence[Probe], controls: Controls, evidence: str, ending: Ending
) -> Finding:
    ports = listed(udp)
    blame, why = _udp_closed(ports, controls, ending)
    return warned(
        UDP_SILENT,
        f"The VPN will connect over {alive.transport} only, which is slower: {ports} stays silent, {why}",
        remedy="Connect as usual. If calls stutter over the VPN, show this result to IT support.",
        blame=blame,
        confidence=Confidence.LOW,
        detail=evidence,
    )


def _udp_closed(ports: str, controls: Controls, ending: Ending) -> tuple[Blame, str]:
    """Whose it is that UDP does not get to a gateway which answers over TCP, and what is known of it."""
    blame = whose(ending)
    if is_blocked(ending):
        where = ending.places[0] if blame.owner is not Owner.UNKNOWN else "this network"
        return blame, f"{where} does not let it out"
    passes = ending.within(Place.PROVIDER, Place.BEYOND)
    if controls.answered("udp"):
        return blame, f"other UDP servers answered, so {ports} seems closed on the way to the gateway"
    if controls.all_silent("udp"):
        near = Blame(Owner.ISP) if passes else between(Owner.HOME, Owner.ISP)
        return near, "no other UDP server answered either, so UDP seems blocked on the way"
    return blame, "no other UDP server was asked, so the reason is not known"


def _bad_certificate(host: str, probes: Sequence[Probe], evidence: str, case: Case) -> Finding:
    shown = next(probe for probe in probes if probe.reply is Reply.BAD_CERTIFICATE)
    found = case.looked.certificate or judge_certificate(shown.tls, issuer=shown.issuer)
    return failed(
        GATEWAY_CERTIFICATE,
        f"The VPN will not connect safely: {found.told(host)}",
        remedy=found.remedy(host),
        blame=found.blame,
        detail="; ".join(filter(None, (evidence, case.looked.ends))),
    )


def _unknown_name(host: str, evidence: str, case: Case) -> Finding:
    lost = case.looked.name or judge_lost_name(host, None)
    return failed(
        GATEWAY_NAME_HIDDEN if lost.hidden else GATEWAY_NAME,
        f"The VPN will not connect: {lost.says}",
        remedy=lost.remedy,
        blame=lost.blame,
        detail="; ".join(filter(None, (evidence, lost.evidence))),
    )


def _blocked(host: str, probes: Sequence[Probe], ending: Ending, evidence: str, case: Case) -> Finding:
    """A gateway that hangs where it was reached gives no ground to blame this network alone."""
    hanging = [] if case.quiet else [probe for probe in probes if probe.reply is Reply.MUTE]
    if hanging:
        return blocked_and_hanging(host, listed(hanging), listed(unheard(probes)), ending, evidence)
    return port_blocked(listed(unheard(probes)), ending, evidence)


def _refused(host: str, probes: Sequence[Probe], evidence: str, ending: Ending) -> Finding:
    """Anybody on the way can refuse in the gateway's name, unless its own answer was seen."""
    blame = whose(ending)
    elsewhere = "Try once over a phone hotspot. If it is the same there, tell"
    begin = "Tell" if blame.owner is Owner.COMPANY else elsewhere
    return failed(
        GATEWAY_REFUSED,
        f"The VPN will not connect: {host} is there, but does not take connections on {listed(probes)}",
        remedy=f"{begin} IT support that the VPN gateway {host} refuses connections.",
        blame=blame,
        detail=evidence,
    )


def _silent(host: str, probes: Sequence[Probe], evidence: str, ending: Ending, case: Case) -> Finding:
    """Controls answer on other ports: a filter for this one alone looks the same, unless its packets were seen to pass."""
    blame = whose(ending)
    if not ending.places and {probe.reply for probe in probes} != {Reply.SILENT}:
        blame = Blame(
            Owner.COMPANY, confidence=Confidence.MEDIUM
        )  # the gateway itself answered, and not as it should
    if case.keyed:  # the key is of this person's file, which may be an old one
        blame = between(*(blame.parties or (Owner.COMPANY,)), Owner.DEVICE, confidence=blame.confidence)
    or_key = ", or does not know the key of your VPN program any more" if case.keyed else ""
    ask = " Ask whether the settings of your VPN program are the newest." if case.keyed else ""
    return failed(
        GATEWAY_SILENT,
        f"The VPN will not connect: its gateway {host} {_how_silent(probes, ending)}{or_key}",
        remedy="Try once over a phone hotspot. "
        f"If it does not work there either, tell IT support that the VPN gateway {host} does not answer.{ask}",
        blame=blame,
        detail=evidence,
    )


def _how_silent(probes: Sequence[Probe], ending: Ending) -> str:
    """One that hangs takes connections: itself, or its machine for it."""
    tcp_only = all(probe.protocol == "tcp" for probe in probes)
    if tcp_only and ({probe.reply for probe in probes} == {Reply.MUTE} or ending.within(Place.TARGET)):
        return f"takes connections on {listed(probes)} and then says nothing"
    return f"does not answer on {listed(probes)}"


def _doubt(probes: Sequence[Probe], controls: Controls, quiet: str) -> str:
    """Why nothing was proved, the most telling reason first."""
    replies = {probe.reply for probe in probes}
    if Reply.CLOSED in replies:
        return _closed(quiet)
    if untold := next((probe.untold for probe in probes if probe.untold), ""):
        return untold
    if Reply.GARBLED in replies:
        return "something answers there, but not as a VPN gateway of this kind"
    if Reply.NOT_ALLOWED in replies:
        return "this computer itself lets nothing out to it"
    if Reply.NO_ROUTE in replies:
        return "this computer knows no way there"
    if replies & {Reply.NAME_TROUBLE, Reply.NAME_UNKNOWN}:
        return "its name could not be looked up"
    if replies == {Reply.REFUSED}:
        return "connections are refused, and no other server answered at the same moment either"
    if controls.all_silent("udp"):
        return "no other UDP server answered either, so UDP seems blocked here"
    if quiet:
        return quiet
    return "it was silent, and no other server answered at the same moment"


def _closed(quiet: str) -> str:
    if quiet:
        return "something is there and closes the connection, as a gateway does that waits for its key"
    return "something is there, but it closes the connection without an answer, as a gateway does that waits for a key"


def listed(probes: Sequence[Probe]) -> str:
    return " and ".join(probe.transport for probe in probes)
