"""Contact routes of the profile: which there are of a kind, and which other way stays open. Asks nobody on the network."""

from typing import Final

from readycheck.api import ContactCard, ContactRoute, Context, Finding, Owner, skipped, unknown
from readycheck_checks.asking.endpoints import host_in
from readycheck_checks.asking.routes import assigned_tunnels

NOUNS: Final = {"phone": "phone", "email": "e-mail", "portal": "portal", "chat": "chat"}


def routes_of(card: ContactCard, kind: str) -> tuple[ContactRoute, ...]:
    """The routes of one kind (phone, email, portal, chat), in the order of the profile."""
    return tuple(route for route in card.routes if route.kind == kind)


def house_of(route: ContactRoute, card: ContactCard) -> Owner:
    """Whose page it is: a portal is the company's, whoever runs it for them; a chat is theirs where it is under the domain of the
    desk's own e-mail address, else that of the service it belongs to."""
    if route.kind == "portal":
        return Owner.COMPANY
    host = host_in(route.value)
    domains = [
        each.value.rpartition("@")[2].lower() for each in routes_of(card, "email") if "@" in each.value
    ]
    own = any(host == domain or host.endswith(f".{domain}") for domain in domains)
    return Owner.COMPANY if own else Owner.SERVICE


def no_route(kind: str) -> Finding:
    return skipped(f"help.no_{kind}", f"The profile names no {NOUNS[kind]} of a support desk")


def named(route: ContactRoute) -> str:
    """How to speak of a route in a summary: "Service portal"."""
    return route.title or f"Support {NOUNS.get(route.kind, route.kind)}"


def called(route: ContactRoute) -> str:
    """How to speak of a route in a step, with where it leads: "Service portal (https://help.example)"."""
    return f"{named(route)} ({route.value})"


def independent(route: ContactRoute) -> bool:
    """True where the route works without VPN and without signing in: when everything else is down."""
    return not (route.needs_vpn or route.needs_sign_in)


def another_way(card: ContactCard, broken: ContactRoute) -> str:
    """A step that begins with a verb: the first other independent route, one for every hour and a phone before the rest."""
    others = [route for route in card.routes if route != broken and independent(route)]
    if not others:
        return "Try again in a few minutes."
    first = min(others, key=lambda route: (bool(route.when), route.kind != "phone"))
    return f"Use another way to reach support: {called(first)}."


async def outside_vpn(ctx: Context, route: ContactRoute, kind: str) -> Finding | None:
    """For a route that answers only inside the VPN and did not: the finding to give where no tunnel can be seen; else None."""
    if not route.needs_vpn:
        return None
    interfaces = await ctx.system.interfaces()
    if interfaces is None:
        return unknown(
            f"help.{kind}_inside",
            f"{named(route)} answers only inside the VPN, and whether the VPN is connected could not be told",
        )
    if assigned_tunnels(interfaces):
        return None
    return skipped(
        f"help.{kind}_inside",
        f"{named(route)} answers only inside the VPN, which is not connected: not judged",
    )
