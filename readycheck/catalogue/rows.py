"""The catalogue as rows of data: what a check asks, what it may use and whom it talks to, what it can be told and can say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from readycheck.api import Capability, Check, Code, Cost, Status
from readycheck.catalogue.options import options_of
from readycheck.errors import ProfileError
from readycheck.model import CAPABILITIES
from readycheck.profile import Profile, load
from readycheck.sizes import readable_size

COSTS_OF_PROFILE: Final = "office"  # the shipped profile whose options the stated costs are those of
OWN_HOSTS: Final = "the hosts of the service"


def rows(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """One row a check, by capability; ``cost``: the most that it may use with the profile ``office``, None: that cannot tell."""
    profile = load(COSTS_OF_PROFILE)
    return [_row(check, _cost(check, profile)) for check in sorted(checks, key=_place)]


def _place(check: Check) -> tuple[int, str]:
    return CAPABILITIES.index(check.capability), check.id


def _row(check: Check, cost: Cost | None) -> dict[str, Any]:
    return {
        "id": check.id,
        "capability": str(check.capability),
        "title": check.title,
        "does": check.summary,
        "cost": None
        if cost is None
        else {"bytes": cost.bytes, "seconds": cost.seconds, "hosts": cost.in_words},
        "local": check.local,
        "alone": check.alone,
        "many": check.many,
        "on_demand": check.on_demand,
        "essential": check.essential,
        "weight": check.weight,
        "after": list(check.after),
        "timeout_seconds": check.timeout,
        "options": [option._asdict() for option in options_of(check)],
        "codes": [code_row(code) for code in codes_of(check)],
    }


def codes_of(check: Check) -> tuple[Code, ...]:
    """What it declares, and the causes by which a report calls it where it fails by its figures alone."""
    if not check.by_figures:
        return check.codes
    counts_for = (check.capability,) if check.capability_of is None else tuple(Capability)
    return (*check.codes, *(_short_of_a_limit(f"{capability}.{check.id}") for capability in counts_for))


def _short_of_a_limit(name: str) -> Code:
    """As readycheck.diagnose says it."""
    return Code(
        name,
        "A measured value is at its failing limit or worse",
        (Status.FAIL,),
        remedy="Show this result to IT support",
    )


def code_row(code: Code) -> dict[str, Any]:
    return {
        "code": code.name,
        "meaning": code.meaning[:1].upper() + code.meaning[1:],
        "status": [str(status) for status in code.status],
        "owners": [str(owner) for owner in code.owners],
        "remedy": code.remedy,
    }


def _cost(check: Check, profile: Profile) -> Cost | None:
    """The dearest of its instances that this profile runs; without one what its defaults cost, if it has enough of them.

    Where there may be many, each talks to hosts of its own.
    """
    try:
        options: Sequence[Any] = [each.options for each in profile.instances(check) if each.enabled]
        dearest = max(
            (check.cost_of(each, False) for each in options or [check.options()]), key=lambda cost: cost.bytes
        )
    except (
        ProfileError,
        TypeError,
        ValueError,
    ):  # an option without a default: only another profile can tell
        return None
    of_its_own = check.many and callable(check.cost) and bool(dearest.in_words)
    return replace(dearest, hosts=OWN_HOSTS, unnamed=()) if of_its_own else dearest


def cost_words(row: Mapping[str, Any]) -> str:
    if row["local"]:
        return "nothing is sent"
    if row["cost"] is None:
        return "as its options say"
    hosts = f", to {row['cost']['hosts']}" if row["cost"]["hosts"] else ""
    return f"up to {readable_size(row['cost']['bytes'])}{hosts}"
