"""Names of different owners that all lead to one address: whose doing it is. Pure judgement."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final

from readycheck.api import Confidence, Owner
from readycheck_checks.names.around import Around, Asked, Place, Reply
from readycheck_checks.names.astray import stand_ins_only
from readycheck_checks.names.verdict import (
    AUTOMATIC,
    HOTSPOT,
    PROVIDER,
    RESTART,
    SUPPORT,
    VPN_OFF,
    Fault,
    fault,
)
from readycheck_checks.names.word import through_tunnel

_LAN: Final = 24
_PROGRAMS: Final = (Place.HERE, Place.TUNNEL)


def one_address(found: Mapping[str, tuple[str, ...]]) -> str:
    """The address that names of at least two owners have in common, all of them; empty where there is none, or a stand-in."""
    return next((ip for ip in _shared(found) if not stand_ins_only((ip,))), "")


def one_stand_in(found: Mapping[str, tuple[str, ...]]) -> str:
    """The stand-in that names of at least two owners have in common, all of them; empty where there is none."""
    return next((ip for ip in _shared(found) if stand_ins_only((ip,))), "")


def is_told_by_a_server(around: Around, address: str) -> bool:
    """A name server beyond this computer gives this address itself, while another one over the same line does not: so no program
    of this computer, which would answer in the name of both, puts it there."""
    told = any(address in each.addresses and each.place not in _PROGRAMS for each in around.own or ())
    return told and any(_is_honest(each, address) for each in around.opinions)


def _shared(found: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if len({_owner(name) for name in found}) < 2:
        return
    first, *others = found.values()
    yield from (ip for ip in first if all(ip in other for other in others))


def _owner(name: str) -> str:
    return ".".join(name.lower().rstrip(".").split(".")[-2:])


def whose_lie(around: Around, address: str) -> Fault:
    """Whose it is that every name gets this address, which belongs to none of them."""
    own = around.own or ()
    liar = next((each for each in own if address in each.addresses), None)
    if liar is None:
        return _not_the_servers(own, address)
    why = f"the name server {liar.server} answers every name with the same address ({address})"
    if liar.place is Place.TUNNEL:
        return fault(why, VPN_OFF, *through_tunnel(liar))
    if any(each.place is Place.ROUTER and _is_honest(each, address) for each in around.everybody):
        handed_out = [] if liar.place is Place.HERE else [Owner.HOME]
        vpn = [Owner.COMPANY] if around.vpn and liar.place is not Place.FAR else []
        return fault(f"{why}, while the router's does not", AUTOMATIC, Owner.DEVICE, *vpn, *handed_out)
    if liar.place is Place.ROUTER and _is_of_lan(address, liar.server):
        remedy = f"Open the page of the router (http://{address}): it may wait to be set up. Otherwise restart it. {HOTSPOT}"
        return fault(why, remedy, Owner.HOME)
    if liar.place is Place.FAR and any(_is_honest(each, address) for each in around.opinions):
        return fault(f"{why}, while others do not", AUTOMATIC, Owner.ISP, Owner.DEVICE, Owner.HOME)
    return fault(why, f"{RESTART}. {PROVIDER}", Owner.HOME, Owner.ISP, *_by_itself(liar, around, address))


def _by_itself(liar: Asked, around: Around, address: str) -> tuple[Owner, ...]:
    """A program of this computer passes on what the router says too; of itself it says what nobody else was heard to say."""
    if liar.place is not Place.HERE:
        return ()
    also = any(each.place is Place.ROUTER and address in each.addresses for each in around.everybody)
    return () if also else (Owner.DEVICE,)


def _not_the_servers(own: tuple[Asked, ...], address: str) -> Fault:
    """What no name server says comes from this computer itself: its list of hosts, or a program that looks names up. Where none
    says anything, nothing shows whose it is."""
    if any(_is_honest(each, address) for each in own):
        why = f"something on this computer leads every name to the same address ({address})"
        return fault(why, SUPPORT, Owner.DEVICE)
    why = f"every name leads to the same address ({address})"
    near = (Owner.HOME, Owner.ISP, Owner.DEVICE)
    return fault(why, f"{RESTART}. {PROVIDER}", *near, confidence=Confidence.LOW)


def _is_honest(asked: Asked, address: str) -> bool:
    return asked.reply is Reply.ANSWERED and bool(asked.addresses) and address not in asked.addresses


def _is_of_lan(address: str, router: str) -> bool:
    """It leads back into the network of the router: providers too lead to private addresses, but not to these."""
    ip, own = (ipaddress.ip_address(text.partition("%")[0]) for text in (address, router))
    if ip.version == 6 or own.version == 6:
        return ip == own
    return ip.is_private and ip in ipaddress.ip_network((int(own), _LAN), strict=False)
