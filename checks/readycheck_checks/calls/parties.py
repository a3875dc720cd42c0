"""Whose networks a call passes: the home's up to its router, then the provider's, and the company's in a VPN. Sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Context, Interface, NotTold, Owner
from readycheck_checks.asking.routes import leads_through_tunnel, way_to
from readycheck_checks.blame.ending import is_local

OUTSIDE: Final = (
    "192.0.2.1"  # RFC 5737: nowhere, so the way to it is the way to everything; nothing is sent to it
)
_NO_HOME: Final = ("tunnel", "loopback")


@dataclass(frozen=True, kw_only=True)
class Home:
    """The home network as this computer sees it. ``router`` is empty where it cannot be asked directly; ``why`` is the reason."""

    router: str = ""
    why: str = ""
    link: Interface | None = None


async def behind_router(ctx: Context, address: str) -> tuple[Owner, ...]:
    """Who has a part in the way to this literal address after the router; empty where it does not lead out."""
    if await leads_through_tunnel(ctx, address):
        return Owner.ISP, Owner.COMPANY
    source = ctx.net.source_address(address)
    if source is not None and is_local(address, source):
        return ()
    return (Owner.ISP,)


def behind_with(behind: tuple[Owner, ...], far: Owner | None) -> tuple[Owner, ...]:
    """``far``: whose the host at the other end is, where nothing tells it from the way there; nobody's where it is at home."""
    return tuple(dict.fromkeys((*behind, far))) if behind and far is not None else behind


def either_of(behind: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """All whose it can be where nothing decides."""
    return (*behind, Owner.HOME) if behind else ()


async def home(ctx: Context) -> Home:
    """The router of the default route and the interface to it. A gateway behind a VPN is none of the home."""
    try:
        route = await ctx.system.default_route()
    except NotTold as silence:
        return Home(why=f"this computer does not tell its router: {silence}")
    if route is None or not route.gateway:
        return Home(why="this connection has no router of its own")
    interfaces = await ctx.system.interfaces() or ()
    link = _of_home(interfaces, route.interface)
    if way_to(ctx.net, interfaces, route.gateway).is_tunnel(_NO_HOME) is not False:
        return Home(why="the way to the router may lead through a VPN", link=link)
    return Home(router=route.gateway, link=link)


def _of_home(interfaces: Sequence[Interface], name: str) -> Interface | None:
    return next((each for each in interfaces if each.name == name and each.kind in ("wifi", "wired")), None)
