"""The one module a check author imports: a versioned promise (API 1). See CONTRIBUTING.md for a complete check.

A check is a frozen value, ``Check``; its ``run(options, ctx)`` is an async generator that yields ``Progress``, ``Finding``,
``Measurement`` and ``Fact`` and nothing else. It prints nothing, keeps no global state and talks to no other check.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

from readycheck.errors import (
    ChildFailed,
    ChildTimeout,
    Closed,
    Garbled,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    NoRoute,
    NotAllowed,
    Refused,
    Silent,
    TlsFailed,
)
from readycheck.hours import HoursError, Opening, opening
from readycheck.model import (
    Capability,
    Confidence,
    ContactCard,
    ContactRoute,
    Fact,
    Finding,
    Measurement,
    Owner,
    Status,
)
from readycheck.ports import (
    Children,
    Clock,
    Hop,
    HopKind,
    Http,
    HttpAnswer,
    Interface,
    Meter,
    Net,
    NotTold,
    Route,
    Secrets,
    Stream,
    System,
    TcpAnswer,
    TlsAnswer,
    UdpAnswer,
)
from readycheck.privacy import Privacy
from readycheck.text import clean, clean_bytes

API_VERSION: Final = 1

__all__ = [
    "API_VERSION",
    "Capability",
    "Check",
    "ChildFailed",
    "ChildTimeout",
    "Children",
    "Clock",
    "Closed",
    "Confidence",
    "ContactCard",
    "ContactRoute",
    "Context",
    "Cost",
    "Fact",
    "Finding",
    "Garbled",
    "Hop",
    "HopKind",
    "HoursError",
    "Http",
    "HttpAnswer",
    "Interface",
    "Measurement",
    "Meter",
    "NameRefused",
    "NameSilent",
    "NameUnknown",
    "Net",
    "NetError",
    "NoOptions",
    "NoRoute",
    "NotAllowed",
    "NotTold",
    "Opening",
    "Options",
    "Owner",
    "Privacy",
    "Progress",
    "Refused",
    "Route",
    "Says",
    "Secrets",
    "Silent",
    "Status",
    "Stream",
    "System",
    "TcpAnswer",
    "TlsAnswer",
    "TlsFailed",
    "UdpAnswer",
    "clean",
    "clean_bytes",
    "fact",
    "failed",
    "judge",
    "measured",
    "opening",
    "passed",
    "skipped",
    "unknown",
    "warned",
]


@dataclass(frozen=True)
class Progress:
    """What the check is doing, in a few words; ``fraction`` 0..1 where it is known."""

    text: str
    fraction: float | None = None


Said = Progress | Finding | Measurement | Fact
Says = AsyncIterator[Said]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a check's options: filled strictly from ``[checks.<id>]`` of the profile. Give every field a default or none."""


class NoOptions(Options, frozen=True, kw_only=True):
    """For a check that has nothing to set."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a check may use at most, stated before a run. ``hosts`` in words ("the speed server of the profile")."""

    bytes: int = 10_000
    seconds: float = 2.0
    hosts: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The world, handed to a check. ``quick``: use the small plan. ``meter.left``: bytes the check may still use.

    ``resolver``: the name server of the profile (address:port), which lookups ask; empty: they ask those of the system.
    """

    net: Net
    http: Http
    system: System
    clock: Clock
    children: Children
    secrets: Secrets
    meter: Meter = field(default_factory=Meter)
    contact: ContactCard = field(default_factory=ContactCard)
    quick: bool = False
    offline: bool = False
    resolver: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check. Registered under the entry-point group ``readycheck.checks`` with its ``id`` as the entry's name.

    options     type of its options (a subclass of Options)
    many        one instance a named sub-table of the profile: ``[checks.share.team]`` runs as ``share:team``
    after       ids (or capabilities) whose FAIL puts this check on hold
    alone       nothing else may use the link meanwhile
    essential   where it is UNKNOWN, its capability cannot be judged
    local       sends nothing: runs also with --offline, and never waits for ``alone`` checks
    cost        a value, or a function of the options and of ``quick``
    on_demand   runs only where the profile has its table (its options need it)
    title_of    the title of an instance, from its options
    """

    id: str
    title: str
    capability: Capability
    run: Callable[[Any, Context], Says]
    options: type[Options] = NoOptions
    summary: str = ""
    weight: float = 1.0
    timeout: float = 10.0
    after: tuple[str, ...] = ()
    alone: bool = False
    many: bool = False
    essential: bool = True
    local: bool = False
    on_demand: bool = False
    cost: Cost | Callable[[Any, bool], Cost] = Cost()
    title_of: Callable[[Any], str] | None = None

    def cost_of(self, options: Any, quick: bool) -> Cost:
        return self.cost(options, quick) if callable(self.cost) else self.cost


def passed(code: str, summary: str, *, detail: str = "", confidence: Confidence = Confidence.HIGH) -> Finding:
    """It works; the summary states the fact (the measured value, the name found)."""
    return Finding(
        code=code, status=Status.PASS, summary=clean(summary), detail=clean(detail), confidence=confidence
    )


def warned(
    code: str,
    summary: str,
    *,
    remedy: str,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence = Confidence.MEDIUM,
    either: tuple[Owner, ...] = (),
) -> Finding:
    """It works, and not well. ``remedy`` begins with a verb and is something this person can do.

    ``either``: the owners it can be, the likeliest first, where nothing seen from here decides between them.
    """
    return Finding(
        code=code,
        status=Status.WARN,
        summary=clean(summary),
        remedy=clean(remedy, 1000, lines=True),
        owner=owner,
        detail=clean(detail),
        confidence=confidence,
        either=_apart(owner, either),
    )


def failed(
    code: str,
    summary: str,
    *,
    remedy: str,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence = Confidence.MEDIUM,
    either: tuple[Owner, ...] = (),
) -> Finding:
    """It does not work, and that was proved: by an answer, or by silence with a control that answered."""
    return Finding(
        code=code,
        status=Status.FAIL,
        summary=clean(summary),
        remedy=clean(remedy, 1000, lines=True),
        owner=owner,
        detail=clean(detail),
        confidence=confidence,
        either=_apart(owner, either),
    )


def _apart(owner: Owner, either: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """``either`` is for an owner that is not known, and names two at least."""
    if either and (owner is not Owner.UNKNOWN or len(set(either)) < 2 or Owner.UNKNOWN in either):
        raise ValueError("either names two or more owners, of which it is not known whose it is")
    return either


def unknown(code: str, summary: str, *, remedy: str = "", detail: str = "") -> Finding:
    """It could not be judged: no permission, no control, no answer that proves anything. The summary says why."""
    return Finding(
        code=code, status=Status.UNKNOWN, summary=clean(summary), remedy=clean(remedy), detail=clean(detail)
    )


def skipped(code: str, summary: str) -> Finding:
    """It does not apply here; the summary says why."""
    return Finding(code=code, status=Status.SKIP, summary=clean(summary))


def measured(
    name: str,
    title: str,
    value: float,
    unit: str,
    *,
    plan: float | None = None,
    fail: float | None = None,
    source: str = "",
    low: float | None = None,
    high: float | None = None,
    method: str = "",
) -> Measurement:
    """A value with its planning and failing limits and whose they are; both limits or none (ValueError)."""
    if (plan is None) != (fail is None) or (plan is not None and plan == fail):
        raise ValueError(f"{name}: give two different limits, plan and fail, or none")
    return Measurement(
        name=name,
        title=clean(title),
        value=float(value),
        unit=unit,
        plan_limit=plan,
        fail_limit=fail,
        source=clean(source),
        low=low,
        high=high,
        method=clean(method),
    )


def judge(measurement: Measurement) -> Status:
    """PASS at the planning limit or better, FAIL at the failing limit or worse, WARN between; PASS where there is no limit."""
    value, plan, fail = measurement.value, measurement.plan_limit, measurement.fail_limit
    if plan is None or fail is None:
        return Status.PASS
    sign = 1 if plan > fail else -1
    if sign * value >= sign * plan:
        return Status.PASS
    return Status.FAIL if sign * value <= sign * fail else Status.WARN


def fact(name: str, title: str, value: object, privacy: Privacy = Privacy.TEXT) -> Fact:
    """Something seen that is neither good nor bad. Say what kind of thing it is where it could name a person."""
    return Fact(name=name, title=clean(title), value=clean(value), privacy=privacy)
