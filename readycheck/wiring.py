"""Puts the pieces together: profile, checks, plan and the real adapters become an Assignment. The only place that does."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

import readycheck_profiles
from readycheck.adapters.children import RealChildren
from readycheck.adapters.clock import RealClock
from readycheck.adapters.http import RealHttp
from readycheck.adapters.metering import MeteredQuestion
from readycheck.adapters.net import RealNet
from readycheck.adapters.secrets import RealSecrets
from readycheck.adapters.system import real_system
from readycheck.adapters.tls import verifying_context
from readycheck.api import Check, Context, Meter
from readycheck.errors import Garbled, ProfileError, UsageError, Where
from readycheck.plan import QUICK_BYTES, Plan, PlannedCheck, Policy, Selection, make_plan
from readycheck.ports import System
from readycheck.profile import Profile, check_names, load
from readycheck.profile.sources import shipped_names
from readycheck.registry import load_all
from readycheck.session import Assignment, ProfileChoice, Session
from readycheck.sizes import readable_size

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
    """Raises ProfileError and UsageError; every other trouble (a plug-in that does not load) is in the problems."""
    children = RealChildren()
    system = real_system(children.run)
    metered = MeteredQuestion(system) if _depends_on_the_connection(ask) else None
    checks, problems = load_all()
    profile = load(ask.source, overlay=ask.overlay, fetch=None if ask.selection.offline else fetch)
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
    plan, notice = fitting_plan(profile, checks, ask.selection, metered)
    secrets = RealSecrets(ask.secrets, _prompt if ask.may_prompt else None)
    outside = Outside(profile, plan, secrets, children=children, system=system)
    return Assignment(
        plan=plan,
        world=outside.context,
        system=system,
        prepare=outside.prepare,
        policy=profile.policy,
        simulated=profile.run.simulated,
        notice=notice,
        problems=(*(str(problem) for problem in problems), *profile.notices),
    )


def _depends_on_the_connection(ask: Ask) -> bool:
    """Whether a metered connection decides how much data a run may use: not where the person did, nor in the embedded office."""
    return not ask.selection.says_how_much and ask.overlay is None


def fitting_plan(
    profile: Profile, checks: Sequence[Check], selection: Selection, metered: MeteredQuestion | None
) -> tuple[Plan, str]:
    """The whole plan, or on a metered connection the small one with the sentence that says so; a small whole plan stays."""
    whole = plan_for(profile, checks, selection)
    if metered is None or whole.stated_bytes <= QUICK_BYTES or not metered.answer():
        return whole, ""
    small = plan_for(profile, checks, replace(selection, quick=True))
    most = readable_size(small.stated_bytes)
    return small, f"This connection is metered: small plan, at most {most}. Whole plan: --full."


class Outside:
    """The real world of one assignment: adapters that all checks share, and a Net and Http of their own for each."""

    def __init__(
        self, profile: Profile, plan: Plan, secrets: RealSecrets, *, children: RealChildren, system: System
    ) -> None:
        self._profile, self._plan, self._secrets = profile, plan, secrets
        self._children, self._system, self._clock = children, system, RealClock()
        self._tls: ssl.SSLContext | None = None

    def prepare(self) -> None:
        """Load what checks use before their clocks run: an import in the middle of a lookup would be measured as a slow line."""
        if all(planned.check.local for planned in self._plan.running):
            return
        import_module("httpx")
        import_module("dns.asyncresolver")
        import_module("cryptography.x509")
        self._tls = verifying_context(self._profile.run.ca_file)

    def context(self, planned: PlannedCheck, meter: Meter) -> Context:
        net = RealNet(meter, resolver=self._profile.run.resolver, context=self._tls)
        return Context(
            net=net,
            http=RealHttp(net, meter),
            system=self._system,
            clock=self._clock,
            children=self._children,
            secrets=self._secrets,
            meter=meter,
            contact=self._plan.contact,
            quick=self._plan.quick,
            offline=self._plan.offline,
            resolver=self._profile.run.resolver,
        )


def plan_for(profile: Profile, checks: Sequence[Check], selection: Selection) -> Plan:
    """The plan of a profile: an instance of every check that it has enabled."""
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
    policies = {
        capability: Policy(required=policy.required, weight=policy.weight)
        for capability, policy in profile.capabilities.items()
    }
    return make_plan(
        instances,
        policies=policies,
        selection=selection,
        contact=profile.support,
        max_bytes=profile.run.max_data_bytes,
        max_seconds=profile.run.max_seconds,
    )


def switching_session(source: str | None, selection: Selection = Selection()) -> Session:
    """A session for the app: it can switch to any shipped profile, with the same selection."""
    first = assign(Ask(source=source, selection=selection))
    shown = replace(selection, quick=first.plan.quick)
    return Session(
        first,
        switch=lambda name: assign(Ask(source=name, selection=selection)),
        choices=cache(lambda: _choices(shown)),
    )


def _choices(selection: Selection) -> tuple[ProfileChoice, ...]:
    """The shipped profiles a person can pick, each with what it runs and may use."""
    checks, _ = load_all()
    found = []
    for name in shipped_names(readycheck_profiles.folder()):
        profile = load(name)
        if profile.run.simulated:
            continue
        plan = plan_for(profile, checks, selection)
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


def fetch(url: str) -> bytes:
    """A profile from an https address: verified, not redirected, bounded. Raises NetError."""
    meter = Meter()
    answer = asyncio.run(
        RealHttp(RealNet(meter), meter).get(url, timeout_s=10.0, max_bytes=MOST_OF_A_PROFILE)
    )
    if answer.status != 200:
        host = urlsplit(url).hostname or url
        raise Garbled(Where(host=host), f"HTTP status {answer.status} instead of a profile")
    return answer.body


def _prompt(name: str) -> str | None:
    """Ask the person at the terminal, without showing what is typed."""
    import getpass

    try:
        return getpass.getpass(f"{name} (not shown, not kept; Enter to leave it out): ") or None
    except (EOFError, OSError):
        return None
