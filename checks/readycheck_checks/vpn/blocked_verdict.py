"""Whose a silent VPN gateway is, from where its packets end: the port is blocked on the way, or the gateway is dead. Pure."""

from collections.abc import Sequence

from readycheck.api import Confidence, Finding, Owner, failed
from readycheck_checks.blame import owners as blame
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.owners import Whose

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


def whose(ending: Ending) -> Whose:
    """Whose a silent transport is, while others of the network answer."""
    return blame.whose(ending, Owner.COMPANY)


def port_blocked(ports: str, ending: Ending, evidence: str) -> Finding:
    """``ending``: one that is_blocked()."""
    party = whose(ending)
    who, remedy = _words(ports, ending)
    return failed(
        "vpn.port_blocked",
        f"The VPN will not connect here: {who}",
        remedy=remedy,
        owner=party.owner,
        either=party.either,
        confidence=party.confidence,
        detail=evidence,
    )


def blocked_and_hanging(host: str, hanging: str, blocked: str, ending: Ending, evidence: str) -> Finding:
    """Where each of two transports fails for a reason of its own, either party could have the VPN connect."""
    near = whose(ending)
    who, _ = _words(blocked, ending)
    return failed(
        "vpn.gateway_silent",
        f"The VPN will not connect: {host} takes connections on {hanging} and then says nothing, and {who}",
        remedy="Connect over the hotspot of a phone. If it does not work there either, tell IT support that "
        f"the VPN gateway {host} takes connections on {hanging} and says nothing.",
        either=(Owner.COMPANY, *(near.either or (near.owner,))),
        confidence=Confidence.MEDIUM,
        detail=evidence,
    )


def _words(ports: str, ending: Ending) -> tuple[str, str]:
    if ending.within(Place.COMPUTER):
        remedy = f"Ask IT support whether a firewall on this computer holds {ports} back"
        return f"this computer lets nothing out on {ports}", remedy
    if ending.within(Place.PROVIDER):
        remedy = f"Connect over the hotspot of a phone, and ask your internet provider why {ports} is not passed on"
        return f"the internet provider passes nothing on to {ports}", remedy
    remedy = (
        "Connect over the hotspot of a phone. "
        f"If you look after this network, let {ports} out in the settings of the router"
    )
    if not ending.within(Place.ROUTER):
        remedy += (
            f"; if it is let out there, ask IT support whether a firewall on this computer holds {ports} back"
        )
    return f"this network lets nothing out on {ports}", remedy
