"""Where does a flow end: on this computer, at the home router, at the provider, or further on? Pure judgement over hops.

A router answers for a packet whose time to live runs out before it asks its filters whether the packet may pass on. So a flow for
which the first router answers and nobody after it, while for another flow the next router answers as well, is dropped by the
first router (or by the next one before it counts, as few do). Silence alone narrows nothing down; an answer always does.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from readycheck.api import Hop, HopKind


class Place(StrEnum):
    """From near to far. BEYOND is everything after the provider's first router, the target included; TARGET is that alone."""

    COMPUTER = "this computer"
    ROUTER = "the home router"
    PROVIDER = "the internet provider"
    BEYOND = "the way after the provider's first router"
    TARGET = "the target itself"


AWAY: Final = (Place.ROUTER, Place.PROVIDER, Place.BEYOND)
PRIVATE: Final = (
    tuple(  # RFC 1918, 3927, 4193, 4291. The provider's own 100.64.0.0/10 (RFC 6598) is not among them
        ipaddress.ip_network(network)
        for network in (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
        )
    )
)
_TURNED_AWAY: Final = (HopKind.NO_ROUTE, HopKind.PROHIBITED)


@dataclass(frozen=True)
class Flow:
    """Packets of one protocol to one port. ``payload``: what the first datagram of it says."""

    protocol: Literal["udp", "tcp"]
    host: str
    port: int
    payload: bytes = b""

    def __str__(self) -> str:
        return f"{self.protocol.upper()} {self.port}"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """``places``: where the flow can end, the likeliest first; empty where nothing was told. ``sure``: somebody said so himself,
    or a packet came no further than the first router that the same computer reaches with others."""

    places: tuple[Place, ...] = ()
    sentence: str = ""
    sure: bool = False

    def within(self, *places: Place) -> bool:
        """Proved to be at one of these places."""
        return bool(self.places) and set(self.places) <= set(places)


@dataclass(frozen=True)
class Trail:
    """What became of a flow's packets, the one that only the first router sees first."""

    flow: Flow
    hops: tuple[Hop, ...]

    def router(self, number: int) -> str:
        """The router that answered for the packet of this time to live; empty where nobody did, or somebody else."""
        hop = self.hops[number - 1] if number <= len(self.hops) else None
        return hop.address if hop is not None and hop.kind is HopKind.EXPIRED else ""

    @property
    def routers(self) -> Iterator[tuple[int, str]]:
        numbers = range(1, len(self.hops) + 1)
        return ((number, self.router(number)) for number in numbers if self.router(number))

    @property
    def goes_on(self) -> bool:
        """Somebody after the first router answered for it."""
        return any(hop.kind in (HopKind.EXPIRED, HopKind.REACHED) for hop in self.hops[1:])


def judge_ending(
    silent: Trail, control: Trail | None = None, *, source: str, same_host: bool = False
) -> Ending:
    """``source``: our own address towards the target. ``same_host``: both flows go to the same host, so by the same routers."""
    if (told := _on_this_computer(silent, control)) is not None:
        return told
    home = silent.router(1) or (control.router(1) if control is not None else "")
    if any(hop.kind is HopKind.REACHED for hop in silent.hops):
        return _reached(silent, control, home, source)
    if (turned := next((hop for hop in silent.hops if hop.kind in _TURNED_AWAY), None)) is not None:
        return _turned_away(silent, turned, control, home, source)
    if not home and not list(silent.routers):
        return Ending(sentence=f"no router answers for {silent.flow}")
    if home and not is_local(home, source, of_link=True):
        return _no_home(silent)
    if (first := next((number for number, ip in silent.routers if not is_local(ip, source)), 0)) > 1:
        return _passed(silent, control if same_host else None, home, first)
    return _near(silent, control, home)


def _on_this_computer(silent: Trail, control: Trail | None) -> Ending | None:
    """What this computer said itself, and what makes hops tell nothing."""
    heard = [hop for hop in silent.hops if hop.kind is not HopKind.SILENT]
    if any(hop.here and hop.kind is HopKind.PROHIBITED for hop in heard):
        return Ending(
            places=(Place.COMPUTER,), sure=True, sentence=f"this computer lets no {silent.flow} out"
        )
    if (
        not list(silent.routers)
        and control is not None
        and any(h.here and h.kind is HopKind.PROHIBITED for h in control.hops)
    ):
        return Ending(
            places=(Place.COMPUTER,), sure=True, sentence=f"this computer lets no {control.flow} out either"
        )
    if any(hop.here for hop in heard):
        return Ending(sentence=f"this computer knows no way out for {silent.flow}")
    return None


def _reached(silent: Trail, control: Trail | None, home: str, source: str) -> Ending:
    """An answer in the target's name, from where another packet meets a router, is that router's (a reset by a firewall)."""
    at = next(number for number, hop in enumerate(silent.hops, start=1) if hop.kind is HopKind.REACHED)
    itself = f"the target itself answers for {silent.flow}"
    if at > 2:
        return Ending(places=(Place.TARGET,), sentence=itself)
    met = _who_stands(control, at, home)
    elsewhere = met in ("", silent.hops[at - 1].address)
    if elsewhere or not (home and is_local(home, source, of_link=True)):
        return Ending(sentence=itself)
    places = (Place.ROUTER,) if at == 2 else (Place.ROUTER, Place.COMPUTER)
    return Ending(
        places=places, sentence=f"{_named(home)} answers for {silent.flow} in the name of the target"
    )


def _who_stands(control: Trail | None, at: int, home: str) -> str:
    """The router that the control met there: one on the way, or the first one, which let it go no further."""
    if control is None:
        return ""
    hop = control.hops[at - 1]
    return hop.address if hop.kind in _TURNED_AWAY and hop.address == home else control.router(at)


def _turned_away(silent: Trail, turned: Hop, control: Trail | None, home: str, source: str) -> Ending:
    """Somebody on the way says no: his address tells where."""
    says = "may not pass" if turned.kind is HopKind.PROHIBITED else "has no way to go"
    answers = f"answers that {silent.flow} {says}"
    at_first = turned.address == home or (not home and turned is silent.hops[0])
    if at_first and is_local(turned.address, source, of_link=True):
        sentence = f"{_named(turned.address)} {answers}"
        if turned.kind is HopKind.PROHIBITED or (control is not None and control.goes_on):
            return Ending(places=(Place.ROUTER,), sure=True, sentence=sentence)
        return Ending(places=(Place.ROUTER, Place.PROVIDER), sentence=sentence)
    at_home = not home or is_local(home, source, of_link=True)
    passed = [ip for number, ip in silent.routers if number > 1 and not is_local(ip, source)]
    if not (at_home and passed):  # it may be the home router with its other address
        return Ending(places=AWAY, sentence=f"a router on the way {answers}")
    if turned.kind is HopKind.PROHIBITED and turned.address == passed[0]:
        return Ending(places=(Place.PROVIDER,), sure=True, sentence=f"the provider's router {answers}")
    return Ending(places=(Place.BEYOND, Place.PROVIDER), sentence=f"a router after the first one {answers}")


def _no_home(silent: Trail) -> Ending:
    sentence = "the first router on the way has a public address: whose it is cannot be told"
    return Ending(places=AWAY if silent.router(1) else (), sentence=sentence)


def _passed(silent: Trail, control: Trail | None, home: str, first: int) -> Ending:
    """It was seen in the provider's network, whose first router is hop ``first``. ``control``: to the same host."""
    last = max(number for number, _ in silent.routers)
    passes = f"{silent.flow} passes {_named(home)} and gets as far as the provider's network"
    if last > first:
        return Ending(places=(Place.BEYOND,), sentence=f"{passes} and further")
    # One router more before the target could be the target's own firewall; two are somebody else's.
    if control is not None and control.router(last + 1) and control.router(last + 2):
        return Ending(
            places=(Place.PROVIDER,),
            sentence=f"{passes}, where {control.flow} to the same host goes on and it does not",
        )
    return Ending(places=(Place.BEYOND, Place.PROVIDER), sentence=passes)


def _near(silent: Trail, control: Trail | None, home: str) -> Ending:
    """It was not seen in the provider's network. Hop 1, if it answered for anything, is a router of the home."""
    numbers = [number for number, _ in silent.routers]
    if not home or (numbers and numbers[-1] > 1):
        return Ending(
            places=AWAY,
            sentence=f"{silent.flow} goes out; the routers it passes have private addresses or do not answer",
        )
    if numbers and control is not None and control.router(2):
        sentence = f"{_named(home)} passes {control.flow} on and drops {silent.flow}"
        return Ending(places=(Place.ROUTER,), sentence=sentence)
    if numbers:
        return Ending(
            places=AWAY, sentence=f"{_named(home)} answers for {silent.flow}, and nobody after it does"
        )
    beside = control.flow if control is not None else ""
    sentence = f"{_named(home)} answers for {beside} and not for {silent.flow}"
    if silent.flow.protocol == "tcp":  # the kernel does not say where a firewall of this computer drops it
        return Ending(places=(Place.ROUTER, Place.COMPUTER), sentence=sentence)
    return Ending(places=(Place.ROUTER,), sure=True, sentence=sentence)


def is_local(address: str, source: str, *, of_link: bool = False) -> bool:
    """An address of the home, or of nobody: private, or IPv6 of our own site (/48). ``of_link``: of our own link (/64)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip.version == network.version and ip in network for network in PRIVATE):
        return True
    own = ipaddress.ip_address(source.partition("%")[0])
    if ip.version == 4 or own.version == 4:
        return False
    return ip in ipaddress.ip_network((int(own), 64 if of_link else 48), strict=False)


def _named(router: str) -> str:
    """The home router, with its address where that is a private one of IPv4, as people know it."""
    return f"the home router ({router})" if router and ":" not in router else "the home router"
