"""The contact card in plain lines: how to reach a human, also with no network at all. Tests nothing; see the contact checks."""

from datetime import datetime
from typing import Final

from readycheck.hours import HoursError, opening
from readycheck.model import ContactCard, ContactRoute

KINDS: Final = {"phone": "Phone", "email": "E-mail", "portal": "Portal", "chat": "Chat"}
WHEN: Final = {"closed": "while nobody else answers", "urgent": "for what cannot wait"}
NOBODY: Final = (
    "This profile names no support desk. Ask your company how to reach its IT support, and note it."
)


def card_lines(card: ContactCard, now: datetime | None) -> tuple[str, ...]:
    """A heading and one line a route, first those that need neither VPN nor sign-in; ``now`` (with zone) decides "open now".

    Never empty and never raises: hours that cannot be judged (``now`` is None, or they cannot be read) are shown as written.
    """
    note = tuple(card.note.splitlines())
    if not card.routes:
        return note or (NOBODY,)
    routes = sorted(card.routes, key=lambda route: route.needs_vpn or route.needs_sign_in)
    heading = f"How to reach {card.name or 'your IT support'}:"
    return (heading, *(_line(route, card, now) for route in routes), *note)


def _line(route: ContactRoute, card: ContactCard, now: datetime | None) -> str:
    kind = KINDS.get(route.kind, route.kind)
    named = f"{kind}, {route.title}" if route.title and route.title != kind else kind
    told = [_hours(route, card, now), *_needs(route), WHEN.get(route.when, ""), route.note]
    return "; ".join([f"{named}: {route.value}", *filter(None, told)])


def _hours(route: ContactRoute, card: ContactCard, now: datetime | None) -> str:
    if not route.hours:
        return "" if route.kind in ("phone", "chat") else "takes a message at any time"
    if now is not None:
        try:
            return str(opening(route.hours, now=now, timezone=card.timezone, country=card.country))
        except HoursError:
            pass  # shown as written: somebody may still read it
    if route.hours.strip() == "24/7":
        return "open at any time"
    return f"open {route.hours} ({card.timezone} time)"


def _needs(route: ContactRoute) -> tuple[str, ...]:
    vpn = ("only with the VPN",) if route.needs_vpn else ()
    return (*vpn, "asks you to sign in") if route.needs_sign_in else vpn
