"""The verdict about a VPN gateway, from what its transports and the controls answered. Pure; asks nobody.

Silence counts only beside a control that answered at the same moment, and never where only a key holder gets an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, Owner, failed, passed, unknown, warned
from readycheck_checks.blame import Whose
from readycheck_checks.controls import Controls
from readycheck_checks.ending import Ending, Place
from readycheck_checks.replies import Reply
from readycheck_checks.vpn.blocked_verdict import is_blocked, port_blocked, whose


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


_STOPPED: Final = {
    Reply.SILENT,
    Reply.NO_ROUTE,
    Reply.REFUSED,
    Reply.MUTE,
}  # none of them is a gateway that works


def worth_following(
    probes: Sequence[Probe], controls: Controls, *, wrapped: bool = False
) -> tuple[Probe, ...]:
    """Transports of which it matters where their packets end, one of each protocol; something must have answered."""
    replies = {probe.reply for probe in probes}
    udp = [probe for probe in probes if probe.protocol == "udp"]
    if wrapped or any(probe.reply is Reply.ANSWERED for probe in udp):
        return ()
    if Reply.ANSWERED in replies:
        return _unheard(udp)
    return _unheard(probes) if replies <= _STOPPED and controls.answered("udp", "tcp") else ()


def _unheard(probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """What got no answer; where everything got one, what was refused: that may be a firewall on the way."""
    silent = [probe for probe in probes if probe.reply in (Reply.SILENT, Reply.NO_ROUTE)]
    refused = [probe for probe in probes if probe.reply is Reply.REFUSED]
    return tuple({probe.protocol: probe for probe in reversed(silent or refused)}.values())


def judge_gateway(
    host: str,
    probes: Sequence[Probe],
    controls: Controls,
    *,
    wrapped: bool = False,
    ending: Ending | None = None,
) -> Finding:
    """One finding about the gateway. ``wrapped``: it answers only packets that carry its key (tls-auth, tls-crypt).

    ``ending``: where the packets end of the transports that are worth_following().
    """
    ending = ending or Ending()
    replies = {probe.reply for probe in probes}
    evidence = "; ".join([*map(str, probes), str(controls), *([ending.sentence] if ending.sentence else [])])
    if Reply.ANSWERED in replies:
        return _alive(host, probes, controls, evidence, ending)
    if Reply.BAD_CERTIFICATE in replies:
        return _bad_certificate(host, probes, evidence)
    if replies == {Reply.NAME_UNKNOWN}:
        return _name_unknown(host, evidence)
    if is_blocked(ending):
        return port_blocked(_listed(_unheard(probes)), ending, evidence)
    if replies == {Reply.REFUSED} and all(_proved_absent(probe, controls, wrapped) for probe in probes):
        return _refused(host, probes, evidence)
    if all(_proved_absent(probe, controls, wrapped) for probe in probes):
        return _silent(host, probes, evidence, ending)
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


def _alive(host: str, probes: Sequence[Probe], controls: Controls, evidence: str, ending: Ending) -> Finding:
    alive = next(probe for probe in probes if probe.reply is Reply.ANSWERED)
    in_ms = f" in {alive.rtt_ms:.0f} ms" if alive.rtt_ms is not None else ""
    udp = [probe for probe in probes if probe.protocol == "udp"]
    if udp and alive.protocol != "udp" and not any(probe.reply is Reply.ANSWERED for probe in udp):
        return _tcp_only(alive, udp, controls, evidence, ending)
    return passed(
        "vpn.gateway_answers",
        f"The VPN gateway {host} answers over {alive.transport}{in_ms}",
        detail=evidence,
    )


def _tcp_only(
    alive: Probe, udp: Sequence[Probe], controls: Controls, evidence: str, ending: Ending
) -> Finding:
    ports = _listed(udp)
    owner, either, why = _udp_closed(ports, controls, ending)
    return warned(
        "vpn.udp_silent",
        f"The VPN will connect over {alive.transport} only, which is slower: {ports} stays silent, {why}",
        remedy="Connect as usual. If calls stutter over the VPN, show this result to IT support.",
        owner=owner,
        either=either,
        confidence=Confidence.LOW,
        detail=evidence,
    )


def _udp_closed(ports: str, controls: Controls, ending: Ending) -> tuple[Owner, tuple[Owner, ...], str]:
    """Whose it is that UDP does not get to a gateway which answers over TCP, and what is known of it."""
    blame = whose(ending)
    if is_blocked(ending):
        where = ending.places[0] if blame.owner is not Owner.UNKNOWN else "this network"
        return blame.owner, blame.either, f"{where} does not let it out"
    passes = ending.within(Place.PROVIDER, Place.BEYOND)
    if controls.answered("udp"):
        return (
            blame.owner,
            blame.either,
            f"other UDP servers answered, so {ports} seems closed on the way to the gateway",
        )
    if controls.all_silent("udp"):
        owner, either = (Owner.ISP, ()) if passes else (Owner.UNKNOWN, (Owner.HOME, Owner.ISP))
        return owner, either, "no other UDP server answered either, so UDP seems blocked on the way"
    return blame.owner, blame.either, "no other UDP server was asked, so the reason is not known"


_CERTIFICATES: Final = {
    "expired": ("has run out", Owner.COMPANY, Confidence.MEDIUM),
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


def _name_unknown(host: str, evidence: str) -> Finding:
    """Name servers that filter or know only their own names say so too."""
    return failed(
        "vpn.gateway_name",
        f"The VPN will not connect: the name of its gateway, {host}, is not known",
        remedy=f"Compare the name {host} with the instructions of your IT support, and tell them if it is the same.",
        owner=Owner.COMPANY,
        confidence=Confidence.MEDIUM,
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


def _silent(host: str, probes: Sequence[Probe], evidence: str, ending: Ending) -> Finding:
    """Controls answer on other ports: a filter for this one alone looks the same, unless its packets were seen to pass."""
    blame = whose(ending)
    if not ending.places and {probe.reply for probe in probes} != {Reply.SILENT}:
        blame = Whose(
            Owner.COMPANY, confidence=Confidence.MEDIUM
        )  # the gateway itself answered, and not as it should
    return failed(
        "vpn.gateway_silent",
        f"The VPN will not connect: its gateway {host} does not answer on {_listed(probes)}",
        remedy="Try once over a phone hotspot. "
        f"If it does not work there either, tell IT support that the VPN gateway {host} does not answer.",
        owner=blame.owner,
        either=blame.either,
        confidence=blame.confidence,
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
