"""Whose a silent VPN gateway is, from where its packets end: the port is blocked on the way, or the gateway is dead. Pure."""

from collections.abc import Sequence

from readycheck.api import Blame, Confidence, Finding, Owner, failed
from readycheck_checks.blame import owners
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.vpn.gateway_codes import GATEWAY_SILENT, PORT_BLOCKED

NEAR = (Place.COMPUTER, Place.ROUTER)


def is_blocked(ending: Ending) -> bool:
    """Packets to the gateway do not even leave the network of the person or of the provider."""
    return ending.within(*NEAR) or ending.within(Place.PROVIDER)


def together(endings: Sequence[Ending]) -> Ending:
    """One ending for several transports: where one of them gets through this network, the network is not what stops the VPN."""
    sentence = "; ".join(ending.sentence for ending in endings if ending.sentence)
    passing = [ending for ending in endings if ending.within(Place.PROVIDER, Place.BEYOND, Place.TARGET)]
    if passing:
        deciding = min(passing, key=lambda ending: len(ending.places))
    else:
        deciding = next((e for e in endings if not e.within(*NEAR)), endings[0] if endings else Ending())
    return Ending(places=deciding.places, sure=deciding.sure, sentence=sentence)


def whose(ending: Ending) -> Blame:
    """Whose a silent transport is, while others of the network answer."""
    return owners.whose(ending, Owner.COMPANY)


def port_blocked(ports: str, ending: Ending, evidence: str) -> Finding:
    """``ending``: one that is_blocked()."""
    blame = whose(ending)
    who, remedy = _words(ports, ending)
    return failed(
        PORT_BLOCKED,
        f"The VPN will not connect here: {who}",
        remedy=remedy,
        blame=blame,
        detail=evidence,
    )


def blocked_and_hanging(host: str, hanging: str, blocked: str, ending: Ending, evidence: str) -> Finding:
    """Where each of two transports fails for a reason of its own, either party could have the VPN connect."""
    near = whose(ending)
    who, _ = _words(blocked, ending)
    return failed(
        GATEWAY_SILENT,
        f"The VPN will not connect: {host} takes connections on {hanging} and then says nothing, and {who}",
        remedy="Connect over a phone hotspot. If it does not work there either, tell IT support that "
        f"the VPN gateway {host} takes connections on {hanging} and says nothing.",
        either=(Owner.COMPANY, *near.parties),
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _words(ports: str, ending: Ending) -> tuple[str, str]:
    if ending.within(Place.COMPUTER):
        return f"this computer lets nothing out on {ports}", let_out(ports, Owner.DEVICE)
    if ending.within(Place.PROVIDER):
        return f"the internet provider passes nothing on to {ports}", let_out(ports, Owner.ISP)
    remedy = let_out(ports, Owner.HOME)
    if not ending.within(Place.ROUTER):
        here = let_out(ports, Owner.DEVICE)
        remedy += f"; if it is let out there, {here[0].lower()}{here[1:]}"
    return f"this network lets nothing out on {ports}", remedy
