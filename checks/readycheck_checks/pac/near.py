"""How near is a proxy? One on this computer or in its own network is reached over no line: that it takes connections, and then
brings nobody, tells nothing of the proxy where the line is dead. Asks names and routes only.
"""

import ipaddress
from enum import StrEnum
from typing import Final

from readycheck.api import Blame, Closed, Confidence, Context, NetError, Owner, Silent
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.asking.routes import is_neighbour, way_to
from readycheck_checks.blame.answering import OF_PROXIES
from readycheck_checks.pac.tunnel import Tunnel

NAMES_S: Final = 1.0  # the name was known a moment ago
_BROKEN: Final = 500


class Near(StrEnum):
    HERE = "on this computer"
    HOME = "in this network"
    FAR = "elsewhere"


async def how_near(ctx: Context, host: str) -> Near:
    """A name that is not known, and an address behind a VPN, are far."""
    if is_here(host):
        return Near.HERE
    found = await attempt(ctx.net.resolve(host, timeout_s=NAMES_S))
    if isinstance(found, NetError) or not found:
        return Near.FAR
    interfaces = await ctx.system.interfaces() or ()
    if all(is_here(address) or ctx.net.source_address(address) == address for address in found):
        return Near.HERE
    ways = [(address, way_to(ctx.net, interfaces, address)) for address in found]
    at_home = all(not way.is_tunnel(("tunnel",)) and _of_one_network(ip, way.source) for ip, way in ways)
    return Near.HOME if at_home else Near.FAR


def _of_one_network(address: str, source: str | None) -> bool:
    if source is None or ":" not in address or ":" not in source:
        return is_neighbour(address, source)
    there, here = (ipaddress.IPv6Address(each.partition("%")[0]) for each in (address, source))
    return there.is_link_local or int(there) >> 64 == int(here) >> 64


def whose(near: Near) -> Blame:
    """Of a proxy that is at fault: a program of this computer, a box of this network, or the company's."""
    if near is Near.HOME:
        return Blame(either=(Owner.HOME, Owner.COMPANY), confidence=Confidence.MEDIUM)
    owner = Owner.DEVICE if near is Near.HERE else Owner.COMPANY
    return Blame(owner, confidence=Confidence.MEDIUM)


def brings_nobody(outcome: Tunnel | NetError) -> bool:
    """What a proxy in order does as well where its line is dead: it hangs, closes, says that it reaches nobody, or opens ways
    that lead nowhere. What it refuses by itself (4xx) is its own word."""
    if isinstance(outcome, Tunnel):
        return outcome.status in (_BROKEN, *OF_PROXIES) or (outcome.opened and not outcome.answers)
    return isinstance(outcome, Silent | Closed)
