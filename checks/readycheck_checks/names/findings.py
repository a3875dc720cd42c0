"""What the check of name lookups says: its findings, with their words. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from readycheck.api import (
    Code,
    Confidence,
    Finding,
    Measurement,
    NameUnknown,
    NetError,
    Owner,
    Status,
    failed,
    judge,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.names.around import Around, Place
from readycheck_checks.names.codes import (
    BY_PROXY,
    DNS,
    DNS_BROKEN,
    DNS_TIME_UNPROVED,
    DNS_VPN,
    DNS_WRONG,
    FORGED,
    HIJACK,
    PARTIAL,
    SLOW,
    UNSTEADY,
)
from readycheck_checks.names.lies import whose_lie
from readycheck_checks.names.verdict import Fault, fault, whose

_SET: Final = (
    "Set the name server to automatic in the network settings of this computer if it was set by hand"
)
_WAKES: Final = 3  # of this computer in one lookup: to send, when the answer comes, and to hand it on


@dataclass(frozen=True)
class Found:
    """A name that was looked up: in how many milliseconds, and its addresses."""

    ms: float
    addresses: tuple[str, ...]


Outcome = Found | NetError


def whose_slowness(places: Collection[Place], *, by_profile: bool = False) -> Fault:
    """Whose it is that lookups are slow, from where the name servers stand that they ask: nobody's where that is not told, or one
    is asked through a VPN. A program on this computer passes questions on, nobody tells to whom."""
    setter = Owner.COMPANY if by_profile else Owner.DEVICE
    if not places or Place.TUNNEL in places:
        return fault("lookups are slow", SLOW.remedy, Owner.UNKNOWN)
    if set(places) == {Place.ROUTER}:
        return fault("lookups are slow", SLOW.remedy, Owner.HOME, Owner.ISP)
    remedy = SLOW.remedy if by_profile else f"{_SET}. {SLOW.remedy}"
    return fault("lookups are slow", remedy, Owner.HOME, Owner.ISP, setter)


def by_time(
    median: Measurement, slow: Fault, *, around: Around | None = None, own_delay_ms: float = 0.0
) -> Finding:
    """``slow``: whose it is that lookups are slow, from who is asked; ``around``: looked at where programs give up;
    ``own_delay_ms``: by how much this computer itself was late at that moment, each time that it had to wake up."""
    status = judge(median)
    shown = f"{median.value:.0f} ms, at most {median.plan_limit:.0f} wanted"
    if status is Status.PASS:
        return passed(DNS, f"Names are looked up ({median.value:.0f} ms)")
    if median.plan_limit is not None and median.value - _WAKES * own_delay_ms <= median.plan_limit:
        return unknown(
            DNS_TIME_UNPROVED,
            f"How long name lookups take is not known: this computer is so busy that it is {own_delay_ms:.0f} ms late by itself",
            detail=f"measured: {shown}",
        )
    if status is Status.WARN:
        return warned(
            SLOW,
            f"Name lookups are slow: {shown}",
            remedy=slow.remedy,
            blame=slow.blame,
        )
    if slow.blame.either and around is not None and around.bad is not None:
        slow = whose(around)
    return failed(
        SLOW,
        f"Name lookups take so long that programs give up: {shown}",
        remedy=slow.remedy,
        blame=slow.blame,
        confidence=Confidence.MEDIUM,
        detail="" if around is None else str(around),
    )


def partial(outcomes: Mapping[str, Outcome]) -> Finding:
    missed = [name for name, outcome in outcomes.items() if isinstance(outcome, NetError)]
    return warned(
        PARTIAL,
        f"{len(missed)} of {len(outcomes)} names could not be looked up: {', '.join(missed)}",
        detail=_said(outcomes),
    )


def unsteady(outcomes: Mapping[str, Outcome]) -> Finding:
    return warned(
        UNSTEADY,
        UNSTEADY.meaning,
        detail=_said(outcomes),
    )


def skipped_by_proxy() -> Finding:
    return skipped(BY_PROXY, BY_PROXY.meaning)


def broken(outcomes: Mapping[str, Outcome], around: Around) -> Finding:
    """No name was found: either wrong answers, or none of use."""
    found = whose(around)
    detail = f"{around}; {_said(outcomes)}"
    if _by_vpn(around):
        code = DNS_VPN
    elif all(isinstance(outcome, NameUnknown) for outcome in outcomes.values()):
        code = DNS_WRONG
        return _failed(code, f"Well-known names are said not to exist: {found.why}", found, detail)
    else:
        code = DNS_BROKEN
    return _failed(code, f"Names cannot be looked up: {found.why}", found, detail)


def lying(around: Around, address: str) -> Finding:
    """Every name leads to this one address, which belongs to none of them."""
    found = whose_lie(around, address)
    shown = f"Hardly anything can be reached: {found.why}"
    return _failed(DNS_WRONG, shown, found, str(around))


def led_elsewhere(name: str, found: Fault, around: Around) -> Finding:
    """Somebody else stands where this name leads: he shows the certificate of another name."""
    return warned(
        FORGED,
        f"{name} leads to somebody who cannot prove to be it: the certificate there is for another name, and {found.why}",
        remedy=found.remedy,
        blame=found.blame,
        detail=str(around),
    )


def _by_vpn(around: Around) -> bool:
    at_fault = (around.bad,) if around.bad is not None else around.own or ()
    return any(each.place is Place.TUNNEL for each in at_fault)


def _failed(code: Code, summary: str, found: Fault, detail: str) -> Finding:
    return failed(
        code,
        summary,
        remedy=found.remedy,
        blame=found.blame,
        detail=detail,
    )


def hijack(zone: str, found: Fault, around: Around) -> Finding:
    """``found``: completes "Addresses are invented for names that do not exist: ..."."""
    return warned(
        HIJACK,
        f"Addresses are invented for names that do not exist (under {zone}): {found.why}",
        remedy=found.remedy,
        blame=found.blame,
        detail=str(around),
    )


def _said(outcomes: Mapping[str, Outcome]) -> str:
    return "; ".join(str(outcome) for outcome in outcomes.values() if isinstance(outcome, NetError))
