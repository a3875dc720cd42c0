"""The verdict about a VPN gateway, from what its transports and the controls answered. Pure; asks nobody.

Silence counts only beside a control that answered at the same moment, and never where only a key holder gets an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, Owner, failed, passed, unknown, warned
from readycheck_checks.controls import Controls
from readycheck_checks.replies import Reply


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One transport asked: ``rtt_ms`` one round trip, ``tls`` the reason of a refused certificate (errors.TlsFailed)."""

    protocol: str
    port: int
    reply: Reply
    rtt_ms: float | None = None
    address: str = ""
    tls: str = ""
    detail: str = ""

    @property
    def transport(self) -> str:
        return f"{self.protocol.upper()} {self.port}"

    def __str__(self) -> str:
        return f"{self.transport} {self.reply}" + (f": {self.detail}" if self.detail else "")


def judge_gateway(
    host: str, probes: Sequence[Probe], controls: Controls, *, wrapped: bool = False
) -> Finding:
    """One finding about the gateway. ``wrapped``: it answers only packets that carry its key (tls-auth, tls-crypt)."""
    replies = {probe.reply for probe in probes}
    evidence = "; ".join([*map(str, probes), str(controls)])
    if Reply.ANSWERED in replies:
        return _alive(host, probes, controls, evidence)
    if Reply.BAD_CERTIFICATE in replies:
        return _bad_certificate(host, probes, evidence)
    if replies == {Reply.NAME_UNKNOWN}:
        return _name_unknown(host, controls, evidence)
    if replies == {Reply.REFUSED} and all(_proved_absent(probe, controls, wrapped) for probe in probes):
        return _refused(host, probes, evidence)
    if all(_proved_absent(probe, controls, wrapped) for probe in probes):
        return _silent(host, probes, controls, evidence)
    return unknown(
        "vpn.gateway_unproved",
        f"Whether the VPN gateway {host} works could not be told: {_doubt(replies, controls, wrapped)}",
        detail=evidence,
    )


def _proved_absent(probe: Probe, controls: Controls, wrapped: bool) -> bool:
    """UDP is often blocked as a whole, so that only a UDP control vouches for it; for TCP any control shows a live line. A
    refusal proves nothing where the controls came to nothing as well: then this network may refuse everybody."""
    match probe.reply:
        case Reply.REFUSED:
            return not controls.all_silent(probe.protocol)
        case Reply.MUTE:
            return not wrapped
        case Reply.SILENT if probe.protocol == "udp":
            return not wrapped and controls.answered("udp") > 0
        case Reply.SILENT:
            return controls.answered("udp", "tcp") > 0
        case _:
            return False


def _alive(host: str, probes: Sequence[Probe], controls: Controls, evidence: str) -> Finding:
    alive = next(probe for probe in probes if probe.reply is Reply.ANSWERED)
    in_ms = f" in {alive.rtt_ms:.0f} ms" if alive.rtt_ms is not None else ""
    udp = [probe for probe in probes if probe.protocol == "udp"]
    if udp and alive.protocol != "udp" and not any(probe.reply is Reply.ANSWERED for probe in udp):
        return _tcp_only(host, alive, udp, controls, evidence)
    return passed(
        "vpn.gateway_answers",
        f"The VPN gateway {host} answers over {alive.transport}{in_ms}",
        detail=evidence,
    )


def _tcp_only(host: str, alive: Probe, udp: Sequence[Probe], controls: Controls, evidence: str) -> Finding:
    ports = _listed(udp)
    if controls.answered("udp"):
        owner, why = (
            Owner.COMPANY,
            f"other UDP servers answered, so {ports} seems closed on the way to the gateway",
        )
    elif controls.all_silent("udp"):
        owner, why = Owner.HOME, "no other UDP server answered either, so this network seems to block UDP"
    else:
        owner, why = Owner.UNKNOWN, "no other UDP server was asked, so the reason is not known"
    return warned(
        "vpn.udp_silent",
        f"The VPN will connect over {alive.transport} only, which is slower: {ports} stays silent, {why}",
        remedy="Connect as usual. If calls stutter over the VPN, show this result to IT support.",
        owner=owner,
        confidence=Confidence.LOW,
        detail=evidence,
    )


_CERTIFICATES: Final = {
    "expired": ("has run out", Owner.COMPANY, Confidence.HIGH),
    "wrong_name": ("belongs to another name", Owner.COMPANY, Confidence.MEDIUM),
    "untrusted": ("comes from an issuer that this computer does not trust", Owner.COMPANY, Confidence.MEDIUM),
    "not_yet_valid": ("is not valid yet", Owner.UNKNOWN, Confidence.MEDIUM),
}


def _bad_certificate(host: str, probes: Sequence[Probe], evidence: str) -> Finding:
    reason = next(probe.tls for probe in probes if probe.reply is Reply.BAD_CERTIFICATE)
    words, owner, confidence = _CERTIFICATES[reason]
    look = (
        "Check the date and time of this computer. If they are right, tell"
        if owner is Owner.UNKNOWN
        else "Tell"
    )
    return failed(
        "vpn.gateway_certificate",
        f"The VPN will not connect safely: the certificate of {host} {words}",
        remedy=f"{look} IT support that the certificate of {host} {words}. Do not accept a warning about it.",
        owner=owner,
        confidence=confidence,
        detail=evidence,
    )


def _name_unknown(host: str, controls: Controls, evidence: str) -> Finding:
    return failed(
        "vpn.gateway_name",
        f"The VPN will not connect: the name of its gateway, {host}, is not known",
        remedy=f"Compare the name {host} with the instructions of your IT support, and tell them if it is the same.",
        owner=Owner.COMPANY,
        confidence=Confidence.HIGH if controls.answered("udp", "tcp") else Confidence.MEDIUM,
        detail=evidence,
    )


def _refused(host: str, probes: Sequence[Probe], evidence: str) -> Finding:
    return failed(
        "vpn.gateway_refused",
        f"The VPN will not connect: {host} is there, but does not take connections on {_listed(probes)}",
        remedy=f"Tell IT support that the VPN gateway {host} refuses connections.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _silent(host: str, probes: Sequence[Probe], controls: Controls, evidence: str) -> Finding:
    return failed(
        "vpn.gateway_silent",
        f"The VPN will not connect: its gateway {host} does not answer on {_listed(probes)}",
        remedy="Try once over a phone hotspot. "
        f"If it does not work there either, tell IT support that the VPN gateway {host} does not answer.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,  # controls answer on other ports: a filter for this one alone looks the same
        detail=evidence,
    )


def _doubt(replies: set[Reply], controls: Controls, wrapped: bool) -> str:
    """Why nothing was proved, the most telling reason first."""
    if Reply.CLOSED in replies:
        return _closed(wrapped)
    if Reply.GARBLED in replies:
        return "something answers there, but not as a VPN gateway of this kind"
    if Reply.NO_ROUTE in replies:
        return "this computer knows no way there"
    if replies & {Reply.NAME_TROUBLE, Reply.NAME_UNKNOWN}:
        return "its name could not be looked up"
    if replies == {Reply.REFUSED}:
        return "connections are refused, and no other server answered at the same moment either"
    if wrapped:
        return "it answers only the VPN program, which holds its key"
    if controls.all_silent("udp"):
        return "no other UDP server answered either, so UDP seems blocked here"
    return "it was silent, and no other server answered at the same moment"


def _closed(wrapped: bool) -> str:
    if wrapped:
        return "something is there and closes the connection, as a gateway does that waits for its key"
    return "something is there, but it closes the connection without an answer, as a gateway does that waits for a key"


def _listed(probes: Sequence[Probe]) -> str:
    return " and ".join(probe.transport for probe in probes)
