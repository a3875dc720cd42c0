"""Whose it can be that a test page came back changed. Pure.

What answers in place of several vendors stands on the way: in this network or at its provider; through a VPN, at the company. It
may be meant so, as in many offices: without a VPN nobody is named for sure. One page alone may just as well have been changed by
its vendor, whose answer nobody else proves.
"""

from enum import StrEnum

from readycheck.api import Blame, Confidence, Owner


class Vpn(StrEnum):
    """Where the answers came from. A VPN program may lead pages to a filter of its own also where their way does not lead in."""

    OFF = "no VPN is on"
    BESIDE = "a VPN is on, and they came past it"
    THROUGH = "they came through the VPN"


def of_a_sign_in_page(vpn: Vpn) -> Blame:
    """A hotel sees no more of a VPN than that it is there, and answers for nothing in it."""
    if vpn is Vpn.OFF:
        return Blame(Owner.HOME, confidence=Confidence.MEDIUM)
    if vpn is Vpn.BESIDE:
        return Blame(either=(Owner.HOME, Owner.COMPANY))
    return Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)


def of_several(*, through_vpn: bool) -> Blame:
    if through_vpn:
        return Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)
    return Blame(either=(Owner.HOME, Owner.ISP))


def of_one(*, others_answered: bool, through_vpn: bool) -> Blame:
    """Where the page of another vendor came back as it should, it is likeliest the vendor's own matter."""
    way = (Owner.COMPANY,) if through_vpn else (Owner.HOME, Owner.ISP)
    return Blame(either=(Owner.SERVICE, *way) if others_answered else (*way, Owner.SERVICE))
