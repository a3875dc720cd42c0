"""Published limits of calls as options: every row says whose it is and when it was read. Holds no limit of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

from msgspec import Meta

from readycheck.api import Options

Rate = Annotated[float, Meta(gt=0, le=10_000, description="Mbit/s")]
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="When this was read, as 2026-11-21")]


class Limit(Options, frozen=True, kw_only=True):
    """What one plans for, and where it stops working; the lower the better."""

    plan: Annotated[float, Meta(gt=0, description="What to plan for")]
    fail: Annotated[float, Meta(gt=0, description="Where it stops working")]
    source: Annotated[str, Meta(description="Whose limits these are")]
    checked: Date

    def __post_init__(self) -> None:
        if self.plan >= self.fail:
            raise ValueError("plan must be below fail")

    @property
    def cited(self) -> str:
        return f"{self.source}, read {self.checked}"

    @property
    def judged(self) -> dict[str, Any]:
        """As the keyword arguments of api.measured()."""
        return {"plan": self.plan, "fail": self.fail, "source": self.cited}


class Level(Options, frozen=True, kw_only=True):
    """What a service does with so much, both ways."""

    title: Annotated[str, Meta(description='What people get, as it stands after "up to": "meetings in 720p"')]
    down_mbps: Rate
    up_mbps: Rate


class Need(Options, frozen=True, kw_only=True):
    """The rates that one kind of call needs, both ways; ``levels`` say in people's words what is possible with how much."""

    title: Annotated[str, Meta(description="What people call it")]
    service: Annotated[str, Meta(description="Whose calls these are, for people")] = ""
    levels: Annotated[
        tuple[Level, ...], Meta(description="What is possible with how much, the least demanding first")
    ] = ()
    down_plan_mbps: Rate
    down_fail_mbps: Rate
    up_plan_mbps: Rate
    up_fail_mbps: Rate
    source: Annotated[str, Meta(description="Whose numbers these are")]
    checked: Date

    def __post_init__(self) -> None:
        if self.down_plan_mbps <= self.down_fail_mbps or self.up_plan_mbps <= self.up_fail_mbps:
            raise ValueError("what to plan for must be above what fails")
        for less, more in pairwise(self.levels):
            if more.down_mbps < less.down_mbps or more.up_mbps < less.up_mbps:
                raise ValueError(f'levels: "{more.title}" needs less than "{less.title}" before it')


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One direction's limits over all calls of a profile, in Mbit/s, with the call that sets each."""

    plan_mbps: float
    fail_mbps: float
    plan_by: str
    fail_by: str
    source: str


def demand(needs: Iterable[Need], direction: str) -> Demand | None:
    """The highest plan and the highest fail of these needs for "down" or "up"; None without needs."""
    asked = tuple(needs)
    if not asked:
        return None
    plan = max(asked, key=lambda need: _rate(need, direction, "plan"))
    fail = max(asked, key=lambda need: _rate(need, direction, "fail"))
    return Demand(
        plan_mbps=_rate(plan, direction, "plan"),
        fail_mbps=_rate(fail, direction, "fail"),
        plan_by=plan.title,
        fail_by=fail.title,
        source="; ".join(dict.fromkeys(f"{n.title}: {n.source}, read {n.checked}" for n in (plan, fail))),
    )


def _rate(need: Need, direction: str, which: str) -> float:
    rates = {
        ("down", "plan"): need.down_plan_mbps,
        ("down", "fail"): need.down_fail_mbps,
        ("up", "plan"): need.up_plan_mbps,
        ("up", "fail"): need.up_fail_mbps,
    }
    return rates[direction, which]
