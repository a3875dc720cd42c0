"""What a session is given to run, and what a person may pick instead. Made by wiring; it runs and judges nothing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from readycheck.model import Policy, Question
from readycheck.ports import System
from readycheck.run.engine import World
from readycheck.run.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What a session runs: a plan, the world to run it in, and what the report says about both.

    ``prepare`` loads, before the first check, what no check should time; ``release`` stops what ran beside the session.
    ``questions`` are for the person, beside the run; empty: nothing is asked. ``not_asked``: the profile's others, about
    capabilities that the run leaves out. ``pointless``: by the id of a question, the codes of findings that make it so.
    ``notice``: why this plan is another one than the person may expect; every face shows it before the run, the report keeps it.
    ``fitting`` waits so many seconds at most and gives the assignment that fits the connection, None where that is not known
    yet; without it, this one does.
    """

    plan: Plan
    world: World
    system: System
    policy: Policy
    questions: tuple[Question, ...] = ()
    not_asked: tuple[Question, ...] = ()
    pointless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    simulated: tuple[str, ...] = ()
    notice: str = ""
    problems: tuple[str, ...] = ()
    prepare: Callable[[], None] = lambda: None
    release: Callable[[], None] = lambda: None
    fitting: "Callable[[float], Assignment | None] | None" = None

    def fitted(self, wait_s: float = math.inf) -> "Assignment":
        """The assignment that fits the connection where that is known by then, else this one."""
        return (self.fitting(wait_s) if self.fitting is not None else None) or self

    @property
    def notes(self) -> tuple[str, ...]:
        """What a face says beside a run, the notice first."""
        return (self.notice, *self.problems) if self.notice else self.problems


@dataclass(frozen=True, kw_only=True)
class ProfileChoice:
    """A profile that can be switched to. ``checks``: how many it runs; the rest is what a run may use, and whom it talks to."""

    name: str
    title: str
    description: str
    checks: int
    max_bytes: int
    max_seconds: float
    hosts: tuple[str, ...]
