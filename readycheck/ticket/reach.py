"""Which way to support works right now: what the profile names, at this hour, in the light of what the run has just found. Pure.

A phone needs neither this computer nor its internet, so it comes first wherever somebody answers it. Nothing is claimed to work
that was not tried: a phone is only known to be open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from math import inf
from typing import Final

from readycheck.hours import HoursError, Opening, opening
from readycheck.model import (
    Capability,
    CheckResult,
    ContactCard,
    ContactRoute,
    Finding,
    Report,
    Standing,
    Status,
    Verdict,
)
from readycheck.ticket.marker import reference_of

STAFFED: Final = ("phone", "chat")
SIGN_IN: Final = "sign_in"
CONNECTION: Final = Capability.CONNECTION


class State(StrEnum):
    """WORKS: tried a moment ago; OPEN: nothing speaks against it; CLOSED: nobody is there at this hour; UNSURE: tried, and it
    could not be told; BLOCKED: it needs something that does not work now; DOWN: tried, and it does not work."""

    WORKS = "works"
    OPEN = "open"
    CLOSED = "closed"
    UNSURE = "unsure"
    BLOCKED = "blocked"
    DOWN = "down"


USABLE: Final = (State.WORKS, State.OPEN)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One route at this moment. ``told``: its hours and what stands in its way, in words. ``opens_at``: POSIX time of its next
    opening, infinite where none is known."""

    route: ContactRoute
    state: State
    told: str
    opens_at: float = inf

    @property
    def usable(self) -> bool:
        return self.state in USABLE

    @property
    def answered(self) -> bool:
        """Whether a human answers it, rather than reads what was left there."""
        return self.route.kind in STAFFED or bool(self.route.hours)


def ways(card: ContactCard, report: Report | None, now: datetime | None) -> tuple[Way, ...]:
    """All routes of the card, the best to use now first. ``now`` None: the hour is not known, and no route is called open."""
    found = [_way(route, card, report, now) for route in card.routes]
    return tuple(sorted(found, key=_rank))


def _rank(way: Way) -> tuple[bool, ...]:
    """A human before a message, everybody's way before that for what cannot wait, a phone before what needs this computer."""
    route = way.route
    return (
        not way.usable,
        not way.answered,
        route.when == "urgent",
        route.kind != "phone",
        not _alone(route),
    )


def _alone(route: ContactRoute) -> bool:
    return not (route.needs_vpn or route.needs_sign_in)


def _way(route: ContactRoute, card: ContactCard, report: Report | None, now: datetime | None) -> Way:
    hours = _opening(route, card, now)
    state, why = _tried(route, report)
    told = str(hours) if hours is not None and route.hours else ""
    if state in USABLE and hours is not None and hours.is_closed:
        state = State.CLOSED
    opens = hours.changes.timestamp() if hours and hours.is_closed and hours.changes else inf
    return Way(route=route, state=state, told=", ".join(filter(None, (told, why))), opens_at=opens)


def _opening(route: ContactRoute, card: ContactCard, now: datetime | None) -> Opening | None:
    if now is None:
        return None
    try:
        return opening(route.hours, now=now, timezone=card.timezone, country=card.country)
    except HoursError:
        return None


def _tried(route: ContactRoute, report: Report | None) -> tuple[State, str]:
    """What the run found out about this kind of route, and only where that leaves it open: about what it needs. Where there are
    several of a kind, no single one is blamed."""
    if report is None:
        return State.OPEN, ""
    several = sum(one.kind == route.kind for one in report.contact.routes) > 1
    found = next(_results(report, f"contact_{route.kind}"), None)
    state, why = _by_result(route, found, several=several) if found else (State.OPEN, "")
    if route.needs_sign_in and state in USABLE and _all_fail(_results(report, SIGN_IN)):
        if state is State.WORKS:  # whether it is signed in to by what was tried is not known
            return State.UNSURE, "asks you to sign in, which perhaps does not work now"
        return State.BLOCKED, "asks you to sign in, which does not work now"
    if state is not State.OPEN:
        return state, why
    if route.needs_vpn and _vpn_is_down(report):
        return State.BLOCKED, "needs the VPN, which does not work now"
    if route.kind != "phone" and _cut_off(report):
        return State.BLOCKED, "needs the internet, which does not work here now"
    return state, why


def _vpn_is_down(report: Report) -> bool:
    """By the check of the tunnel; where that told nothing, by gateways of which none answers. A slow VPN is not down."""
    tunnel = next(_results(report, "vpn_tunnel"), None)
    if tunnel is not None and tunnel.status in (Status.PASS, Status.WARN, Status.FAIL):
        return tunnel.status is Status.FAIL
    return _all_fail(_results(report, "vpn_gateway"))


def _all_fail(results: Iterator[CheckResult]) -> bool:
    """Of at least one."""
    failing = [result.status is Status.FAIL for result in results]
    return bool(failing) and all(failing)


def _cut_off(report: Report) -> bool:
    return any(one.id is CONNECTION and one.status is Standing.NOT_WORKING for one in report.capabilities)


def _results(report: Report, check: str) -> Iterator[CheckResult]:
    """The results of one check and of all its instances."""
    return (result for result in report.results if result.check_id.partition(":")[0] == check)


def _by_result(route: ContactRoute, found: CheckResult, *, several: bool) -> tuple[State, str]:
    phone = route.kind == "phone"  # no program can try it
    if route.needs_vpn and any(_is_outside_vpn(finding) for finding in found.findings):
        return State.BLOCKED, "needs the VPN, which is not connected"
    match found.status:
        case Status.FAIL if not several:
            return State.DOWN, "the number is wrong" if phone else "does not work now"
        case Status.FAIL | Status.UNKNOWN if not phone:
            return State.UNSURE, "perhaps does not work now"
        case Status.PASS if not phone:
            return State.WORKS, "works from here"
        case Status.SKIP if found.behind:
            return State.BLOCKED, "needs what does not work now"
        case _:  # also a check that was left out of the run: nobody looked
            return State.OPEN, ""


def _is_outside_vpn(finding: Finding) -> bool:
    """The check itself saw that no VPN is connected (help.portal_inside); UNKNOWN: it could not see."""
    return finding.status is Status.SKIP and fnmatchcase(finding.code, "help.*_inside")


def in_trouble(report: Report) -> bool:
    """Whether the way to a human belongs beside the verdict: something does not work, or could not be judged."""
    unjudged = report.verdict is Verdict.UNKNOWN and not report.partial
    return report.verdict is Verdict.NOT_READY or unjudged


def help_line(card: ContactCard, report: Report | None, now: datetime | None) -> str:
    """One or two sentences: which way to use right now, and what to read out. Empty where the card names no way.

    ``report`` None: nothing was tried yet. ``now`` None: for a saved report, read at whatever hour.
    """
    found = ways(card, report, now)
    reference = reference_of(report.run_id) if report else ""
    return " ".join(_sentences(found, reference, now is not None)) if found else ""


def _sentences(found: tuple[Way, ...], reference: str, known_hour: bool) -> Iterator[str]:
    first = found[0]
    if not known_hour:
        yield _without_the_hour(found, reference)
    elif first.usable and first.answered:
        urgent = "Help right now, if it cannot wait" if first.route.when == "urgent" else "Help right now"
        yield f"{urgent}: {_step(first, reference)}."
    elif first.usable:
        yield f"{_nobody(found)}: {_step(first, reference)}."
    else:
        yield "No way to support is known to work from here right now."
    if known_hour and not (first.usable and first.route.kind == "phone"):
        yield from _by_phone(found, reference)


def _nobody(found: tuple[Way, ...]) -> str:
    """What is said before a way that takes a message: why it is not one that somebody answers."""
    answered = [way.state for way in found if way.answered]
    if not answered:
        return "Help right now"
    if all(state is State.CLOSED for state in answered):
        return "Nobody answers now. Leave a message"
    return "No way to talk to somebody is known to work now. Leave a message"


def _without_the_hour(found: tuple[Way, ...], reference: str) -> str:
    """For a saved report: which way is left when all else fails, at whatever hour it is read."""
    alone = [way for way in found if _alone(way.route) and way.state is not State.DOWN] or list(found)
    last = next((way for way in alone if way.route.kind == "phone"), alone[0])
    return f"If nothing else works: {_step(last, reference)}."


def _by_phone(found: tuple[Way, ...], reference: str) -> Iterator[str]:
    """When and by which number somebody can be called; that there is no number, where there is none."""
    named = [way for way in found if way.route.kind == "phone"]
    phones = [way for way in named if way.state is not State.DOWN]
    if not phones:
        lacking = "The phone number named here is wrong" if named else "No phone number is named"
        yield f"{lacking}: ask for {'the right one' if named else 'one'}, and note it."
        return
    phone = min(phones, key=lambda way: (not way.usable, way.opens_at))
    yield f"By phone: {_step(phone, reference)}."


def _step(way: Way, reference: str) -> str:
    title = f"{way.route.title}, " if way.route.title else ""
    hours = f"; {way.told}" if way.told else ""
    if way.route.kind == "phone":
        return f"call {title}{way.route.value}{f', and read out {reference}' if reference else ''}{hours}"
    return f"{title}{way.route.value}{f', and name {reference}' if reference else ''}{hours}"
