"""Whose it is that names are not looked up, from what each name server said. Pure judgement.

A router mostly passes questions on, so it looks like its provider's name server when it keeps silent, refuses or fails. What
narrows it down is an answer: of the router where another server is set, or of others over the same line.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final

from readycheck.api import Blame, Confidence, Owner
from readycheck_checks.blame.owners import between
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.names.around import Around, Asked, Place, Reply, answered

RESTART: Final = "Restart the router: unplug it for ten seconds, then wait two minutes"
HOTSPOT: Final = "If the problem stays, use a phone hotspot"
PROVIDER: Final = "If the problem stays, use a phone hotspot and tell your internet provider"
AUTOMATIC: Final = (
    "Set the name server to automatic in the network settings of this computer, then check again"
)
SUPPORT: Final = "Restart this computer. If the problem stays, show this result to IT support"
VPN_OFF: Final = (
    "Disconnect the VPN and check again. If names are found then, connect the VPN again, "
    "and tell the support of the VPN if the problem stays"
)
BY_HAND: Final = "If the name server was set by hand on this computer, set it to automatic"
USELESS: Final = "gives no answer of use"


@dataclass(frozen=True)
class Fault:
    """``why`` completes "Names cannot be looked up: ..."."""

    why: str
    remedy: str
    blame: Blame


def fault(why: str, remedy: str, *owners: Owner, confidence: Confidence = Confidence.MEDIUM) -> Fault:
    """On one owner, or on either of several, the likeliest first."""
    return Fault(why, remedy, between(*owners, confidence=confidence))


def whose(around: Around) -> Fault:
    """``around``: what was said while lookups on this computer failed, or took so long that programs give up."""
    bad = around.bad
    if len(around.everybody) > 1 and all(each.reply is Reply.NOT_ALLOWED for each in around.everybody):
        why = "this computer lets no question to a name server out"
        return fault(why, let_out("name lookups (port 53)", Owner.DEVICE), Owner.DEVICE)
    if bad is None:
        return _nothing_bad_is_set(around)
    if bad.place is Place.TUNNEL:
        return _through_tunnel(bad, around)
    if bad.place is Place.HERE and bad.reply is Reply.CLOSED:
        why = f"the program on this computer that is set to do it ({bad.server}) does not run"
        return fault(why, SUPPORT, Owner.DEVICE, confidence=Confidence.HIGH)
    if around.router_answers and bad.place is not Place.ROUTER:
        return _beside_a_good_router(bad, around)
    match bad.place:
        case Place.ROUTER:
            return _router(bad, around)
        case Place.FAR:
            return _far(bad, around)
    return _near(bad, around)


def _nothing_bad_is_set(around: Around) -> Fault:
    if around.own is None:
        return fault(f"the name server {USELESS}", f"{RESTART}. {HOTSPOT}", Owner.HOME, Owner.ISP)
    if not around.own:
        remedy = f"{AUTOMATIC}. If it is automatic already, restart the router"
        return fault("no name server is set on this computer", remedy, Owner.DEVICE, Owner.HOME)
    why = "the name server answers when it is asked directly, and lookups on this computer fail all the same"
    other = Owner.COMPANY if any(each.place is Place.TUNNEL for each in around.own) else Owner.HOME
    return fault(why, f"Restart this computer and the router. {HOTSPOT}", Owner.DEVICE, other)


def _through_tunnel(bad: Asked, around: Around) -> Fault:
    """What comes back through the tunnel was said at its far end. Silence may be the tunnel's own. A name server with a public
    address is not the VPN's for sure: all that leaves this computer may go through the tunnel."""
    alive = answered(each for each in around.everybody if each.place is Place.TUNNEL)
    if not is_private(bad.server):
        why = f"the name server {bad.server}, which is asked through the VPN that is on, {USELESS}"
        return fault(why, f"{VPN_OFF}. {BY_HAND}", Owner.COMPANY, Owner.DEVICE)
    brings = f"the VPN that is on brings its own name server ({bad.server}), "
    if bad.reply is Reply.CLOSED:
        return fault(f"{brings}where none runs", VPN_OFF, Owner.COMPANY)
    if bad.reply.is_spoken or alive:
        return fault(f"{brings}which {USELESS}", VPN_OFF, Owner.COMPANY)
    return fault(f"{brings}which {USELESS}", VPN_OFF, Owner.COMPANY, Owner.DEVICE)


def _beside_a_good_router(bad: Asked, around: Around) -> Fault:
    """The name server of the router answers, so this network and its provider do their part. But who set another one does not
    show: this network may have handed it out, and behind a private address or a program on this computer may be a VPN."""
    vpn = [Owner.COMPANY] if around.vpn else []
    if bad.place is Place.HERE:
        why = f"the program on this computer that does it ({bad.server}) {USELESS}, while the router does"
        return fault(why, SUPPORT, Owner.DEVICE, *vpn)
    why = f"this computer asks the name server {bad.server}, which {USELESS}, while the router's does"
    remedy = (
        f"{AUTOMATIC}. If it is automatic already, the settings of the router hand out {bad.server}: "
        "whoever runs this network has to set another one there"
    )
    return fault(why, remedy, Owner.DEVICE, *vpn, Owner.HOME)


def _router(bad: Asked, around: Around) -> Fault:
    """A closed port is the router's own word, unless something nearer turns questions away, whoever they are for."""
    closed = [each for each in around.opinions if each.reply is Reply.CLOSED]
    if bad.reply is Reply.CLOSED and (not closed or len(closed) < len(around.opinions)):
        why = f"this computer asks the router ({bad.server}), where no name server runs"
        return fault(why, f"{RESTART}. {HOTSPOT}", Owner.HOME, confidence=Confidence.HIGH)
    if bad.reply is Reply.CLOSED or bad.reply.is_unsent:
        why = f"the questions of this computer to the router ({bad.server}) are turned away"
        return fault(why, f"{RESTART}. {HOTSPOT}", Owner.HOME, Owner.DEVICE)
    why = f"the name server of this network ({bad.server}) {USELESS}"
    return fault(why, f"{RESTART}. {PROVIDER}{_others(around)}", Owner.HOME, Owner.ISP)


def _far(bad: Asked, around: Around) -> Fault:
    """A name server outside: the provider's own, or one that somebody set by hand, on this computer or in the router that hands
    it out (or the company, in its profile)."""
    setters = (Owner.COMPANY,) if around.by_profile else (Owner.DEVICE, Owner.HOME)
    by_hand = f"If the name server {bad.server} was set by hand, set it to automatic; otherwise "
    if around.line_passes_names:
        why = f"the name server {bad.server} {USELESS}, while others on the internet do"
        return fault(why, f"{by_hand}tell your internet provider that it does not work", Owner.ISP, *setters)
    others = [each for each in around.opinions if not each.reply.is_unsent]
    spoken = any(each.reply.is_spoken for each in others)
    if not others or (bad.reply.is_spoken and not spoken):
        why = f"the name server {bad.server} {USELESS}"
        rest = (Owner.HOME,) if around.by_profile and not bad.reply.is_spoken else ()
        return fault(why, f"{by_hand}restart the router. {PROVIDER}", Owner.ISP, *setters, *rest)
    does = "turns away" if spoken else "holds back"
    why = f"something on the way {does} the questions to {bad.server} and to every other name server"
    return fault(why, f"{RESTART}. {PROVIDER}", Owner.HOME, Owner.ISP)


def _near(bad: Asked, around: Around) -> Fault:
    """A private address, or a program on this computer of which it is not known whom it asks."""
    why = f"the name server {bad.server} {USELESS}"
    remedy = f"{RESTART}. {PROVIDER}{_others(around)}"
    if bad.place is Place.HERE:
        here = [Owner.DEVICE] if around.line_passes_names else []
        return fault(why, remedy, Owner.HOME, Owner.ISP, *here)
    setter = Owner.COMPANY if around.by_profile else Owner.DEVICE
    if bad.reply is Reply.CLOSED or bad.reply.is_unsent:
        return fault(why, remedy, Owner.HOME, setter)
    return fault(why, remedy, Owner.HOME, Owner.ISP, setter)


def is_private(server: str) -> bool:
    return ipaddress.ip_address(server.partition("%")[0]).is_private


def _others(around: Around) -> str:
    """A way around it, where there is one."""
    good = next((each.server for each in around.opinions if each.reply is Reply.ANSWERED), "")
    return (
        f". Another name server answers over this line ({good}): the router can be set to it" if good else ""
    )
