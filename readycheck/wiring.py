"""Puts the pieces together: profile, checks, plan and the real adapters become an Assignment. The only place that does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readycheck.api import Check, Context, Meter
from readycheck.model import Policy as PolicyStamp
from readycheck.plan import Plan, PlannedCheck, Policy, Selection, make_plan
from readycheck.profile import Profile, check_names, load, shipped_names
from readycheck.registry import load_all
from readycheck.session import Assignment, ProfileChoice, Session


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
    from readycheck.adapters.children import RealChildren
    from readycheck.adapters.clock import RealClock
    from readycheck.adapters.http import RealHttp
    from readycheck.adapters.net import RealNet
    from readycheck.adapters.secrets import RealSecrets
    from readycheck.adapters.system import real_system

    checks, problems = load_all()
    profile = load(ask.source, overlay=ask.overlay, fetch=_fetch)
    check_names(profile, checks)
    plan = plan_for(profile, checks, ask.selection)
    children, clock = RealChildren(), RealClock()
    system = real_system(children.run)
    secrets = RealSecrets(ask.secrets, _prompt if ask.may_prompt else None)

    def world(planned: PlannedCheck, meter: Meter) -> Context:
        net = RealNet(meter, resolver=profile.run.resolver, ca_file=profile.run.ca_file)
        return Context(
            net=net,
            http=RealHttp(net, meter),
            system=system,
            clock=clock,
            children=children,
            secrets=secrets,
            meter=meter,
            contact=plan.contact,
            quick=plan.quick,
            offline=plan.offline,
        )

    return Assignment(
        plan=plan,
        world=world,
        system=system,
        policy=PolicyStamp(
            name=profile.name,
            title=profile.title,
            version=profile.version,
            hash=profile.hash,
            source=profile.source,
        ),
        simulated=profile.run.simulated,
        problems=(*(str(problem) for problem in problems), *profile.notices),
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


def switching_session(source: str | None) -> Session:
    """A session for the app: it can switch to any shipped profile."""
    return Session(
        assign(Ask(source=source)), switch=lambda name: assign(Ask(source=name)), choices=_choices
    )


def _choices() -> tuple[ProfileChoice, ...]:
    """The shipped profiles a person can pick, each with the number of its checks."""
    checks, _ = load_all()
    found = []
    for name in shipped_names():
        profile = load(name)
        count = len(plan_for(profile, checks, Selection()).running)
        found.append(
            ProfileChoice(name=name, title=profile.title, description=profile.description, checks=count)
        )
    return tuple(found)


def _fetch(url: str) -> bytes:
    """A profile from an https address: verified, not redirected, at most 1 MiB."""
    import httpx

    from readycheck.adapters.tls import verifying_context

    with httpx.Client(verify=verifying_context(), timeout=10.0, follow_redirects=False) as client:
        with client.stream("GET", url) as response:
            response.raise_for_status()
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > 1_048_576:
                    break
            return bytes(body)


def _prompt(name: str) -> str | None:
    """Ask the person at the terminal, without showing what is typed."""
    import getpass

    try:
        return getpass.getpass(f"{name} (not shown, not kept; Enter to leave it out): ") or None
    except (EOFError, OSError):
        return None
