"""What will run, in which order, behind what, and what it may use. Pure: a profile, checks and a selection give a Plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.api import PAC_SERVER, Capability, Check, ContactCard, Cost, Options
from readycheck.errors import ProfileError, UsageError
from readycheck.model import CAPABILITIES
from readycheck.run.budget import share, times


@dataclass(frozen=True, kw_only=True)
class PlannedCheck:
    """One check of a run. ``after`` names check ids of this plan; ``skip`` says why it is not going to run, if it is not;
    ``unjudged``: it was wanted and cannot be tried, so its result is UNKNOWN rather than SKIP; ``contacts``: the hosts of the
    support desk that it asks; ``quick``: it takes its small plan."""

    check: Check
    check_id: str
    title: str
    options: Options
    weight: float = 1.0
    timeout: float = 10.0
    after: tuple[str, ...] = ()
    essential: bool = True
    cost: Cost = Cost()
    max_bytes: int | None = None
    contacts: tuple[str, ...] = ()
    quick: bool = False
    skip: str = ""
    unjudged: bool = False

    @property
    def capability(self) -> Capability:
        return self.check.belongs_to(self.options)

    @property
    def sends(self) -> bool:
        return not self.skip and not self.check.local

    @property
    def stated_bytes(self) -> int:
        """What it may use at most in this plan, both directions."""
        return self.cost.bytes if self.sends else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The hosts that it talks to, as its options and the contact card name them, each once."""
        if not self.stated_bytes:
            return ()
        told = self.check.hosts_of(self.options) if self.check.hosts_of else ()
        return tuple(dict.fromkeys(name for name in (*self.contacts, *told) if name))

    @property
    def hosts(self) -> str:
        """Whom it talks to, in words and by name; empty: nobody."""
        named = ": ".join(filter(None, (self.cost.hosts, ", ".join(self.names))))
        told = "; also ".join(filter(None, (named, ", ".join(self.cost.unnamed))))
        return told if self.stated_bytes else ""

    @property
    def hosts_one_by_one(self) -> tuple[str, ...]:
        """The same as a list: names, or words where nobody is named, and in words those that nobody can name before."""
        told = (*(self.names or (self.cost.hosts,)), *self.cost.unnamed)
        return tuple(host for host in told if host and self.stated_bytes)


@dataclass(frozen=True, kw_only=True)
class CapabilityRule:
    """How a capability counts: ``required`` decides the verdict, ``weight`` the score; ``asked``: in this run's selection."""

    required: bool = True
    weight: float = 1.0
    asked: bool = True


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What the person asked for. ``only`` and ``skip`` hold check ids, instance ids (``share:team``) or capabilities.

    ``full``: the whole plan is wanted, whatever the connection costs.
    """

    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    quick: bool = False
    full: bool = False
    offline: bool = False
    max_bytes: int | None = None
    max_seconds: float | None = None

    @property
    def says_how_much(self) -> bool:
        """Whether the person said how much data may be used; else a metered connection decides."""
        return self.quick or self.full or self.offline or self.max_bytes is not None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``checks`` in list order (by capability, prerequisites first); ``max_bytes`` and ``max_seconds`` hold for the run.

    ``fetched``: what getting the profile itself has used already, a part of ``max_bytes``; ``fetched_from``: the hosts that it
    came from; ``name_servers``: those that the profile sets for all lookups; ``pac_server``: whom the settings of this computer
    name for a proxy configuration, where somebody has looked.
    """

    checks: tuple[PlannedCheck, ...]
    rules: Mapping[Capability, CapabilityRule] = field(default_factory=dict)
    contact: ContactCard = field(default_factory=ContactCard)
    max_bytes: int = 60_000_000
    max_seconds: float = 90.0
    quick: bool = False
    offline: bool = False
    fetched: int = 0
    fetched_from: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    pac_server: str = ""

    @property
    def running(self) -> tuple[PlannedCheck, ...]:
        return tuple(planned for planned in self.checks if not planned.skip)

    @property
    def stated_bytes(self) -> int:
        """What the checks that will run may use together and the profile has used, in bytes, both directions."""
        return self.fetched + sum(planned.stated_bytes for planned in self.checks)

    @property
    def hosts(self) -> tuple[str, ...]:
        """All that the run talks to, who gets the most data first: names, and words for those that cannot be named before."""
        dearest = sorted(self.checks, key=lambda planned: -planned.stated_bytes)
        told = (host for planned in dearest for host in planned.hosts_one_by_one)
        named = (self.pac_server if self.pac_server and host == PAC_SERVER else host for host in told)
        own = filter(None, (self.pac_server, *self.name_servers))
        asked = own if any(planned.stated_bytes for planned in self.checks) else ()
        return tuple(dict.fromkeys((*named, *asked, *self.fetched_from)))

    def waiting_for(self, check_id: str) -> tuple[str, ...]:
        """This check and everything that waits for it, directly or not."""
        found = {check_id}
        for planned in _in_order(self.checks):
            if found & set(planned.after):
                found.add(planned.check_id)
        return tuple(planned.check_id for planned in self.checks if planned.check_id in found)


def make_plan(
    instances: Iterable[PlannedCheck],
    *,
    rules: Mapping[Capability, CapabilityRule],
    selection: Selection = Selection(),
    contact: ContactCard = ContactCard(),
    max_bytes: int = 60_000_000,
    max_seconds: float = 90.0,
    fetched: int = 0,
    fetched_from: tuple[str, ...] = (),
    name_servers: tuple[str, ...] = (),
) -> Plan:
    """Raises UsageError for a selection that names nothing, ProfileError for a circle of prerequisites."""
    checks = list(instances)
    _refuse_unknown_names(selection, checks)
    limit = max_bytes if selection.max_bytes is None else selection.max_bytes
    if selection.quick:
        limit = min(limit, QUICK_BYTES)
    seconds = max_seconds if selection.max_seconds is None else selection.max_seconds
    checks = [_selected(planned, selection, contact) for planned in checks]
    if checks and all(planned.skip == NOT_ASKED for planned in checks):
        raise UsageError("Nothing is left to check: --only and --skip together leave out every check.")
    checks = _budgeted(_listed(_linked(checks)), limit - fetched)
    asked = {planned.capability for planned in checks if planned.skip != NOT_ASKED}
    return Plan(
        checks=tuple(checks),
        rules={
            capability: replace(rules.get(capability, CapabilityRule()), asked=capability in asked)
            for capability in CAPABILITIES
        },
        contact=contact,
        max_bytes=limit,
        max_seconds=seconds,
        quick=selection.quick,
        offline=selection.offline,
        fetched=fetched,
        fetched_from=fetched_from,
        name_servers=name_servers,
    )


QUICK_BYTES: Final = 2_900_000  # --quick promises less than 3 MB for a whole run
NOT_ASKED: Final = "Not asked for in this run"
SENDS_NOTHING: Final = "Not tried: --offline sends nothing"


def _names(planned: PlannedCheck) -> frozenset[str]:
    return frozenset({planned.check_id, planned.check.id, str(planned.capability)})


def _refuse_unknown_names(selection: Selection, checks: Sequence[PlannedCheck]) -> None:
    known = sorted({*CAPABILITIES, *(name for planned in checks for name in _names(planned))})
    for name in sorted(selection.only | selection.skip):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise UsageError(
                f'There is no check or capability "{name}" in this profile.{hint} '
                "See them all with: readycheck checks"
            )


def _selected(planned: PlannedCheck, selection: Selection, card: ContactCard) -> PlannedCheck:
    names = _names(planned)
    left_out = bool(selection.only) and not names & selection.only
    if left_out or names & selection.skip:
        return replace(planned, skip=NOT_ASKED)
    if selection.offline and not planned.check.local:
        return replace(planned, skip=SENDS_NOTHING, unjudged=True)
    routes = [route.value for route in card.routes if route.kind == planned.check.contacts]
    contacts = tuple(map(_host_of_route, routes)) if planned.check.contacts else ()
    planned = replace(planned, contacts=contacts)
    return replace(planned, quick=selection.quick, cost=_cost(planned, selection.quick))


def _cost(planned: PlannedCheck, quick: bool) -> Cost:
    """Of its whole or its small plan; what asks the support desk costs for each route of its kind."""
    cost = planned.check.cost_of(planned.options, quick)
    return times(cost, len(planned.contacts)) if planned.check.contacts else cost


def _host_of_route(value: str) -> str:
    """The host of a web address, the domain of a mail address; empty where somebody wrote neither."""
    try:
        return urlsplit(value).hostname or value.rpartition("@")[2].strip()
    except ValueError:
        return ""


def _linked(checks: Sequence[PlannedCheck]) -> list[PlannedCheck]:
    """Prerequisites as check ids of this plan: a capability or a check with instances stands for all of them."""
    linked = []
    for planned in checks:
        after = tuple(
            other.check_id
            for other in checks
            if other.check_id != planned.check_id and _names(other) & set(planned.after)
        )
        linked.append(replace(planned, after=after))
    try:
        TopologicalSorter({p.check_id: p.after for p in linked}).prepare()
    except CycleError as circle:
        names = " -> ".join(circle.args[1])
        raise ProfileError(
            f"These checks wait for each other in a circle: {names}. Take one of them out of `after`."
        ) from None
    return linked


def _listed(checks: Sequence[PlannedCheck]) -> list[PlannedCheck]:
    """In list order: capability by capability, prerequisites before what waits for them, else by id."""
    depths: dict[str, int] = {}
    for planned in _in_order(checks):
        depths[planned.check_id] = 1 + max((depths[before] for before in planned.after), default=0)
    return sorted(checks, key=lambda p: (CAPABILITIES.index(p.capability), depths[p.check_id], p.check_id))


def _in_order(checks: Sequence[PlannedCheck]) -> list[PlannedCheck]:
    by_id = {planned.check_id: planned for planned in checks}
    order = TopologicalSorter({p.check_id: p.after for p in checks}).static_order()
    return [by_id[check_id] for check_id in order]


def _budgeted(checks: Sequence[PlannedCheck], limit: int) -> list[PlannedCheck]:
    """Share the data out, the thrifty first. What all may use together is never more than ``limit``."""
    left = max(0, limit)
    shared: dict[str, PlannedCheck] = {}
    for planned in sorted(checks, key=lambda p: p.cost.bytes):
        shared[planned.check_id] = planned if planned.skip or planned.check.local else _shared(planned, left)
        left -= shared[planned.check_id].max_bytes or 0
    return [shared[planned.check_id] for planned in checks]


def _shared(planned: PlannedCheck, left: int) -> PlannedCheck:
    given = share(planned.cost, _cost(planned, True), left)
    if given.refusal:
        return replace(planned, skip=given.refusal, unjudged=True)
    return replace(planned, cost=given.cost, quick=given.quick or planned.quick, max_bytes=given.cost.bytes)


def plan_of(checks: Iterable[tuple[Check, Any]], **kwargs: Any) -> Plan:
    """A plan straight from checks and their options, for tests and for authors' own scripts."""
    own = ("title", "weight", "timeout", "after", "essential")
    instances = [
        PlannedCheck(check=c, check_id=c.id, options=options, **{name: getattr(c, name) for name in own})
        for c, options in checks
    ]
    return make_plan(instances, rules=kwargs.pop("rules", {}), **kwargs)
