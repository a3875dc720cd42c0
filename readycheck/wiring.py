"""Puts the pieces together: profile, checks, plan and the real adapters become an Assignment. The only place that does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import readycheck_profiles
from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.metering import Metering
from readycheck.adapters.net import RealNet
from readycheck.adapters.secrets import RealSecrets, prompt
from readycheck.adapters.system import real_system
from readycheck.api import Check, Meter
from readycheck.errors import Garbled, ProfileError, UsageError, Where
from readycheck.outside import Outside
from readycheck.ports import System
from readycheck.profile import Profile, check_names, load
from readycheck.profile.sources import shipped_names
from readycheck.questions import asked
from readycheck.run.assignment import Assignment, ProfileChoice
from readycheck.run.plan import QUICK_BYTES, CapabilityRule, Plan, PlannedCheck, Selection, make_plan
from readycheck.run.registry import Problem, load_all
from readycheck.run.session import Session
from readycheck.sizes import readable_size
from readycheck.ticket.kept_card import keep_card

MOST_OF_A_PROFILE: Final = (
    1_048_577  # one byte more than a profile may have, so that a longer one is seen as such
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a command asks for: which profile, what is laid over it, which part of it, and secrets known already."""

    source: str | None = None
    overlay: Mapping[str, Any] | None = None
    selection: Selection = Selection()
    secrets: Mapping[str, str] | None = None
    may_prompt: bool = False


def assign(ask: Ask) -> Assignment:
    """The assignment that fits the connection; its system is waited for. Raises as begin()."""
    return begin(ask, Metering()).fitted()


def begin(ask: Ask, metering: Metering) -> Assignment:
    """An assignment at once, whose ``fitting`` waits for what the system tells of the connection.

    Raises ProfileError and UsageError; every other trouble (a check package that does not load) is in the problems.
    """
    children = RealChildren()
    system = real_system(children.run)
    if _depends_on_the_connection(ask):
        metering.ask(system)
    checks, problems = load_all()
    fetching = Fetching()
    profile = load(ask.source, overlay=ask.overlay, fetch=None if ask.selection.offline else fetching)
    if not profile.run.simulated:
        keep_card(profile.support, profile.title)
    _refuse_what_cannot_run(ask, profile, checks, problems)
    return Pieces(
        profile=profile,
        checks=checks,
        selection=ask.selection,
        fetching=fetching,
        secrets=RealSecrets(ask.secrets, prompt if ask.may_prompt else None),
        children=children,
        system=system,
        problems=(*(str(problem) for problem in problems), *profile.notices),
    ).assignment(metering if _depends_on_the_connection(ask) else None)


def _depends_on_the_connection(ask: Ask) -> bool:
    """Whether a metered connection decides how much data a run may use: not where the person did, nor in the embedded office."""
    return not ask.selection.says_how_much and ask.overlay is None


def _refuse_what_cannot_run(
    ask: Ask, profile: Profile, checks: Sequence[Check], problems: Sequence[Problem]
) -> None:
    if profile.run.simulated and ask.overlay is None:
        raise UsageError(
            f"The profile {profile.name} needs the office that belongs to it. Run it with: readycheck demo"
        )
    try:
        check_names(profile, checks)
    except ProfileError as error:
        if problems:  # a check of the profile may be unknown because it did not load
            raise ProfileError(" ".join([error.message, *(f"{problem}." for problem in problems)])) from None
        raise


class Fetching:
    """Gets a profile from its https address: verified, not redirected, bounded. Counts what that uses; ``hosts`` were asked."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.hosts: tuple[str, ...] = ()

    def __call__(self, url: str) -> bytes:
        """Raises NetError."""
        host = urlsplit(url).hostname or url
        self.hosts = (*self.hosts, host)
        http = RealHttp(RealNet(self.meter), self.meter)
        answer = asyncio.run(http.get(url, timeout_s=10.0, max_bytes=MOST_OF_A_PROFILE))
        if answer.status != 200:
            raise Garbled(Where(host=host), f"HTTP status {answer.status} instead of a profile")
        return answer.body


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What one assignment is made of, whichever plan it takes."""

    profile: Profile
    checks: Sequence[Check]
    selection: Selection
    fetching: Fetching
    secrets: RealSecrets
    children: RealChildren
    system: System
    problems: tuple[str, ...]

    def assignment(self, metering: Metering | None) -> Assignment:
        """With the whole plan; ``fitting`` where the connection may ask for a small one."""
        whole = self._with(*self._plan(metered=False))
        if metering is None or not self._plan(metered=True)[1]:
            return whole

        def fitting(wait_s: float) -> Assignment | None:
            if not metering.over(wait_s):
                return None
            return self._with(*self._plan(metered=True)) if metering.metered else whole

        return replace(whole, fitting=fitting)

    def _plan(self, *, metered: bool) -> tuple[Plan, str]:
        return fitting_plan(
            self.profile, self.checks, self.selection, metered=metered, fetching=self.fetching
        )

    def _with(self, plan: Plan, notice: str) -> Assignment:
        outside = Outside(self.profile, plan, self.secrets, children=self.children, system=self.system)
        questions = asked(self.profile.questions, self.selection.only, self.selection.skip)
        return Assignment(
            plan=plan,
            world=outside.context,
            system=self.system,
            prepare=outside.prepare,
            policy=self.profile.policy,
            questions=questions,
            not_asked=tuple(one for one in self.profile.questions if one not in questions),
            pointless=self.profile.pointless,
            simulated=self.profile.run.simulated,
            notice=notice,
            problems=self.problems,
        )


def fitting_plan(
    profile: Profile,
    checks: Sequence[Check],
    selection: Selection,
    *,
    metered: bool,
    fetching: Fetching | None = None,
) -> tuple[Plan, str]:
    """The whole plan, or on a metered connection the small one with the words that say so, short enough for the app's smallest
    window; a small whole plan stays."""
    whole = plan_for(profile, checks, selection, fetching)
    if not metered or whole.stated_bytes <= QUICK_BYTES:
        return whole, ""
    small = plan_for(profile, checks, replace(selection, quick=True), fetching)
    most = readable_size(small.stated_bytes)
    return small, f"Metered connection: at most {most}. All: readycheck --full"


def plan_for(
    profile: Profile, checks: Sequence[Check], selection: Selection, fetching: Fetching | None = None
) -> Plan:
    """The plan of a profile: an instance of every check that it has enabled. ``fetching``: how the profile was got."""
    instances = [
        PlannedCheck(
            check=check,
            check_id=instance.check_id,
            title=instance.title,
            options=instance.options,
            weight=instance.weight,
            timeout=instance.timeout,
            after=instance.after,
            essential=instance.essential,
        )
        for check in checks
        for instance in profile.instances(check)
        if instance.enabled
    ]
    rules = {
        capability: CapabilityRule(required=policy.required, weight=policy.weight)
        for capability, policy in profile.capabilities.items()
    }
    return make_plan(
        instances,
        rules=rules,
        selection=selection,
        contact=profile.support,
        max_bytes=profile.run.max_data_bytes,
        max_seconds=profile.run.max_seconds,
        fetched=fetching.meter.used if fetching is not None else 0,
        fetched_from=fetching.hosts if fetching is not None else (),
        name_servers=_name_server(profile),
    )


def _name_server(profile: Profile) -> tuple[str, ...]:
    """The one that the profile sets for all lookups, without its port."""
    host = urlsplit(f"//{profile.run.resolver}").hostname
    return (host,) if host else ()


def switching_session(source: str | None, selection: Selection = Selection()) -> Session:
    """A session for the app, which shows itself before the connection is known: it can switch to any shipped profile, with the
    same selection."""
    metering = Metering()
    choices = cache(_choices)
    return Session(
        begin(Ask(source=source, selection=selection), metering),
        switch=lambda name: begin(Ask(source=name, selection=selection), metering),
        choices=lambda: choices(selection, metering.metered),
    )


def _choices(selection: Selection, metered: bool) -> tuple[ProfileChoice, ...]:
    """The shipped profiles a person can pick, each with what it runs and may use."""
    checks, _ = load_all()
    found = []
    for name in shipped_names(readycheck_profiles.folder()):
        profile = load(name)
        if profile.run.simulated:
            continue
        plan, _ = fitting_plan(profile, checks, selection, metered=metered)
        found.append(
            ProfileChoice(
                name=name,
                title=profile.title,
                description=profile.description,
                checks=len(plan.running),
                max_bytes=plan.stated_bytes,
                max_seconds=plan.max_seconds,
                hosts=plan.hosts,
            )
        )
    return tuple(found)
