"""Whose is a stream that falls short, and what can be done about it? Pure: from the side where it comes about to an owner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from readycheck.api import Confidence, Finding, Owner, Status
from readycheck_checks.blame.remedies import OTHER_CABLE
from readycheck_checks.calls.parties import either_of
from readycheck_checks.calls.sides import Packets, Side

WIFI: Final = (
    "Move closer to the router or plug in a network cable, and check again. "
    "The 5 GHz network of a router is often the better one"
)
HOME_NETWORK: Final = "Move closer to the router, or plug in a network cable or another one, and check again"
PROVIDER: Final = (
    "Pause downloads and other calls in your home, and check again. "
    "If the problem stays, show these figures to your internet provider"
)
TO_ONE_PLACE: Final = (
    "Pause downloads and other calls in your home, and check again. "
    "If the problem stays, show these figures to IT support and to your internet provider: it can be the line or the other end"
)
THROUGH_VPN: Final = (
    "Disconnect the VPN, if your company lets you, and check again. If it is better then, tell IT support; "
    "if not, show these figures to your internet provider"
)


def in_the_home(link: str) -> str:
    """What mends a home network, by the ``link`` to its router: "wifi", "wired", or empty where that is not known."""
    return {"wifi": WIFI, "wired": OTHER_CABLE}.get(link, HOME_NETWORK)


@dataclass(frozen=True, kw_only=True)
class View:
    """Where each shortfall comes about, by its code, and who is behind the router (``vpn``: in one). ``words``: what was seen."""

    behind: tuple[Owner, ...]
    sides: Mapping[str, Side] = field(default_factory=dict)
    words: str = ""
    link: str = ""  # "wifi" or "wired", where that is known
    near: Packets | None = None
    vpn: bool = False

    def of(self, code: str) -> Side:
        return self.sides.get(code, Side.UNTOLD)


def owned(finding: Finding, view: View) -> Finding:
    """Whose a shortfall is, what to do about it, and why."""
    if finding.status is Status.PASS:
        return finding
    detail = ". ".join(filter(None, (finding.detail, view.words)))
    told = view.of(finding.code)
    if told is Side.UNTOLD or (told is Side.BEHIND and not view.behind):
        return replace(finding, either=either_of(view.behind), detail=detail)
    summary = f"{finding.summary}. It comes about {told}"
    confidence = finding.confidence if finding.confidence is Confidence.LOW else Confidence.MEDIUM
    either: tuple[Owner, ...] = ()
    if told is Side.HOME:
        remedy = in_the_home(view.link)
        owner = Owner.HOME
    elif len(view.behind) > 1:
        remedy = THROUGH_VPN if view.vpn else TO_ONE_PLACE
        owner, either = Owner.UNKNOWN, view.behind
    else:
        remedy, owner = PROVIDER, view.behind[0]
    return replace(
        finding,
        summary=summary,
        detail=detail,
        remedy=remedy,
        owner=owner,
        either=either,
        confidence=confidence,
    )
