"""Whose is a stream that falls short, and what can be done about it? Pure: from the side where it comes about to an owner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from readycheck.api import Confidence, Finding, Owner, Status
from readycheck_checks.blame.remedies import OTHER_CABLE
from readycheck_checks.calls.codes import JITTER_HIGH, RTT_HIGH
from readycheck_checks.calls.parties import behind_with, either_of
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
IN_A_QUEUE: Final = (
    "Pause uploads, downloads and other calls in your home, and check again. If it is better then, they fill the queue of your "
    "router; if not, show these figures to your internet provider"
)
FAR_END: Final = (
    "Show these figures to IT support: other hosts are well over the same line at the same moment"
)
LATE: Final = (RTT_HIGH.name, JITTER_HIGH.name)
THROUGH_VPN: Final = (
    "Disconnect the VPN, if your company lets you, and check again. If it is better then, tell IT support; "
    "if not, show these figures to your internet provider"
)


def in_the_home(link: str) -> str:
    """What mends a home network, by the ``link`` to its router: "wifi", "wired", or empty where that is not known."""
    return {"wifi": WIFI, "wired": OTHER_CABLE}.get(link, HOME_NETWORK)


@dataclass(frozen=True, kw_only=True)
class View:
    """Where each shortfall comes about, by its code, and who is behind the router (``vpn``: in one). ``words``: what was seen.

    ``far``: whose the host at the other end is, nobody's where it is at home; ``alone``: codes in which that host falls short and
    another party's (``beside``) does not; ``both``: those in which both do; ``waits``: packets wait in a queue on the way.
    """

    behind: tuple[Owner, ...]
    sides: Mapping[str, Side] = field(default_factory=dict)
    words: str = ""
    link: str = ""  # "wifi" or "wired", where that is known
    near: Packets | None = None
    vpn: bool = False
    far: Owner | None = None
    alone: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    beside: str = ""
    waits: bool = False

    def of(self, code: str) -> Side:
        return self.sides.get(code, Side.UNTOLD)

    def parties(self, code: str) -> tuple[Owner, ...]:
        """Who has a part in it after the router; of what two parties show, neither of these."""
        return behind_with(self.behind, None if code in self.both else self.far)

    def may_be_the_routers(self, code: str) -> bool:
        """A router answers for itself at once, however long packets wait in it for the line: what is late behind it may be late
        in it. Lost without waiting they are not: a queue that is full makes those wait that it does not lose."""
        return code in LATE or self.waits


def owned(finding: Finding, view: View) -> Finding:
    """Whose a shortfall is, what to do about it, and why."""
    if finding.status is Status.PASS:
        return finding
    finding = replace(finding, detail=". ".join(filter(None, (finding.detail, view.words))))
    if finding.code in view.alone and view.far is not None and view.behind:
        return _of_the_far_end(finding, view, view.far)
    told, parties = view.of(finding.code), view.parties(finding.code)
    if told is Side.UNTOLD or (told is Side.BEHIND and not parties):
        return replace(finding, either=either_of(parties))
    if told is Side.HOME:
        return _placed(finding, str(told), in_the_home(view.link), (Owner.HOME,))
    if view.may_be_the_routers(finding.code):
        remedy = THROUGH_VPN if view.vpn else IN_A_QUEUE
        return _placed(finding, "in the home router or behind it", remedy, either_of(parties))
    remedy = PROVIDER
    if len(parties) > 1:
        remedy = THROUGH_VPN if view.vpn else TO_ONE_PLACE
    return _placed(finding, str(told), remedy, parties)


def _of_the_far_end(finding: Finding, view: View, far: Owner) -> Finding:
    """The line carries well to another party at the same moment."""
    summary = f"{finding.summary}. It is so on the way to this one host only: {view.beside} is well at the same moment"
    confidence = finding.confidence if finding.confidence is Confidence.LOW else Confidence.MEDIUM
    return replace(finding, summary=summary, remedy=FAR_END, owner=far, either=(), confidence=confidence)


def _placed(finding: Finding, where: str, remedy: str, parties: tuple[Owner, ...]) -> Finding:
    return replace(
        finding,
        summary=f"{finding.summary}. It comes about {where}",
        remedy=remedy,
        owner=parties[0] if len(parties) == 1 else Owner.UNKNOWN,
        either=parties if len(parties) > 1 else (),
        confidence=finding.confidence if finding.confidence is Confidence.LOW else Confidence.MEDIUM,
    )
