"""What silence or refusal of several addresses means, and whose it is. Pure judgement."""

from collections.abc import Mapping
from typing import Final

from readycheck.api import (
    Closed,
    Confidence,
    Finding,
    NetError,
    Owner,
    Refused,
    TcpAnswer,
    failed,
    passed,
    warned,
)
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.reach.codes import INTERNET, NO_INTERNET, NO_INTERNET_VPN, PROXY_ONLY, REFUSED

Outcome = TcpAnswer | NetError
REMEDY: Final = (
    "Restart the router: unplug it for ten seconds, then wait two minutes. "
    "If nothing changes, use a phone hotspot and call your internet provider"
)
REMEDY_FORBIDDEN: Final = (
    "Ask whoever runs this network whether its router lets this computer out, or use a phone hotspot"
)
REMEDY_HERE: Final = f"{let_out('everything', Owner.DEVICE)}, as a VPN program may that is not connected"


def refused(outcomes: Mapping[str, Outcome]) -> bool:
    return any(isinstance(outcome, Refused | Closed) for outcome in outcomes.values())


def verdict(
    outcomes: Mapping[str, Outcome],
    proxy: ProxyAddress | None = None,
    *,
    tunnelled: bool = False,
    ending: Ending | None = None,
    named_too: bool = False,
) -> Finding:
    """What is looked for where nothing answered: ``proxy``, one that answers; ``tunnelled``, the way out is a tunnel; ``ending``,
    where packets end; ``named_too``, everyday hosts, asked by name, did not answer either."""
    if any(isinstance(outcome, TcpAnswer) for outcome in outcomes.values()):
        return passed(INTERNET, f"The internet answers ({len(outcomes)} addresses asked)")
    detail = "; ".join(str(outcome) for outcome in outcomes.values())
    if proxy is not None:
        return warned(
            PROXY_ONLY,
            f"Nothing outside answers directly; this computer is set to go through the proxy {proxy}, which answers",
            detail=detail,
        )
    if refused(outcomes):
        return _filtered(detail, ending or Ending(), named_too)
    if tunnelled:
        return _dead_tunnel(outcomes, detail)
    return _no_internet(outcomes, detail, ending or Ending())


def _filtered(detail: str, ending: Ending, named_too: bool) -> Finding:
    """Some networks refuse public name servers on purpose; where everyday hosts do not answer either, nothing goes out."""
    owner, either, confidence = whose_end(ending)
    say = failed if named_too else warned
    return say(
        REFUSED,
        "Connections to the internet are refused; something on the way filters them",
        remedy=REFUSED.remedy,
        owner=owner,
        either=either,
        confidence=confidence if owner is not Owner.UNKNOWN or either else Confidence.MEDIUM,
        detail="; ".join(part for part in (detail, ending.sentence) if part),
    )


def _no_internet(outcomes: Mapping[str, Outcome], detail: str, ending: Ending) -> Finding:
    owner, either, confidence = whose_end(ending)
    return failed(
        NO_INTERNET,
        f"Nothing on the internet answers: {len(outcomes)} addresses asked, none reached",
        remedy={Owner.DEVICE: REMEDY_HERE, Owner.HOME: REMEDY_FORBIDDEN}.get(owner, REMEDY),
        owner=owner,
        either=either,
        confidence=confidence,
        detail="; ".join(part for part in (detail, ending.sentence) if part),
    )


def whose_end(ending: Ending) -> tuple[Owner, tuple[Owner, ...], Confidence]:
    """A loose cable at the router looks like a dead line of the provider, unless the provider's network was seen."""
    if ending.within(Place.COMPUTER):
        return Owner.DEVICE, (), Confidence.HIGH
    if ending.within(Place.ROUTER):
        return Owner.HOME, (), Confidence.HIGH if ending.sure else Confidence.MEDIUM
    if ending.within(Place.PROVIDER, Place.BEYOND):
        return Owner.ISP, (), Confidence.MEDIUM
    if ending.within(Place.COMPUTER, Place.ROUTER):
        return Owner.UNKNOWN, (Owner.HOME, Owner.DEVICE), Confidence.MEDIUM
    if Place.ROUTER in ending.places:
        return Owner.UNKNOWN, (Owner.HOME, Owner.ISP), Confidence.MEDIUM
    return Owner.UNKNOWN, (), Confidence.HIGH


def held_back(named: tuple[str, ...], outcomes: Mapping[str, Outcome]) -> Finding:
    return passed(
        INTERNET,
        f"The internet answers ({', '.join(named)}); this network holds back public name servers",
        detail="; ".join(str(outcome) for outcome in outcomes.values()),
    )


def _dead_tunnel(outcomes: Mapping[str, Outcome], detail: str) -> Finding:
    """Neither the router nor the provider is shown by silence at the far end of a tunnel."""
    return failed(
        NO_INTERNET_VPN,
        f"Nothing on the internet answers through the VPN that is on: {len(outcomes)} addresses asked, none reached",
        remedy="Disconnect the VPN and check again. If the internet answers then, connect the VPN again, "
        "and tell the support of the VPN if the problem stays",
        detail=detail,
    )
