"""What the check of name lookups says: its findings, with their words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from readycheck.api import (
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
    warned,
)
from readycheck_checks.names.around import Around, Place
from readycheck_checks.names.lies import whose_lie
from readycheck_checks.names.verdict import Blame, blame, whose

SLOW = blame(
    "lookups are slow",
    "Restart the router; if lookups stay slow, tell your internet provider",
    Owner.HOME,
    Owner.ISP,
)


@dataclass(frozen=True)
class Found:
    """A name that was looked up: in how many milliseconds, and its addresses."""

    ms: float
    addresses: tuple[str, ...]


Outcome = Found | NetError


def by_time(median: Measurement, *, tunnelled: bool = False, around: Around | None = None) -> Finding:
    """``tunnelled``: a name server is asked through a VPN; ``around``: looked at where programs give up."""
    status = judge(median)
    shown = f"{median.value:.0f} ms, at most {median.plan_limit:.0f} wanted"
    if status is Status.PASS:
        return passed("connection.dns", f"Names are looked up ({median.value:.0f} ms)")
    if status is Status.WARN:
        return warned(
            "connection.dns_slow",
            f"Name lookups are slow: {shown}",
            remedy=SLOW.remedy,
            either=() if tunnelled else SLOW.either,
        )
    slow = whose(around) if around is not None and around.bad is not None else SLOW
    return failed(
        "connection.dns_slow",
        f"Name lookups take so long that programs give up: {shown}",
        remedy=slow.remedy,
        owner=Owner.UNKNOWN if tunnelled else slow.owner,
        either=() if tunnelled else slow.either,
        detail="" if around is None else str(around),
    )


def partial(outcomes: Mapping[str, Outcome]) -> Finding:
    missed = [name for name, outcome in outcomes.items() if isinstance(outcome, NetError)]
    return warned(
        "connection.dns_partial",
        f"{len(missed)} of {len(outcomes)} names could not be looked up: {', '.join(missed)}",
        remedy="Check again in a few minutes; if it stays so, show this result to IT support",
        detail=_said(outcomes),
    )


def unsteady(outcomes: Mapping[str, Outcome]) -> Finding:
    return warned(
        "connection.dns_unsteady",
        "Names could not be looked up, and a moment later they could",
        remedy="Check again in a few minutes; if it happens again, show this result to IT support",
        detail=_said(outcomes),
    )


def skipped_by_proxy() -> Finding:
    return skipped("connection.dns_by_proxy", "Names outside are looked up by the proxy of this network")


def broken(outcomes: Mapping[str, Outcome], around: Around) -> Finding:
    """No name was found: either wrong answers, or none of use."""
    found = whose(around)
    detail = f"{around}; {_said(outcomes)}"
    if _by_vpn(around):
        code = "connection.dns_vpn"
    elif all(isinstance(outcome, NameUnknown) for outcome in outcomes.values()):
        code = "connection.dns_wrong"
        return _failed(code, f"Well-known names are said not to exist: {found.why}", found, detail)
    else:
        code = "connection.dns_broken"
    return _failed(code, f"Names cannot be looked up: {found.why}", found, detail)


def lying(around: Around, address: str) -> Finding:
    """Every name leads to this one address, which belongs to none of them."""
    found = whose_lie(around, address)
    shown = f"Hardly anything can be reached: {found.why}"
    return _failed("connection.dns_wrong", shown, found, str(around))


def _by_vpn(around: Around) -> bool:
    at_fault = (around.bad,) if around.bad is not None else around.own or ()
    return any(each.place is Place.TUNNEL for each in at_fault)


def _failed(code: str, summary: str, found: Blame, detail: str) -> Finding:
    return failed(
        code,
        summary,
        remedy=found.remedy,
        owner=found.owner,
        either=found.either,
        confidence=found.confidence,
        detail=detail,
    )


def hijack(zone: str, *, tunnelled: bool = False) -> Finding:
    return warned(
        "connection.dns_hijack",
        f"The name server invents addresses for names that do not exist (under {zone})",
        remedy="Ask your internet provider to switch this off; until then inside names may lead to the wrong place",
        either=() if tunnelled else (Owner.ISP, Owner.HOME),
    )


def _said(outcomes: Mapping[str, Outcome]) -> str:
    return "; ".join(str(outcome) for outcome in outcomes.values() if isinstance(outcome, NetError))
