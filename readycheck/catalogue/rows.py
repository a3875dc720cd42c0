"""The catalogue as rows of data: what a check asks, what it may use and whom it talks to, what it can be told and can say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from readycheck.api import Check, Code, Cost
from readycheck.catalogue.options import options_of
from readycheck.errors import ProfileError
from readycheck.plan import ORDER
from readycheck.profile import Profile, load
from readycheck.sizes import readable_size

MEASURE: Final = "office"  # the shipped profile whose options the stated costs are those of


def rows(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """One row a check, by capability; ``cost``: the most that it may use with the profile ``office``, None: that cannot tell."""
    profile = load(MEASURE)
    return [_row(check, _cost(check, profile)) for check in sorted(checks, key=_place)]


def _place(check: Check) -> tuple[int, str]:
    return ORDER.index(check.capability), check.id


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
        "codes": [code_row(code) for code in check.codes],
    }


def code_row(code: Code) -> dict[str, Any]:
    return {
        "code": code.name,
        "meaning": code.meaning[:1].upper() + code.meaning[1:],
        "status": [str(status) for status in code.status],
        "owners": [str(owner) for owner in code.owners],
        "remedy": code.remedy,
    }


def _cost(check: Check, profile: Profile) -> Cost | None:
    """The dearest of its instances in this profile; without one what its defaults cost, if it has enough of them."""
    try:
        options: Sequence[Any] = [each.options for each in profile.instances(check)] or [check.options()]
        return max((check.cost_of(each, False) for each in options), key=lambda cost: cost.bytes)
    except (
        ProfileError,
        TypeError,
        ValueError,
    ):  # an option without a default: only another profile can tell
        return None


def cost_words(row: Mapping[str, Any]) -> str:
    if row["local"]:
        return "nothing is sent"
    if row["cost"] is None:
        return "as its options say"
    hosts = f", to {row['cost']['hosts']}" if row["cost"]["hosts"] else ""
    return f"up to {readable_size(row['cost']['bytes'])}{hosts}"
