"""The verdict about what a status page says: a known incident is no reason for a ticket. Pure; asks nobody.

A page proves what its owner says, not what happens here: so an incident warns, and whether this person is hit by it is told by
the checks that ask the service itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from readycheck.api import Confidence, Finding, Owner, passed, unknown, warned
from readycheck_checks.status.codes import (
    INCIDENT,
    MAINTENANCE,
    OPERATIONAL,
    UNCLEAR,
    UNNAMED,
    UNPROVED,
)
from readycheck_checks.status.page import MAINTAINED, WELL, Component, Event, StatusPage

TROUBLED: Final = ("minor", "major", "critical")
_STATES: Final = {
    "degraded_performance": "works slowly",
    "partial_outage": "works in part",
    "major_outage": "does not work",
}


@dataclass(frozen=True, kw_only=True)
class Service:
    """Whose page it is: ``components`` are those that matter, empty: all."""

    title: str
    owner: Owner
    components: tuple[str, ...] = ()
    link: str = ""

    def concerns(self, event: Event) -> bool:
        """An event that names no component concerns all of them."""
        wanted = _folded(self.components)
        return not wanted or not event.components or bool(wanted & _folded(event.components))

    def matters(self, component: Component) -> bool:
        return not self.components or component.name.casefold() in _folded(self.components)


def _folded(names: tuple[str, ...]) -> set[str]:
    return {name.casefold() for name in names}


def judge_page(service: Service, page: StatusPage, now: datetime) -> Finding:
    """The incident that began first; else a component that its page says does not work; else maintenance. What the page says of
    the whole counts too, unless parts explain it that do not matter here."""
    absent = _folded(service.components) - {component.name.casefold() for component in page.components}
    if absent and page.components:
        return _absent(service, absent)
    known = [event for event in page.incidents if service.concerns(event)]
    if known and not _may_be_others(service, page, known):
        return _incident(service, min(known, key=lambda event: _age(event, now)), now)
    broken = [
        one for one in page.components if service.matters(one) and one.state not in (*WELL, *MAINTAINED)
    ]
    if broken:
        return _component(service, broken[0])
    if not service.components and page.indicator in TROUBLED:
        return _component(service, Component(name=service.title, state=page.indicator))
    worked_on = [event for event in page.maintenance if service.concerns(event)]
    maintained = [one for one in page.components if service.matters(one) and one.state in MAINTAINED]
    if worked_on or maintained or (page.indicator in MAINTAINED and not service.components):
        return _maintenance(service, worked_on[0] if worked_on else Event(name="maintenance"), now)
    if known or (page.indicator != "none" and not _is_others(service, page)):
        return _unclear(service, page)
    return passed(OPERATIONAL, f"{service.title} reports no incident{_of(service)}", detail=page.description)


def _may_be_others(service: Service, page: StatusPage, known: Sequence[Event]) -> bool:
    """Parts matter here, and the page tells neither of parts nor which of them its incidents concern."""
    return bool(service.components) and not page.components and not any(event.components for event in known)


def _is_others(service: Service, page: StatusPage) -> bool:
    """Whether parts that do not matter here explain what the page says of the whole."""
    if not (service.components and page.components):
        return False
    others = (one for one in page.components if not service.matters(one))
    events = (*page.incidents, *page.maintenance)
    return any(one.state not in WELL for one in others) or any(not service.concerns(each) for each in events)


def _of(service: Service) -> str:
    return f" of {', '.join(service.components[:5])}" if service.components else ""


def judge_silence(service: Service, why: str) -> Finding:
    """A page that cannot be read says nothing about its service."""
    return unknown(UNPROVED, f"The status page of {service.title} could not be read: {why}")


def _age(event: Event, now: datetime) -> float:
    return event.since.timestamp() if event.since else now.timestamp()


def _incident(service: Service, event: Event, now: datetime) -> Finding:
    impact = f", impact {event.impact}" if event.impact not in ("", "none") else ""
    return warned(
        INCIDENT,
        f'{service.title} reports an incident{_since(event, now)}: "{event.name}"',
        remedy=f"{INCIDENT.remedy}.{_follow(event.link or service.link)}",
        owner=service.owner,
        confidence=Confidence.HIGH,
        detail=f"its status page{impact}; {', '.join(event.components[:5])}".rstrip("; "),
    )


def _component(service: Service, component: Component) -> Finding:
    state = _STATES.get(component.state, "has trouble")
    return warned(
        INCIDENT,
        f'{service.title} reports that "{component.name}" {state}',
        remedy=f"{INCIDENT.remedy}.{_follow(service.link)}",
        owner=service.owner,
        confidence=Confidence.HIGH,
        detail=f"its status page: {component.state}",
    )


def _maintenance(service: Service, event: Event, now: datetime) -> Finding:
    until = f", until {event.until.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if event.until else ""
    return warned(
        MAINTENANCE,
        f'{service.title} is being maintained{_since(event, now)}{until}: "{event.name}"',
        remedy=f"{MAINTENANCE.remedy}.{_follow(event.link or service.link)}",
        owner=service.owner,
        confidence=Confidence.HIGH,
        detail="its status page",
    )


def _unclear(service: Service, page: StatusPage) -> Finding:
    said = page.description or page.indicator or "nothing that is known"
    return unknown(
        UNCLEAR,
        f'The status page of {service.title} says "{said}", and not whether that concerns what matters here',
        remedy=f"{UNCLEAR.remedy}.{_follow(service.link)}",
    )


def _absent(service: Service, absent: set[str]) -> Finding:
    names = ", ".join(sorted(absent)[:5])
    return unknown(
        UNNAMED,
        f"The status page of {service.title} has no component {names}",
    )


def _since(event: Event, now: datetime) -> str:
    return f" since {event.since.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if event.since else ""


def _follow(link: str) -> str:
    return f" Follow it at {link}" if link else ""
