"""contact_hours: which ways to support can be used now, and is there one that needs neither VPN nor sign-on?

Looks at the profile and the clock only. A desk is open where somebody answers: by phone, by chat, or on a route that
states hours. A mailbox or a portal without hours takes a message at any time, which is help later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Confidence,
    ContactRoute,
    Context,
    Cost,
    Finding,
    HoursError,
    Opening,
    Options,
    Owner,
    Privacy,
    Says,
    fact,
    failed,
    opening,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.contact.codes import (
    CLOSED,
    HOURS,
    HOURS_UNREADABLE,
    HOURS_UNSURE,
    LAST_RESORT,
    LAST_RESORT_ONLINE,
    NO_CONTACT,
    NO_INDEPENDENT_ROUTE,
    OPEN,
    OPEN_AFTER_HOURS,
)
from readycheck_checks.contact.routes import called, independent, named

ANSWERED_BY_SOMEBODY: Final = ("phone", "chat")


class HoursOptions(Options, frozen=True, kw_only=True):
    """How much a closed support desk matters."""

    closed: Annotated[
        Literal["warn", "fail"], Meta(description="What it means where nobody answers at this hour")
    ] = "warn"


@dataclass(frozen=True)
class Way:
    """One route and its hours at this moment; ``opening`` is the reason in words where the hours cannot be read."""

    route: ContactRoute
    opening: Opening | str

    @property
    def staffed(self) -> bool:
        return bool(self.route.hours) or self.route.kind in ANSWERED_BY_SOMEBODY

    @property
    def is_open(self) -> bool:
        return isinstance(self.opening, Opening) and self.opening.is_open

    @property
    def is_closed(self) -> bool:
        return isinstance(self.opening, Opening) and self.opening.is_closed

    @property
    def reached_alone(self) -> bool:
        """A phone that works while VPN, sign-in, internet and this computer do not."""
        return self.route.kind == "phone" and independent(self.route)

    @property
    def opens_at(self) -> float:
        """POSIX time of the next opening; infinite where none is known."""
        known = isinstance(self.opening, Opening) and self.opening.changes
        return known.timestamp() if known else inf

    def __str__(self) -> str:
        return f"{named(self.route)} {self.opening if self.staffed else 'takes a message at any time'}"


async def run(options: HoursOptions, ctx: Context) -> Says:
    """Judge the hours of all routes together, then which one is left when everything else is down."""
    ways = tuple(_way(route, ctx) for route in ctx.contact.routes)
    if not ways:
        yield skipped(NO_CONTACT, "The profile names no way to reach a support desk")
        return
    for number, way in enumerate(ways, start=1):
        yield fact(f"route_{number}", named(way.route), f"{way.route.value}; {way}", Privacy.ORG)
    for way in ways:
        if isinstance(way.opening, str):
            yield unknown(HOURS_UNREADABLE, f"When {named(way.route)} is open is not known: {way.opening}")
    yield _now(ways, options)
    yield _last_resort(ways)


def _way(route: ContactRoute, ctx: Context) -> Way:
    card = ctx.contact
    try:
        hours = opening(route.hours, now=ctx.clock.now(), timezone=card.timezone, country=card.country)
    except HoursError as error:
        return Way(route, str(error))
    return Way(route, hours)


def _now(ways: tuple[Way, ...], options: HoursOptions) -> Finding:
    """Routes that are there ``when`` the desk is closed count only then."""
    usual = tuple(way for way in ways if not way.route.when) or ways
    staffed = [way for way in usual if way.staffed]
    usable = [way for way in staffed or usual if way.is_open]
    if usable:
        return passed(OPEN, "; ".join(map(str, usable)))
    instead = [way for way in ways if way.route.when == "closed" and way.is_open]
    if instead:
        return passed(
            OPEN_AFTER_HOURS,
            f"The support desk itself is closed now; {_listed(instead)}",
            detail=_listed(staffed),
        )
    if not all(way.is_closed for way in staffed or usual):
        return unknown(HOURS_UNSURE, f"Whether somebody answers now could not be told: {_listed(usual)}")
    return _closed(ways, staffed, options)


def _closed(ways: tuple[Way, ...], staffed: list[Way], options: HoursOptions) -> Finding:
    say = failed if options.closed == "fail" else warned
    first = min(staffed, key=lambda way: way.opens_at)
    letters = [way for way in ways if not way.staffed]
    steps = [f"Leave a ticket: {called(letters[0].route)}" if letters else "Save a ticket, and send it later"]
    urgent = next((way for way in ways if way.route.when == "urgent" and way.is_open), None)
    steps += [f"If it cannot wait, use {called(urgent.route)}"] if urgent else []
    steps += [str(first)] if first.opens_at < inf else []
    return say(
        CLOSED,
        f"Nobody answers at the support desk now: {first}",
        remedy=". ".join(steps) + ".",
        owner=Owner.COMPANY,
        confidence=Confidence.HIGH,
        detail=_listed(staffed),
    )


def _last_resort(ways: tuple[Way, ...]) -> Finding:
    """Can a human be reached when everything else is down? Best by a phone, and by one that somebody answers now."""
    phones = sorted(
        (way for way in ways if way.reached_alone), key=lambda way: (not way.is_open, way.opens_at)
    )
    if phones:
        first = phones[0]
        hours = f"; {first.opening}" if first.route.hours else ""
        return passed(LAST_RESORT, f"When everything else is down, call {called(first.route)}{hours}")
    online = next((way for way in ways if independent(way.route)), None)
    if online is None:
        return _none_independent()
    return passed(
        LAST_RESORT_ONLINE,
        f"When VPN and sign-in are down, {called(online.route)} is left, from any device with internet; "
        "no phone number is named",
    )


def _listed(ways: Sequence[Way]) -> str:
    return "; ".join(map(str, ways))


def _none_independent() -> Finding:
    return warned(
        NO_INDEPENDENT_ROUTE,
        "If the VPN or the sign-in is down, no way to reach support is left: every one needs them",
        remedy="Ask your IT support for a phone number or an address that works without VPN and sign-in, and note it.",
        owner=Owner.COMPANY,
    )


check = Check(
    id="contact_hours",
    title="Support hours",
    capability=Capability.HELP,
    run=run,
    options=HoursOptions,
    summary="Which ways to support are open now, and whether one works without VPN and sign-in",
    local=True,
    cost=Cost(bytes=0, seconds=0.1),
    codes=HOURS,
)
