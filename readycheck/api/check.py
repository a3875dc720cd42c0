"""A check, what it may cost and what it is handed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from readycheck.api.codes import Code
from readycheck.model import Capability, ContactCard, Fact, Finding, Measurement
from readycheck.ports import Children, Clock, Http, Meter, Net, Secrets, System


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
    """What a check may use at most, stated before a run.

    bytes     both directions together: a check is not started where the data limit of the run does not leave them
    least     with so many it is worth starting too: for a check that keeps to ``meter.left``; None: it needs all of ``bytes``
    hosts     whom it talks to, in words ("the time servers of the profile")
    unnamed   whom else, where ``hosts_of`` names the others ("the nearest server that speed.example names")
    """

    bytes: int = 10_000
    least: int | None = None
    seconds: float = 2.0
    hosts: str = ""
    unnamed: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """All whom it talks to, in words."""
        return ", ".join(filter(None, (self.hosts, *self.unnamed)))


@dataclass(frozen=True, kw_only=True)
class Context:
    """The world, handed to a check. ``quick``: use the small plan. ``meter.left``: bytes the check may still use; one whose
    cost states ``least`` keeps to it.

    ``line``: ``async with ctx.line:`` around each transfer whose rate or losses are measured, and around nothing else: one check
    at a time has it, and the time of a check stands while it waits for it.

    ``resolver``: the name server of the profile (address:port), which lookups ask; empty: they ask those of the system.
    """

    net: Net
    http: Http
    system: System
    clock: Clock
    children: Children
    secrets: Secrets
    meter: Meter = field(default_factory=Meter)
    line: AbstractAsyncContextManager[None] = field(default_factory=nullcontext)
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
    contacts    the kind of contact route it asks (chat, portal ...): ``cost`` is for each; none costs nothing
    hosts_of    the hosts that its options name, without ports: stated before a run beside the words of ``cost``
    summary     what it finds out, as a noun clause without an end mark: "Whether the printer takes jobs"
    codes       all that it can say; where it declares any, a finding with another code is a defect of the check
    by_figures  may fail by its measurements alone, with no finding: a report then calls the cause CAPABILITY.ID ("files.printer")
    capability_of  the capability of an instance, from its options, where the profile says what it is for; else ``capability``
    runs_programs  its options name programs of this computer: a profile from an address may not bring them (remote code)
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
    contacts: str = ""
    hosts_of: Callable[[Any], tuple[str, ...]] | None = None
    codes: tuple[Code, ...] = ()
    by_figures: bool = False
    capability_of: Callable[[Any], Capability] | None = None
    runs_programs: bool = False

    def belongs_to(self, options: Any) -> Capability:
        """The capability that an instance with these options counts for."""
        return self.capability if self.capability_of is None else self.capability_of(options)

    def cost_of(self, options: Any, quick: bool) -> Cost:
        return self.cost(options, quick) if callable(self.cost) else self.cost
