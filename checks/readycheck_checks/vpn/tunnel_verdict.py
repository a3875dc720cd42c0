"""The verdict about the tunnel: is it on, does company traffic go through it, and what else does. Pure; asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from readycheck.api import Confidence, Finding, Owner, failed, passed, skipped, unknown, warned
from readycheck_checks.asking.routes import Way, is_neighbour
from readycheck_checks.vpn.carries import Extent, Ways
from readycheck_checks.vpn.tunnel_codes import (
    CONNECTED,
    MEDIA_INSIDE,
    NO_TUNNEL,
    NOT_CONNECTED,
    NOT_FULL,
    NOT_SPLIT,
    ROUTE_MISSING,
    TUNNEL_NOT_TOLD,
    WHO_SET_IT_UP,
)

Expect = Literal["tunnel", "full", "split", "media_direct", "any"]
WHO_HAS_THE_ADDRESSES: Final = (Owner.HOME, Owner.COMPANY)
ANOTHER_NETWORK: Final = (
    "Use another network, such as a phone hotspot. For good, give the router at home another range of addresses, or tell "
    "IT support that this network has the same addresses as the company's."
)


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """What the routing table says. ``inside``: the way to the company; ``near``: our own address towards the router, empty where
    not told; ``on``: names of tunnels that are on, whosever they are."""

    inside: Way
    ways: Ways
    near: str = ""
    on: Sequence[str] = ()

    @property
    def name(self) -> str:
        return self.inside.interface.name if self.inside.interface else "the VPN"

    @property
    def has_own_address(self) -> bool:
        """Company traffic leaves from another address than what goes to the router, by the same interface: an IPsec that has no
        interface of its own looks like that."""
        interface = self.inside.interface
        by_same = interface is not None and self.near in interface.addresses
        return by_same and self.inside.source not in (None, self.near)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Of the profile: what should go through, the inside address, the program as people know it and how to connect it."""

    expect: Expect
    inside: str
    client: str = ""
    steps: tuple[str, ...] = ()


def judge_tunnel(wanted: Wanted, seen: Tunnel) -> Finding:
    """Connected and carrying what it should, something else, not connected, not wanted, or not to be told."""
    match seen.ways.inside:
        case True:
            return _short_of(wanted, seen) or passed(
                CONNECTED,
                f"The VPN is connected: company traffic goes through {seen.name} ({seen.ways.in_words})",
            )
        case False if wanted.expect == "any":
            return skipped(NO_TUNNEL, "No VPN tunnel is in use, and the profile asks for none")
        case False if seen.has_own_address:
            return _perhaps_ipsec(seen)
        case False if seen.on and is_neighbour(wanted.inside, seen.inside.source):
            return _same_addresses(wanted.inside)
        case False if seen.on and seen.inside.interface is not None:
            return _leads_past(wanted, seen.inside.interface.name, seen.on)
        case False:
            return _not_connected(wanted, seen)
        case _:
            return not_told(
                "the way to the company network leads through an interface that the system does not list"
            )


def not_told(why: str) -> Finding:
    """``why``: a clause, in words."""
    return unknown(TUNNEL_NOT_TOLD, f"Whether the VPN is connected could not be told: {why}")


def _perhaps_ipsec(seen: Tunnel) -> Finding:
    return not_told(
        f"company traffic leaves from an address of its own, as with an IPsec VPN without interface, by {seen.name}"
    )


def _short_of(wanted: Wanted, seen: Tunnel) -> Finding | None:
    """Connected, and something else goes through than the profile wants. What could not be told is not held against it."""
    extent = seen.ways.extent
    if extent is Extent.NOT_TOLD or wanted.expect in ("tunnel", "any"):
        return None
    if wanted.expect == "split":
        return _not_split(seen) if extent is not Extent.SPLIT else None
    if extent is Extent.SPLIT or seen.ways.leaves_ipv6:
        return _not_full(seen)
    if wanted.expect == "full":
        return _not_full(seen) if extent is Extent.MEDIA_DIRECT else None
    return _media_inside(seen) if extent is Extent.FULL and seen.ways.media else None


def _not_full(seen: Tunnel) -> Finding:
    return warned(
        NOT_FULL,
        f"The VPN is connected, and not everything goes through it: company traffic does ({seen.ways.in_words})",
        remedy="Disconnect the VPN and connect it again. If the problem stays, tell IT support that other traffic than the "
        "company's goes past the VPN on this computer.",
        confidence=Confidence.HIGH,
        either=WHO_SET_IT_UP,
    )


def _not_split(seen: Tunnel) -> Finding:
    return warned(
        NOT_SPLIT,
        f"The VPN is connected, and everything goes through it, calls and web pages too ({seen.ways.in_words})",
        remedy="Look in the settings of the VPN program whether it can carry company traffic only. If not, tell IT support that "
        "the VPN takes all traffic of this computer.",
        confidence=Confidence.HIGH,
        either=WHO_SET_IT_UP,
    )


def _media_inside(seen: Tunnel) -> Finding:
    return warned(
        MEDIA_INSIDE,
        "The VPN is connected, and calls go through it too, which takes them a longer way",
        remedy="Tell IT support that voice and video go through the VPN on this computer, though they should go past it.",
        confidence=Confidence.HIGH,
        either=WHO_SET_IT_UP,
    )


def _not_connected(wanted: Wanted, seen: Tunnel) -> Finding:
    interface = seen.inside.interface
    through = f"company traffic would leave through {interface.name}" if interface else "no way leads there"
    return failed(
        NOT_CONNECTED,
        f"The company network is out of reach: the VPN is not connected, {through}",
        remedy=how_to_connect(wanted.client, wanted.steps),
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    )


def _leads_past(wanted: Wanted, used: str, tunnels: Sequence[str]) -> Finding:
    """A VPN whose routes are short, or another VPN than the company's: the routing table shows both alike."""
    return failed(
        ROUTE_MISSING,
        f"The company network is out of reach: a VPN is connected ({', '.join(tunnels)}), but company traffic "
        f"would leave past it, through {used}",
        remedy=f"Disconnect all VPNs, then connect {wanted.client or 'the VPN of your company'}. If the problem stays, "
        f"tell IT support that the VPN has no route to {wanted.inside}.",
        confidence=Confidence.HIGH,
        either=WHO_SET_IT_UP,
    )


def _same_addresses(inside: str) -> Finding:
    """The nearer network wins over every route of a VPN, so its packets never leave this network."""
    return failed(
        ROUTE_MISSING,
        f"The company network is out of reach: the VPN is connected, but this network has the same addresses as the company's, "
        f"so what is for {inside} stays here",
        remedy=ANOTHER_NETWORK,
        confidence=Confidence.MEDIUM,
        either=WHO_HAS_THE_ADDRESSES,
    )


def how_to_connect(client: str, steps: tuple[str, ...]) -> str:
    """The profile's own steps, numbered; else one sentence."""
    if steps:
        return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
    return f"Open {client or 'your VPN program'}, connect, and check again."
